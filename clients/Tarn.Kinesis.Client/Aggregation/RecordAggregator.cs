using System.Security.Cryptography;
using System.Text;

namespace Tarn.Clients.Kinesis.Aggregation;

/// <summary>
/// Gathers user records into one Kinesis record of the KPL's format. All must belong to the same shard: whoever adds sees to that. Not safe for two threads.
/// </summary>
public sealed class RecordAggregator
{
    /// <summary>The partition key of a record that holds several; the explicit hash key routes it.</summary>
    public const string OuterPartitionKey = "a";

    private readonly List<Item> items = [];
    private readonly KeyTable partitionKeys = new();
    private readonly KeyTable explicitHashKeys = new();
    private int bodyBytes;

    /// <summary>User records that were added.</summary>
    public int Count => items.Count;

    /// <summary>What the record will take of a stream's limits, in bytes: key and data; 0 when nothing was added.</summary>
    public int SizeInBytes => Count switch
    {
        0 => 0,
        1 => Encoding.UTF8.GetByteCount(items[0].PartitionKey) + items[0].Data.Length,
        _ => OuterPartitionKey.Length + AggregateFormat.Magic.Length + bodyBytes + AggregateFormat.DigestBytes,
    };

    /// <summary>What <see cref="SizeInBytes"/> would be with one more; as an aggregate, even when it is the first.</summary>
    public int SizeWith(string partitionKey, UInt128? explicitHashKey, int dataLength) =>
        OuterPartitionKey.Length + AggregateFormat.Magic.Length + bodyBytes + BytesOf(partitionKey, explicitHashKey?.ToString(), dataLength) + AggregateFormat.DigestBytes;

    public void Add(string partitionKey, UInt128? explicitHashKey, ReadOnlyMemory<byte> data)
    {
        var hashKeyText = explicitHashKey?.ToString();
        bodyBytes += BytesOf(partitionKey, hashKeyText, data.Length);
        items.Add(new Item(partitionKey, explicitHashKey, partitionKeys.Add(partitionKey), hashKeyText is null ? null : explicitHashKeys.Add(hashKeyText), data));
    }

    /// <summary>The record to put: a single user record as it is, several as an aggregate that goes where the first of them belongs.</summary>
    /// <exception cref="InvalidOperationException">Nothing was added.</exception>
    public PutRecordsEntry ToEntry()
    {
        if (items.Count == 0)
        {
            throw new InvalidOperationException("There is no record to put.");
        }

        var first = items[0];
        return items.Count == 1
            ? new PutRecordsEntry(first.PartitionKey, first.ExplicitHashKey, first.Data)
            : new PutRecordsEntry(OuterPartitionKey, first.ExplicitHashKey ?? HashKey.OfPartitionKey(first.PartitionKey), Serialize());
    }

    private byte[] Serialize()
    {
        var magic = AggregateFormat.Magic;
        var record = new byte[magic.Length + bodyBytes + AggregateFormat.DigestBytes];
        magic.CopyTo(record);
        var writer = new Writer(record.AsSpan(magic.Length, bodyBytes));
        writer.WriteTable(AggregateFormat.PartitionKeyTable, partitionKeys);
        writer.WriteTable(AggregateFormat.ExplicitHashKeyTable, explicitHashKeys);
        foreach (var item in items)
        {
            writer.WriteRecord(item);
        }

        MD5.HashData(record.AsSpan(magic.Length, bodyBytes), record.AsSpan(magic.Length + bodyBytes));
        return record;
    }

    /// <summary>What one more record adds to the protocol buffer: itself, and its keys where they are new.</summary>
    private int BytesOf(string partitionKey, string? hashKeyText, int dataLength)
    {
        var record = RecordBytes(partitionKeys.IndexOrNext(partitionKey), hashKeyText is null ? null : explicitHashKeys.IndexOrNext(hashKeyText), dataLength);
        return Field(record) + partitionKeys.BytesToAdd(partitionKey) + (hashKeyText is null ? 0 : explicitHashKeys.BytesToAdd(hashKeyText));
    }

    private static int RecordBytes(int partitionKeyIndex, int? hashKeyIndex, int dataLength) =>
        1 + AggregateFormat.VarintBytes((uint)partitionKeyIndex)
        + (hashKeyIndex is { } index ? 1 + AggregateFormat.VarintBytes((uint)index) : 0)
        + Field(dataLength);

    /// <summary>A tag, a length, and that many bytes.</summary>
    private static int Field(int length) => 1 + AggregateFormat.VarintBytes((uint)length) + length;

    private readonly record struct Item(string PartitionKey, UInt128? ExplicitHashKey, int PartitionKeyIndex, int? HashKeyIndex, ReadOnlyMemory<byte> Data);

    /// <summary>Each key once, in the order in which it was first seen.</summary>
    private sealed class KeyTable
    {
        private readonly Dictionary<string, int> indexes = new(StringComparer.Ordinal);

        public List<string> Keys { get; } = [];

        public int IndexOrNext(string key) => indexes.GetValueOrDefault(key, Keys.Count);

        public int BytesToAdd(string key) => indexes.ContainsKey(key) ? 0 : Field(Encoding.UTF8.GetByteCount(key));

        public int Add(string key)
        {
            if (!indexes.TryGetValue(key, out var index))
            {
                index = Keys.Count;
                indexes.Add(key, index);
                Keys.Add(key);
            }

            return index;
        }
    }

    private ref struct Writer(Span<byte> rest)
    {
        private Span<byte> rest = rest;

        public void WriteTable(byte tag, KeyTable table)
        {
            foreach (var key in table.Keys)
            {
                WriteByte(tag);
                WriteVarint((uint)Encoding.UTF8.GetByteCount(key));
                rest = rest[Encoding.UTF8.GetBytes(key, rest)..];
            }
        }

        public void WriteRecord(in Item item)
        {
            WriteByte(AggregateFormat.Records);
            WriteVarint((uint)RecordBytes(item.PartitionKeyIndex, item.HashKeyIndex, item.Data.Length));
            WriteByte(AggregateFormat.PartitionKeyIndex);
            WriteVarint((uint)item.PartitionKeyIndex);
            if (item.HashKeyIndex is { } index)
            {
                WriteByte(AggregateFormat.ExplicitHashKeyIndex);
                WriteVarint((uint)index);
            }

            WriteByte(AggregateFormat.Data);
            WriteVarint((uint)item.Data.Length);
            item.Data.Span.CopyTo(rest);
            rest = rest[item.Data.Length..];
        }

        private void WriteByte(byte value)
        {
            rest[0] = value;
            rest = rest[1..];
        }

        private void WriteVarint(uint value)
        {
            while (value >= 128)
            {
                WriteByte((byte)(value | 128));
                value >>= 7;
            }

            WriteByte((byte)value);
        }
    }
}
