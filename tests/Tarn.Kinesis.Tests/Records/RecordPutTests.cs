using Microsoft.Extensions.Logging.Abstractions;
using Tarn.Contracts;
using Tarn.Kinesis.Limits;
using Tarn.Kinesis.Log;
using Tarn.Kinesis.Records;
using Tarn.Kinesis.Streams;
using Tarn.Kinesis.Tests.Log;

namespace Tarn.Kinesis.Tests.Records;

/// <summary>What a put holds while it places its records.</summary>
public sealed class RecordPutTests
{
    [Fact]
    public async Task A_put_that_fails_in_any_way_lets_its_shard_be_closed()
    {
        await using var log = StreamLog.Open(new MemoryDisk().Folder(), new StreamLogOptions
        {
            SegmentBytes = 16_384,
            FrameBytesMax = 7_000,
            DataKey = _ => throw new OutOfMemoryException("no memory for a key"),
            OwnThreads = false,
        });
        var shards = new ShardLogs(log);
        var shard = new Shard { Index = 0, StartingHash = UInt128.Zero, EndingHash = Shard.LastHash, CreatedAt = TestKinesis.Start, CreateSeconds = TestKinesis.Start.ToUnixTimeSeconds() };
        var record = new StreamRecord { Id = "id", Number = 1, Name = "s", CreatedAt = TestKinesis.Start, Settings = new StreamSettings { KeyId = "alias/a", DataKeyId = 1 } };
        var stream = new StreamSnapshot(new AwsScope("123456789012", "us-east-1"), record, [shard]);
        await shards.StartAsync([stream], TestContext.Current.CancellationToken);
        using var request = new PutRequest();
        request.Begin("k"u8.ToArray(), isBase64: false);
        Assert.True(request.TryAdd(new KeySlice(0, 1), explicitHash: null, dataStart: 0, dataSpan: 1, dataLength: 1));
        request.Hash();
        var put = new RecordPut(shards, new ShardLimits(new Faults(new FaultOptions(), TimeProvider.System, NullLogger.Instance), TimeProvider.System));
        Assert.Throws<OutOfMemoryException>(() => put.Place(stream, request));
        put.Clear();
        Assert.True(shards.CloseAsync(stream, [shard], TestContext.Current.CancellationToken).IsCompletedSuccessfully, "the shard is still held");
    }
}
