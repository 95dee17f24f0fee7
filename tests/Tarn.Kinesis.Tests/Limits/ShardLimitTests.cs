using System.Text.Json.Nodes;

namespace Tarn.Kinesis.Tests.Limits;

/// <summary>Limits of shards as clients see them, on a clock that the test turns.</summary>
public sealed class ShardLimitTests
{
    private const int MiB = 1 << 20;
    private const string Enforced = "tarn:enforceShardLimits=true";
    private const string Code = "ProvisionedThroughputExceededException";
    private const string UpperHalf = "170141183460469231731687303715884105728";

    private static string Exceeded(string stream, int shard = 0) => $"Rate exceeded for shard shardId-{shard:D12} in stream {stream} under account {WireKinesis.Account}.";

    private static JsonObject Puts(string stream, IEnumerable<JsonObject> records) => new() { ["StreamName"] = stream, ["Records"] = new JsonArray([.. records]) };

    private static JsonObject Tag(string stream, string key, string value) => new() { ["StreamName"] = stream, ["Tags"] = new JsonObject { [key] = value } };

    [Fact]
    public async Task PutRecord_is_throttled_when_the_shards_bytes_are_used_up_and_taken_again_when_they_are_back()
    {
        await using var kinesis = await WireKinesis.OpenAsync();
        await kinesis.CreateAsync("s", 1, Enforced);
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(200, (int)(await kinesis.PutAsync("s", MiB))["status"]!);
        }

