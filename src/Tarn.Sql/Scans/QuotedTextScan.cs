using Tarn.Contracts.Catalog;
using Tarn.Sql.Scans.Text;

namespace Tarn.Sql.Scans;

/// <summary>OpenCSVSerde's properties; see <see cref="QuotedLines"/>.</summary>
internal static class QuotedTextScan
{
    public static ScanSource Read(CatalogTable table, StorageDescriptor storage, string[] paths, string[] wanted)
    {
        string[] characters = [Character(storage, "separatorChar", ","), Character(storage, "quoteChar", "\""), Character(storage, "escapeChar", "\\")];
        return TextFiles.ByPlace(table, storage, paths, wanted, TableFormat.QuotedText, spec => spec with { Delimiters = characters });
    }

    private static string Character(StorageDescriptor storage, string property, string fallback)
    {
        var own = TextFiles.Property(storage, property);
        var text = own is { Length: 1 } ? own : TextFiles.Delimiter(own) ?? fallback;
        return text.Length == 1 ? text : throw new SqlException("HIVE_INVALID_METADATA", $"{property} of OpenCSVSerde must be one character: {text}");
    }
}
