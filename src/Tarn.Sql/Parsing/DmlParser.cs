using Tarn.Sql.Tree;

namespace Tarn.Sql.Parsing;

/// <summary>Statements of Trino's grammar: queries, and what writes data or views.</summary>
internal sealed class DmlParser(Grammar grammar)
{
    private readonly TokenStream tokens = grammar.Tokens;

    public Statement Statement()
    {
        tokens.Note("<query>");
        var position = tokens.Position;
        return tokens.Current.Word switch
        {
            "SELECT" or "WITH" or "VALUES" or "TABLE" or "(" => grammar.Queries.Query(),
            "INSERT" => Insert(position),
            "CREATE" => Create(position),
            "DROP" => DropView(position),
            "UNLOAD" => Unload(position),
            "EXPLAIN" => Explain(position),
            "PREPARE" => Prepare(position),
            "EXECUTE" => Execute(position),
            "DEALLOCATE" => Deallocate(position),
            "DELETE" => Delete(position),
            "UPDATE" => Update(position),
            "MERGE" => Merge(position),
            "OPTIMIZE" => Optimize(position),
            "VACUUM" => Vacuum(position),
            _ => throw Unknown(),
        };
    }

    private SqlException Unknown()
    {
        foreach (var word in (ReadOnlySpan<string>)["ALTER", "CREATE", "DEALLOCATE", "DELETE", "DESCRIBE", "DROP", "EXECUTE", "EXPLAIN", "INSERT", "MERGE", "MSCK", "OPTIMIZE", "PREPARE", "SHOW", "UNLOAD", "UPDATE", "VACUUM"])
        {
            tokens.Is(word);
        }

        return tokens.Unexpected();
    }

    private Insert Insert(SourcePosition position)
    {
        tokens.Advance();
        tokens.Expect("INTO");
        var target = tokens.QualifiedName();
        var columns = tokens.Is("(") && !grammar.Queries.IsParenthesizedQuery(tokens.Index) ? tokens.ParenthesizedIdentifiers() : null;
        return new Insert(position, target, columns, grammar.Queries.Query());
    }

    private Statement Create(SourcePosition position)
    {
        tokens.Advance();
        var orReplace = tokens.Accept("OR");
        if (orReplace)
        {
            tokens.Expect("REPLACE");
        }

        if (tokens.Accept("VIEW"))
        {
            return CreateView(position, orReplace);
        }

        if (orReplace)
        {
            throw tokens.Unexpected();
        }

        tokens.Expect("TABLE");
        return CreateTableAsSelect(position);
    }

    private CreateView CreateView(SourcePosition position, bool orReplace)
    {
        var name = tokens.QualifiedName();
        var comment = tokens.Accept("COMMENT") ? tokens.String() : null;
        if (tokens.Accept("SECURITY") && !tokens.Accept("DEFINER"))
        {
            tokens.Expect("INVOKER");
        }

        tokens.Expect("AS");
        return new CreateView(position, name, orReplace, comment, grammar.Queries.Query());
    }

    private CreateTableAsSelect CreateTableAsSelect(SourcePosition position)
    {
        var ifNotExists = tokens.Accept("IF");
        if (ifNotExists)
        {
            tokens.Expect("NOT");
            tokens.Expect("EXISTS");
        }

        var name = tokens.QualifiedName();
        var columns = tokens.Is("(") ? tokens.ParenthesizedIdentifiers() : null;
        var comment = tokens.Accept("COMMENT") ? tokens.String() : null;
        var properties = Properties();
        tokens.Expect("AS");
        var isParenthesized = tokens.Is("(") && grammar.Queries.IsParenthesizedQuery(tokens.Index) && tokens.At(tokens.IndexBehindClosing(tokens.Index)).Word == "WITH";
        Query query;
        if (isParenthesized)
        {
            tokens.Advance();
            query = grammar.Queries.Query();
            tokens.Expect(")");
        }
        else
        {
            query = grammar.Queries.Query();
        }

        var withData = true;
        if (tokens.Accept("WITH"))
        {
            withData = !tokens.Accept("NO");
            tokens.Expect("DATA");
        }

        return new CreateTableAsSelect(position, name, ifNotExists, columns, comment, properties, query, withData);
    }

    private NodeList<Property> Properties()
    {
        if (!tokens.Accept("WITH"))
        {
            return [];
        }

        tokens.Expect("(");
        var properties = tokens.CommaList(Property);
        tokens.Expect(")");
        return properties;
    }

    private Property Property()
    {
        var name = tokens.Identifier();
        tokens.Expect("=");
        return new Property(name.Position, name, grammar.Expressions.Expression());
    }

    private DropView DropView(SourcePosition position)
    {
        tokens.Advance();
        tokens.Expect("VIEW");
        var ifExists = tokens.Accept("IF");
        if (ifExists)
        {
            tokens.Expect("EXISTS");
        }

        return new DropView(position, tokens.QualifiedName(), ifExists);
    }

