using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;
using Tarn.Sql.Functions;
using Tarn.Sql.Parsing;
using Tarn.Sql.Tree;
using Tarn.Sql.Types;

namespace Tarn.Sql.Binding;

/// <summary>Literals, with the types that Trino gives them: <c>'abc'</c> is varchar(3), <c>1.10</c> decimal(3,2), <c>TIMESTAMP '... .5'</c> timestamp(1).</summary>
internal static partial class LiteralBinder
{
    /// <summary>Null for what is no literal.</summary>
    public static BoundExpression? Bind(BindingContext context, Expression expression) => expression switch
    {
        NullLiteral => new BoundExpression(SqlType.Unknown, "NULL"),
        BooleanLiteral e => new BoundExpression(SqlType.Boolean, LiteralSql.Boolean(e.Value)) { Constant = e.Value, ConstantText = LiteralSql.Boolean(e.Value) },
        StringLiteral e => Text(e.Value, new VarcharType(CodePoints(e.Value))),
        BinaryLiteral e => new BoundExpression(SqlType.Varbinary, LiteralSql.Bytes(Convert.FromHexString(e.Hex))),
        LongLiteral e => Long(e.Value, e.Value is >= int.MinValue and <= int.MaxValue ? SqlType.Integer : SqlType.BigInt),
        DecimalLiteral e => Decimal(e.Value, e.Position),
        DoubleLiteral e => new BoundExpression(SqlType.Double, LiteralSql.Double(e.Value)) { Constant = e.Value, ConstantText = e.Value.ToString("R", CultureInfo.InvariantCulture) },
        IntervalLiteral e => IntervalValue.Bind(e),
        GenericLiteral e => Generic(context, e),
        _ => null,
    };

    public static BoundExpression Long(long value, SqlType type) =>
        new(type, LiteralSql.Integer(value, type)) { Constant = value, ConstantText = value.ToString(CultureInfo.InvariantCulture) };

    private static BoundExpression Text(string value, SqlType type) => new(type, LiteralSql.Text(value)) { Constant = value, ConstantText = value };

    private static int CodePoints(string value)
    {
        var count = 0;
        foreach (var _ in value.EnumerateRunes())
        {
            count++;
        }

        return count;
    }

    private static BoundExpression Decimal(string text, SourcePosition position)
    {
        var match = DecimalText().Match(text.Trim());
        var whole = match.Groups["whole"].Value.TrimStart('0');
        var fraction = match.Groups["fraction"].Value;
        var precision = Math.Max(1, whole.Length + fraction.Length);
        if (!match.Success || (match.Groups["whole"].Length == 0 && fraction.Length == 0))
        {
            throw new SqlException("INVALID_LITERAL", $"'{text}' is not a valid DECIMAL literal", position);
        }

        if (precision > 38)
        {
            throw new SqlException("INVALID_LITERAL", $"'{text}' is not a valid DECIMAL literal", position);
        }

        var type = new DecimalType(precision, fraction.Length);
        var digits = (match.Groups["sign"].Value == "-" ? "-" : "") + (whole.Length == 0 ? "0" : whole) + (fraction.Length == 0 ? "" : "." + fraction);
        return new BoundExpression(type, LiteralSql.Decimal(digits, type)) { Constant = digits, ConstantText = digits };
    }

    private static BoundExpression Generic(BindingContext context, GenericLiteral literal)
    {
        if (literal.Type is "decimal" or "dec" or "numeric")
        {
            return Decimal(literal.Value, literal.Position);
        }

        if (literal.Type == "char")
        {
            return context.Coerce(Text(literal.Value, new VarcharType(CodePoints(literal.Value))), new CharType(Math.Max(1, CodePoints(literal.Value))));
        }

        if (literal.Type == "varchar")
        {
            return Text(literal.Value, SqlType.Varchar);
        }

        var type = literal.Type switch
        {
            "timestamp" => new TimestampType(FractionDigits(literal.Value), ZoneOfTimestamp().IsMatch(literal.Value)),
            "time" => new TimeType(FractionDigits(literal.Value), ZoneOfTime().IsMatch(literal.Value)),
            _ => TypeResolver.Resolve(StatementParser.ParseType(literal.Type.Contains(' ', StringComparison.Ordinal) ? literal.Type : $"\"{literal.Type}\"")),
        };
        TypeResolver.Supported(type, literal.Position);
        if (TypeCoercion.IsInteger(type) && BigInteger.TryParse(literal.Value.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= long.MinValue && number <= long.MaxValue && Fits((long)number, type))
        {
            return Long((long)number, type);
        }

        var value = Text(literal.Value, SqlType.Varchar);
        if (type == SqlType.Json)
        {
            return context.Library.BindScalar("json_parse", [value.ToCallArgument()], literal.Position) is { } parsed
                ? new BoundExpression(parsed.Type, parsed.Sql)
                : throw new SqlException("FUNCTION_NOT_FOUND", "Function 'json_parse' not registered", literal.Position);
        }

        return new BoundExpression(type, context.Library.Cast(value.ToArgument(), type, tryCast: false, literal.Position)) { ConstantText = literal.Value };
    }

    private static bool Fits(long value, SqlType type) => type switch
    {
        SimpleType { Kind: SimpleKind.TinyInt } => value is >= sbyte.MinValue and <= sbyte.MaxValue,
        SimpleType { Kind: SimpleKind.SmallInt } => value is >= short.MinValue and <= short.MaxValue,
        SimpleType { Kind: SimpleKind.Integer } => value is >= int.MinValue and <= int.MaxValue,
        _ => true,
    };

    private static int FractionDigits(string text)
    {
        var digits = Fraction().Match(text).Groups[1].Length;
        return digits <= 12 ? digits : throw new SqlException("INVALID_LITERAL", $"'{text}' has more than 12 digits of a second's fraction");
    }

    [GeneratedRegex(@"^(?<sign>[+-]?)(?<whole>\d*)(\.(?<fraction>\d*))?$")]
    private static partial Regex DecimalText();

    [GeneratedRegex(@":\d+\.(\d+)")]
    private static partial Regex Fraction();

    /// <summary>Anything behind the time, or behind the date when there is no time.</summary>
    [GeneratedRegex(@"^\s*[+-]?\d+-\d+-\d+(\s+\d+:\d+(:\d+(\.\d+)?)?)?\s*([+-]\d|[A-Za-z])")]
    private static partial Regex ZoneOfTimestamp();

    [GeneratedRegex(@"^\s*\d+:\d+(:\d+(\.\d+)?)?\s*[+-]\d")]
    private static partial Regex ZoneOfTime();
}
