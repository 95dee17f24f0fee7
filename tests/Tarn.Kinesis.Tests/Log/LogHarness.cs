using System.Buffers.Binary;
using System.Text;
using Tarn.Kinesis.Log;

namespace Tarn.Kinesis.Tests.Log;

/// <summary>A clock that stands until it is turned.</summary>
internal sealed class TurnedClock : TimeProvider
{
    public long NowMs { get; set; } = 1_700_000_000_000;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(NowMs);
}

/// <summary>A log on a disk in memory, without threads of its own: a test turns it.</summary>
internal sealed class LogHarness
{
    public static readonly TimeSpan Forever = TimeSpan.FromDays(365);

    public LogHarness(MemoryDisk disk, int seed = 1, Action<StreamLogOptions>? set = null)
    {
        Disk = disk;
        var random = new Random(seed);
        Options = new StreamLogOptions
        {
            SegmentBytes = 4096,
            FrameBytesMax = 1024,
            Clock = Clock,
            Random = bytes => random.NextBytes(bytes),
            OwnThreads = false,
        };
        set?.Invoke(Options);
        Log = StreamLog.Open(disk.Folder(), Options);
    }

    public MemoryDisk Disk { get; }

    public TurnedClock Clock { get; } = new();

    public StreamLogOptions Options { get; }

    public StreamLog Log { get; }

    /// <summary>Appends records to one shard in one frame; throws what the append throws.</summary>
    public async Task<FrameResult> AppendAsync(long shard, params (string Key, byte[] Data)[] records)
    {
        using var batch = Log.Rent();
        var frame = batch.FrameFor(shard, keyId: 0);
        foreach (var (key, data) in records)
        {
            data.CopyTo(frame.Add(Encoding.UTF8.GetBytes(key), null, data.Length));
        }

        var append = batch.AppendAsync(CancellationToken.None);
        Log.Pump();
        await append;
        return new FrameResult(frame.Outcome, frame.FirstIndex, frame.ArrivalMs);
    }

    public List<(long Index, string Key, byte[] Data, long Ms)> ReadAll(long shard, long from = 0)
    {
        var all = new List<(long, string, byte[], long)>();
        while (true)
        {
            using var read = Log.Read(shard, from, maxRecords: 1000, maxBytes: 1 << 20);
            foreach (var record in read)
            {
                all.Add((record.Index, Encoding.UTF8.GetString(record.PartitionKey.Span), record.Data.ToArray(), record.ArrivalMs));
            }

            if (read.Count == 0)
            {
                return all;
            }

            from = read.NextIndex;
        }
    }

    /// <summary>Data that tells which record it is.</summary>
    public static byte[] Data(long shard, long index, int length)
    {
        var data = new byte[length];
        new Random((int)((shard * 100_003) + index)).NextBytes(data);
        if (length >= 16)
        {
            BinaryPrimitives.WriteInt64LittleEndian(data, shard);
            BinaryPrimitives.WriteInt64LittleEndian(data.AsSpan(8), index);
        }

        return data;
    }
}

internal readonly record struct FrameResult(FrameOutcome Outcome, long FirstIndex, long ArrivalMs);
