using Tarn.Sql.Lexing;
using Tarn.Sql.Tree;

namespace Tarn.Sql.Parsing;

/// <summary>Queries: WITH, set operations, SELECT and its clauses, ORDER BY, OFFSET, LIMIT.</summary>
internal sealed class QueryParser(Grammar grammar)
{
    private readonly TokenStream tokens = grammar.Tokens;

    public Query Query()
    {
        tokens.Enter();
        var position = tokens.Position;
        var with = tokens.Is("WITH") ? With() : null;
        var body = Union();
        var orderBy = tokens.Is("ORDER") ? OrderBy() : [];
        Expression? offset = null;
        if (tokens.Accept("OFFSET"))
        {
            offset = RowCount();
            if (!tokens.Accept("ROWS"))
            {
                tokens.Accept("ROW");
            }
        }

        var limit = Limit();
        if (limit is not null && offset is null && tokens.Dialect.HasSparkSyntax && tokens.Accept("OFFSET"))
        {
            offset = RowCount();
        }

        tokens.Leave();
        return new Query(position, with, body, orderBy, offset, limit);
    }

    /// <summary>
    /// Whether the parenthesis at <paramref name="open"/> encloses a query rather than an expression or a join that starts with one:
    /// <c>((SELECT 1))</c> and <c>((SELECT 1) UNION ...)</c> do, <c>((SELECT 1) + 1)</c> does not. Decided by what follows each
    /// inner closing parenthesis, so that nothing is parsed twice.
    /// </summary>
    public bool IsParenthesizedQuery(int open)
    {
        var inner = open;
        while (tokens.At(inner + 1).Word == "(")
        {
            inner++;
        }

        var isTableFunction = tokens.At(inner + 1).Word == "TABLE" && tokens.At(inner + 2).Word == "(";
        if (isTableFunction || tokens.At(inner + 1).Word is not ("SELECT" or "VALUES" or "TABLE" or "WITH"))
        {
            return false;
        }

        for (; inner > open; inner--)
        {
            var next = tokens.At(tokens.IndexBehindClosing(inner));
            if (next.Kind != TokenKind.EndOfInput && next.Word is not (")" or "UNION" or "INTERSECT" or "EXCEPT" or "ORDER" or "LIMIT" or "OFFSET" or "FETCH"))
            {
                return false;
            }
        }

        return true;
    }

    private With With()
    {
        var position = tokens.Advance().Position;
        var recursive = tokens.Accept("RECURSIVE");
        return new With(position, recursive, tokens.CommaList(WithQuery));
    }

    private WithQuery WithQuery()
    {
        var name = tokens.Identifier();
        var columns = tokens.Is("(") ? tokens.ParenthesizedIdentifiers() : null;
        tokens.Expect("AS");
        tokens.Expect("(");
        var query = Query();
        tokens.Expect(")");
        return new WithQuery(name.Position, name, columns, query);
    }

    private QueryBody Union()
    {
        var left = Intersect();
        for (var length = 0; tokens.Is("UNION") || tokens.Is("EXCEPT"); tokens.CheckChain(++length))
        {
            var token = tokens.Advance();
            var all = SetQuantifierIsAll();
            left = new SetOperation(token.Position, token.Word == "UNION" ? SetOperator.Union : SetOperator.Except, all, left, Intersect());
        }

        return left;
    }

    private QueryBody Intersect()
    {
        var left = Body();
        for (var length = 0; tokens.Is("INTERSECT"); tokens.CheckChain(++length))
        {
            var position = tokens.Advance().Position;
            var all = SetQuantifierIsAll();
            left = new SetOperation(position, SetOperator.Intersect, all, left, Body());
        }

        return left;
    }

    private bool SetQuantifierIsAll()
    {
        if (tokens.Accept("ALL"))
        {
            return true;
        }

        tokens.Accept("DISTINCT");
        return false;
    }

    private QueryBody Body()
    {
        var position = tokens.Position;
        if (tokens.Is("SELECT"))
        {
            return Select();
        }

        if (tokens.Accept("VALUES"))
        {
            return new Values(position, tokens.CommaList(grammar.Expressions.Expression));
        }

        if (tokens.Accept("TABLE"))
        {
            return new TableBody(position, tokens.QualifiedName());
        }

        tokens.Expect("(");
        var query = Query();
        tokens.Expect(")");
        return new SubqueryBody(position, query);
    }

    private QuerySpecification Select()
    {
        var position = tokens.Advance().Position;
        var distinct = tokens.Accept("DISTINCT");
        if (!distinct)
        {
            tokens.Accept("ALL");
        }

        var items = tokens.CommaList(SelectItem);
        var from = tokens.Accept("FROM") ? grammar.Relations.From() : null;
        var where = tokens.Accept("WHERE") ? grammar.Expressions.Expression() : null;
        var groupBy = tokens.Is("GROUP") ? GroupBy() : null;
        var having = tokens.Accept("HAVING") ? grammar.Expressions.Expression() : null;
        var windows = tokens.Accept("WINDOW") ? tokens.CommaList(grammar.Windows.Definition) : [];
        return new QuerySpecification(position, distinct, items, from, where, groupBy, having, windows);
    }

    private SelectItem SelectItem()
    {
        var position = tokens.Position;
        if (tokens.Accept("*"))
        {
            return new AllColumns(position, null, []);
        }

        var value = grammar.Expressions.Expression();
        if (tokens.Is(".", "*"))
        {
            tokens.Advance();
            tokens.Advance();
            return new AllColumns(position, value, tokens.Accept("AS") ? tokens.ParenthesizedIdentifiers() : []);
        }

        return new SingleColumn(position, value, OptionalAlias());
    }

