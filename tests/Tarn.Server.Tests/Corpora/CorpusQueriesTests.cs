using System.Globalization;
using System.Text.Json.Nodes;

namespace Tarn.Server.Tests.Corpora;

/// <summary>Files of others, crawled and queried through the front door; counts and sums against a second reader.</summary>
public sealed class CorpusQueriesTests
{
    [Theory]
    [InlineData("tabular-vega", "airports.csv", "[len(rows()), sum(number(r['latitude']) for r in rows())]", "count(*), sum(latitude)")]
    [InlineData("tabular-vega", "weather.csv", "[len(rows()), sum(number(r['precipitation']) for r in rows()), len(set(r['location'] for r in rows()))]", "count(*), sum(precipitation), count(DISTINCT location)")]
    [InlineData("tabular-vega", "seattle-weather.csv", "[len(rows()), sum(number(r['temp_max']) for r in rows())]", "count(*), sum(temp_max)")]
    [InlineData("tabular-vega", "us-employment.csv", "[len(rows()), sum(number(r['nonfarm']) for r in rows())]", "count(*), sum(nonfarm)")]
    [InlineData("tabular-vega", "lookup_people.csv", "[len(rows()), sum(number(r['age']) for r in rows())]", "count(*), sum(age)")]
    [InlineData("userdata-multiformat", "csv/userdata1.csv", "[len(rows()), sum(number(r['salary']) for r in rows()), sum(1 for r in rows() if not r['salary'])]", "count(*), sum(salary), count_if(salary IS NULL)")]
    [InlineData("userdata-multiformat", "csv/userdata2.csv", "[len(rows()), len(set(r['country'] for r in rows()))]", "count(*), count(DISTINCT country)")]
    [InlineData("legislators", "legislators-current.jsonl", "[len(lines()), sum(1 for l in lines() if l['bio']['gender'] == 'F')]", "count(*), count_if(bio.gender = 'F')")]
    [InlineData("legislators", "committees-current.jsonl", "[len(lines()), len(set(l['type'] for l in lines()))]", "count(*), count(DISTINCT type)")]
    [InlineData("legislators", "committee-membership-current.jsonl", "[len(lines())]", "count(*)")]
    [InlineData("legislators", "legislators-social-media.jsonl", "[len(lines()), sum(1 for l in lines() if l.get('social', {}).get('twitter'))]", "count(*), count(social.twitter)")]
    public async Task A_crawled_table_counts_and_sums_as_a_second_reader_does(string topic, string file, string script, string select)
    {
        var path = Path.Combine(CorpusFolder.Find(topic), file);
        await using var server = await LiveServer.StartAsync();
        await server.PutFileAsync($"data/{Path.GetFileName(file)}", path);
        var table = Assert.Single(await server.CrawlAsync("corpus", "data/"));
        var expected = (await SecondReader.RunAsync(script, path)).AsArray().Select(value => (double)value!).ToList();
        var row = Assert.Single(await server.SelectAsync($"SELECT {select} FROM \"{table["Name"]}\"", "corpus")).Split('|');
        Assert.Equal(expected.Count, row.Length);
        foreach (var (wanted, found) in expected.Zip(row, (wanted, found) => (wanted, double.Parse(found, CultureInfo.InvariantCulture))))
        {
            Assert.Equal(wanted, found, Math.Abs(wanted) * 1e-9);
        }
    }

    [Theory]
    [InlineData("tabular-vega")]
    [InlineData("userdata-multiformat")]
    [InlineData("legislators")]
    public async Task Every_table_of_a_folder_of_many_formats_answers(string topic)
    {
        var root = CorpusFolder.Find(topic);
        await using var server = await LiveServer.StartAsync();
        foreach (var file in Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories))
        {
            await server.PutFileAsync($"{topic}/{Path.GetRelativePath(root, file)}", file);
        }

