using System.Globalization;
using Tarn.Sql.Lexing;
using Tarn.Sql.Tree;

namespace Tarn.Sql.Parsing;

/// <summary>Literals, names, parentheses, CASE and CAST, with the subscripts and fields that may follow each.</summary>
internal sealed class PrimaryParser(Grammar grammar)
{
    private readonly TokenStream tokens = grammar.Tokens;

    public Expression Primary()
    {
        var value = First();
        for (var length = 0; ; tokens.CheckChain(++length))
        {
            var position = tokens.Position;
            if (tokens.Accept("["))
            {
                var index = grammar.Expressions.Value();
                tokens.Expect("]");
                value = new Subscript(position, value, index);
            }
            else if (tokens.Is(".") && !tokens.PeekIs(1, "*"))
            {
                tokens.Advance();
                value = new Dereference(value.Position, value, tokens.Identifier());
            }
            else
            {
                return value;
            }
        }
    }

    /// <summary>The literal behind a minus sign; null when no number follows. <c>-9223372036854775808</c> is only a bigint when read as one.</summary>
    public Expression? NegativeNumber(SourcePosition position) => tokens.Current.Kind switch
    {
        TokenKind.Integer => new LongLiteral(position, Numbers.Integer("-" + tokens.Advance().Text, position)),
        TokenKind.Decimal => new DecimalLiteral(position, "-" + Plain(tokens.Advance().Text)),
        TokenKind.Double => new DoubleLiteral(position, -Double(tokens.Advance().Text)),
        _ => null,
    };

    private Expression First()
    {
        var token = tokens.Current;
        switch (token.Kind)
        {
            case TokenKind.Integer:
                return new LongLiteral(token.Position, tokens.Integer());
            case TokenKind.Decimal:
                return new DecimalLiteral(token.Position, Plain(tokens.Advance().Text));
            case TokenKind.Double:
                return new DoubleLiteral(token.Position, Double(tokens.Advance().Text));
            case TokenKind.String or TokenKind.UnicodeString:
                return new StringLiteral(token.Position, tokens.String());
            case TokenKind.Binary:
                return Binary();
        }

        return token.Word switch
        {
            "?" => Parameter(),
            "(" => Parenthesized(),
            "NULL" => Take(new NullLiteral(token.Position)),
            "TRUE" => Take(new BooleanLiteral(token.Position, true)),
            "FALSE" => Take(new BooleanLiteral(token.Position, false)),
            "CASE" => Case(),
            "CAST" => Cast(@try: false),
            "EXISTS" => Exists(),
            "TRY_CAST" when tokens.PeekIs(1, "(") => Cast(@try: true),
            "INTERVAL" when tokens.Peek(1).Kind == TokenKind.String || (tokens.Peek(1).Word is "+" or "-" && tokens.Peek(2).Kind == TokenKind.String) => Interval(),
            "INTERVAL" when tokens.Dialect.HasSparkSyntax && tokens.Peek(1).Kind == TokenKind.Integer => SparkInterval(),
            "ARRAY" when tokens.PeekIs(1, "[") => Array(),
            "ROW" when tokens.PeekIs(1, "(") => Row(),
            _ => NameOrCall(),
        };
    }

    private Expression Take(Expression literal)
    {
        tokens.Advance();
        return literal;
    }

    private Expression NameOrCall()
    {
        if (grammar.Calls.Special() is { } special)
        {
            return special;
        }

        var token = tokens.Current;
        if (token.Kind is not (TokenKind.Word or TokenKind.QuotedIdentifier) || (token.Kind == TokenKind.Word && Keywords.IsReserved(token.Word!)))
        {
            throw tokens.Unexpected("<expression>");
        }

        if (tokens.PeekIs(1, "->"))
        {
            var parameter = tokens.Identifier();
            tokens.Advance();
            return new Lambda(token.Position, [parameter], grammar.Expressions.Expression());
        }

        if (token.Kind == TokenKind.Word && TypedLiteral(token) is { } literal)
        {
            return literal;
        }

        return grammar.Calls.IsCallHere() ? grammar.Calls.Call() : tokens.Identifier();
    }

    private GenericLiteral? TypedLiteral(Token token)
    {
        var isDoublePrecision = token.Word == "DOUBLE" && tokens.PeekIs(1, "PRECISION");
        var next = tokens.Peek(isDoublePrecision ? 2 : 1);
        if (next.Kind is not (TokenKind.String or TokenKind.UnicodeString))
        {
            return null;
        }

        tokens.Advance();
        if (isDoublePrecision)
        {
            tokens.Advance();
        }

        return new GenericLiteral(token.Position, token.Text.ToLowerInvariant(), tokens.String());
    }

    private Parameter Parameter()
    {
        var position = tokens.Advance().Position;
        return new Parameter(position, tokens.ParameterCount++);
    }