    /// <summary>An alias with or without AS; a word that starts a clause is none, even though Trino does not reserve it.</summary>
    public Identifier? OptionalAlias()
    {
        if (tokens.Accept("AS"))
        {
            return tokens.Identifier();
        }

        return !IsClauseStart() && tokens.IsIdentifier() ? tokens.Identifier() : null;
    }

    private bool IsClauseStart()
    {
        var next = tokens.Peek(1);
        return tokens.Current.Kind == TokenKind.Word && tokens.Current.Word switch
        {
            "LIMIT" => next.Kind == TokenKind.Integer || next.Word is "ALL" or "?",
            "OFFSET" => next.Kind == TokenKind.Integer || next.Word == "?",
            "FETCH" => next.Word is "FIRST" or "NEXT",
            "TABLESAMPLE" => next.Word is "BERNOULLI" or "SYSTEM",
            "WINDOW" => tokens.PeekIs(2, "AS"),
            "MATCH_RECOGNIZE" => next.Word == "(",
            "LATERAL" or "SEMI" or "ANTI" => tokens.Dialect.HasSparkSyntax,
            _ => false,
        };
    }

    private GroupBy GroupBy()
    {
        var position = tokens.Advance().Position;
        tokens.Expect("BY");
        var distinct = tokens.Accept("DISTINCT");
        if (!distinct && tokens.Current.Word == "ALL")
        {
            tokens.Advance();
        }

        return new GroupBy(position, distinct, tokens.CommaList(GroupingElement));
    }

    private GroupingElement GroupingElement()
    {
        var position = tokens.Position;
        if (tokens.Accept("ROLLUP"))
        {
            return new GroupingElement(position, GroupingKind.Rollup, ParenthesizedSets());
        }

        if (tokens.Accept("CUBE"))
        {
            return new GroupingElement(position, GroupingKind.Cube, ParenthesizedSets());
        }

        if (tokens.Is("GROUPING", "SETS"))
        {
            tokens.Advance();
            tokens.Advance();
            return new GroupingElement(position, GroupingKind.Sets, ParenthesizedSets());
        }

        return new GroupingElement(position, GroupingKind.Simple, [Set()]);
    }

    private NodeList<NodeList<Expression>> ParenthesizedSets()
    {
        tokens.Expect("(");
        NodeList<NodeList<Expression>> sets = tokens.Is(")") ? [] : tokens.CommaList(Set);
        tokens.Expect(")");
        return sets;
    }

    /// <summary>An expression, or several in parentheses: <c>(a, b)</c> is a set of two columns here and not a row, but <c>(a) + 1</c> is an expression.</summary>
    private NodeList<Expression> Set()
    {
        if (!tokens.Is("(") || IsParenthesizedQuery(tokens.Index) || tokens.At(tokens.IndexBehindClosing(tokens.Index)) is { Kind: not TokenKind.EndOfInput, Word: not ("," or ")" or "HAVING" or "ORDER" or "LIMIT" or "OFFSET" or "FETCH" or "UNION" or "EXCEPT" or "INTERSECT" or "WINDOW") })
        {
            return [grammar.Expressions.Expression()];
        }

        tokens.Advance();
        NodeList<Expression> expressions = tokens.Is(")") ? [] : tokens.CommaList(grammar.Expressions.Expression);
        tokens.Expect(")");
        return expressions;
    }

    public NodeList<SortItem> OrderBy()
    {
        tokens.Expect("ORDER");
        tokens.Expect("BY");
        return tokens.CommaList(SortItem);
    }

    private SortItem SortItem()
    {
        var key = grammar.Expressions.Expression();
        var descending = tokens.Accept("DESC");
        if (!descending)
        {
            tokens.Accept("ASC");
        }

        NullOrder? nulls = null;
        if (tokens.Accept("NULLS"))
        {
            nulls = tokens.Accept("FIRST") ? NullOrder.First : NullOrder.Last;
            if (nulls == NullOrder.Last)
            {
                tokens.Expect("LAST");
            }
        }

        return new SortItem(key.Position, key, descending, nulls);
    }

    private RowLimit? Limit()
    {
        var position = tokens.Position;
        if (tokens.Accept("LIMIT"))
        {
            return tokens.Accept("ALL") ? new RowLimit(position, null, WithTies: false) : new RowLimit(position, RowCount(), WithTies: false);
        }

        if (!tokens.Accept("FETCH"))
        {
            return null;
        }

        if (!tokens.Accept("FIRST"))
        {
            tokens.Expect("NEXT");
        }

        var count = tokens.Is("ROW") || tokens.Is("ROWS") ? new LongLiteral(tokens.Position, 1) : RowCount();
        if (!tokens.Accept("ROWS"))
        {
            tokens.Expect("ROW");
        }

        if (tokens.Accept("ONLY"))
        {
            return new RowLimit(position, count, WithTies: false);
        }

        tokens.Expect("WITH");
        tokens.Expect("TIES");
        return new RowLimit(position, count, WithTies: true);
    }

    private Expression RowCount()
    {
        var position = tokens.Position;
        if (tokens.Accept("?"))
        {
            return new Parameter(position, tokens.ParameterCount++);
        }

        return new LongLiteral(position, tokens.Integer());
    }
}
