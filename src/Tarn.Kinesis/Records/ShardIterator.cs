using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Tarn.Wire.Signing;

namespace Tarn.Kinesis.Records;

/// <summary>A place in a shard, as GetShardIterator gives it out: which stream, which shard, the index in the log of the next record, and when it was made.</summary>
internal readonly record struct ShardIterator(string StreamId, int Shard, long NextIndex, DateTimeOffset Made);

/// <summary>Shard iterators as text: opaque, and signed, so that only what this server gave out is taken. The key is kept in the data folder: iterators outlive a restart.</summary>
internal sealed class ShardIteratorCodec(byte[] key)
{
    private const int KeyBytes = 32;
    private const int SignatureBytes = 16;

    /// <summary>The codec with the key of a file, which is made when it is not there.</summary>
    /// <exception cref="InvalidDataException">The file is there and has not exactly 32 bytes.</exception>
    public static ShardIteratorCodec FromFile(string path) => new(KeyFile.ReadOrMake(path, KeyBytes, "shard iterators given out so far"));

    public string Encode(ShardIterator iterator)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{iterator.StreamId} {iterator.Shard} {iterator.NextIndex} {iterator.Made.ToUnixTimeMilliseconds()}");
        var place = Encoding.ASCII.GetBytes(text);
        return Convert.ToBase64String([.. Sign(place), .. place]);
    }

    /// <exception cref="Contracts.AwsException">It is not an iterator of this server.</exception>
    public ShardIterator Decode(string iterator)
    {
        var bytes = new byte[iterator.Length];
        if (!Convert.TryFromBase64String(iterator, bytes, out var length) || length <= SignatureBytes)
        {
            throw KinesisErrors.InvalidIterator();
        }

        var place = bytes.AsSpan(SignatureBytes, length - SignatureBytes);
        if (!CryptographicOperations.FixedTimeEquals(Sign(place), bytes.AsSpan(0, SignatureBytes)))
        {
            throw KinesisErrors.InvalidIterator();
        }

        var parts = Encoding.ASCII.GetString(place).Split(' ');
        return new ShardIterator(
            parts[0],
            int.Parse(parts[1], CultureInfo.InvariantCulture),
            long.Parse(parts[2], CultureInfo.InvariantCulture),
            DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(parts[3], CultureInfo.InvariantCulture)));
    }

    private byte[] Sign(ReadOnlySpan<byte> place) => HMACSHA256.HashData(key, place)[..SignatureBytes];
}
