using System.Buffers;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Unicode;
using Tarn.Api.Kinesis;

namespace Tarn.Kinesis.Records;

/// <summary>One record of a request: where its data lies in <see cref="PutRequest.Buffer"/>.</summary>
/// <param name="DataStart">Bytes from the buffer's start.</param>
/// <param name="DataSpan">Bytes that it takes there, in base64 or as it is.</param>
/// <param name="DataLength">Bytes of the data itself.</param>
/// <param name="IsExplicit">Whether the hash key was given with the record.</param>
internal readonly record struct PutEntry(int DataStart, int DataSpan, int DataLength, bool IsExplicit);

/// <summary>
/// A PutRecord or PutRecords as slices of its body: nothing of a record is copied before it goes into the log's memory. What the readers of bytes do not take
/// (<see cref="JsonPutReader"/>, <see cref="CborPutReader"/>) comes as typed input, decoded and validated by the wire, and is laid out in a buffer of its own. Used again and again; one thread at a time.
/// </summary>
internal sealed class PutRequest : IDisposable
{
    /// <summary>Records of one PutRecords.</summary>
    private const int RecordsMax = 500;

    private const int KeyCharsMax = 256;
    private const int DataBytesMax = 10 << 20;

    private PutEntry[] entries = new PutEntry[1];
    private KeySlice[] keys = new KeySlice[1];
    private UInt128[] hashes = new UInt128[1];
    private byte[]? own;

    public string? StreamName { get; set; }

    public string? StreamArn { get; set; }

    public string? StreamId { get; set; }

    /// <summary>PutRecord alone: the number that the record's must exceed; null without one.</summary>
    public string? SequenceNumberForOrdering { get; set; }

    /// <summary>Whether only to say if it could be done.</summary>
    public bool IsDryRun { get; private set; }

    public int Count { get; private set; }

    /// <summary>What counts against limits: the data and partition keys of all records, in bytes.</summary>
    public long Length { get; private set; }

    /// <summary>What keys and data are slices of.</summary>
    public ReadOnlyMemory<byte> Buffer { get; private set; }

    /// <summary>Whether data is base64 in <see cref="Buffer"/>.</summary>
    public bool IsBase64 { get; private set; }

    public ReadOnlySpan<PutEntry> Entries => entries.AsSpan(0, Count);

    /// <summary>UTF-8.</summary>
    public ReadOnlySpan<KeySlice> Keys => keys.AsSpan(0, Count);

    /// <summary>The hash key of each record, after <see cref="Hash"/>.</summary>
    public ReadOnlySpan<UInt128> Hashes => hashes.AsSpan(0, Count);

    /// <summary>What counts of one record, in bytes.</summary>
    public int LengthOf(int record) => keys[record].Length + entries[record].DataLength;

