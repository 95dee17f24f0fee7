using Tarn.Sql.Lexing;
using Tarn.Sql.Tree;

namespace Tarn.Sql.Parsing;

/// <summary>What stands in FROM: tables, joins, subqueries, UNNEST, samples.</summary>
internal sealed class RelationParser(Grammar grammar)
{
    private readonly TokenStream tokens = grammar.Tokens;

    /// <summary>The comma list of FROM, as implicit joins.</summary>
    public Relation From()
    {
        var left = Relation();
        for (var length = 0; tokens.Is(","); tokens.CheckChain(++length))
        {
            var position = tokens.Advance().Position;
            left = new Join(position, JoinKind.Implicit, Natural: false, left, Relation(), null, null);
        }

        return left;
    }

    public Relation Relation()
    {
        tokens.Enter();
        var left = Sampled();
        for (var length = 0; ; tokens.CheckChain(++length))
        {
            if (tokens.Dialect.HasSparkSyntax && tokens.Is("LATERAL", "VIEW"))
            {
                left = LateralView(left);
            }
            else if (JoinHere(left) is { } join)
            {
                left = join;
            }
            else
            {
                tokens.Leave();
                return left;
            }
        }
    }

    private Join? JoinHere(Relation left)
    {
        var position = tokens.Position;
        if (tokens.Accept("CROSS"))
        {
            tokens.Expect("JOIN");
            return new Join(position, JoinKind.Cross, Natural: false, left, Sampled(), null, null);
        }

        var natural = tokens.Accept("NATURAL");
        if (Kind() is not { } kind)
        {
            return natural ? throw tokens.Unexpected() : null;
        }

        if (natural)
        {
            return new Join(position, kind, Natural: true, left, Sampled(), null, null);
        }

        var right = Relation();
        if (tokens.Accept("USING"))
        {
            return new Join(position, kind, Natural: false, left, right, null, tokens.ParenthesizedIdentifiers());
        }

        if (tokens.Dialect.HasSparkSyntax && kind == JoinKind.Inner && !tokens.Is("ON"))
        {
            return new Join(position, JoinKind.Cross, Natural: false, left, right, null, null);
        }

        tokens.Expect("ON");
        return new Join(position, kind, Natural: false, left, right, grammar.Expressions.Expression(), null);
    }

    private JoinKind? Kind()
    {
        JoinKind? kind = null;
        if (tokens.Accept("INNER"))
        {
            kind = JoinKind.Inner;
        }
        else if (tokens.Is("LEFT") || tokens.Is("RIGHT") || tokens.Is("FULL"))
        {
            kind = Enum.Parse<JoinKind>(tokens.Advance().Word!, ignoreCase: true);
            if (tokens.Dialect.HasSparkSyntax && kind == JoinKind.Left && tokens.Current.Word is "SEMI" or "ANTI")
            {
                kind = tokens.Advance().Word == "SEMI" ? JoinKind.LeftSemi : JoinKind.LeftAnti;
            }
            else
            {
                tokens.Accept("OUTER");
            }
        }

        if (kind is not null)
        {
            tokens.Expect("JOIN");
            return kind;
        }

        return tokens.Accept("JOIN") ? JoinKind.Inner : null;
    }

    private Relation Sampled()
    {
        var relation = Aliased();
        if (tokens.Is("MATCH_RECOGNIZE", "("))
        {
            throw new SqlException("NOT_SUPPORTED", "MATCH_RECOGNIZE is not supported", tokens.Position);
        }

        var position = tokens.Position;
        if (!tokens.Accept("TABLESAMPLE"))
        {
            return relation;
        }

        var bernoulli = tokens.Accept("BERNOULLI");
        if (!bernoulli)
        {
            tokens.Expect("SYSTEM");
        }

        tokens.Expect("(");
        var percentage = grammar.Expressions.Expression();
        tokens.Expect(")");
        return new SampledRelation(position, relation, bernoulli, percentage);
    }

    private Relation Aliased()
    {
        var relation = Primary();
        var position = tokens.Position;
        if (grammar.Queries.OptionalAlias() is not { } alias)
        {
            return relation;
        }

        return new AliasedRelation(position, relation, alias, tokens.Is("(") ? tokens.ParenthesizedIdentifiers() : null);
    }

