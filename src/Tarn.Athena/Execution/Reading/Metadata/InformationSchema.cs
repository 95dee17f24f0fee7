using Tarn.Contracts.Catalog;
using Tarn.Sql.Binding;
using Tarn.Sql.Types;
using BoundTable = Tarn.Sql.Binding.CatalogTable;
using CatalogColumn = Tarn.Sql.Binding.CatalogColumn;

namespace Tarn.Athena.Execution.Reading.Metadata;

internal enum InformationTable
{
    Schemata,
    Tables,
    Columns,
    Views,
}

/// <summary>The tables of <c>information_schema</c> that Tarn has, with Trino's columns.</summary>
internal static class InformationSchema
{
    public const string Name = "information_schema";

    private static readonly Dictionary<string, InformationTable> Kinds = Enum.GetValues<InformationTable>().ToDictionary(kind => kind.ToString().ToLowerInvariant(), StringComparer.Ordinal);

    public static IEnumerable<string> TableNames => Kinds.Keys.Order(StringComparer.Ordinal);

    /// <summary>The table; null when there is none of that name.</summary>
    public static BoundTable? Find(string name, string catalogName, ICatalog catalog, AthenaOptions options) =>
        Kinds.TryGetValue(name, out var kind) ? new BoundTable(catalogName, Name, name, Columns(kind), new InformationSchemaTable(kind, catalogName, catalog, options)) : null;

    public static IReadOnlyList<CatalogColumn> Columns(InformationTable table) => table switch
    {
        InformationTable.Schemata => [Text("catalog_name"), Key("schema_name")],
        InformationTable.Tables => [Text("table_catalog"), Key("table_schema"), Key("table_name"), Text("table_type")],
        InformationTable.Views => [Text("table_catalog"), Key("table_schema"), Key("table_name"), Text("view_definition")],
        _ =>
        [
            Text("table_catalog"), Key("table_schema"), Key("table_name"), Text("column_name"), new CatalogColumn("ordinal_position", SqlType.BigInt), Text("column_default"), Text("is_nullable"), Text("data_type"),
            new CatalogColumn("comment", SqlType.Varchar, IsHidden: true), new CatalogColumn("extra_info", SqlType.Varchar, IsHidden: true),
        ],
    };

    private static CatalogColumn Text(string name) => new(name, SqlType.Varchar);

    /// <summary>A column by which the catalog can be asked: conditions on it reach the scan.</summary>
    private static CatalogColumn Key(string name) => new(name, SqlType.Varchar, IsPartitionKey: true) { IsLowerCase = true };
}
