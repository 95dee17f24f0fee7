using System.Globalization;
using Tarn.Contracts.Catalog;
using Tarn.Sql.Scans.Text;
using Tarn.Sql.Types;

namespace Tarn.Sql.Scans;

/// <summary>What the text formats share: columns by place, headers, compression, encodings.</summary>
internal static class TextFiles
{
    private static readonly string[] Unsupported = [".bz2", ".snappy", ".lz4", ".lzo", ".deflate", ".xz"];

    /// <summary>A scan of lines whose fields are the partition's columns by place; the table's columns are found among them by name, and are NULL where they are missing.</summary>
    public static ScanSource ByPlace(CatalogTable table, StorageDescriptor storage, string[] paths, string[] wanted, TableFormat format, Func<TextScanSpec, TextScanSpec> complete)
    {
        Check(paths);
        var byName = (table.StorageDescriptor?.Columns ?? []).ToDictionary(column => column.Name.ToLowerInvariant(), TableScan.TypeOf);
        var own = storage.Columns.Select(column => column.Name.ToLowerInvariant()).ToList();
        var found = wanted.Where(own.Contains).ToArray();
        var spec = new TextScanSpec
        {
            Format = format,
            HeaderLines = HeaderLines(table, storage),
            Encoding = Encoding(storage),
            Columns = [.. found.Select(name => (Name: name, Place: own.IndexOf(name))).Select(column => new TextColumn(Coerced(table, storage.Columns[column.Place], byName[column.Name]).ToString(), column.Place, column.Name))],
        };
        var source = Source(paths, complete(spec), found);
        return source with { Columns = wanted.ToDictionary(name => name, name => source.Columns.GetValueOrDefault(name) ?? DuckDbTypes.Null(byName[name])) };
    }

    /// <param name="names">Of the columns of the spec, in its order.</param>
    public static ScanSource Source(string[] paths, TextScanSpec spec, string[] names) =>
        new(TextScanFunction.Call(paths, spec), names.Select((name, i) => (name, i)).ToDictionary(pair => pair.name, pair => $"c{pair.i}"));

    /// <summary>What the SerDe property <c>serialization.encoding</c> says; UTF-8 without it.</summary>
    /// <exception cref="SqlException"><c>HIVE_UNSUPPORTED_FORMAT</c> for encodings that cannot be read.</exception>
    public static TextEncoding Encoding(StorageDescriptor storage) => Property(storage, "serialization.encoding")?.Trim().ToUpperInvariant() switch
    {
        null or "" or "UTF-8" or "UTF8" or "US-ASCII" => TextEncoding.Utf8,
        "ISO-8859-1" or "ISO8859_1" or "LATIN1" or "LATIN-1" => TextEncoding.Latin1,
        "UTF-16" => TextEncoding.Utf16,
        "UTF-16LE" => TextEncoding.Utf16LittleEndian,
        "UTF-16BE" => TextEncoding.Utf16BigEndian,
        var other => throw new SqlException("HIVE_UNSUPPORTED_FORMAT", $"Text encoded as {other} cannot be read by Tarn yet; UTF-8, UTF-16 and ISO-8859-1 can"),
    };

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

    /// <summary>A delimiter as the catalog writes it: itself, an escape such as <c>\t</c> or <c>\u0001</c>, or a number below 256, of one digit too: <c>serialization.format</c> is mostly <c>1</c>.</summary>
    public static string? Delimiter(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var code) && code < 256)
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
    private static SqlType Coerced(CatalogTable table, CatalogColumn own, SqlType wanted)
    {
        var type = TableScan.TypeOf(own);
        if (type.Equals(wanted) || wanted is VarcharType || TypeCoercion.CanCoerce(type, wanted) || (type is VarcharType && TypeCoercion.IsInteger(wanted)))
        {
            return wanted;
        }

        throw new SqlException(
            "HIVE_PARTITION_SCHEMA_MISMATCH",
            $"There is a mismatch between the table and partition schemas. The types are incompatible and cannot be coerced. The column '{own.Name}' in table '{table.DatabaseName}.{table.Name}' is declared as type '{HiveTypes.Format(wanted)}', but a partition declared column '{own.Name}' as type '{own.Type}'.");
    }
}
