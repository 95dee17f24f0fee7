using Tarn.Sql.Lexing;
using Tarn.Sql.Tree;

namespace Tarn.Sql.Parsing;

/// <summary>Function calls: the plain form, and the ones to which the grammar gives a form of their own.</summary>
internal sealed class CallParser(Grammar grammar)
{
    private readonly TokenStream tokens = grammar.Tokens;

    /// <summary>Whether a name with one or more parts and an opening parenthesis stands here.</summary>
    public bool IsCallHere()
    {
        var ahead = 1;
        while (tokens.PeekIs(ahead, ".") && tokens.Peek(ahead + 1).Kind is TokenKind.Word or TokenKind.QuotedIdentifier)
        {
            ahead += 2;
        }

        return tokens.PeekIs(ahead, "(");
    }

    /// <summary>A function with a grammar of its own; null when none stands here.</summary>
    public Expression? Special() => tokens.Current.Kind != TokenKind.Word ? null : tokens.Current.Word switch
    {
        "CURRENT_DATE" or "CURRENT_USER" or "CURRENT_CATALOG" or "CURRENT_SCHEMA" or "CURRENT_PATH" => CurrentValue(hasPrecision: false),
        "CURRENT_TIME" or "CURRENT_TIMESTAMP" or "LOCALTIME" or "LOCALTIMESTAMP" => CurrentValue(hasPrecision: true),
        "EXTRACT" => Extract(),
        "TRIM" => Trim(),
        "NORMALIZE" => Normalize(),
        "GROUPING" => Grouping(),
        "LISTAGG" => Listagg(),
        "SUBSTRING" when tokens.PeekIs(1, "(") => Substring(),
        "POSITION" when tokens.PeekIs(1, "(") => PositionOf(),
        "JSON_EXISTS" or "JSON_VALUE" or "JSON_QUERY" or "JSON_OBJECT" or "JSON_ARRAY" =>
            throw new SqlException("NOT_SUPPORTED", $"{tokens.Current.Word} is not supported", tokens.Position),
        _ => null,
    };

    public FunctionCall Call()
    {
        var name = tokens.QualifiedName();
        tokens.Expect("(");
        var star = false;
        var distinct = false;
        NodeList<Expression> arguments = [];
        if (tokens.Accept("*"))
        {
            star = true;
        }
        else if (!tokens.Is(")"))
        {
            distinct = SetQuantifier();
            arguments = tokens.Is("ORDER") ? [] : tokens.CommaList(grammar.Expressions.Expression);
        }

        var order = OrderBy();
        var nulls = NullTreatmentHere();
        tokens.Expect(")");
        var filter = Filter();
        nulls ??= NullTreatmentHere();
        return new FunctionCall(name.Position, name, arguments, star, distinct, order, filter, Over(), nulls);
    }

    private bool SetQuantifier()
    {
        if (tokens.Accept("DISTINCT"))
        {
            return true;
        }

        if (tokens.Current.Word == "ALL" && tokens.Peek(1).Word is not ("," or ")" or "("))
        {
            tokens.Advance();
        }

        return false;
    }

    private NodeList<SortItem> OrderBy() => tokens.Is("ORDER") ? grammar.Queries.OrderBy() : [];

    private NullTreatment? NullTreatmentHere()
    {
        if (tokens.Accept("IGNORE", "NULLS"))
        {
            return NullTreatment.Ignore;
        }

        return tokens.Accept("RESPECT", "NULLS") ? NullTreatment.Respect : null;
    }

    private Expression? Filter()
    {
        if (!tokens.Accept("FILTER", "("))
        {
            return null;
        }

        tokens.Expect("WHERE");
        var condition = grammar.Expressions.Expression();
        tokens.Expect(")");
        return condition;
    }

    private Window? Over()
    {
        if (!tokens.Is("OVER") || (tokens.Peek(1).Word != "(" && tokens.Peek(1).Kind is not (TokenKind.Word or TokenKind.QuotedIdentifier)))
        {
            return null;
        }

        var position = tokens.Advance().Position;
        return tokens.Is("(") ? grammar.Windows.Specification() : new WindowReference(position, tokens.Identifier());
    }

    private CurrentValue CurrentValue(bool hasPrecision)
    {
        var token = tokens.Advance();
        int? precision = null;
        if (hasPrecision && tokens.Accept("("))
        {
            precision = (int)Math.Min(tokens.Integer(), int.MaxValue);
            tokens.Expect(")");
        }
        else if (tokens.Dialect.HasSparkSyntax && tokens.Accept("("))
        {
            tokens.Expect(")");
        }

        return new CurrentValue(token.Position, token.Word!.ToLowerInvariant(), precision);
    }

