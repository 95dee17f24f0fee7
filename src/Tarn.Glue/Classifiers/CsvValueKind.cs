using System.Globalization;

namespace Tarn.Glue.Classifiers;

/// <summary>What a CSV value parses as. Dates and times count as "not a string" when a header is looked for, and are <c>string</c> in the catalog.</summary>
internal enum CsvValueKind
{
    Empty,
    Integer,
    Decimal,
    Boolean,
    Date,
    Timestamp,
    Text,
}

internal static class CsvValueKinds
{
    private static readonly string[] DateFormats = ["yyyy-MM-dd", "yyyy/MM/dd", "M/d/yyyy", "d-M-yyyy", "d.M.yyyy"];

    private static readonly string[] TimestampFormats =
    [
        "yyyy-MM-dd HH:mm", "yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd HH:mm:ss.FFFFFFF", "yyyy-MM-ddTHH:mm", "yyyy-MM-ddTHH:mm:ss.FFFFFFFK", "yyyy-MM-dd HH:mm:ss.FFFFFFFK",
        "yyyy/MM/dd HH:mm", "yyyy/MM/dd HH:mm:ss", "M/d/yyyy H:mm", "M/d/yyyy H:mm:ss",
    ];

    /// <summary>Integers beyond 64 bits are text: as numbers they would lose digits.</summary>
    public static CsvValueKind Of(ReadOnlySpan<char> value)
    {
        value = value.Trim();
        if (value.IsEmpty)
        {
            return CsvValueKind.Empty;
        }

        if (value[0] is >= '0' and <= '9' or '-' or '+' or '.')
        {
            return OfNumberOrTime(value);
        }

        return value.Equals("true", StringComparison.OrdinalIgnoreCase) || value.Equals("false", StringComparison.OrdinalIgnoreCase) ? CsvValueKind.Boolean : CsvValueKind.Text;
    }

    private static CsvValueKind OfNumberOrTime(ReadOnlySpan<char> value)
    {
        if (long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _))
        {
            return CsvValueKind.Integer;
        }

        if (value.IndexOfAny('.', 'e', 'E') >= 0
            && double.TryParse(value, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var number)
            && double.IsFinite(number))
        {
            return CsvValueKind.Decimal;
        }

        if (value.Length is < 8 or > 35)
        {
            return CsvValueKind.Text;
        }

        if (value.Length <= 10 && DateTime.TryParseExact(value, DateFormats, CultureInfo.InvariantCulture, DateTimeStyles.None, out _))
        {
            return CsvValueKind.Date;
        }

        return DateTime.TryParseExact(value, TimestampFormats, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out _) ? CsvValueKind.Timestamp : CsvValueKind.Text;
    }

    /// <summary>The kind of a column that holds values of both.</summary>
    public static CsvValueKind Merge(CsvValueKind left, CsvValueKind right) => (left, right) switch
    {
        _ when left == right || right == CsvValueKind.Empty => left,
        (CsvValueKind.Empty, _) => right,
        (CsvValueKind.Integer or CsvValueKind.Decimal, CsvValueKind.Integer or CsvValueKind.Decimal) => CsvValueKind.Decimal,
        (CsvValueKind.Date or CsvValueKind.Timestamp, CsvValueKind.Date or CsvValueKind.Timestamp) => CsvValueKind.Timestamp,
        _ => CsvValueKind.Text,
    };

    /// <summary>The catalog's type: CSV dates and times stay strings, as Glue's crawlers leave them.</summary>
    public static HiveType ToHiveType(CsvValueKind kind) => kind switch
    {
        CsvValueKind.Empty => HiveType.Unknown,
        CsvValueKind.Integer => HiveType.BigInt,
        CsvValueKind.Decimal => HiveType.Double,
        CsvValueKind.Boolean => HiveType.Boolean,
        _ => HiveType.String,
    };
}
