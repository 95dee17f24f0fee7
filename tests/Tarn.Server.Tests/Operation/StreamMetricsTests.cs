using System.Text.Json.Nodes;
using Tarn.Server.Demo;

namespace Tarn.Server.Tests.Operation;

/// <summary>What of streams is at <c>/_tarn/metrics</c>. Names of streams are the test's own, because the servers of other tests measure in the same process.</summary>
public sealed class StreamMetricsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static string NewName() => "m" + Guid.NewGuid().ToString("N");

    private static string Labels(string stream, string shard) => $$"""{account="000000000000",region="us-east-1",stream="{{stream}}",shard="{{shard}}"}""";

    private static Task<JsonNode> CallAsync(LiveServer server, string operation, JsonObject input) => server.Client.KinesisAsync(operation, input, Token);

    private static Task<JsonNode> CreateAsync(LiveServer server, string stream, int shards) => CallAsync(server, "CreateStream", new JsonObject { ["StreamName"] = stream, ["ShardCount"] = shards });

    /// <summary>A record of 11 bytes with its key, in the lower or the upper of two shards.</summary>
    private static Task<JsonNode> PutAsync(LiveServer server, string stream, bool upper) => CallAsync(server, "PutRecord", new JsonObject
    {
        ["StreamName"] = stream, ["PartitionKey"] = "k", ["Data"] = Convert.ToBase64String(new byte[10]), ["ExplicitHashKey"] = upper ? $"{UInt128.MaxValue}" : "0",
    });

    private static async Task<string[]> MetricsAsync(LiveServer server, string stream)
    {
        using var http = new HttpClient { BaseAddress = server.Endpoint };
        var text = await http.GetStringAsync(new Uri("/_tarn/metrics", UriKind.Relative), Token);
        return [.. text.Split('\n').Where(line => line.Contains(stream, StringComparison.Ordinal))];
    }

    [Fact]
    public async Task Each_shard_shows_what_went_through_it_and_a_deleted_stream_shows_nothing()
    {
        await using var server = await LiveServer.StartAsync();
        var name = NewName();
        await CreateAsync(server, name, shards: 2);
        await PutAsync(server, name, upper: false);
        await PutAsync(server, name, upper: true);
        await CallAsync(server, "PutRecords", new JsonObject
        {
            ["StreamName"] = name,
            ["Records"] = new JsonArray([.. Enumerable.Range(0, 3).Select(_ => new JsonObject { ["PartitionKey"] = "k", ["Data"] = "QUJD", ["ExplicitHashKey"] = "0" })]),
        });
        var iterator = await CallAsync(server, "GetShardIterator", new JsonObject { ["StreamName"] = name, ["ShardId"] = "shardId-000000000000", ["ShardIteratorType"] = "TRIM_HORIZON" });
        await CallAsync(server, "GetRecords", new JsonObject { ["ShardIterator"] = (string)iterator["ShardIterator"]! });
        await CallAsync(server, "AddTagsToStream", new JsonObject { ["StreamName"] = name, ["Tags"] = new JsonObject { ["tarn:throttleShare"] = "1" } });
        await Assert.ThrowsAsync<DemoException>(() => PutAsync(server, name, upper: true));
        await Assert.ThrowsAsync<DemoException>(() => CallAsync(server, "GetRecords", new JsonObject { ["ShardIterator"] = (string)iterator["ShardIterator"]! }));

        var lower = Labels(name, "shardId-000000000000");
        var upper = Labels(name, "shardId-000000000001");
        string[] expected =
        [
            $"tarn_kinesis_incoming_bytes_total{lower} 23", $"tarn_kinesis_incoming_bytes_total{upper} 11",
            $"tarn_kinesis_incoming_records_total{lower} 4", $"tarn_kinesis_incoming_records_total{upper} 1",
            $"tarn_kinesis_iterator_age_seconds{lower} 0", $"tarn_kinesis_iterator_age_seconds{upper} 0",
            $"tarn_kinesis_outgoing_bytes_total{lower} 23", $"tarn_kinesis_outgoing_bytes_total{upper} 0",
            $"tarn_kinesis_outgoing_records_total{lower} 4", $"tarn_kinesis_outgoing_records_total{upper} 0",
            $"tarn_kinesis_put_failures_total{lower} 0", $"tarn_kinesis_put_failures_total{upper} 0",
            $"tarn_kinesis_read_throttles_total{lower} 1", $"tarn_kinesis_read_throttles_total{upper} 0",
            $"tarn_kinesis_write_throttles_total{lower} 0", $"tarn_kinesis_write_throttles_total{upper} 1",
        ];
        Assert.Equal(expected, await MetricsAsync(server, name));

        await CallAsync(server, "DeleteStream", new JsonObject { ["StreamName"] = name });
        Assert.Empty(await MetricsAsync(server, name));
    }

    [Fact]
    public async Task Shards_beyond_the_limit_are_summed_as_other()
    {
        await using var server = await LiveServer.StartAsync(options => options.Kinesis.MetricShardsMax = 1);
        string[] names = [NewName(), NewName(), NewName()];
        foreach (var name in names)
        {
            await CreateAsync(server, name, shards: 3);
            await PutAsync(server, name, upper: false);
            await PutAsync(server, name, upper: true);
        }

        var bytes = await Task.WhenAll(names.Select(async name => (await MetricsAsync(server, name)).Where(line => line.StartsWith("tarn_kinesis_incoming_bytes_total", StringComparison.Ordinal))));
        Assert.Equal([$"tarn_kinesis_incoming_bytes_total{Labels(names[0], "other")} 11", $"tarn_kinesis_incoming_bytes_total{Labels(names[0], "shardId-000000000000")} 11"], bytes[0]);
        Assert.Empty(bytes[1]);
        Assert.Empty(bytes[2]);
        Assert.Contains(
            """tarn_kinesis_incoming_bytes_total{account="other",region="other",stream="other",shard="other"} 44""",
            await MetricsAsync(server, "stream=\"other\""));
    }
}
