using Tarn.Contracts.Catalog;
using Tarn.Sql.Scans.Text;
using Tarn.Sql.Types;

namespace Tarn.Sql.Scans;

/// <summary>The properties of the two JSON SerDes, and where a crawler's classifier found the records; see <see cref="JsonReader"/>.</summary>
internal static class JsonScan
{
    /// <summary>The table parameter in which a crawler keeps its classifier's path.</summary>
    private const string PathParameter = "jsonPath";

    public static ScanSource Read(CatalogTable table, StorageDescriptor storage, string[] paths, string[] wanted, bool isOpenX, ScanDialect dialect)
    {
        TextFiles.Check(paths);
        var all = (table.StorageDescriptor?.Columns ?? []).Select(column => (Name: column.Name.ToLowerInvariant(), Type: TableScan.TypeOf(column))).ToList();
        var spec = new TextScanSpec
        {
            Format = isOpenX ? TableFormat.OpenXJson : TableFormat.HiveJson,
            HeaderLines = TextFiles.HeaderLines(table, storage),
            Encoding = TextFiles.Encoding(storage),
            IgnoresMalformed = dialect == ScanDialect.Glue || (isOpenX && IsTrue(storage, "ignore.malformed.json")),
            IsLenient = dialect == ScanDialect.Glue,
            IsCaseSensitive = isOpenX && TextFiles.Property(storage, "case.insensitive")?.ToLowerInvariant() == "false",
            JsonPath = Path(table, storage),
            TakesArrayWhole = all is [{ Name: "array", Type: ArrayType }],
            Columns = [.. wanted.Select(name => all.FindIndex(column => column.Name == name)).Select(i => new TextColumn(all[i].Type.ToString(), i, isOpenX ? Key(storage, all[i].Name) : all[i].Name))],
        };
        return TextFiles.Source(paths, spec, wanted);
    }

    /// <exception cref="SqlException"><c>HIVE_INVALID_METADATA</c></exception>
    private static string? Path(CatalogTable table, StorageDescriptor storage)
    {
        var text = table.Parameters.GetValueOrDefault(PathParameter) ?? storage.Parameters?.GetValueOrDefault(PathParameter);
        if (text is not null && !JsonPath.TryParse(text, out _, out var reason))
        {
            throw new SqlException("HIVE_INVALID_METADATA", $"Invalid value for {PathParameter} property of table {table.DatabaseName}.{table.Name}: {reason}");
        }

        return text;
    }

    /// <summary>The member that a column stands for: mapping.x names it; dots.in.keys turns the underscores of a column's name back.</summary>
    private static string Key(StorageDescriptor storage, string column)
    {
        if (TextFiles.Property(storage, $"mapping.{column}") is { } mapped)
        {
            return mapped;
        }

        return IsTrue(storage, "dots.in.keys") ? column.Replace('_', '.') : column;
    }

    private static bool IsTrue(StorageDescriptor storage, string property) => TextFiles.Property(storage, property)?.ToLowerInvariant() == "true";
}
