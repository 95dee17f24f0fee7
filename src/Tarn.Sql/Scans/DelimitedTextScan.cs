using Tarn.Contracts.Catalog;
using Tarn.Sql.Scans.Text;

namespace Tarn.Sql.Scans;

/// <summary>LazySimpleSerDe's properties; see <see cref="DelimitedLines"/>.</summary>
internal static class DelimitedTextScan
{
    public static ScanSource Read(CatalogTable table, StorageDescriptor storage, string[] paths, string[] wanted)
    {
        var field = TextFiles.Delimiter(TextFiles.Property(storage, "field.delim") ?? TextFiles.Property(storage, "serialization.format")) ?? "\u0001";
        return TextFiles.ByPlace(table, storage, paths, wanted, TableFormat.DelimitedText, spec => spec with
        {
            Delimiters = Delimiters(storage, field),
            Escape = TextFiles.Delimiter(TextFiles.Property(storage, "escape.delim")),
            NullText = TextFiles.Property(storage, "serialization.null.format") ?? "\\N",
        });
    }

    /// <summary>Field, collection and key delimiters, then control characters for the levels below, as Hive numbers them.</summary>
    private static string[] Delimiters(StorageDescriptor storage, string field) =>
    [
        field,
        TextFiles.Delimiter(TextFiles.Property(storage, "collection.delim") ?? TextFiles.Property(storage, "colelction.delim")) ?? "\u0002",
        TextFiles.Delimiter(TextFiles.Property(storage, "mapkey.delim")) ?? "\u0003",
        .. Enumerable.Range(4, 5).Select(code => ((char)code).ToString()),
    ];
}