    private Extract Extract()
    {
        var position = tokens.Advance().Position;
        tokens.Expect("(");
        var field = tokens.Identifier();
        tokens.Expect("FROM");
        var value = grammar.Expressions.Value();
        tokens.Expect(")");
        return new Extract(position, field.Value.ToUpperInvariant(), value);
    }

    private Expression Trim()
    {
        var position = tokens.Advance().Position;
        tokens.Expect("(");
        var side = TrimSide.Both;
        var hasSide = true;
        if (tokens.Accept("LEADING"))
        {
            side = TrimSide.Leading;
        }
        else if (tokens.Accept("TRAILING"))
        {
            side = TrimSide.Trailing;
        }
        else
        {
            hasSide = tokens.Accept("BOTH");
        }

        Expression? characters = null;
        Expression value;
        if (hasSide && tokens.Accept("FROM"))
        {
            value = grammar.Expressions.Value();
        }
        else
        {
            value = grammar.Expressions.Value();
            if (tokens.Accept("FROM"))
            {
                (characters, value) = (value, grammar.Expressions.Value());
            }
            else if (!hasSide && tokens.Accept(","))
            {
                characters = grammar.Expressions.Value();
            }
            else if (hasSide)
            {
                throw tokens.Unexpected();
            }
        }

        tokens.Expect(")");
        return new Trim(position, side, characters, value);
    }

    private FunctionCall Normalize()
    {
        var position = tokens.Advance().Position;
        tokens.Expect("(");
        var value = grammar.Expressions.Value();
        var form = tokens.Accept(",") ? tokens.Identifier().Value.ToUpperInvariant() : "NFC";
        tokens.Expect(")");
        if (form is not ("NFC" or "NFD" or "NFKC" or "NFKD"))
        {
            throw new SqlException("SYNTAX_ERROR", $"Invalid normalization form: {form}", position);
        }

        return FunctionCall.Of(position, "normalize", value, new StringLiteral(position, form));
    }

    private GroupingOperation Grouping()
    {
        var position = tokens.Advance().Position;
        tokens.Expect("(");
        var columns = tokens.Is(")") ? [] : tokens.CommaList(grammar.Expressions.Value);
        tokens.Expect(")");
        return new GroupingOperation(position, columns);
    }

    private FunctionCall Substring()
    {
        var position = tokens.Advance().Position;
        tokens.Expect("(");
        var arguments = new List<Expression> { grammar.Expressions.Value() };
        if (tokens.Accept("FROM"))
        {
            arguments.Add(grammar.Expressions.Value());
            if (tokens.Accept("FOR"))
            {
                arguments.Add(grammar.Expressions.Value());
            }
        }
        else
        {
            while (tokens.Accept(","))
            {
                arguments.Add(grammar.Expressions.Expression());
            }
        }

        tokens.Expect(")");
        return FunctionCall.Of(position, "substring", [.. arguments]);
    }

    private FunctionCall PositionOf()
    {
        var position = tokens.Advance().Position;
        tokens.Expect("(");
        var part = grammar.Expressions.Value();
        tokens.Expect("IN");
        var whole = grammar.Expressions.Value();
        tokens.Expect(")");
        return FunctionCall.Of(position, "strpos", whole, part);
    }

    private Listagg Listagg()
    {
        var position = tokens.Advance().Position;
        tokens.Expect("(");
        var distinct = SetQuantifier();
        var value = grammar.Expressions.Expression();
        var separator = tokens.Accept(",") ? tokens.String() : "";
        string? filler = null;
        var withCount = false;
        if (tokens.Accept("ON"))
        {
            tokens.Expect("OVERFLOW");
            if (!tokens.Accept("ERROR"))
            {
                tokens.Expect("TRUNCATE");
                filler = tokens.IsString() ? tokens.String() : "...";
                withCount = tokens.Accept("WITH");
                if (!withCount)
                {
                    tokens.Expect("WITHOUT");
                }

                tokens.Expect("COUNT");
            }
        }

        tokens.Expect(")");
        NodeList<SortItem> order = [];
        if (tokens.Accept("WITHIN"))
        {
            tokens.Expect("GROUP");
            tokens.Expect("(");
            order = grammar.Queries.OrderBy();
            tokens.Expect(")");
        }

        return new Listagg(position, distinct, value, separator, filler, withCount, order, Filter());
    }
}