    /// <summary>Parses an ExplicitHashKey as the model has it: digits alone, which the parser is not strict about (it takes zero bytes behind them), and none too many.</summary>
    public static bool TryParseHash(ReadOnlySpan<byte> text, out UInt128 hash) =>
        UInt128.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out hash) && char.IsAsciiDigit((char)text[^1]) && (text.Length == 1 || text[0] != '0');

    /// <summary>Begins anew, over a body.</summary>
    public void Begin(ReadOnlyMemory<byte> buffer, bool isBase64)
    {
        (StreamName, StreamArn, StreamId, SequenceNumberForOrdering) = (null, null, null, null);
        (IsDryRun, Count, Length, Buffer, IsBase64) = (false, 0, 0, buffer, isBase64);
    }

    /// <summary>Adds a record that a reader found; false when it breaks a limit of the model, which the typed input then says.</summary>
    /// <param name="key">UTF-8 in the buffer, not checked yet.</param>
    public bool TryAdd(KeySlice key, UInt128? explicitHash, int dataStart, int dataSpan, int dataLength)
    {
        if (Count == RecordsMax || dataLength > DataBytesMax || !IsKey(Buffer.Span.Slice(key.Start, key.Length)))
        {
            return false;
        }

        Add(key, explicitHash, new PutEntry(dataStart, dataSpan, dataLength, explicitHash is not null));
        return true;
    }

    /// <summary>Begins anew with the typed input of PutRecords.</summary>
    public void Fill(PutRecordsInput input)
    {
        Begin(Own(input.Records!.Sum(record => Encoding.UTF8.GetByteCount(record.PartitionKey!) + record.Data!.Value.Length)), isBase64: false);
        (StreamName, StreamArn, StreamId, IsDryRun) = (input.StreamName, input.StreamARN, input.StreamId, input.DryRun == true);
        var at = 0;
        foreach (var record in input.Records!)
        {
            Copy(record.PartitionKey!, record.ExplicitHashKey, record.Data!.Value, ref at);
        }
    }

    /// <summary>Begins anew with the typed input of PutRecord.</summary>
    public void Fill(PutRecordInput input)
    {
        Begin(Own(Encoding.UTF8.GetByteCount(input.PartitionKey!) + input.Data!.Value.Length), isBase64: false);
        (StreamName, StreamArn, StreamId, IsDryRun) = (input.StreamName, input.StreamARN, input.StreamId, input.DryRun == true);
        SequenceNumberForOrdering = input.SequenceNumberForOrdering;
        var at = 0;
        Copy(input.PartitionKey!, input.ExplicitHashKey, input.Data!.Value, ref at);
    }

    /// <summary>Computes the hash keys that were not given.</summary>
    [SkipLocalsInit]
    public void Hash()
    {
        Span<UInt128> computed = stackalloc UInt128[RecordsMax];
        PartitionKeyHash.OfMany(Buffer.Span, Keys, computed[..Count]);
        for (var record = 0; record < Count; record++)
        {
            if (!entries[record].IsExplicit)
            {
                hashes[record] = computed[record];
            }
        }
    }

    /// <summary>Lets go of the body and of the memory that was taken for this request.</summary>
    public void Dispose()
    {
        Begin(default, isBase64: false);
        if (own is not null)
        {
            ArrayPool<byte>.Shared.Return(own);
            own = null;
        }
    }

    /// <summary>1 to 256 characters, as the model counts them, of valid UTF-8.</summary>
    private static bool IsKey(ReadOnlySpan<byte> key) => key.Length is > 0 and <= KeyCharsMax && Ascii.IsValid(key)
        || (key.Length is > 0 and <= KeyCharsMax * 3 && Utf8.IsValid(key) && Encoding.UTF8.GetCharCount(key) <= KeyCharsMax);

    private Memory<byte> Own(int length)
    {
        if (own is null || own.Length < length)
        {
            if (own is not null)
            {
                ArrayPool<byte>.Shared.Return(own);
            }

            own = ArrayPool<byte>.Shared.Rent(length);
        }

        return own.AsMemory(0, length);
    }

    private void Copy(string key, string? explicitKey, ReadOnlyMemory<byte> data, ref int at)
    {
        UInt128? hash = explicitKey is null ? null
            : UInt128.TryParse(explicitKey, NumberStyles.None, CultureInfo.InvariantCulture, out var given) ? given
            : throw KinesisErrors.InvalidHashKey(explicitKey);
        var slice = new KeySlice(at, Encoding.UTF8.GetBytes(key, own.AsSpan(at)));
        data.Span.CopyTo(own.AsSpan(at + slice.Length));
        Add(slice, hash, new PutEntry(at + slice.Length, data.Length, data.Length, hash is not null));
        at += slice.Length + data.Length;
    }

    private void Add(KeySlice key, UInt128? explicitHash, PutEntry entry)
    {
        if (Count == entries.Length)
        {
            var larger = Math.Min(RecordsMax, Math.Max(16, Count * 4));
            Array.Resize(ref entries, larger);
            Array.Resize(ref keys, larger);
            Array.Resize(ref hashes, larger);
        }

        entries[Count] = entry;
        keys[Count] = key;
        hashes[Count] = explicitHash ?? UInt128.Zero;
        Count++;
        Length += key.Length + entry.DataLength;
    }
}
