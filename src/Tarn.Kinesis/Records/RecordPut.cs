using System.Buffers.Text;
using System.Runtime.InteropServices;
using Tarn.Kinesis.Limits;
using Tarn.Kinesis.Log;
using Tarn.Kinesis.Streams;

namespace Tarn.Kinesis.Records;

/// <summary>Whether the records of a put found their places.</summary>
internal enum PutPlacing
{
    Placed,

    /// <summary>A shard that they belong to takes no records any more: the stream is to be looked at again.</summary>
    ShardClosed,

    /// <summary>The data of some record is no base64.</summary>
    NotBase64,
}

/// <summary>The records that a put has for one shard.</summary>
/// <param name="OpenIndex">Which of the stream's open shards it is.</param>
internal readonly record struct PutFrame(Shard Shard, FrameBuilder Frame, int OpenIndex);

/// <summary>One put: its records in frames of their shards, which stay open until it is cleared. Used again and again; one thread at a time.</summary>
internal sealed class RecordPut(ShardLogs shards, ShardLimits limits)
{
    private readonly List<PutFrame> frames = [];

    /// <summary>By open shard of the stream: 1 and up for the frame in <see cref="frames"/>, 0 for none yet.</summary>
    private int[] frameOf = [];

    private int[] places = new int[1];

    /// <summary>By frame: the data and partition keys of its records.</summary>
    private long[] bytes = new long[1];

    private bool[]? throttled;
    private AppendBatch? batch;
    private StreamSnapshot stream = null!;

    /// <summary>The frames, in the order in which their first records came.</summary>
    public ReadOnlySpan<PutFrame> Frames => CollectionsMarshal.AsSpan(frames);

    /// <summary>For each record the index of its frame, whose order is the records'; for one that is throttled the complement of its shard's index among the open shards, which is negative.</summary>
    public ReadOnlySpan<int> Places => places.AsSpan(0, Count);

    /// <summary>The stream that the records were placed in.</summary>
    public StreamSnapshot Stream => stream;

    public int Count { get; private set; }

    /// <summary>Whether every record is on disk, after <see cref="AppendAsync"/>.</summary>
    public bool IsWhole
    {
        get
        {
            if (throttled is not null)
            {
                return false;
            }

            foreach (var frame in Frames)
            {
                if (frame.Frame.Outcome != FrameOutcome.Appended)
                {
                    return false;
                }
            }

            return true;
        }
    }

    /// <summary>Decides which records are throttled, before the first is placed: what is tried again because a shard was closed counts once.</summary>
    public void Throttle(StreamSnapshot into, PutRequest request)
    {
        throttled = null;
        if (!into.Rules.Throttles)
        {
            return;
        }

        for (var record = 0; record < request.Count; record++)
        {
            if (!limits.TryTakePut(into, into.OpenShards[into.RouteIndex(request.Hashes[record])], request.LengthOf(record)))
            {
                throttled ??= new bool[request.Count];
                throttled[record] = true;
            }
        }
    }

    /// <summary>Copies all records that are not throttled into frames of their shards. Whatever it says, the put is to be cleared.</summary>
    public PutPlacing Place(StreamSnapshot into, PutRequest request)
    {
        stream = into;
        batch = shards.Log.Rent();
        if (frameOf.Length < stream.OpenShards.Length)
        {
            frameOf = new int[stream.OpenShards.Length];
        }

        if (places.Length < request.Count)
        {
            places = new int[request.Entries.Length];
        }

        var buffer = request.Buffer.Span;
        var entries = request.Entries;
        var keys = request.Keys;
        var hashes = request.Hashes;
        var frameBytes = (int)Math.Min(request.Length / Math.Min(request.Count, stream.OpenShards.Length), int.MaxValue / 2);
        for (var record = 0; record < entries.Length; record++)
        {
            var entry = entries[record];
            if (throttled is not null && throttled[record])
            {
                places[record] = ~stream.RouteIndex(hashes[record]);
                Count = record + 1;
                continue;
            }

            if (!TryFrame(stream.RouteIndex(hashes[record]), frameBytes, out var place))
            {
                return PutPlacing.ShardClosed;
            }

            var data = frames[place].Frame.Add(buffer.Slice(keys[record].Start, keys[record].Length), entry.IsExplicit ? hashes[record] : null, entry.DataLength);
            var source = buffer.Slice(entry.DataStart, entry.DataSpan);
            if (!request.IsBase64)
            {
                source.CopyTo(data);
            }
            else if (Base64.DecodeFromUtf8(source, data, out _, out var written) != System.Buffers.OperationStatus.Done || written != data.Length)
            {
                return PutPlacing.NotBase64;
            }

            places[record] = place;
            bytes[place] += request.LengthOf(record);
            Count = record + 1;
        }

        return PutPlacing.Placed;
    }

