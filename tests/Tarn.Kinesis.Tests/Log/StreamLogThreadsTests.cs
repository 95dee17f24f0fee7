using System.Buffers.Binary;
using Tarn.Kinesis.Log;
using static Tarn.Kinesis.Tests.Log.LogHarness;

namespace Tarn.Kinesis.Tests.Log;

public class StreamLogThreadsTests
{
    private const int Appends = 1500;

    [Fact]
    public async Task Readers_see_every_record_once_in_order_while_segments_are_sealed_dropped_and_used_again()
    {
        var folder = Directory.CreateTempSubdirectory("tarn-stream-log-").FullName;
        try
        {
            var options = new StreamLogOptions
            {
                SegmentBytes = 64 << 10,
                FrameBytesMax = 8 << 10,
                RingBytesMax = 24 << 10,
                IndexCacheBytesMax = 512,
                MaintenanceInterval = TimeSpan.FromMilliseconds(5),
                DataKey = id => [.. Enumerable.Repeat((byte)id, 32)],
            };
            await using var log = StreamLog.Open(folder, options);
            for (var shard = 1; shard <= 3; shard++)
            {
                log.OpenShard(shard, Forever);
            }

            using var cancel = new CancellationTokenSource(TimeSpan.FromMinutes(2));
            var readers = Enumerable.Range(0, 6).Select(reader => Task.Run(() => FollowAsync(log, 1 + (reader % 2), cancel.Token))).ToArray();
            var doomed = Task.Run(() => ReadUntilDeletedAsync(log, 3, cancel.Token));
            await Task.WhenAll(Enumerable.Range(0, 3).Select(writer => Task.Run(() => WriteAsync(log, 1 + writer))));
            await log.DeleteShardsAsync([3]);
            Assert.All(await Task.WhenAll(readers), reached => Assert.Equal(Appends * 2, reached));
            await doomed;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task WriteAsync(StreamLog log, int shard)
    {
        for (var number = 0; number < Appends; number++)
        {
            using var batch = log.Rent();
            var frame = batch.FrameFor(shard, keyId: number % 3);
            for (var record = 0; record < 2; record++)
            {
                var data = frame.Add("key"u8, null, 8 + (number % 500));
                data.Clear();
                BinaryPrimitives.WriteInt64LittleEndian(data, (number * 2) + record);
            }

            await batch.AppendAsync(CancellationToken.None);
            Assert.Equal((FrameOutcome.Appended, number * 2L), (frame.Outcome, frame.FirstIndex));
        }
    }

    /// <summary>Reads a shard to its end, waiting at the tip, and trims behind itself now and then; answers how many records it met or found trimmed.</summary>
    private static async Task<long> FollowAsync(StreamLog log, int shard, CancellationToken cancellationToken)
    {
        var next = 0L;
        var round = 0;
        while (next < Appends * 2)
        {
            Assert.True(await log.WaitForAsync(shard, next, cancellationToken));
            using (var read = log.Read(shard, next, maxRecords: 1 + (round++ % 100), maxBytes: 1 << 20))
            {
                next = read.FromIndex;
                foreach (var record in read)
                {
                    Assert.Equal(next, record.Index);
                    Assert.Equal(next++, BinaryPrimitives.ReadInt64LittleEndian(record.Data.Span));
                    Assert.Equal(8 + (record.Index / 2 % 500), record.Data.Length);
                }

                Assert.Equal(next, read.NextIndex);
            }

            if (round % 50 == 0)
            {
                await log.TrimAsync(shard, next - 300);
            }
        }

        return next;
    }

    private static async Task ReadUntilDeletedAsync(StreamLog log, int shard, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var expected = 0L;
                using var read = log.Read(shard, 0, maxRecords: 10_000, maxBytes: 1 << 20);
                foreach (var record in read)
                {
                    Assert.Equal(expected++, BinaryPrimitives.ReadInt64LittleEndian(record.Data.Span));
                }

                await Task.Yield();
            }
        }
        catch (LogShardGoneException)
        {
            // What it waited for.
        }
    }
}
