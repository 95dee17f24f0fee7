using System.Globalization;

namespace Tarn.Kinesis.Records;

/// <summary>Where in a stream a record belongs: a number of 128 bits, of its partition key's MD5 or given with the record.</summary>
internal static class HashKey
{
    /// <summary>The hash key of a record.</summary>
    /// <param name="partitionKey">UTF-8.</param>
    /// <param name="explicitKey">Decimal digits, or null.</param>
    /// <exception cref="Contracts.AwsException">The explicit hash key has more than 128 bits.</exception>
    public static UInt128 Of(ReadOnlySpan<byte> partitionKey, string? explicitKey)
    {
        if (explicitKey is null)
        {
            return PartitionKeyHash.Of(partitionKey);
        }

        return UInt128.TryParse(explicitKey, NumberStyles.None, CultureInfo.InvariantCulture, out var hash) ? hash : throw KinesisErrors.InvalidHashKey(explicitKey);
    }
}
