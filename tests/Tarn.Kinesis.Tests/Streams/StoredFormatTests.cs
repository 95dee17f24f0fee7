using System.Text.Json;
using Tarn.Kinesis.Accounts;
using Tarn.Kinesis.Consumers;
using Tarn.Kinesis.Streams;

namespace Tarn.Kinesis.Tests.Streams;

/// <summary>What the store holds, letter for letter: a change here breaks the folders that are out there.</summary>
public sealed class StoredFormatTests
{
    private const string Time = "2026-03-04T05:06:07+00:00";

    [Fact]
    public void A_stream_is_stored_as_it_always_was()
    {
        var stream = new StreamRecord
        {
            Id = "abc",
            Number = 3,
            Name = "s",
            CreatedAt = TestKinesis.Start,
            Settings = new StreamSettings { Mode = StreamMode.OnDemand, RetentionHours = 48, KeyId = "k", Metrics = ["IncomingBytes"], MaxRecordSizeKiB = 2_048, WarmThroughputMiBps = 9 },
            Pending = new PendingChange
            {
                Status = StreamStatus.Updating, DueAt = TestKinesis.Start, Settings = new StreamSettings(),
                Reshard = new Reshard { Split = 1, At = UInt128.MaxValue, Lower = 2, Upper = 3, Target = 4 },
            },
            NextShard = 7,
            Calls = new CallHistory { ShardCountUpdates = [TestKinesis.Start], ModeSwitches = [TestKinesis.Start], EncryptionStarts = [], EncryptionStops = [] },
        };
        var stored = string.Concat($$$$"""
            {"id":"abc","number":3,"name":"s","createdAt":"{{{{Time}}}}",
            "settings":{"mode":"OnDemand","retentionHours":48,"keyId":"k","metrics":["IncomingBytes"],"maxRecordSizeKiB":2048,"warmThroughputMiBps":9},
            "pending":{"status":"Updating","dueAt":"{{{{Time}}}}","settings":{"mode":"Provisioned","retentionHours":24,"metrics":[],"maxRecordSizeKiB":1024},
            "reshard":{"split":1,"at":340282366920938463463374607431768211455,"lower":2,"upper":3,"target":4}},"nextShard":7,
            "calls":{"shardCountUpdates":["{{{{Time}}}}"],"modeSwitches":["{{{{Time}}}}"],"encryptionStarts":[],"encryptionStops":[]}}
            """.Split('\n'));
        Assert.Equal(stored, JsonSerializer.Serialize(stream, KinesisJson.Default.StreamRecord));
        Assert.Equal(stored, JsonSerializer.Serialize(JsonSerializer.Deserialize(stored, KinesisJson.Default.StreamRecord), KinesisJson.Default.StreamRecord));
    }

    [Fact]
    public void The_settings_of_a_stream_with_a_data_key_are_stored_as_they_always_were()
    {
        const string Stored = """{"mode":"Provisioned","retentionHours":24,"keyId":"k","dataKeyId":5,"metrics":[],"maxRecordSizeKiB":1024}""";
        Assert.Equal(Stored, JsonSerializer.Serialize(new StreamSettings { KeyId = "k", DataKeyId = 5 }, KinesisJson.Default.StreamSettings));
        Assert.Equal(5, JsonSerializer.Deserialize(Stored, KinesisJson.Default.StreamSettings)!.DataKeyId);
    }

    [Fact]
    public void A_shard_is_stored_as_it_always_was()
    {
        var shard = new Shard
        {
            Index = 5, Parent = 1, AdjacentParent = 2, StartingHash = 3, EndingHash = UInt128.MaxValue, CreatedAt = TestKinesis.Start, CreateSeconds = 1_772_600_768, ClosedAt = TestKinesis.Start,
        };
        const string Stored =
            $$"""{"index":5,"parent":1,"adjacentParent":2,"startingHash":3,"endingHash":340282366920938463463374607431768211455,"createdAt":"{{Time}}","createSeconds":1772600768,"closedAt":"{{Time}}"}""";
        Assert.Equal(Stored, JsonSerializer.Serialize(shard, KinesisJson.Default.Shard));
        Assert.Equal(shard, JsonSerializer.Deserialize(Stored, KinesisJson.Default.Shard));
    }

    [Fact]
    public void Consumers_and_accounts_are_stored_as_they_always_were()
    {
        var consumer = new ConsumerRecord { Name = "c", CreatedAt = TestKinesis.Start, ReadyAt = TestKinesis.Start, GoneAt = TestKinesis.Start };
        Assert.Equal($$"""{"name":"c","createdAt":"{{Time}}","readyAt":"{{Time}}","goneAt":"{{Time}}"}""", JsonSerializer.Serialize(consumer, KinesisJson.Default.ConsumerRecord));
        var account = new AccountRecord { StartedAt = TestKinesis.Start, EndedAt = TestKinesis.Start };
        Assert.Equal($$"""{"startedAt":"{{Time}}","endedAt":"{{Time}}"}""", JsonSerializer.Serialize(account, KinesisJson.Default.AccountRecord));
    }

    [Fact]
    public void A_shards_number_in_the_log_is_its_streams_number_and_its_own()
    {
        var record = new StreamRecord { Id = "abc", Number = 3, Name = "s", CreatedAt = TestKinesis.Start, Settings = new StreamSettings() };
        Assert.Equal(0x3_0000_0007, new StreamSnapshot(default, record, []).LogNumber(7));
    }

    [Fact]
    public async Task A_streams_number_is_never_used_twice()
    {
        await using var kinesis = await (await TestKinesis.OpenAsync()).WithStream();
        await kinesis.WithStream("t");
        await kinesis.Call(Api.Kinesis.KinesisModel.DeleteStream, new Api.Kinesis.DeleteStreamInput { StreamName = "t" });
        await kinesis.RestartAsync();
        await kinesis.WithStream("t");
        Assert.Equal([1, 3], kinesis.Memory.Numbers);
    }

    /// <summary>2 | creation | shard | index | 00 | time | shard | 2, in hexadecimal, shown in decimal.</summary>
    [Fact]
    public void The_first_and_the_last_sequence_number_of_a_shard_have_AWSs_layout()
    {
        var shard = new Shard { Index = 0x2a, StartingHash = 0, EndingHash = 1, CreatedAt = TestKinesis.Start, CreateSeconds = 0x69a7bd90 };
        Assert.Equal("2" + "069a7bd90" + "a" + "0000000000000000" + "00" + "069a7bd90" + "0000002a" + "2", Hex(ShardSequence.First(shard)));
        Assert.Equal("2" + "069a7bd90" + "a" + "7fffffffffffffff" + "00" + "069a7be00" + "0000002a" + "2", Hex(ShardSequence.Last(shard, DateTimeOffset.FromUnixTimeSeconds(0x69a7be00))));
        Assert.Equal(56, ShardSequence.First(shard).Length);

        // A shard that is closed before its creation, as sequence numbers say, ends no earlier than it began.
        Assert.Equal("2" + "069a7bd90" + "a" + "7fffffffffffffff" + "00" + "069a7bd90" + "0000002a" + "2", Hex(ShardSequence.Last(shard, DateTimeOffset.FromUnixTimeSeconds(0x69a7bd8f))));
    }

    private static string Hex(string number) => System.Numerics.BigInteger.Parse(number, System.Globalization.CultureInfo.InvariantCulture).ToString("x", System.Globalization.CultureInfo.InvariantCulture);
}