    private Unload Unload(SourcePosition position)
    {
        tokens.Advance();
        tokens.Expect("(");
        var query = grammar.Queries.Query();
        tokens.Expect(")");
        tokens.Expect("TO");
        var location = tokens.String();
        return new Unload(position, query, location, Properties());
    }

    private Explain Explain(SourcePosition position)
    {
        tokens.Advance();
        var analyze = tokens.Accept("ANALYZE");
        var verbose = analyze && tokens.Accept("VERBOSE");
        ExplainFormat? format = null;
        ExplainType? type = null;
        if (!analyze && tokens.Current.Word == "(" && tokens.Peek(1).Word is "FORMAT" or "TYPE")
        {
            tokens.Advance();
            do
            {
                if (tokens.Accept("FORMAT"))
                {
                    format = Option<ExplainFormat>();
                }
                else
                {
                    tokens.Expect("TYPE");
                    type = Option<ExplainType>();
                }
            }
            while (tokens.Accept(","));
            tokens.Expect(")");
        }

        return new Explain(position, analyze, verbose, format, type, Statement());
    }

    private T Option<T>()
        where T : struct, Enum
    {
        foreach (var option in Enum.GetValues<T>())
        {
            if (tokens.Accept(option.ToString().ToUpperInvariant()))
            {
                return option;
            }
        }

        throw tokens.Unexpected();
    }

    private Prepare Prepare(SourcePosition position)
    {
        tokens.Advance();
        var name = tokens.Identifier();
        tokens.Expect("FROM");
        var start = tokens.Index;
        var statement = Statement();
        return new Prepare(position, name, statement, tokens.TextSince(start));
    }

    private Execute Execute(SourcePosition position)
    {
        tokens.Advance();
        var name = tokens.Identifier();
        return new Execute(position, name, tokens.Accept("USING") ? tokens.CommaList(grammar.Expressions.Expression) : []);
    }

    private Deallocate Deallocate(SourcePosition position)
    {
        tokens.Advance();
        tokens.Expect("PREPARE");
        return new Deallocate(position, tokens.Identifier());
    }

    private Delete Delete(SourcePosition position)
    {
        tokens.Advance();
        tokens.Expect("FROM");
        return new Delete(position, tokens.QualifiedName(), Where());
    }

    private Expression? Where() => tokens.Accept("WHERE") ? grammar.Expressions.Expression() : null;

    private Update Update(SourcePosition position)
    {
        tokens.Advance();
        var table = tokens.QualifiedName();
        tokens.Expect("SET");
        return new Update(position, table, tokens.CommaList(Assignment), Where());
    }

    private Assignment Assignment()
    {
        var column = tokens.Identifier();
        tokens.Expect("=");
        return new Assignment(column.Position, column, grammar.Expressions.Expression());
    }

    private Merge Merge(SourcePosition position)
    {
        tokens.Advance();
        tokens.Expect("INTO");
        var target = tokens.QualifiedName();
        var alias = tokens.Accept("AS") || tokens.IsIdentifier() ? tokens.Identifier() : null;
        tokens.Expect("USING");
        var source = grammar.Relations.Relation();
        tokens.Expect("ON");
        var on = grammar.Expressions.Expression();
        var cases = new List<MergeCase>();
        do
        {
            cases.Add(MergeCase());
        }
        while (tokens.Is("WHEN"));
        return new Merge(position, target, alias, source, on, new NodeList<MergeCase>(cases));
    }

    private MergeCase MergeCase()
    {
        var position = tokens.Expect("WHEN").Position;
        var matched = !tokens.Accept("NOT");
        tokens.Expect("MATCHED");
        var condition = tokens.Accept("AND") ? grammar.Expressions.Expression() : null;
        tokens.Expect("THEN");
        if (matched && tokens.Accept("DELETE"))
        {
            return new MergeCase(position, matched, condition, MergeAction.Delete, [], [], []);
        }

        if (matched)
        {
            tokens.Expect("UPDATE");
            tokens.Expect("SET");
            return new MergeCase(position, matched, condition, MergeAction.Update, tokens.CommaList(Assignment), [], []);
        }

        tokens.Expect("INSERT");
        var columns = tokens.Is("(") ? tokens.ParenthesizedIdentifiers() : [];
        tokens.Expect("VALUES");
        tokens.Expect("(");
        var values = tokens.CommaList(grammar.Expressions.Expression);
        tokens.Expect(")");
        return new MergeCase(position, matched, condition, MergeAction.Insert, [], columns, values);
    }

    private Optimize Optimize(SourcePosition position)
    {
        tokens.Advance();
        var table = tokens.QualifiedName();
        foreach (var word in (ReadOnlySpan<string>)["REWRITE", "DATA", "USING", "BIN_PACK"])
        {
            tokens.Expect(word);
        }

        return new Optimize(position, table, Where());
    }

    private Vacuum Vacuum(SourcePosition position)
    {
        tokens.Advance();
        return new Vacuum(position, tokens.QualifiedName());
    }
}
