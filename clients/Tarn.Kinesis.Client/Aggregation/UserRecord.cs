namespace Tarn.Clients.Kinesis.Aggregation;

/// <summary>A record as the producer's user put it.</summary>
/// <param name="SequenceNumber">Of the Kinesis record that it came in; several user records share one.</param>
/// <param name="SubSequenceNumber">Its place among those, from 0. With the sequence number it names the user record.</param>
/// <param name="ExplicitHashKey">As it was put within an aggregate; null without one, and for a record that is no aggregate (the service does not tell).</param>
/// <param name="IsAggregated">It came within an aggregate.</param>
public sealed record UserRecord(
    string SequenceNumber, long SubSequenceNumber, string PartitionKey, UInt128? ExplicitHashKey, ReadOnlyMemory<byte> Data, DateTimeOffset? ApproximateArrival, bool IsAggregated);
