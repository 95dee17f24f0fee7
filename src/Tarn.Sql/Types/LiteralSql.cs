using System.Globalization;
using System.Numerics;
using System.Text;

namespace Tarn.Sql.Types;

/// <summary>Values as DuckDB text.</summary>
public static class LiteralSql
{
    /// <summary>A VARCHAR literal. A NUL, which DuckDB's parser would end the statement at, goes through chr(0).</summary>
    public static string Text(string value) => value.Contains('\0')
        ? $"concat({string.Join(", chr(0), ", value.Split('\0').Select(part => Text(part)))})"
        : $"'{value.Replace("'", "''")}'";

    /// <summary>A quoted identifier.</summary>
    public static string Identifier(string name) => $"\"{name.Replace("\"", "\"\"")}\"";

    public static string Boolean(bool value) => value ? "true" : "false";

    /// <summary>An integer of type <paramref name="type"/>.</summary>
    public static string Integer(BigInteger value, SqlType type) => $"CAST({value.ToString(CultureInfo.InvariantCulture)} AS {DuckDbTypes.Name(type)})";

    /// <summary>A DOUBLE, exactly: the shortest text that reads back as the same value; NaN and infinities too.</summary>
    public static string Double(double value) => double.IsFinite(value)
        ? $"CAST({value.ToString("E16", CultureInfo.InvariantCulture)} AS DOUBLE)"
        : $"CAST('{(double.IsNaN(value) ? "nan" : value > 0 ? "inf" : "-inf")}' AS DOUBLE)";

    /// <summary>A DECIMAL from its plain digits, such as <c>-0012.340</c>.</summary>
    public static string Decimal(string digits, DecimalType type) => $"CAST('{digits}' AS {DuckDbTypes.Name(type)})";

    /// <summary>A BLOB.</summary>
    public static string Bytes(ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty)
        {
            return "CAST('' AS BLOB)";
        }

        var text = new StringBuilder("unhex('", value.Length * 2 + 9);
        foreach (var b in value)
        {
            text.Append(b.ToString("X2", CultureInfo.InvariantCulture));
        }

        return text.Append("')").ToString();
    }

    /// <summary>A list of VARCHAR.</summary>
    public static string TextList(IEnumerable<string> values) => $"[{string.Join(", ", values.Select(Text))}]";
}
