using Tarn.Sql.Binding;
using Tarn.Sql.Types;

namespace Tarn.Sql.Tests.Translating;

/// <summary>A small catalog whose tables are VALUES, for the text files of this folder.</summary>
internal sealed class MemoryCatalog : ISqlCatalog
{
    private static readonly Dictionary<string, (CatalogTable Table, string Rows)> Tables = new()
    {
        ["orders"] = (Table("orders",
            new("id", SqlType.BigInt), new("customer", SqlType.Varchar), new("amount", new DecimalType(10, 2)), new("price", SqlType.Double), new("placed", SqlType.Timestamp),
            new("tags", new ArrayType(SqlType.Varchar)), new("attrs", new MapType(SqlType.Varchar, SqlType.Integer)),
            new("address", new RowType([new RowField("city", SqlType.Varchar), new RowField("zip", SqlType.Integer)])),
            new("dt", SqlType.Varchar, IsPartitionKey: true), new("hour", SqlType.Integer, IsPartitionKey: true), new("$path", SqlType.Varchar, IsHidden: true)), """
            SELECT * FROM (VALUES
                (1::BIGINT, 'ann', 10.50::DECIMAL(10,2), 1.5::DOUBLE, TIMESTAMP '2024-01-01 10:00:00', ['a', 'b'], MAP {'x': 1}, {'city': 'Oslo', 'zip': 1}, '2024-01-01', 10, 's3://b/1'),
                (2, 'bob', 20.00, 2.5, TIMESTAMP '2024-01-01 11:00:00', ['b'], MAP {'x': 2, 'y': 3}, {'city': 'Bern', 'zip': 2}, '2024-01-01', 11, 's3://b/2'),
                (3, 'ann', 5.25, 'nan'::DOUBLE, TIMESTAMP '2024-01-02 10:00:00', [], MAP {}, {'city': 'Rome', 'zip': NULL}, '2024-01-02', 10, 's3://b/3'),
                (4, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '2024-01-03', 0, 's3://b/4'))
                AS t(id, customer, amount, price, placed, tags, attrs, address, dt, hour, "$path")
            """),
        ["customers"] = (Table("customers", new("name", SqlType.Varchar), new("country", SqlType.Varchar), new("code", new CharType(3))), """
            SELECT * FROM (VALUES ('ann', 'NO', 'a'), ('bob', 'CH', 'bb'), ('cid', 'IT', NULL)) AS t(name, country, code)
            """),
        ["big_orders"] = (new CatalogTable("awsdatacatalog", "db", "big_orders", [new("id", SqlType.BigInt), new("dt", SqlType.Varchar)], null, View("SELECT id, dt FROM orders WHERE amount > 7")), ""),
        ["circle"] = (new CatalogTable("awsdatacatalog", "db", "circle", [new("id", SqlType.BigInt)], null, View("SELECT id FROM circle")), ""),
        ["stale"] = (new CatalogTable("awsdatacatalog", "db", "stale", [new("id", SqlType.BigInt)], null, View("SELECT customer AS id FROM orders")), ""),
        ["renamed"] = (new CatalogTable("awsdatacatalog", "db", "renamed", [new("client", SqlType.Varchar)], null, View("SELECT customer FROM orders")), ""),
        ["narrowed"] = (new CatalogTable("awsdatacatalog", "db", "narrowed", [new("id", SqlType.BigInt)], null, View("SELECT id, dt FROM orders")), ""),
        ["widened"] = (new CatalogTable("awsdatacatalog", "db", "widened", [new("zip", SqlType.BigInt)], null, View("SELECT address.zip FROM orders WHERE id = 1")), ""),
        ["orphan"] = (new CatalogTable("awsdatacatalog", "db", "orphan", [new("id", SqlType.BigInt)], null, View("SELECT id FROM dropped")), ""),
        ["second"] = (new CatalogTable("awsdatacatalog", "elsewhere", "second", [new("id", SqlType.BigInt), new("place", SqlType.Varchar)], null, View("SELECT id, current_schema AS place FROM big_orders")), ""),
        ["homeless"] = (new CatalogTable("awsdatacatalog", "db", "homeless", [new("id", SqlType.BigInt)], null, new ViewDefinition("SELECT id FROM orders", null, null)), ""),
    };

    public string DefaultCatalog => "awsdatacatalog";

    public string? DefaultSchema => "db";

    public CatalogTable? ResolveTable(string catalog, string schema, string name) => catalog == "awsdatacatalog" && Tables.TryGetValue(name, out var found) && found.Table.Schema == schema ? found.Table : null;

    public bool SchemaExists(string catalog, string schema) => catalog == "awsdatacatalog" && (schema is "db" or "elsewhere");

    /// <summary>What Athena would make of a scan: only the wanted columns.</summary>
    public static string Relation(TableScan scan)
    {
        var columns = scan.Columns.Count == 0 ? "1" : string.Join(", ", scan.Columns.Select(column => LiteralSql.Identifier(column.Name)));
        return $"SELECT {columns} FROM ({Tables[scan.Table.Name].Rows})";
    }

    /// <summary>A view that was made while <c>db</c> was the session's schema.</summary>
    private static ViewDefinition View(string sql) => new(sql, "awsdatacatalog", "db");

    private static CatalogTable Table(string name, params CatalogColumn[] columns) => new("awsdatacatalog", "db", name, columns, name);
}
