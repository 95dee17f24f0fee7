using System.Globalization;
using Tarn.Contracts.Catalog;
using Tarn.Sql.Types;

namespace Tarn.Sql.Scans;

/// <summary>What the text formats share: lines, headers, compression.</summary>
internal static class TextFiles
{
    private static readonly string[] Unsupported = [".bz2", ".snappy", ".lz4", ".lzo", ".deflate", ".xz"];

    /// <summary>The lines of files as one column <c>line</c>; blank lines are passed over. A line has 2 MB at most.</summary>
    public static string Lines(StorageDescriptor storage, string[] paths, int header)
    {
        Check(paths);
        return $"read_csv({LiteralSql.TextList(paths)}, header=false, columns={{'line': 'VARCHAR'}}, delim='', quote='', escape='', auto_detect=false, strict_mode=false, nullstr={NoNullText("\u0001")}, skip={header}{Encoding(storage)})";
    }

    /// <summary>The reader's argument for the SerDe property <c>serialization.encoding</c>; empty for UTF-8.</summary>
    /// <exception cref="SqlException"><c>HIVE_UNSUPPORTED_FORMAT</c> for encodings that cannot be read.</exception>
    public static string Encoding(StorageDescriptor storage) => Property(storage, "serialization.encoding")?.Trim().ToUpperInvariant() switch
    {
        null or "" or "UTF-8" or "UTF8" or "US-ASCII" => "",
        "ISO-8859-1" or "ISO8859_1" or "LATIN1" or "LATIN-1" => ", encoding='latin-1'",

        // DuckDB reads the little-endian form alone, and finds nothing at all in the other.
        "UTF-16" or "UTF-16LE" => ", encoding='utf-16'",
        var other => throw new SqlException("HIVE_UNSUPPORTED_FORMAT", $"Text encoded as {other} cannot be read by Tarn yet; UTF-8, UTF-16LE and ISO-8859-1 can"),
    };

    /// <summary>DuckDB must have a text that means NULL, and it must not hold the delimiter: one that no file has.</summary>
    public static string NoNullText(string delimiter) => LiteralSql.Text(delimiter.AsSpan().IndexOfAny('\u000e', '\u000f') < 0 ? "\u000e\u000f\u000e" : "\u0011\u0012\u0011");

    /// <exception cref="SqlException"><c>HIVE_UNSUPPORTED_FORMAT</c> for compressions that cannot be read.</exception>
    public static void Check(string[] paths)
    {
        foreach (var path in paths)
        {
            if (Array.Find(Unsupported, extension => path.EndsWith(extension, StringComparison.OrdinalIgnoreCase)) is { } extension)
            {
                throw new SqlException("HIVE_UNSUPPORTED_FORMAT", $"Text compressed as {extension} cannot be read by Tarn yet; gzip and zstd can");
            }
        }
    }

    /// <summary>skip.header.line.count, of the table or of the SerDe.</summary>
    public static int HeaderLines(CatalogTable table, StorageDescriptor storage)
    {
        var text = table.Parameters.GetValueOrDefault("skip.header.line.count")
            ?? storage.Parameters?.GetValueOrDefault("skip.header.line.count")
            ?? storage.SerdeInfo?.Parameters?.GetValueOrDefault("skip.header.line.count")
            ?? "0";
        return int.TryParse(text.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var count) && count >= 0
            ? count
            : throw new SqlException("HIVE_INVALID_METADATA", $"Invalid value for skip.header.line.count property: {text}");
    }

    public static string? Property(StorageDescriptor storage, string name) => storage.SerdeInfo?.Parameters?.GetValueOrDefault(name);

    /// <summary>A delimiter as the catalog writes it: itself, an escape such as <c>\t</c> or <c>\u0001</c>, or a number below 256.</summary>
    public static string? Delimiter(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        if (text.Length > 1 && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var code) && code < 256)
        {
            return ((char)code).ToString();
        }

        return text switch
        {
            "\\t" => "\t",
            "\\n" => "\n",
            "\\\\" => "\\",
            _ when text.StartsWith("\\u", StringComparison.Ordinal) && int.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unicode) => ((char)unicode).ToString(),
            _ when text.StartsWith('\\') && int.TryParse(text.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var octal) => ((char)System.Convert.ToInt32(octal.ToString(CultureInfo.InvariantCulture), 8)).ToString(),
            _ => text,
        };
    }

    /// <summary>Columns of text formats are the partition's by position; where the table has another type, only conversions that keep every value are made.</summary>
    public static string Convert(CatalogTable table, CatalogColumn own, SqlType wanted, Func<SqlType, string> read)
    {
        var type = TableScan.TypeOf(own);
        if (type.Equals(wanted) || wanted is VarcharType)
        {
            return read(wanted);
        }

        if (TypeCoercion.CanCoerce(type, wanted) || (type is VarcharType && TypeCoercion.IsInteger(wanted)))
        {
            return read(wanted);
        }

        throw new SqlException(
            "HIVE_PARTITION_SCHEMA_MISMATCH",
            $"There is a mismatch between the table and partition schemas. The types are incompatible and cannot be coerced. The column '{own.Name}' in table '{table.DatabaseName}.{table.Name}' is declared as type '{HiveTypes.Format(wanted)}', but a partition declared column '{own.Name}' as type '{own.Type}'.");
    }
}
