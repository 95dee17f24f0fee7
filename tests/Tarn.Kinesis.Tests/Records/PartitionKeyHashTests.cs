using System.Buffers.Binary;
using System.Security.Cryptography;
using Tarn.Kinesis.Records;

namespace Tarn.Kinesis.Tests.Records;

public class PartitionKeyHashTests
{
    [Fact]
    public void Every_length_from_0_to_1024_hashes_as_MD5()
    {
        var random = new Random(1);
        var key = new byte[1024];
        for (var length = 0; length <= key.Length; length++)
        {
            random.NextBytes(key);
            Assert.Equal(Expected(key.AsSpan(0, length)), PartitionKeyHash.Of(key.AsSpan(0, length)));
        }
    }

    [Fact]
    public void Keys_of_all_lengths_side_by_side_hash_as_MD5_in_8_lanes_in_16_and_in_any_number()
    {
        var random = new Random(2);
        var buffer = new byte[8192];
        for (var round = 0; round < 3000; round++)
        {
            random.NextBytes(buffer);
            var longest = round % 3 == 0 ? 1024 : 70;
            var keys = Enumerable.Range(0, 1 + (round % 40)).Select(_ => new KeySlice(random.Next(7000), random.Next(longest + 1))).ToArray();
            var expected = keys.Select(key => Expected(buffer.AsSpan(key.Start, key.Length))).ToArray();
            Assert.Equal(expected, Hash(keys, PartitionKeyHash.OfMany));
            for (var at = 0; at < keys.Length; at += 8)
            {
                var some = keys[at..Math.Min(at + 8, keys.Length)];
                Assert.Equal(expected[at..(at + some.Length)], Hash(some, PartitionKeyHash.Run<Vector256Lanes>));
                Assert.Equal(expected[at..(at + some.Length)], Hash(some, PartitionKeyHash.Run<Vector512Lanes>));
            }
        }

        UInt128[] Hash(KeySlice[] keys, Hasher hasher)
        {
            var hashes = new UInt128[keys.Length];
            hasher(buffer, keys, hashes);
            return hashes;
        }
    }

    private delegate void Hasher(ReadOnlySpan<byte> buffer, ReadOnlySpan<KeySlice> keys, Span<UInt128> hashes);

    private static UInt128 Expected(ReadOnlySpan<byte> key) => BinaryPrimitives.ReadUInt128BigEndian(MD5.HashData(key));
}
