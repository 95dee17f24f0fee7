using Tarn.Sql.Tree;

namespace Tarn.Sql.Parsing;

/// <summary>
/// Operators, from the loosest (OR) to the tightest (AT TIME ZONE). One method per level of Trino's grammar; a predicate such as
/// BETWEEN binds once, so that <c>a = b = c</c> is refused.
/// </summary>
internal sealed class ExpressionParser(Grammar grammar)
{
    private readonly TokenStream tokens = grammar.Tokens;

    public Expression Expression()
    {
        tokens.Enter();
        var expression = Or();
        tokens.Leave();
        return expression;
    }

    private Expression Or() => Chain("OR", LogicalOperator.Or, And);

    private Expression And() => Chain("AND", LogicalOperator.And, Not);

    private Expression Chain(string word, LogicalOperator @operator, Func<Expression> term)
    {
        var first = term();
        if (!tokens.Is(word))
        {
            return first;
        }

        var terms = new List<Expression> { first };
        while (tokens.Accept(word))
        {
            terms.Add(term());
        }

        return new Logical(first.Position, @operator, new NodeList<Expression>(terms));
    }

    private Expression Not()
    {
        var position = tokens.Position;
        if (tokens.Current.Word != "NOT")
        {
            return Predicate();
        }

        tokens.Advance();
        tokens.Enter();
        var value = Not();
        tokens.Leave();
        return new Not(position, value);
    }

    private Expression Predicate()
    {
        var left = Value();
        var position = tokens.Position;
        if (ComparisonOperatorHere() is { } comparison)
        {
            tokens.Advance();
            return Comparison(position, comparison, left);
        }

        tokens.Note("<predicate>");
        var negated = tokens.Current.Word == "NOT" && tokens.Peek(1).Word is "BETWEEN" or "IN" or "LIKE" or "RLIKE";
        if (negated)
        {
            tokens.Advance();
        }

        Expression? predicate = tokens.Current.Word switch
        {
            "BETWEEN" => Between(position, left),
            "IN" => In(position, left),
            "LIKE" => Like(position, left),
            "RLIKE" when tokens.Dialect.HasSparkSyntax => RegexLike(position, left),
            "IS" => Is(position, left),
            _ => null,
        };
        return predicate is null ? left : negated ? new Not(position, predicate) : predicate;
    }

    private ComparisonOperator? ComparisonOperatorHere() => tokens.Current.Word switch
    {
        "=" or "==" => ComparisonOperator.Equal,
        "<>" or "!=" => ComparisonOperator.NotEqual,
        "<" => ComparisonOperator.LessThan,
        "<=" => ComparisonOperator.LessThanOrEqual,
        ">" => ComparisonOperator.GreaterThan,
        ">=" => ComparisonOperator.GreaterThanOrEqual,
        "<=>" => ComparisonOperator.IsNotDistinctFrom,
        _ => null,
    };

    private Expression Comparison(SourcePosition position, ComparisonOperator @operator, Expression left)
    {
        if (tokens.Current.Word is "ALL" or "ANY" or "SOME" && tokens.PeekIs(1, "("))
        {
            var all = tokens.Advance().Word == "ALL";
            tokens.Expect("(");
            var query = grammar.Queries.Query();
            tokens.Expect(")");
            return new QuantifiedComparison(position, @operator, all, left, query);
        }

        return new Comparison(position, @operator, left, Value());
    }

    private Between Between(SourcePosition position, Expression value)
    {
        tokens.Advance();
        var min = Value();
        tokens.Expect("AND");
        return new Between(position, value, min, Value());
    }

    private Expression In(SourcePosition position, Expression value)
    {
        tokens.Advance();
        if (!tokens.Is("("))
        {
            throw tokens.Unexpected();
        }

        // `IN ((SELECT 1))` is a list of one scalar subquery, as Trino reads it.
        var isListOfOne = tokens.PeekIs(1, "(") && tokens.At(tokens.IndexBehindClosing(tokens.Index + 1)).Word == ")";
        var isQuery = !isListOfOne && grammar.Queries.IsParenthesizedQuery(tokens.Index);
        tokens.Advance();
        Expression result = isQuery ? new InSubquery(position, value, grammar.Queries.Query()) : new InList(position, value, tokens.CommaList(Expression));
        tokens.Expect(")");
        return result;
    }

    private Like Like(SourcePosition position, Expression value)
    {
        tokens.Advance();
        var pattern = Value();
        return new Like(position, value, pattern, tokens.Accept("ESCAPE") ? Value() : null);
    }

    private FunctionCall RegexLike(SourcePosition position, Expression value)
    {
        tokens.Advance();
        return FunctionCall.Of(position, "regexp_like", value, Value());
    }

    private Expression Is(SourcePosition position, Expression value)
    {
        tokens.Advance();
        var negated = tokens.Accept("NOT");
        if (tokens.Accept("NULL"))
        {
            var isNull = new IsNull(position, value);
            return negated ? new Not(position, isNull) : isNull;
        }

        tokens.Expect("DISTINCT");
        tokens.Expect("FROM");
        return new Comparison(position, negated ? ComparisonOperator.IsNotDistinctFrom : ComparisonOperator.IsDistinctFrom, value, Value());
    }

    /// <summary>Trino's valueExpression: no predicate and no logical operator at its top.</summary>
    public Expression Value()
    {
        var left = Sum();
        for (var length = 0; tokens.Is("||"); tokens.CheckChain(++length))
        {
            var position = tokens.Advance().Position;
            left = new Concatenation(position, left, Sum());
        }

        return left;
    }

    private Expression Sum()
    {
        var left = Product();
        for (var length = 0; tokens.Is("+") || tokens.Is("-"); tokens.CheckChain(++length))
        {
            var token = tokens.Advance();
            left = new ArithmeticBinary(token.Position, token.Word == "+" ? ArithmeticOperator.Add : ArithmeticOperator.Subtract, left, Product());
        }

        return left;
    }

    private Expression Product()
    {
        var left = Unary();
        for (var length = 0; tokens.Is("*") || tokens.Is("/") || tokens.Is("%") || (tokens.Dialect.HasSparkSyntax && tokens.Is("DIV")); tokens.CheckChain(++length))
        {
            var token = tokens.Advance();
            var @operator = token.Word switch
            {
                "*" => ArithmeticOperator.Multiply,
                "/" => ArithmeticOperator.Divide,
                "%" => ArithmeticOperator.Modulus,
                _ => ArithmeticOperator.IntegerDivide,
            };
            left = new ArithmeticBinary(token.Position, @operator, left, Unary());
        }

        return left;
    }

    private Expression Unary()
    {
        if (tokens.Current.Word is not ("-" or "+"))
        {
            return AtTimeZone();
        }

        var token = tokens.Advance();
        if (token.Word == "-" && grammar.Primaries.NegativeNumber(token.Position) is { } number)
        {
            return AtTimeZone(number);
        }

        tokens.Enter();
        var value = Unary();
        tokens.Leave();
        return new ArithmeticUnary(token.Position, token.Word == "-", value);
    }

    private Expression AtTimeZone() => AtTimeZone(grammar.Primaries.Primary());

    private Expression AtTimeZone(Expression value)
    {
        for (var length = 0; tokens.Is("AT", "TIME"); tokens.CheckChain(++length))
        {
            var position = tokens.Advance().Position;
            tokens.Expect("TIME");
            tokens.Expect("ZONE");
            value = new AtTimeZone(position, value, grammar.Primaries.Primary());
        }

        return value;
    }
}
