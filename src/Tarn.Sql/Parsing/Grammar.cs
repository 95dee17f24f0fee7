namespace Tarn.Sql.Parsing;

/// <summary>The parsers of one statement, which need one another: an expression holds queries and a query holds expressions.</summary>
internal sealed class Grammar
{
    public Grammar(TokenStream tokens)
    {
        Tokens = tokens;
        Types = new TypeNameParser(tokens);
        Expressions = new ExpressionParser(this);
        Primaries = new PrimaryParser(this);
        Calls = new CallParser(this);
        Queries = new QueryParser(this);
        Windows = new WindowParser(this);
        Relations = new RelationParser(this);
        Statements = new DmlParser(this);
    }

    public TokenStream Tokens { get; }

    public TypeNameParser Types { get; }

    public ExpressionParser Expressions { get; }

    public PrimaryParser Primaries { get; }

    public CallParser Calls { get; }

    public QueryParser Queries { get; }

    public WindowParser Windows { get; }

    public RelationParser Relations { get; }

    public DmlParser Statements { get; }
}
