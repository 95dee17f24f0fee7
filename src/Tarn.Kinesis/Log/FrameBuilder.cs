using System.Security.Cryptography;

namespace Tarn.Kinesis.Log;

/// <summary>What became of the records that an append had for one shard.</summary>
public enum FrameOutcome
{
    /// <summary>Not appended yet; after a failed append: not acknowledged, and it is not known whether it is on disk.</summary>
    Pending,

    /// <summary>On disk.</summary>
    Appended,

    /// <summary>The shard had been deleted; nothing was written for it.</summary>
    ShardDeleted,

    /// <summary>There was no room for it on the disk; nothing was written for it.</summary>
    NoRoom,
}

/// <summary>
/// The records that one append has for one shard, laid out in memory as they will be on disk. Add records, append the batch, then read <see cref="FirstIndex"/> and
/// <see cref="ArrivalMs"/>. One thread at a time.
/// </summary>
public sealed class FrameBuilder
{
    private const int FirstPayloadBytes = 160;
    private readonly FrameBufferPool pool;
    private readonly StreamLogOptions options;
    private FrameBuffer? buffer;
    private byte[]? key;

    internal FrameBuilder(FrameBufferPool pool, StreamLogOptions options)
    {
        this.pool = pool;
        this.options = options;
    }

    public long ShardId { get; private set; }

    /// <summary>Records added.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes of the payload so far, keys and lengths included.</summary>
    public int PayloadLength { get; private set; }

    public FrameOutcome Outcome { get; internal set; }

    /// <summary>Index of the first record in its shard, when <see cref="FrameOutcome.Appended"/>; the others follow it.</summary>
    public long FirstIndex { get; internal set; }

    /// <summary>Arrival time of all of these records, in milliseconds since 1970 UTC, when <see cref="FrameOutcome.Appended"/>.</summary>
    public long ArrivalMs { get; internal set; }

    internal FrameKind Kind { get; private set; }

    internal int KeyId { get; private set; }

    internal uint PayloadCrc { get; private set; }

    internal LogShard? Shard { get; set; }

    /// <summary>Where the writer put it in its segment.</summary>
    internal uint Offset { get; set; }

    internal AppendBatch Batch { get; private set; } = null!;

    internal int TotalLength => FrameHeader.Total(PayloadLength);

    internal FrameBuffer Buffer => buffer!;

    /// <summary>Adds a record and gives its data to be filled: exactly <paramref name="dataLength"/> bytes, valid until the next call.</summary>
    /// <param name="partitionKey">UTF-8, 1 to 1,024 bytes.</param>
    /// <param name="explicitHashKey">Null when the hash is that of the partition key.</param>
    /// <param name="dataLength">0 to 10 MiB.</param>
    /// <exception cref="InvalidOperationException">The frame would become larger than <see cref="StreamLogOptions.FrameBytesMax"/>.</exception>
    public Span<byte> Add(ReadOnlySpan<byte> partitionKey, UInt128? explicitHashKey, int dataLength)
    {
        ArgumentOutOfRangeException.ThrowIfZero(partitionKey.Length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(partitionKey.Length, RecordCodec.KeyBytesMax);
        ArgumentOutOfRangeException.ThrowIfNegative(dataLength);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(dataLength, RecordCodec.DataBytesMax);
        var record = Reserve(RecordCodec.Length(partitionKey.Length, explicitHashKey is not null, dataLength));
        var data = record + RecordCodec.Write(buffer!.Array.AsSpan(record), partitionKey, explicitHashKey, dataLength);
        Count++;
        return buffer.Array.AsSpan(data, dataLength);
    }

    /// <summary>Makes room for about this many bytes of records, so that the frame need not grow step by step. More and fewer are fine.</summary>
    public void Expect(int recordBytes) => Grow((int)Math.Min((long)PayloadLength + recordBytes, options.FrameBytesMax));

    /// <param name="dataKey">The data key of the id; null for the id 0.</param>
    internal void Begin(AppendBatch batch, FrameKind kind, long shardId, int keyId, byte[]? dataKey)
    {
        key = dataKey;
        Batch = batch;
        Kind = kind;
        ShardId = shardId;
        KeyId = keyId;
        Count = 0;
        PayloadLength = 0;
        Outcome = FrameOutcome.Pending;
        FirstIndex = 0;
        ArrivalMs = 0;
        Shard = null;
        buffer = pool.Rent(FrameHeader.Bytes + FirstPayloadBytes);
    }

    /// <summary>Adds an entry of a frame that is not one of records.</summary>
    internal Span<byte> AddEntry(int length)
    {
        var at = Reserve(length);
        Count++;
        return buffer!.Array.AsSpan(at, length);
    }

    /// <summary>Encrypts, pads and sums the payload; runs on the caller's thread, not on the writer's.</summary>
    internal void Seal()
    {
        if (key is not null)
        {
            Encrypt(key);
        }

        var padded = TotalLength - FrameHeader.Bytes;
        Grow(padded);
        var payload = buffer!.Array.AsSpan(FrameHeader.Bytes, padded);
        payload[PayloadLength..].Clear();
        PayloadCrc = Crc32C.Of(payload[..PayloadLength]);
        if (KeyId == 0)
        {
            buffer.Array.AsSpan(FrameHeader.NonceOffset, FrameHeader.NonceBytes).Clear();
        }
    }

    internal void End()
    {
        buffer?.Release();
        buffer = null;
        key = null;
        Shard = null;
    }

    private void Encrypt(byte[] dataKey)
    {
        Grow(PayloadLength + AesGcm.TagByteSizes.MaxSize);
        var nonce = buffer!.Array.AsSpan(FrameHeader.NonceOffset, FrameHeader.NonceBytes);
        options.Random(nonce);
        Span<byte> associated = stackalloc byte[16];
        FrameHeader.WriteAssociatedData(associated, ShardId, Count, KeyId);
        var payload = buffer.Array.AsSpan(FrameHeader.Bytes, PayloadLength);
        var tag = buffer.Array.AsSpan(FrameHeader.Bytes + PayloadLength, AesGcm.TagByteSizes.MaxSize);
        FrameCipher.Of(dataKey).Encrypt(nonce, payload, payload, tag, associated);
        PayloadLength += AesGcm.TagByteSizes.MaxSize;
    }

    private int Reserve(int length)
    {
        var payloadLength = (long)PayloadLength + length;
        if (payloadLength > options.FrameBytesMax - AesGcm.TagByteSizes.MaxSize)
        {
            throw new InvalidOperationException($"A frame holds {options.FrameBytesMax} bytes; with this record it would have {payloadLength}.");
        }

        Grow((int)payloadLength);
        var at = FrameHeader.Bytes + PayloadLength;
        PayloadLength = (int)payloadLength;
        return at;
    }

    private void Grow(int payloadLength)
    {
        var needed = FrameHeader.Total(payloadLength);
        if (needed <= buffer!.Array.Length)
        {
            return;
        }

        var larger = pool.Rent(needed);
        buffer.Array.AsSpan(0, FrameHeader.Bytes + PayloadLength).CopyTo(larger.Array);
        buffer.Release();
        buffer = larger;
    }
}
