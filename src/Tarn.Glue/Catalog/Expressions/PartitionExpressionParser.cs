using Tarn.Glue.Catalog.Partitions;

namespace Tarn.Glue.Catalog.Expressions;

/// <summary>
/// Reads the <c>Expression</c> of <c>GetPartitions</c>: conditions on partition keys joined by AND, OR and NOT.
/// <code>
/// or        := and (OR and)*
/// and       := not (AND not)*
/// not       := NOT not | '(' or ')' | condition
/// condition := key (= &lt;&gt; != &lt; &lt;= &gt; &gt;=) literal | literal op key | key [NOT] IN '(' literal, ... ')'
///            | key [NOT] BETWEEN literal AND literal | key [NOT] LIKE text | key IS [NOT] NULL
/// literal   := number | 'text' | DATE 'text' | TIMESTAMP 'text' | '(' literal ')'
/// </code>
/// A literal is read by the type of its key, whatever its own form, as Glue does.
/// </summary>
internal sealed class PartitionExpressionParser
{
    /// <summary>Parentheses and NOTs inside each other.</summary>
    private const int DepthMax = 200;

    private readonly string expression;
    private readonly PartitionKeyCodec codec;
    private readonly List<Token> tokens;
    private int position;
    private int depth;

    private PartitionExpressionParser(string expression, PartitionKeyCodec codec)
    {
        this.expression = expression;
        this.codec = codec;
        tokens = PartitionExpressionLexer.Lex(expression);
    }

    /// <summary>The bound filter; null for no filter, which a blank expression is too. Throws InvalidInputException in Glue's words.</summary>
    public static PartitionExpression? Parse(string? expression, PartitionKeyCodec codec)
    {
        if (string.IsNullOrWhiteSpace(expression))
        {
            return null;
        }

        var parser = new PartitionExpressionParser(expression, codec);
        var result = parser.ParseOr();
        return parser.Current.Kind == TokenKind.End ? result : throw parser.Unsupported();
    }

    private Token Current => tokens[position];

    private PartitionExpression ParseOr()
    {
        if (++depth > DepthMax)
        {
            throw Unsupported();
        }

        var left = ParseAnd();
        while (Accept("OR"))
        {
            left = new OrExpression(left, ParseAnd());
        }

        depth--;
        return left;
    }

    private PartitionExpression ParseAnd()
    {
        var left = ParseNot();
        while (Accept("AND"))
        {
            left = new AndExpression(left, ParseNot());
        }

        return left;
    }

    private PartitionExpression ParseNot()
    {
        if (Accept("NOT"))
        {
            if (++depth > DepthMax)
            {
                throw Unsupported();
            }

            var operand = ParseNot();
            depth--;
            return new NotExpression(operand);
        }

        if (Current.Is("(") && !IsParenthesisedOperand())
        {
            position++;
            var inner = ParseOr();
            Expect(")");
            return inner;
        }

        return ParseCondition();
    }

    private PartitionExpression ParseCondition()
    {
        if (TryParseLiteral(out var literal))
        {
            var mirrored = ParseComparison()?.Mirrored() ?? throw Unsupported();
            var right = ParseKey();
            return new CompareExpression(right, codec.Type(right), mirrored, Encode(right, literal));
        }

        var key = ParseKey();
        var type = codec.Type(key);
        if (ParseComparison() is { } comparison)
        {
            return new CompareExpression(key, type, comparison, Encode(key, ParseLiteral()));
        }

        if (Accept("IS"))
        {
            var not = Accept("NOT");
            Expect("NULL");
            return Negate(not, new IsNullExpression(key, type));
        }

        var negated = Accept("NOT");
        if (Accept("IN"))
        {
            return Negate(negated, ParseIn(key, type));
        }

        if (Accept("BETWEEN"))
        {
            var low = Encode(key, ParseLiteral());
            Expect("AND");
            var high = Encode(key, ParseLiteral());
            return Negate(negated, new AndExpression(new CompareExpression(key, type, Comparison.GreaterOrEqual, low), new CompareExpression(key, type, Comparison.LessOrEqual, high)));
        }

        if (Accept("LIKE"))
        {
            var pattern = Current.Kind == TokenKind.Text ? ParseLiteral() : throw Unsupported();
            return type.LikeRefusal is { } refusal ? throw GlueErrors.InvalidInput(refusal) : Negate(negated, new LikeExpression(key, type, pattern));
        }

        throw Unsupported();
    }