    /// <exception cref="StreamLogException">The log took not all of it; the outcome of each frame says what it took.</exception>
    public async ValueTask AppendAsync(CancellationToken cancellationToken)
    {
        try
        {
            await batch!.AppendAsync(cancellationToken);
        }
        finally
        {
            CountTraffic();
        }
    }

    /// <summary>Gives the frames back, and lets their shards be closed.</summary>
    public void Clear()
    {
        batch?.Dispose();
        batch = null;
        foreach (var frame in Frames)
        {
            shards.Leave(stream.LogNumber(frame.Shard.Index));
            frameOf[frame.OpenIndex] = 0;
        }

        frames.Clear();
        Count = 0;
        stream = null!;
    }

    private void CountTraffic()
    {
        for (var frame = 0; frame < frames.Count; frame++)
        {
            var (shard, builder, _) = frames[frame];
            if (builder.Outcome == FrameOutcome.Appended)
            {
                stream.Traffic.Of(shard).CountIncoming(builder.Count, bytes[frame]);
            }
            else
            {
                stream.Traffic.Of(shard).CountPutFailures(builder.Count);
            }
        }
    }

    private bool TryFrame(int openIndex, int frameBytes, out int place)
    {
        place = frameOf[openIndex] - 1;
        return place >= 0 || TryBeginFrame(openIndex, frameBytes, out place);
    }

    private bool TryBeginFrame(int openIndex, int frameBytes, out int place)
    {
        place = frames.Count;
        var shard = stream.OpenShards[openIndex];
        var number = stream.LogNumber(shard.Index);
        if (!shards.TryEnter(number))
        {
            return false;
        }

        var isBegun = false;
        try
        {
            var frame = batch!.FrameFor(number, stream.DataKeyId);
            frame.Expect(frameBytes);
            if (bytes.Length == place)
            {
                Array.Resize(ref bytes, place * 4);
            }

            bytes[place] = 0;
            frames.Add(new PutFrame(shard, frame, openIndex));
            frameOf[openIndex] = place + 1;
            isBegun = true;
            return true;
        }
        catch (LogShardGoneException)
        {
            // Its stream is being deleted: as good as closed.
            return false;
        }
        finally
        {
            if (!isBegun)
            {
                // Clear knows only of shards that have a frame, and whoever closes this one would wait for ever.
                shards.Leave(number);
            }
        }
    }
}

/// <summary>Sequence numbers of records. The first record of a shard has index 1: 0 is the shard's own first number.</summary>
internal static class RecordNumber
{
    public static SequenceNumber Of(Shard shard, long logIndex, long arrivalMs) =>
        new(shard.CreateSeconds, (uint)shard.Index, (ulong)logIndex + 1, Math.Max(shard.CreateSeconds, arrivalMs / 1000));

    /// <summary>The place between the record before an index and the record at it: reading at it or after it begins with the latter, whether or not it has been put yet.</summary>
    /// <param name="earlierMs">When the record before the place arrived; 0 when there was none.</param>
    public static SequenceNumber Before(Shard shard, long logIndex, long earlierMs) => Of(shard, logIndex - 1, earlierMs) with { IsBetween = logIndex > 0 };

    /// <summary>The index in the log of the record with a number; -1 for the shard's first number.</summary>
    public static long LogIndex(SequenceNumber number) => (long)Math.Min(number.Index, long.MaxValue) - 1;
}
