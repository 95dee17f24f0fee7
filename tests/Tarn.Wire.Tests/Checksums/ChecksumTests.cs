using System.Text;
using Tarn.Wire.Checksums;

namespace Tarn.Wire.Tests.Checksums;

public sealed class ChecksumTests
{
    /// <summary>The check values of the CRC catalogue and of FIPS 180 / RFC 1321 for "123456789".</summary>
    [Theory]
    [InlineData(ChecksumAlgorithm.Crc32, "cbf43926")]
    [InlineData(ChecksumAlgorithm.Crc32C, "e3069283")]
    [InlineData(ChecksumAlgorithm.Crc64Nvme, "ae8b14860a799888")]
    [InlineData(ChecksumAlgorithm.Sha1, "f7c3bc1d808e04732adf679965ccc34ca7ae3441")]
    [InlineData(ChecksumAlgorithm.Sha256, "15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225")]
    [InlineData(ChecksumAlgorithm.Md5, "25f9e794323b453885f5181f1b624d0b")]
    public void Check_values_are_those_of_the_standards(ChecksumAlgorithm algorithm, string expected)
    {
        var digest = new byte[ChecksumAlgorithms.SizeBytesMax];
        var size = Checksum.Compute(algorithm, "123456789"u8, digest);
        Assert.Equal(algorithm.SizeBytes(), size);
        Assert.Equal(expected, Convert.ToHexStringLower(digest[..size]));
    }

    [Fact]
    public void Headers_carry_base64_of_big_endian_bytes() =>
        Assert.Equal("y/Q5Jg==", Checksum.ComputeBase64(ChecksumAlgorithm.Crc32, "123456789"u8));

    [Fact]
    public void Folding_gives_the_same_as_the_plain_definition_for_every_length()
    {
        var bytes = RandomBytes(seed: 7, count: 700);
        foreach (var (crc, polynomial, width) in new[] { (Crc.Crc32, 0xEDB88320UL, 32), (Crc.Crc32C, 0x82F63B78UL, 32), (Crc.Crc64Nvme, 0x9A6C9329AC4BC9B5UL, 64) })
        {
            for (var length = 0; length <= bytes.Length; length++)
            {
                Assert.Equal(BitByBit(bytes.AsSpan(0, length), polynomial, width), crc.Append(0, bytes.AsSpan(0, length)));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void Pieces_of_any_size_give_the_digest_of_the_whole(ChecksumAlgorithm algorithm)
    {
        const int Seed = 11;
        var bytes = RandomBytes(Seed, 20_000);
        var expected = Checksum.ComputeBase64(algorithm, bytes);
        var random = new Random(Seed);
        using var checksum = new Checksum(algorithm);
        for (var round = 0; round < 20; round++)
        {
            for (var offset = 0; offset < bytes.Length;)
            {
                var count = Math.Min(random.Next(0, 2_000), bytes.Length - offset);
                checksum.Append(bytes.AsSpan(offset, count));
                offset += count;
            }

            Assert.Equal(expected, checksum.FinishBase64());
        }
    }

    [Theory]
    [InlineData(ChecksumAlgorithm.Crc32)]
    [InlineData(ChecksumAlgorithm.Crc32C)]
    [InlineData(ChecksumAlgorithm.Crc64Nvme)]
    public void Full_object_checksum_of_parts_is_that_of_the_whole(ChecksumAlgorithm algorithm)
    {
        const int Seed = 13;
        var random = new Random(Seed);
        for (var round = 0; round < 50; round++)
        {
            var whole = RandomBytes(Seed + round, random.Next(0, 5_000));
            var parts = new List<PartChecksum>();
            for (var offset = 0; offset < whole.Length;)
            {
                var part = whole.AsSpan(offset, Math.Min(random.Next(0, 1_000), whole.Length - offset));
                var digest = new byte[algorithm.SizeBytes()];
                Checksum.Compute(algorithm, part, digest);
                parts.Add(new PartChecksum(digest, part.Length));
                offset += part.Length;
            }

            Assert.Equal(Checksum.ComputeBase64(algorithm, whole), MultipartChecksum.FullObject(algorithm, parts));
        }
    }

    [Fact]
    public void Combining_accepts_lengths_of_terabytes()
    {
        // A CRC state moves through zero bytes linearly: 2^41 zero bytes once must equal 2^40 twice.
        var crc = Crc.Crc64Nvme;
        var first = crc.Append(0, "first"u8);
        var zeros = ZerosByDoubling(crc, doublings: 40);
        var twice = crc.Combine(crc.Combine(first, zeros, 1L << 40), zeros, 1L << 40);
        Assert.Equal(twice, crc.Combine(first, crc.Combine(zeros, zeros, 1L << 40), 1L << 41));
    }

    [Fact]
    public void Composite_checksum_is_the_digest_of_digests_with_the_number_of_parts()
    {
        var first = new byte[4];
        var second = new byte[4];
        Checksum.Compute(ChecksumAlgorithm.Crc32, "hello "u8, first);
        Checksum.Compute(ChecksumAlgorithm.Crc32, "world"u8, second);
        var expected = Checksum.ComputeBase64(ChecksumAlgorithm.Crc32, [.. first, .. second]) + "-2";
        Assert.Equal(expected, MultipartChecksum.Composite(ChecksumAlgorithm.Crc32, [new(first, 6), new(second, 5)]));
    }

    [Fact]
    public void Multipart_etag_is_the_md5_of_md5s()
    {
        var digest = new byte[16];
        Checksum.Compute(ChecksumAlgorithm.Md5, Encoding.ASCII.GetBytes("a"), digest);

        var expected = new byte[16];
        Checksum.Compute(ChecksumAlgorithm.Md5, digest, expected);
        Assert.Equal(Convert.ToHexStringLower(expected) + "-1", MultipartChecksum.ETag([new(digest, 1)]));
    }

    [Fact]
    public void Names_are_read_in_any_case_and_unknown_ones_refused()
    {
        foreach (var algorithm in ChecksumAlgorithms.All)
        {
            Assert.True(ChecksumAlgorithms.TryParse(algorithm.AwsName().ToLowerInvariant(), out var parsed));
            Assert.Equal(algorithm, parsed);
            Assert.True(ChecksumAlgorithms.TryFromHeaderName(algorithm.HeaderName().ToUpperInvariant(), out parsed));
            Assert.Equal(algorithm, parsed);
        }

        Assert.False(ChecksumAlgorithms.TryParse("XXHASH3", out _));
        Assert.False(ChecksumAlgorithms.TryFromHeaderName("x-amz-checksum-type", out _));
        Assert.False(ChecksumAlgorithms.TryFromHeaderName("x-amz-meta-crc32", out _));
    }

    public static TheoryData<ChecksumAlgorithm> Algorithms() => [.. ChecksumAlgorithms.All];

    private static ulong ZerosByDoubling(Crc crc, int doublings)
    {
        var value = crc.Append(0, [0]);
        for (var doubling = 0; doubling < doublings; doubling++)
        {
            value = crc.Combine(value, value, 1L << doubling);
        }

        return value;
    }

    private static ulong BitByBit(ReadOnlySpan<byte> source, ulong polynomial, int width)
    {
        var ones = ulong.MaxValue >> (64 - width);
        var state = ones;
        foreach (var value in source)
        {
            state ^= value;
            for (var bit = 0; bit < 8; bit++)
            {
                state = (state >> 1) ^ ((state & 1) != 0 ? polynomial : 0);
            }
        }

        return state ^ ones;
    }

    private static byte[] RandomBytes(int seed, int count)
    {
        var bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
