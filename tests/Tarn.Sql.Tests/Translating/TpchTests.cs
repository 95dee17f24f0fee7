using System.Diagnostics;
using System.Text.RegularExpressions;
using Tarn.Sql.Binding;
using Tarn.Sql.Tests.Corpora;
using Tarn.Sql.Types;

namespace Tarn.Sql.Tests.Translating;

/// <summary>The 22 TPC-H queries bind, translate and run over tables of the right shape.</summary>
public sealed partial class TpchTests(ITestOutputHelper output)
{
    [Fact]
    public void All_queries_translate_and_run()
    {
        var folder = Path.Combine(SharedData.Folder("sql-tpch-tpcds"), "tpch", "queries");
        using var engine = new Engine("UTC");
        var catalog = new Tpch();
        var clock = new Stopwatch();
        foreach (var file in Directory.GetFiles(folder, "*.sql").Order(StringComparer.Ordinal))
        {
            // The corpus writes them for DuckDB, which lets GROUP BY name an alias; Trino does not.
            var text = GroupByAlias().Replace(File.ReadAllText(file), "l_suppkey");
            engine.Translate(text, catalog);
            clock.Restart();
            var query = engine.Translate(text, catalog);
            clock.Stop();
            var rows = engine.Run(query, scan => $"SELECT {string.Join(", ", scan.Columns.Select(column => $"{DuckDbTypes.Null(column.Type)} AS {LiteralSql.Identifier(column.Name)}").DefaultIfEmpty("1"))} WHERE false");
            output.WriteLine($"{Path.GetFileName(file)}: {query.Columns.Count} columns, {rows.Count} rows, translated in {clock.Elapsed.TotalMilliseconds:F1} ms");
        }
    }

    [GeneratedRegex(@"(?<=GROUP BY\s+)supplier_no")]
    private static partial Regex GroupByAlias();

    private sealed class Tpch : ISqlCatalog
    {
        private static readonly Dictionary<string, string> Columns = new()
        {
            ["part"] = "p_partkey bigint, p_name varchar, p_mfgr varchar, p_brand varchar, p_type varchar, p_size integer, p_container varchar, p_retailprice decimal(15,2), p_comment varchar",
            ["supplier"] = "s_suppkey bigint, s_name varchar, s_address varchar, s_nationkey integer, s_phone varchar, s_acctbal decimal(15,2), s_comment varchar",
            ["partsupp"] = "ps_partkey bigint, ps_suppkey bigint, ps_availqty bigint, ps_supplycost decimal(15,2), ps_comment varchar",
            ["customer"] = "c_custkey bigint, c_name varchar, c_address varchar, c_nationkey integer, c_phone varchar, c_acctbal decimal(15,2), c_mktsegment varchar, c_comment varchar",
            ["orders"] = "o_orderkey bigint, o_custkey bigint, o_orderstatus varchar, o_totalprice decimal(15,2), o_orderdate date, o_orderpriority varchar, o_clerk varchar, o_shippriority integer, o_comment varchar",
            ["lineitem"] = "l_orderkey bigint, l_partkey bigint, l_suppkey bigint, l_linenumber bigint, l_quantity decimal(15,2), l_extendedprice decimal(15,2), l_discount decimal(15,2), l_tax decimal(15,2), l_returnflag varchar, l_linestatus varchar, l_shipdate date, l_commitdate date, l_receiptdate date, l_shipinstruct varchar, l_shipmode varchar, l_comment varchar",
            ["nation"] = "n_nationkey integer, n_name varchar, n_regionkey integer, n_comment varchar",
            ["region"] = "r_regionkey integer, r_name varchar, r_comment varchar",
        };

        public string DefaultCatalog => "awsdatacatalog";

        public string? DefaultSchema => "tpch";

        public CatalogTable? ResolveTable(string catalog, string schema, string name) => !Columns.TryGetValue(name, out var columns) ? null
            : new CatalogTable(catalog, schema, name, [.. ((RowType)TypeParser.Parse($"row({columns})")).Fields.Select(field => new CatalogColumn(field.Name!, field.Type))], name);

        public bool SchemaExists(string catalog, string schema) => true;
    }
}