        await kinesis.FailsAsync("PutRecord", WireKinesis.With("s", WireKinesis.Record(MiB)), Code, Exceeded("s"));
        kinesis.Time.Advance(TimeSpan.FromMilliseconds(999));
        await kinesis.FailsAsync("PutRecord", WireKinesis.With("s", WireKinesis.Record(MiB)), Code, Exceeded("s"));
        kinesis.Time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(200, (int)(await kinesis.PutAsync("s", MiB))["status"]!);
    }

    [Fact]
    public async Task PutRecords_throttles_entry_by_entry_and_takes_the_rest_in_order()
    {
        await using var kinesis = await WireKinesis.OpenAsync();
        await kinesis.CreateAsync("s", 2, Enforced);
        var puts = await Task.WhenAll(Enumerable.Range(0, 9).Select(_ => kinesis.PutAsync("s", MiB, hashKey: "0")));
        Assert.All(puts, put => Assert.Equal(200, (int)put["status"]!));

        // The lower shard has one MiB left: of 600, 600 and 400 KiB the second finds no room.
        var answer = await kinesis.CallAsync("PutRecords", Puts("s",
        [
            WireKinesis.Record(600 << 10, "0"), WireKinesis.Record(600 << 10, "0"), WireKinesis.Record(600 << 10, UpperHalf), WireKinesis.Record(400 << 10, "0"), WireKinesis.Record(100 << 10, "0"),
        ]));

        Assert.Equal(2, (int)answer["FailedRecordCount"]!);
        var entries = answer["Records"]!.AsArray();
        Assert.Equal(
            ["shardId-000000000000", Code, "shardId-000000000001", "shardId-000000000000", Code],
            entries.Select(entry => (string?)entry!["ShardId"] ?? (string?)entry["ErrorCode"]));
        Assert.All([entries[1]!, entries[4]!], entry => Assert.Equal(Exceeded("s"), (string?)entry["ErrorMessage"]));
        Assert.All([entries[1]!, entries[4]!], entry => Assert.Null(entry["SequenceNumber"]));
        var read = await kinesis.CallAsync("GetRecords", new JsonObject { ["ShardIterator"] = await kinesis.IteratorAsync("s", "shardId-000000000000") });
        var taken = read["Records"]!.AsArray().Skip(9).Select(record => (string?)record!["SequenceNumber"]);
        Assert.Equal([(string?)entries[0]!["SequenceNumber"], (string?)entries[3]!["SequenceNumber"]], taken);
    }

    [Fact]
    public async Task A_thousand_records_a_second_fit_and_the_next_does_not()
    {
        await using var kinesis = await WireKinesis.OpenAsync();
        await kinesis.CreateAsync("s", 1, Enforced);
        var batch = Puts("s", Enumerable.Range(0, 500).Select(_ => WireKinesis.Record(10)));
        Assert.Equal(0, (int)(await kinesis.CallAsync("PutRecords", (JsonObject)batch.DeepClone()))["FailedRecordCount"]!);
        Assert.Equal(0, (int)(await kinesis.CallAsync("PutRecords", (JsonObject)batch.DeepClone()))["FailedRecordCount"]!);
        kinesis.Time.Advance(TimeSpan.FromMilliseconds(100));
        Assert.Equal(400, (int)(await kinesis.CallAsync("PutRecords", (JsonObject)batch.DeepClone()))["FailedRecordCount"]!);
    }

    [Fact]
    public async Task GetRecords_of_ten_mebibytes_is_followed_by_five_seconds_of_throttling()
    {
        await using var kinesis = await WireKinesis.OpenAsync();
        await kinesis.CreateAsync("s", 1, Enforced);
        for (var i = 0; i < 10; i++)
        {
            await kinesis.PutAsync("s", MiB);
        }

        var iterator = new JsonObject { ["ShardIterator"] = await kinesis.IteratorAsync("s") };
        Assert.Equal(10, (await kinesis.CallAsync("GetRecords", iterator))["Records"]!.AsArray().Count);
        kinesis.Time.Advance(TimeSpan.FromSeconds(5) - TimeSpan.FromMilliseconds(1));
        await kinesis.FailsAsync("GetRecords", iterator, Code, Exceeded("s"));
        kinesis.Time.Advance(TimeSpan.FromMilliseconds(1));
        await kinesis.CallAsync("GetRecords", iterator);
    }

    [Fact]
    public async Task GetRecords_and_GetShardIterator_are_called_five_times_a_second_per_shard()
    {
        await using var kinesis = await WireKinesis.OpenAsync();
        await kinesis.CreateAsync("s", 2, Enforced);
        var iterators = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            iterators.Add(await kinesis.IteratorAsync("s"));
        }

        await kinesis.FailsAsync("GetShardIterator", WireKinesis.Place("s"), Code, Exceeded("s"));
        await kinesis.IteratorAsync("s", "shardId-000000000001");
        foreach (var iterator in iterators)
        {
            await kinesis.CallAsync("GetRecords", new JsonObject { ["ShardIterator"] = iterator });
        }

        await kinesis.FailsAsync("GetRecords", new JsonObject { ["ShardIterator"] = iterators[0] }, Code, Exceeded("s"));
        kinesis.Time.Advance(TimeSpan.FromMilliseconds(200));
        await kinesis.CallAsync("GetRecords", new JsonObject { ["ShardIterator"] = iterators[0] });
        await kinesis.IteratorAsync("s");
    }

    [Fact]
    public async Task Nothing_is_throttled_unless_it_is_asked_for()
    {
        await using var kinesis = await WireKinesis.OpenAsync();
        await kinesis.CreateAsync("s", 1);
        for (var i = 0; i < 12; i++)
        {
            Assert.Equal(200, (int)(await kinesis.PutAsync("s", MiB))["status"]!);
            await kinesis.CallAsync("GetRecords", new JsonObject { ["ShardIterator"] = await kinesis.IteratorAsync("s") });
        }
    }

    [Fact]
    public async Task The_tag_goes_before_the_setting_follows_every_change_and_is_kept_over_a_restart()
    {
        await using var kinesis = await WireKinesis.OpenAsync(options => options.EnforceShardLimits = true);
        await kinesis.CreateAsync("s", 1);
        await ExhaustAsync();
        await ThrottledAsync();

        await kinesis.CallAsync("AddTagsToStream", Tag("s", "tarn:enforceShardLimits", "false"));
        await kinesis.IteratorAsync("s");
        await kinesis.RestartAsync();
        await ExhaustAsync();
        await kinesis.IteratorAsync("s");

        await kinesis.CallAsync("RemoveTagsFromStream", new JsonObject { ["StreamName"] = "s", ["TagKeys"] = new JsonArray("tarn:enforceShardLimits") });
        await ExhaustAsync();
        await ThrottledAsync();

        // A change of the stream itself keeps it.
        await kinesis.CallAsync("TagResource", new JsonObject { ["ResourceARN"] = $"arn:aws:kinesis:us-east-1:{WireKinesis.Account}:stream/s", ["Tags"] = new JsonObject { ["tarn:enforceShardLimits"] = "False" } });
        await kinesis.CallAsync("IncreaseStreamRetentionPeriod", new JsonObject { ["StreamName"] = "s", ["RetentionPeriodHours"] = 48 });
        await kinesis.IteratorAsync("s");

        async Task ExhaustAsync()
        {
            for (var i = 0; i < 5; i++)
            {
                await kinesis.IteratorAsync("s");
            }
        }

        Task ThrottledAsync() => kinesis.FailsAsync("GetShardIterator", WireKinesis.Place("s"), Code, Exceeded("s"));
    }

    [Theory]
    [InlineData("tarn:enforceShardLimits", "yes", "The tag tarn:enforceShardLimits takes true or false. Specified value was yes")]
    [InlineData("tarn:throttleShare", "1.5", "The tag tarn:throttleShare takes a number from 0 to 1. Specified value was 1.5")]
    [InlineData("tarn:failShare", "-1", "The tag tarn:failShare takes a number from 0 to 1. Specified value was -1")]
    [InlineData("tarn:latencyMs", "60001", "The tag tarn:latencyMs takes a whole number from 0 to 60000. Specified value was 60001")]
    [InlineData("tarn:throtleShare", "1", "There is no tag tarn:throtleShare: tags that begin with tarn: are Tarn's own. Known are tarn:enforceShardLimits, tarn:throttleShare, tarn:failShare, tarn:latencyMs.")]
    public async Task A_tag_of_Tarns_that_means_nothing_is_refused(string key, string value, string message)
    {
        await using var kinesis = await WireKinesis.OpenAsync();
        await kinesis.CreateAsync("s", 1);
        await kinesis.FailsAsync("AddTagsToStream", Tag("s", key, value), "InvalidArgumentException", message);
        await kinesis.FailsAsync(
            "CreateStream", new JsonObject { ["StreamName"] = "t", ["ShardCount"] = 1, ["Tags"] = new JsonObject { [key] = value } }, "InvalidArgumentException", message);
        Assert.Empty((await kinesis.CallAsync("ListTagsForStream", new JsonObject { ["StreamName"] = "s" }))["Tags"]!.AsArray());
    }
}
