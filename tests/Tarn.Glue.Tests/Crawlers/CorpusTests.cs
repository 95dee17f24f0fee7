using System.Diagnostics;
using System.Globalization;
using Tarn.Glue.Tests.Classifiers;

namespace Tarn.Glue.Tests.Crawlers;

/// <summary>Crawls of files that nobody prepared, with Python's csv and json as the second reader of the counts.</summary>
public sealed class CorpusTests
{
    private const string Counter = """
        import csv, gzip, json, sys
        csv.field_size_limit(10**9)
        for path in sys.stdin.read().split('\n'):
            if not path: continue
            try:
                if path.endswith('.csv'):
                    print(sum(1 for row in csv.reader(open(path, newline='', encoding='utf-8')) if row))
                else:
                    text = open(path, encoding='utf-8').read(); decoder = json.JSONDecoder(); at = 0; count = 0
                    while at < len(text):
                        _, at = decoder.raw_decode(text, at); count += 1
                        while at < len(text) and text[at].isspace(): at += 1
                    print(count)
            except Exception:
                print(-1)
        """;

    [Fact]
    public async Task Userdata_in_csv_and_parquet_is_one_table_each()
    {
        var folder = SharedData.Folder("userdata-multiformat");
        await using var world = await CrawlerWorld.OpenAsync();
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            world.PutFile(Path.GetRelativePath(folder, file), file);
        }

        await world.CallAsync(Tarn.Api.Glue.GlueModel.CreateCrawler, CrawlerWorld.Request("", exclusions: ["**.txt", "*.*", "avro/**", "orc/**"]));
        await world.CrawlAsync();
        var csv = await world.TableAsync("csv");

        // One of the 3,000 ids is "7b", and one salary "$9.28".
        Assert.Equal(
            "csv(registration_dttm:string,id:string,first_name:string,last_name:string,email:string,gender:string,ip_address:string,cc:bigint,country:string,birthdate:string,salary:string,title:string,comments:string)",
            CrawlerWorld.Schema(csv));
        Assert.Equal(("3", "true"), (csv.Parameters["objectCount"], csv.Parameters["areColumnsQuoted"]));
        Assert.InRange(int.Parse(csv.Parameters["recordCount"], CultureInfo.InvariantCulture), 2900, 3100);
        var parquet = await world.TableAsync("parquet");
        Assert.StartsWith("parquet(registration_dttm:timestamp,id:int,", CrawlerWorld.Schema(parquet), StringComparison.Ordinal);
        Assert.Equal(("3", "3000"), (parquet.Parameters["objectCount"], parquet.Parameters["recordCount"]));
        Assert.Equal(4, (await world.TablesAsync()).Count);
    }

    [Fact]
    public async Task Legislators_are_four_tables_of_nested_json()
    {
        var folder = SharedData.Folder("legislators");
        await using var world = await CrawlerWorld.OpenAsync();
        foreach (var file in Directory.EnumerateFiles(folder, "*.jsonl"))
        {
            world.PutFile("legislators/" + Path.GetFileName(file), file);
        }

        await world.CreateAsync("legislators/");
        await world.CrawlAsync();
        Assert.Equal(
            ["committee_membership_current_jsonl", "committees_current_jsonl", "legislators_current_jsonl", "legislators_social_media_jsonl"],
            (await world.TablesAsync()).Select(table => table.Name));
        var people = await world.TableAsync("legislators_current_jsonl");
        Assert.Contains("fec:array<string>", CrawlerWorld.Schema(people), StringComparison.Ordinal);
        Assert.Contains("terms:array<struct<", CrawlerWorld.Schema(people), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Vega_data_keeps_every_file_apart()
    {
        var folder = SharedData.Folder("tabular-vega");
        await using var world = await CrawlerWorld.OpenAsync();
        foreach (var file in Directory.EnumerateFiles(folder).Where(file => !file.EndsWith(".md", StringComparison.Ordinal)))
        {
            world.PutFile("vega/" + Path.GetFileName(file), file);
        }

        await world.CreateAsync("vega/");
        await world.CrawlAsync();
        Assert.Equal(12, (await world.TablesAsync()).Count);
        Assert.Equal("seattle_weather_csv(date:string,precipitation:double,temp_max:double,temp_min:double,wind:double,weather:string)", CrawlerWorld.Schema(await world.TableAsync("seattle_weather_csv")));
        Assert.StartsWith("cars_json(array:array<struct<Name:string,Miles_per_Gallon:double,Cylinders:int,", CrawlerWorld.Schema(await world.TableAsync("cars_json")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("csv")]
    [InlineData("json")]
    [InlineData("legislators")]
    [InlineData("tabular-vega")]
    [InlineData("userdata-multiformat")]
    public async Task Records_are_counted_as_Python_counts_them(string corpus)
    {
        var folder = SharedData.Folder(corpus);
        var counted = new List<(string Path, long Records)>();
        foreach (var path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            var found = await Classify.FileAsync(path);
            var format = found.Schema.Format;
            var isComparable = format is { Classification: "json", CompressionType: "none" }
                || (format is { Classification: "csv" } && path.EndsWith(".csv", StringComparison.Ordinal) && found.Parameter("delimiter") == ",");
            if (isComparable && found.RecordCount is { } records)
            {
                counted.Add((path, records + (format.HasHeader ? 1 : 0)));
            }
        }

        var expected = await PythonAsync(counted.Select(entry => entry.Path));
        var differences = counted.Zip(expected).Where(pair => pair.Second >= 0 && pair.First.Records != pair.Second).Select(pair => $"{pair.First.Path}: {pair.First.Records}, Python {pair.Second}").ToArray();
        Assert.Empty(differences);
        Assert.NotEmpty(counted);
    }

    private static async Task<List<long>> PythonAsync(IEnumerable<string> paths)
    {
        using var python = Process.Start(new ProcessStartInfo("python3", ["-c", Counter]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        await python.StandardInput.WriteAsync(string.Join('\n', paths));
        python.StandardInput.Close();
        var lines = (await python.StandardOutput.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        await python.WaitForExitAsync();
        return [.. lines.Select(line => long.Parse(line, CultureInfo.InvariantCulture))];
    }
}