        var tables = await server.CrawlAsync("corpus", $"{topic}/", ["**.md", "**manifest.json", "**.txt", "avro/**", "orc/**"]);
        Assert.NotEmpty(tables);
        foreach (var table in tables)
        {
            var name = (string)table["Name"]!;
            var count = Assert.Single(await server.SelectAsync($"SELECT count(*) FROM \"{name}\"", "corpus"));
            var all = Assert.Single(await server.SelectAsync($"SELECT count(*) FROM (SELECT * FROM \"{name}\" ORDER BY 1)", "corpus"));
            Assert.Equal(count, all);
            Assert.NotEqual("0", count);
        }
    }

    [Fact]
    public async Task Parquet_files_side_by_side_are_one_table_with_all_their_rows()
    {
        var root = Path.Combine(CorpusFolder.Find("userdata-multiformat"), "parquet");
        await using var server = await LiveServer.StartAsync();
        foreach (var file in Directory.EnumerateFiles(root, "*.parquet"))
        {
            await server.PutFileAsync($"users/day={Path.GetFileNameWithoutExtension(file)}/{Path.GetFileName(file)}", file);
        }

        await server.CrawlAsync("corpus", "users/");
        Assert.Equal(["3000|3"], await server.SelectAsync("SELECT count(*), count(DISTINCT day) FROM users", "corpus"));
        Assert.Equal(["1000"], await server.SelectAsync("SELECT count(*) FROM users WHERE day = 'userdata2'", "corpus"));
    }

    [Fact]
    public async Task Objects_that_a_crawler_excluded_are_no_rows()
    {
        await using var server = await LiveServer.StartAsync();
        await server.PutAsync("data/a.csv", "id,name\n1,ann\n2,bob\n");
        await server.PutAsync("data/b.bak", "9,zoe\n");
        await server.PutAsync("data/old/c.csv", "id,name\n7,old\n");
        await server.CrawlAsync("corpus", "data/", ["*.bak", "old/**"]);
        Assert.Equal(["1|ann", "2|bob"], await server.SelectAsync("SELECT * FROM data ORDER BY id", "corpus"));
    }

    [Fact]
    public async Task Hidden_files_and_folders_are_no_rows_unless_a_table_is_one()
    {
        await using var server = await LiveServer.StartAsync();
        await server.PutAsync("data/a.csv", "1\n2\n");
        await server.PutAsync("data/_SUCCESS", "3\n");
        await server.PutAsync("data/.tmp/b.csv", "4\n");
        await server.PutAsync("data/x/_temporary/c.csv", "5\n");
        await server.PutAsync("data/empty.csv", "");
        await server.RowsAsync("CREATE DATABASE corpus");
        await server.RowsAsync("CREATE EXTERNAL TABLE t (a int) LOCATION 's3://lake/data/'", "corpus");
        await server.RowsAsync("CREATE EXTERNAL TABLE one (a int) LOCATION 's3://lake/data/_SUCCESS'", "corpus");
        Assert.Equal(["1", "2"], await server.SelectAsync("SELECT a FROM t ORDER BY a", "corpus"));
        Assert.Equal(["3"], await server.SelectAsync("SELECT a FROM one", "corpus"));
    }

    [Fact]
    public async Task Empty_numbers_between_quotes_are_null()
    {
        await using var server = await LiveServer.StartAsync();
        await server.PutAsync("data/a.csv", "id,name,price\n1,\"a, b\",2.5\n2,\"c\",\n3,\"d\", 4.5\n");
        await server.CrawlAsync("corpus", "data/");
        Assert.Equal(["1|a, b|2.5", "2|c|NULL", "3|d|4.5"], await server.SelectAsync("SELECT * FROM data ORDER BY id", "corpus"));
    }

    [Theory]
    [InlineData("{\n \"a\": 1\n}\n{\n \"a\": 2\n}\n", null, "SELECT count(*), sum(a) FROM data", "2|3")]
    [InlineData("{\"a\": 1}{\"a\": 2}", null, "SELECT count(*), sum(a) FROM data", "2|3")]
    [InlineData("[{\"a\": 1},\n {\"a\": 2}]", null, "SELECT count(*), sum(a) FROM data CROSS JOIN UNNEST(\"array\")", "2|3")]
    [InlineData("[{\"a\": 1},\n {\"a\": 2}]", "$[*]", "SELECT count(*), sum(a) FROM data", "2|3")]
    [InlineData("{\"n\": 2,\n \"rows\": [{\"a\": 1},\n {\"a\": 2}]}", "$.rows[*]", "SELECT count(*), sum(a) FROM data", "2|3")]
    public async Task Json_that_a_crawl_understood_is_queried_whatever_its_layout(string text, string? path, string query, string expected)
    {
        await using var server = await LiveServer.StartAsync();
        await server.PutAsync("data/a.json", text);
        await server.CrawlAsync("corpus", "data/", jsonPath: path);
        Assert.Equal([expected], await server.SelectAsync(query, "corpus"));
    }

    [Theory]
    [InlineData("movies.json", "[len(whole()), sum(1 for m in whole() if m['IMDB Rating'] is None), round(sum(m['IMDB Rating'] or 0 for m in whole()), 6)]", "count(*), count_if(\"imdb rating\" IS NULL), round(sum(\"imdb rating\"), 6)")]
    [InlineData("flights-10k.json", "[len(whole()), sum(m['delay'] for m in whole())]", "count(*), sum(delay)")]
    [InlineData("penguins.json", "[len(whole()), len(set(m['Island'] for m in whole()))]", "count(*), count(DISTINCT island)")]
    [InlineData("unemployment-across-industries.json", "[len(whole()), sum(m['count'] for m in whole())]", "count(*), sum(\"count\")")]
    [InlineData("cars.json", "[len(whole()), sum(m['Weight_in_lbs'] for m in whole())]", "count(*), sum(weight_in_lbs)")]
    public async Task Arrays_of_records_count_and_sum_as_a_second_reader_does(string file, string script, string select)
    {
        var path = Path.Combine(CorpusFolder.Find("tabular-vega"), file);
        await using var server = await LiveServer.StartAsync();
        await server.PutFileAsync($"data/{file}", path);
        await server.CrawlAsync("corpus", "data/");
        var expected = (await SecondReader.RunAsync(script, path)).AsArray().Select(value => (double)value!);
        var row = Assert.Single(await server.SelectAsync($"SELECT {select} FROM data CROSS JOIN UNNEST(\"array\")", "corpus")).Split('|');
        Assert.Equal(expected, row.Select(value => double.Parse(value, CultureInfo.InvariantCulture)));
    }

    [Fact]
    public async Task What_is_no_json_is_an_error_and_never_a_count_of_lines()
    {
        await using var server = await LiveServer.StartAsync();
        await server.PutAsync("data/a.json", "{\"a\": 1}\n");
        await server.CrawlAsync("corpus", "data/");
        await server.PutAsync("data/b.json", "a: 1\na: 2\n");
        Assert.StartsWith("HIVE_CURSOR_ERROR: Row is not a valid JSON Object", await server.FailureAsync("SELECT count(*) FROM data", "corpus"));
    }

    [Fact]
    public async Task Text_in_latin_1_is_an_error_until_the_table_says_so()
    {
        await using var server = await LiveServer.StartAsync();
        await server.Client.PutObjectAsync(LiveServer.Bucket, "data/a.csv", new ByteArrayContent([.. "id,name\n1,Zo"u8, 0xEB, .. "\n2,Bob\n"u8]), TestContext.Current.CancellationToken);
        await server.RowsAsync("CREATE DATABASE corpus");
        const string table = "CREATE EXTERNAL TABLE t{0} (id bigint, name string) ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe' WITH SERDEPROPERTIES ('field.delim' = ','{1}) LOCATION 's3://lake/data/' TBLPROPERTIES ('skip.header.line.count' = '1')";
        await server.RowsAsync(string.Format(CultureInfo.InvariantCulture, table, 1, ""), "corpus");
        await server.RowsAsync(string.Format(CultureInfo.InvariantCulture, table, 2, ", 'serialization.encoding' = 'ISO-8859-1'"), "corpus");
        Assert.StartsWith("HIVE_BAD_DATA: Text is not UTF-8", await server.FailureAsync("SELECT * FROM t1", "corpus"));
        Assert.Equal(["1|Zoë", "2|Bob"], await server.SelectAsync("SELECT * FROM t2 ORDER BY id", "corpus"));
    }
}
