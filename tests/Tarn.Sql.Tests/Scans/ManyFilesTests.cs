using System.Diagnostics;
using Tarn.Contracts.Catalog;
using Tarn.Sql.Scans;
using Tarn.Sql.Tests.Functions;

namespace Tarn.Sql.Tests.Scans;

public sealed class ManyFilesTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe", "1,x\n2,y\n")]
    [InlineData("org.openx.data.jsonserde.JsonSerDe", "{\"a\":1,\"b\":\"x\"}\n{\"a\":2,\"b\":\"y\"}\n")]
    [InlineData("org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe", null)]
    public void Thousands_of_partitions_are_one_list(string serde, string? text)
    {
        const int Count = 2_000;
        var folder = Directory.CreateTempSubdirectory("tarn-many").FullName;
        try
        {
            using var engine = new Engine();
            var parts = new List<ScanPartition>();
            var source = Path.Combine(folder, "source");
            if (text is null)
            {
                engine.Connection.Execute($"COPY (SELECT unnest([1, 2]) AS a, unnest(['x', 'y']) AS b) TO '{source}' (FORMAT parquet)", TestContext.Current.CancellationToken);
            }
            else
            {
                File.WriteAllText(source, text);
            }

            for (var i = 0; i < Count; i++)
            {
                var path = Path.Combine(folder, $"part-{i}");
                File.Copy(source, path);
                parts.Add(new ScanPartition([(i % 100).ToString(), $"v{i}"], null, [new ScanFile(path, "s3://b/" + i, 1, default)]));
            }

            var table = ScanTests.Table(serde, "a int, b string", ("field.delim", ",")) with { PartitionKeys = [new CatalogColumn("p", "int"), new CatalogColumn("v", "string")] };
            var watch = Stopwatch.StartNew();
            var sql = TableScan.ToDuckDb(table, parts, ["a", "p", "v"]);
            output.WriteLine($"text of {sql.Length:N0} characters in {watch.ElapsedMilliseconds} ms");
            watch.Restart();
            var row = engine.Connection.QueryAll($"SELECT count(*), CAST(sum(a) AS BIGINT), CAST(sum(p) AS BIGINT), count(DISTINCT v) FROM {sql} t", 10, TestContext.Current.CancellationToken)[0];
            output.WriteLine($"{Count} files of {serde}: {watch.ElapsedMilliseconds} ms");
            Assert.Equal([2L * Count, 3L * Count, 2L * 4950 * Count / 100, (long)Count], row.Cast<long>());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