    private Relation Primary()
    {
        var position = tokens.Position;
        switch (tokens.Current.Word)
        {
            case "(" when grammar.Queries.IsParenthesizedQuery(tokens.Index):
                tokens.Advance();
                var query = grammar.Queries.Query();
                tokens.Expect(")");
                return new SubqueryRelation(position, query);
            case "(":
                tokens.Advance();
                var relation = Relation();
                tokens.Expect(")");
                return relation;
            case "UNNEST":
                return Unnest(position);
            case "LATERAL" when tokens.PeekIs(1, "("):
                tokens.Advance();
                tokens.Advance();
                var lateral = grammar.Queries.Query();
                tokens.Expect(")");
                return new Lateral(position, lateral);
            case "TABLE" when tokens.PeekIs(1, "("):
                return TableFunction(position);
            case "JSON_TABLE":
                throw new SqlException("NOT_SUPPORTED", "JSON_TABLE is not supported", position);
        }

        if (!tokens.IsIdentifier())
        {
            tokens.Is("(");
            tokens.Is("LATERAL");
            tokens.Is("UNNEST");
            throw tokens.Unexpected();
        }

        return new Table(position, tokens.QualifiedName(), Version());
    }

    private Unnest Unnest(SourcePosition position)
    {
        tokens.Advance();
        tokens.Expect("(");
        var values = tokens.CommaList(grammar.Expressions.Expression);
        tokens.Expect(")");
        return new Unnest(position, values, tokens.Accept("WITH", "ORDINALITY"));
    }

    private TableVersion? Version()
    {
        var position = tokens.Position;
        if (!tokens.Is("FOR"))
        {
            return null;
        }

        tokens.Advance();
        var isTimestamp = tokens.Accept("TIMESTAMP") || tokens.Accept("SYSTEM_TIME");
        if (!isTimestamp && !tokens.Accept("SYSTEM_VERSION"))
        {
            tokens.Expect("VERSION");
        }

        tokens.Expect("AS");
        tokens.Expect("OF");
        return new TableVersion(position, isTimestamp, grammar.Expressions.Value());
    }

    private TableFunctionCall TableFunction(SourcePosition position)
    {
        tokens.Advance();
        tokens.Expect("(");
        var name = tokens.QualifiedName();
        tokens.Expect("(");
        var arguments = tokens.Is(")") ? [] : tokens.CommaList(TableFunctionArgument);
        tokens.Expect(")");
        tokens.Expect(")");
        return new TableFunctionCall(position, name, arguments);
    }

    private TableFunctionArgument TableFunctionArgument()
    {
        var position = tokens.Position;
        var name = tokens.PeekIs(1, "=>") ? tokens.Identifier() : null;
        if (name is not null)
        {
            tokens.Advance();
        }

        if (tokens.Current.Word == "TABLE" && tokens.PeekIs(1, "("))
        {
            tokens.Advance();
            return new TableFunctionArgument(position, name, null, Aliased());
        }

        return new TableFunctionArgument(position, name, grammar.Expressions.Expression(), null);
    }

    /// <summary>Spark's <c>LATERAL VIEW [OUTER] explode(x) t AS a, b</c> as the join with UNNEST that it is.</summary>
    private Join LateralView(Relation left)
    {
        var position = tokens.Advance().Position;
        tokens.Advance();
        var outer = tokens.Accept("OUTER");
        var function = tokens.Identifier();
        if (function.Folded != "explode")
        {
            throw new SqlException("NOT_SUPPORTED", $"LATERAL VIEW {function.Value} is not supported", function.Position);
        }

        tokens.Expect("(");
        var value = grammar.Expressions.Expression();
        tokens.Expect(")");
        var alias = tokens.Current.Word == "AS" ? new Identifier(position, "_lateral", true) : tokens.Identifier();
        NodeList<Identifier>? columns = tokens.Accept("AS") ? tokens.CommaList(tokens.Identifier) : null;
        var unnest = new Unnest(position, [value], WithOrdinality: false);
        return new Join(position, outer ? JoinKind.Left : JoinKind.Cross, Natural: false, left, new AliasedRelation(position, unnest, alias, columns ?? [new Identifier(position, "col", true)]), outer ? new BooleanLiteral(position, true) : null, null);
    }
}