    private InExpression ParseIn(int key, PartitionKeyType type)
    {
        Expect("(");
        var literals = new List<byte[]> { Encode(key, ParseLiteral()) };
        while (Accept(","))
        {
            literals.Add(Encode(key, ParseLiteral()));
        }

        Expect(")");
        return new InExpression(key, type, literals);
    }

    private Comparison? ParseComparison()
    {
        Comparison? comparison = Current.Kind != TokenKind.Symbol ? null : Current.Text switch
        {
            "=" => Comparison.Equal,
            "<>" => Comparison.NotEqual,
            "<" => Comparison.Less,
            "<=" => Comparison.LessOrEqual,
            ">" => Comparison.Greater,
            ">=" => Comparison.GreaterOrEqual,
            _ => null,
        };
        position += comparison is null ? 0 : 1;
        return comparison;
    }

    private int ParseKey()
    {
        if (Accept("("))
        {
            var inner = ParseKey();
            Expect(")");
            return inner;
        }

        var token = Current;
        if (token.Kind is not (TokenKind.Word or TokenKind.QuotedName))
        {
            throw Unsupported();
        }

        position++;
        for (var i = 0; i < codec.Keys.Count; i++)
        {
            if (codec.Keys[i].Name.Equals(token.Text, StringComparison.OrdinalIgnoreCase))
            {
                return codec.Type(i).Refusal is { } refusal ? throw GlueErrors.InvalidInput(refusal) : i;
            }
        }

        throw GlueErrors.UnknownPartitionKey();
    }

    private string ParseLiteral() => TryParseLiteral(out var literal) ? literal : throw Unsupported();

    private bool TryParseLiteral(out string literal)
    {
        literal = "";
        var start = position;
        if (Accept("("))
        {
            if (TryParseLiteral(out literal) && Accept(")"))
            {
                return true;
            }

            position = start;
            return false;
        }

        // DATE '2024-01-01' is a literal; a key named date is followed by something else.
        if ((Current.Is("DATE") || Current.Is("TIMESTAMP")) && tokens[position + 1].Kind == TokenKind.Text)
        {
            position++;
        }

        if (Current.Kind is not (TokenKind.Text or TokenKind.Number))
        {
            position = start;
            return false;
        }

        literal = Current.Text;
        position++;
        return true;
    }

    /// <summary>Tells <c>(key) = 1</c> and <c>(1) = key</c> from <c>(key = 1)</c>.</summary>
    private bool IsParenthesisedOperand()
    {
        var i = position;
        while (tokens[i].Is("("))
        {
            i++;
        }

        return tokens[i].Kind is TokenKind.Word or TokenKind.QuotedName or TokenKind.Text or TokenKind.Number && tokens[i + 1].Is(")");
    }

    private byte[] Encode(int key, string literal) =>
        PartitionKeyCodec.EncodeValue(codec.Type(key), literal) ?? throw GlueErrors.InvalidInput(codec.Type(key).Complaint(literal));

    private static PartitionExpression Negate(bool negated, PartitionExpression operand) => negated ? new NotExpression(operand) : operand;

    private bool Accept(string word)
    {
        if (!Current.Is(word))
        {
            return false;
        }

        position++;
        return true;
    }

    private void Expect(string word)
    {
        if (!Accept(word))
        {
            throw Unsupported();
        }
    }

    private Contracts.AwsException Unsupported() => GlueErrors.UnsupportedExpression(expression);
}