    private Expression Parenthesized()
    {
        var position = tokens.Position;
        if (IsLambda())
        {
            tokens.Advance();
            var parameters = tokens.Is(")") ? [] : tokens.CommaList(tokens.Identifier);
            tokens.Expect(")");
            tokens.Expect("->");
            return new Lambda(position, parameters, grammar.Expressions.Expression());
        }

        if (grammar.Queries.IsParenthesizedQuery(tokens.Index))
        {
            tokens.Advance();
            var query = grammar.Queries.Query();
            tokens.Expect(")");
            return new SubqueryExpression(position, query);
        }

        tokens.Advance();
        var first = grammar.Expressions.Expression();
        if (!tokens.Is(","))
        {
            tokens.Expect(")");
            return first;
        }

        var items = new List<RowItem> { new(first.Position, null, first) };
        while (tokens.Accept(","))
        {
            var item = grammar.Expressions.Expression();
            items.Add(new RowItem(item.Position, null, item));
        }

        tokens.Expect(")");
        return new RowConstructor(position, new NodeList<RowItem>(items));
    }

    private bool IsLambda()
    {
        if (!tokens.PeekIs(1, ")") && tokens.Peek(2).Word is not ("," or ")"))
        {
            return false;
        }

        return tokens.At(tokens.IndexBehindClosing(tokens.Index)).Word == "->";
    }

    private RowConstructor Row()
    {
        var position = tokens.Advance().Position;
        tokens.Expect("(");
        var items = tokens.Is(")") ? [] : tokens.CommaList(RowItem);
        tokens.Expect(")");
        return new RowConstructor(position, items);
    }

    private RowItem RowItem()
    {
        var value = grammar.Expressions.Expression();
        var hasName = tokens.Accept("AS") || (!tokens.Is(",") && !tokens.Is(")") && tokens.IsIdentifier());
        return new RowItem(value.Position, hasName ? tokens.Identifier() : null, value);
    }

    private ArrayConstructor Array()
    {
        var position = tokens.Advance().Position;
        tokens.Expect("[");
        var items = tokens.Is("]") ? [] : tokens.CommaList(grammar.Expressions.Expression);
        tokens.Expect("]");
        return new ArrayConstructor(position, items);
    }

    private Exists Exists()
    {
        var position = tokens.Advance().Position;
        tokens.Expect("(");
        var query = grammar.Queries.Query();
        tokens.Expect(")");
        return new Exists(position, query);
    }

    private Case Case()
    {
        var position = tokens.Advance().Position;
        var operand = tokens.Is("WHEN") ? null : grammar.Expressions.Expression();
        var whens = new List<WhenClause>();
        do
        {
            var when = tokens.Expect("WHEN").Position;
            var condition = grammar.Expressions.Expression();
            tokens.Expect("THEN");
            whens.Add(new WhenClause(when, condition, grammar.Expressions.Expression()));
        }
        while (tokens.Is("WHEN"));
        var otherwise = tokens.Accept("ELSE") ? grammar.Expressions.Expression() : null;
        tokens.Expect("END");
        return new Case(position, operand, new NodeList<WhenClause>(whens), otherwise);
    }

    private Cast Cast(bool @try)
    {
        var position = tokens.Advance().Position;
        tokens.Expect("(");
        var value = grammar.Expressions.Expression();
        tokens.Expect("AS");
        var type = grammar.Types.Type();
        tokens.Expect(")");
        return new Cast(position, value, type, @try);
    }

    private IntervalLiteral Interval()
    {
        var position = tokens.Advance().Position;
        var negative = tokens.Accept("-");
        if (!negative)
        {
            tokens.Accept("+");
        }

        var value = tokens.String();
        var from = grammar.Types.IntervalFieldName();
        return new IntervalLiteral(position, value, negative, from, tokens.Accept("TO") ? grammar.Types.IntervalFieldName() : null);
    }

    /// <summary><c>INTERVAL 3 DAYS</c></summary>
    private IntervalLiteral SparkInterval()
    {
        var position = tokens.Advance().Position;
        var count = tokens.Advance().Text;
        var word = tokens.Current.Word ?? "";
        if (!Enum.TryParse<IntervalField>(word.TrimEnd('S'), ignoreCase: true, out var field) || tokens.Current.Kind != TokenKind.Word)
        {
            throw tokens.Unexpected();
        }

        tokens.Advance();
        return new IntervalLiteral(position, count, Negative: false, field, To: null);
    }

    private BinaryLiteral Binary()
    {
        var token = tokens.Advance();
        var hex = string.Concat(token.Text.Where(c => !char.IsWhiteSpace(c))).ToUpperInvariant();
        if (!hex.All(char.IsAsciiHexDigit))
        {
            throw new SqlException("SYNTAX_ERROR", "Binary literal can only contain hexadecimal digits", token.Position);
        }

        if (hex.Length % 2 != 0)
        {
            throw new SqlException("SYNTAX_ERROR", "Binary literal must contain an even number of digits", token.Position);
        }

        return new BinaryLiteral(token.Position, hex);
    }

    private static string Plain(string number) => number.Replace("_", "", StringComparison.Ordinal);

    private static double Double(string number) => double.Parse(Plain(number), NumberStyles.Float, CultureInfo.InvariantCulture);
}
