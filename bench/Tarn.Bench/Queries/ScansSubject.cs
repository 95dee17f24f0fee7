using System.Diagnostics;
using System.Text;
using Tarn.Contracts.Catalog;
using Tarn.DuckDb;
using Tarn.Sql.Functions;
using Tarn.Sql.Scans;

namespace Tarn.Bench.Queries;

/// <summary>
/// Tables of text read as Hive's SerDes read them, beside DuckDB's own readers over the same files and in the same types. Processor time of the process, because
/// several threads read; the first reading is apart, since it runs code that is not compiled yet.
/// </summary>
internal static class ScansSubject
{
    private const int Rows = 600_000;
    private const int Rounds = 5;

    public static Task RunAsync(string[] arguments)
    {
        var folder = Directory.CreateTempSubdirectory("scans-bench-").FullName;
        try
        {
            using var instance = DuckDbInstance.Open(new DuckDbOptions());
            using var duckdb = instance.Connect();
            DuckDbFunctions.Register(duckdb);
            const string columns = "columns = {'id': 'BIGINT', 'at': 'TIMESTAMP', 'name': 'VARCHAR', 'price': 'DOUBLE'}";
            Compare(duckdb, folder, "delimited", "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe", i => Fields(i, ""), $"read_csv('FILE', header = false, auto_detect = false, delim = ',', {columns})");
            Compare(duckdb, folder, "quoted", "org.apache.hadoop.hive.serde2.OpenCSVSerde", i => Fields(i, "\""), $"read_csv('FILE', header = false, auto_detect = false, delim = ',', quote = '\"', {columns.Replace("TIMESTAMP", "VARCHAR", StringComparison.Ordinal)})");
            Compare(duckdb, folder, "json", "org.openx.data.jsonserde.JsonSerDe", i => $$"""{"id":{{i}},"at":"{{At(i)}}","name":"name, {{i % 1000}}","price":{{Price(i)}}}""", $"read_json('FILE', format = 'newline_delimited', {columns})");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        return Task.CompletedTask;
    }

    /// <param name="ownReader">DuckDB's call, with FILE for the path.</param>
    private static void Compare(DuckDbConnection duckdb, string folder, string name, string serde, Func<int, string> line, string ownReader)
    {
        var path = Path.Combine(folder, name);
        File.WriteAllLines(path, Enumerable.Range(0, Rows).Select(line), new UTF8Encoding(false));
        var table = new CatalogTable
        {
            DatabaseName = "bench",
            Name = name,
            StorageDescriptor = new StorageDescriptor
            {
                Columns = [new("id", "bigint"), new("at", name == "quoted" ? "string" : "timestamp"), new("name", "string"), new("price", "double")],
                SerdeInfo = new SerDeInfo(null, serde, new Dictionary<string, string> { ["field.delim"] = "," }),
            },
        };
        var size = new FileInfo(path).Length;
        var tarn = TableScan.ToDuckDb(table, [new ScanPartition([], null, [new ScanFile(path, path, size, default)])], null);
        var first = Seconds(duckdb, tarn);
        var (ofTarn, ofDuckDb) = (new List<double>(), new List<double>());
        for (var round = 0; round < Rounds; round++)
        {
            ofTarn.Add(Seconds(duckdb, tarn));
            ofDuckDb.Add(Seconds(duckdb, ownReader.Replace("FILE", path, StringComparison.Ordinal)));
        }

        Console.WriteLine($"{name,-10} {Rows:N0} rows, {size >> 20} MB: {Median(ofTarn):0.00} s of processor time (first {first:0.00}), DuckDB's own reader {Median(ofDuckDb):0.00} s");
    }

    private static double Seconds(DuckDbConnection duckdb, string from)
    {
        using var process = Process.GetCurrentProcess();
        var before = process.TotalProcessorTime;
        using (var result = duckdb.Query($"SELECT count(*), sum(id), max(\"at\"), count(DISTINCT name), sum(price) FROM {from} AS t", CancellationToken.None))
        {
            result.Drain(CancellationToken.None);
        }

        process.Refresh();
        return (process.TotalProcessorTime - before).TotalSeconds;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private static string Fields(int i, string quote) => $"{i},{At(i)},{quote}name{(quote.Length > 0 ? "," : "")} {i % 1000}{quote},{Price(i)}";

    private static string At(int i) => $"2026-{1 + (i % 12):00}-{1 + (i % 28):00} 12:00:00";

    private static string Price(int i) => $"{i % 500}.{i % 100:00}";
}
