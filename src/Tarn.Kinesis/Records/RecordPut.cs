using System.Buffers.Text;
using System.Runtime.InteropServices;
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

/// <summary>One put: its records in frames of their shards, which stay open until it is disposed. Used again and again; one thread at a time.</summary>
internal sealed class RecordPut(ShardLogs shards) : IDisposable
{
    private readonly List<PutFrame> frames = [];

    /// <summary>By open shard of the stream: 1 and up for the frame in <see cref="frames"/>, 0 for none yet.</summary>
    private int[] frameOf = [];

    private int[] places = new int[1];
    private AppendBatch? batch;
    private StreamSnapshot stream = null!;

    /// <summary>The frames, in the order in which their first records came.</summary>
    public ReadOnlySpan<PutFrame> Frames => CollectionsMarshal.AsSpan(frames);

    /// <summary>For each record the index of its frame. The records of a frame are in the frame's order.</summary>
    public ReadOnlySpan<int> Places => places.AsSpan(0, Count);

    public int Count { get; private set; }

    /// <summary>Whether the records are encrypted on disk.</summary>
    public bool IsEncrypted => stream.IsEncrypted;

    /// <summary>Whether every record is on disk, after <see cref="AppendAsync"/>.</summary>
    public bool IsWhole
    {
        get
        {
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

    /// <summary>Copies all records into frames of their shards. Whatever it says, the put is to be disposed.</summary>
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
            Count = record + 1;
        }

        return PutPlacing.Placed;
    }

    /// <exception cref="StreamLogException">The log took not all of it; the outcome of each frame says what it took.</exception>
    public ValueTask AppendAsync(CancellationToken cancellationToken) => batch!.AppendAsync(cancellationToken);

    /// <summary>Gives the frames back, and lets their shards be closed.</summary>
    public void Dispose()
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

        try
        {
            var frame = batch!.FrameFor(number, stream.DataKeyId);
            frame.Expect(frameBytes);
            frames.Add(new PutFrame(shard, frame, openIndex));
            frameOf[openIndex] = place + 1;
            return true;
        }
        catch (LogShardGoneException)
        {
            // Its stream is being deleted: as good as closed.
            shards.Leave(number);
            return false;
        }
    }
}

/// <summary>Sequence numbers of records. The first record of a shard has index 1: 0 is the shard's own first number.</summary>
internal static class RecordNumber
{
    public static SequenceNumber Of(Shard shard, long logIndex, long arrivalMs) =>
        new(shard.CreateSeconds, (uint)shard.Index, (ulong)logIndex + 1, Math.Max(shard.CreateSeconds, arrivalMs / 1000));

    /// <summary>The index in the log of the record with a number; -1 for the shard's first number.</summary>
    public static long LogIndex(SequenceNumber number) => (long)Math.Min(number.Index, long.MaxValue) - 1;
}
