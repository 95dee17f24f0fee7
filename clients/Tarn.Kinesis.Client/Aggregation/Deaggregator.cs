using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Tarn.Clients.Kinesis.Aggregation;

/// <summary>Takes the KPL's aggregates apart, as the KCL does. Never fails: what is not an aggregate in every byte is a record like any other.</summary>
public static class Deaggregator
{
    /// <summary>
    /// Adds the user records of a Kinesis record. An aggregate with a user record that does not belong to the shard adds none at all: it was put while
    /// its shard was being split, and the producer, who sees from the answer where it landed, puts all of its records again.
    /// </summary>
    /// <param name="shard">The hash keys of the shard that the record was read from; <see cref="HashKeyRange.All"/> filters nothing.</param>
    public static void Deaggregate(KinesisRecord record, HashKeyRange shard, ICollection<UserRecord> output)
    {
        ArgumentNullException.ThrowIfNull(record);
        ArgumentNullException.ThrowIfNull(output);
        if (TryReadAggregate(record.Data) is not { } aggregate || TryResolve(record, aggregate) is not { } users)
        {
            output.Add(new UserRecord(record.SequenceNumber, 0, record.PartitionKey, null, record.Data, record.ApproximateArrival, IsAggregated: false));
            return;
        }

        if (users.TrueForAll(user => shard.Contains(user.ExplicitHashKey ?? HashKey.OfPartitionKey(user.PartitionKey))))
        {
            foreach (var user in users)
            {
                output.Add(user);
            }
        }
    }

    /// <summary>Whether the record begins and ends as an aggregate does: magic and digest are right. What is between may still be wrong.</summary>
    public static bool LooksAggregated(ReadOnlySpan<byte> data)
    {
        var magic = AggregateFormat.Magic;
        if (data.Length <= magic.Length + AggregateFormat.DigestBytes || !data.StartsWith(magic))
        {
            return false;
        }

        Span<byte> digest = stackalloc byte[AggregateFormat.DigestBytes];
        MD5.HashData(data[magic.Length..^AggregateFormat.DigestBytes], digest);
        return digest.SequenceEqual(data[^AggregateFormat.DigestBytes..]);
    }

    private static Aggregate? TryReadAggregate(ReadOnlyMemory<byte> data)
    {
        if (!LooksAggregated(data.Span))
        {
            return null;
        }

        var body = data[AggregateFormat.Magic.Length..^AggregateFormat.DigestBytes];
        var reader = new ProtobufReader(body.Span);
        var aggregate = new Aggregate([], [], []);
        while (!reader.IsAtEnd)
        {
            if (!reader.TryReadField(out var field))
            {
                return null;
            }

            switch (field.Tag)
            {
                case AggregateFormat.PartitionKeyTable:
                    aggregate.PartitionKeys.Add(Encoding.UTF8.GetString(body.Span.Slice(field.Start, field.Length)));
                    break;
                case AggregateFormat.ExplicitHashKeyTable:
                    aggregate.ExplicitHashKeys.Add(Encoding.UTF8.GetString(body.Span.Slice(field.Start, field.Length)));
                    break;
                case AggregateFormat.Records:
                    if (TryReadPart(body.Slice(field.Start, field.Length)) is not { } part)
                    {
                        return null;
                    }

                    aggregate.Parts.Add(part);
                    break;
            }
        }

        return aggregate;
    }

    private static Part? TryReadPart(ReadOnlyMemory<byte> bytes)
    {
        var reader = new ProtobufReader(bytes.Span);
        ulong? partitionKeyIndex = null, hashKeyIndex = null;
        ReadOnlyMemory<byte>? data = null;
        while (!reader.IsAtEnd)
        {
            if (!reader.TryReadField(out var field))
            {
                return null;
            }

            switch (field.Tag)
            {
                case AggregateFormat.PartitionKeyIndex:
                    partitionKeyIndex = field.Number;
                    break;
                case AggregateFormat.ExplicitHashKeyIndex:
                    hashKeyIndex = field.Number;
                    break;
                case AggregateFormat.Data:
                    data = bytes.Slice(field.Start, field.Length);
                    break;
            }
        }

        return partitionKeyIndex is { } index && data is { } found ? new Part(index, hashKeyIndex, found) : null;
    }

    /// <summary>The parts with their keys; null when one points to a key that is not there or is none.</summary>
    private static List<UserRecord>? TryResolve(KinesisRecord record, Aggregate aggregate)
    {
        var hashKeys = new List<UInt128>(aggregate.ExplicitHashKeys.Count);
        foreach (var text in aggregate.ExplicitHashKeys)
        {
            if (!HashKey.TryParse(text, out var hashKey))
            {
                return null;
            }

            hashKeys.Add(hashKey);
        }

        var users = new List<UserRecord>(aggregate.Parts.Count);
        foreach (ref readonly var part in CollectionsMarshal.AsSpan(aggregate.Parts))
        {
            if (part.PartitionKeyIndex >= (ulong)aggregate.PartitionKeys.Count || part.HashKeyIndex >= (ulong)hashKeys.Count)
            {
                return null;
            }

            UInt128? hashKey = part.HashKeyIndex is { } index ? hashKeys[(int)index] : null;
            users.Add(new UserRecord(
                record.SequenceNumber, users.Count, aggregate.PartitionKeys[(int)part.PartitionKeyIndex], hashKey, part.Data, record.ApproximateArrival, IsAggregated: true));
        }

        return users;
    }

    private sealed record Aggregate(List<string> PartitionKeys, List<string> ExplicitHashKeys, List<Part> Parts);

    private readonly record struct Part(ulong PartitionKeyIndex, ulong? HashKeyIndex, ReadOnlyMemory<byte> Data);
}
