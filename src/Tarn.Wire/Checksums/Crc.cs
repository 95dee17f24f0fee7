using System.Buffers.Binary;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using ArmAes = System.Runtime.Intrinsics.Arm.Aes;

namespace Tarn.Wire.Checksums;

/// <summary>
/// A reflected cyclic redundancy check of 32 or 64 bits, with initial value and final XOR of all ones: CRC-32 (ISO-HDLC),
/// CRC-32C (Castagnoli) and CRC-64/NVME, the three that S3 uses. Values are kept in the low bits of a <see cref="ulong"/>.
/// Immutable; any thread may call anything.
/// </summary>
/// <remarks>
/// Long inputs are folded 64 bytes at a time with carry-less multiplication, as in "Fast CRC Computation for Generic Polynomials
/// Using PCLMULQDQ" (Gopal and others, Intel, 2009), with the constants computed at start from the polynomial. The paper ends with a Barrett
/// reduction; here the last 16 bytes of the folded remainder go through the tables, which is simpler and costs a few
/// nanoseconds once. Processors without the instruction use the tables for everything (slicing by 8).
/// </remarks>
public sealed class Crc
{
    public static readonly Crc Crc32 = new(widthBits: 32, reflectedPolynomial: 0xEDB88320);

    public static readonly Crc Crc32C = new(widthBits: 32, reflectedPolynomial: 0x82F63B78);

    public static readonly Crc Crc64Nvme = new(widthBits: 64, reflectedPolynomial: 0x9A6C9329AC4BC9B5);

    /// <summary>Inputs shorter than this go through the tables.</summary>
    private const int FoldedBytesMin = 128;

    private readonly ulong polynomial;
    private readonly ulong allOnes;

    /// <summary>The polynomial 1, that is x to the power 0: reflected, the highest bit.</summary>
    private readonly ulong one;

    private readonly ulong[] tables = new ulong[8 * 256];
    private readonly Vector128<ulong> foldBy512Bits;
    private readonly Vector128<ulong> foldBy128Bits;

    private Crc(int widthBits, ulong reflectedPolynomial)
    {
        WidthBits = widthBits;
        polynomial = reflectedPolynomial;
        allOnes = ulong.MaxValue >> (64 - widthBits);
        one = 1UL << (widthBits - 1);
        FillTables();
        foldBy512Bits = FoldConstants(distanceBits: 512);
        foldBy128Bits = FoldConstants(distanceBits: 128);
    }

    /// <summary>32 or 64.</summary>
    public int WidthBits { get; }

    /// <summary>The checksum engine of an S3 algorithm; throws for one that is not a CRC.</summary>
    public static Crc For(ChecksumAlgorithm algorithm) => algorithm switch
    {
        ChecksumAlgorithm.Crc32 => Crc32,
        ChecksumAlgorithm.Crc32C => Crc32C,
        ChecksumAlgorithm.Crc64Nvme => Crc64Nvme,
        _ => throw new UnreachableException($"{algorithm} is not a CRC"),
    };

    /// <summary>The CRC of the bytes behind <paramref name="crc"/> followed by <paramref name="source"/>; start with 0.</summary>
    public ulong Append(ulong crc, ReadOnlySpan<byte> source)
    {
        var state = crc ^ allOnes;
        if (source.Length >= FoldedBytesMin && (Pclmulqdq.IsSupported || ArmAes.IsSupported) && BitConverter.IsLittleEndian)
        {
            state = Fold(state, ref source);
        }

        return AppendByTable(state, source) ^ allOnes;
    }

    /// <summary>As <see cref="Append"/>, with the tables alone: the reference in tests and benchmarks.</summary>
    internal ulong AppendByTable(ulong state, ReadOnlySpan<byte> source)
    {
        var table = tables.AsSpan();
        while (source.Length >= 8)
        {
            var word = BinaryPrimitives.ReadUInt64LittleEndian(source) ^ state;
            state = table[(7 * 256) + (int)(byte)word]
                ^ table[(6 * 256) + (int)(byte)(word >> 8)]
                ^ table[(5 * 256) + (int)(byte)(word >> 16)]
                ^ table[(4 * 256) + (int)(byte)(word >> 24)]
                ^ table[(3 * 256) + (int)(byte)(word >> 32)]
                ^ table[(2 * 256) + (int)(byte)(word >> 40)]
                ^ table[256 + (int)(byte)(word >> 48)]
                ^ table[(int)(word >> 56)];
            source = source[8..];
        }

        foreach (var value in source)
        {
            state = table[(int)(byte)(state ^ value)] ^ (state >> 8);
        }

        return state;
    }

    /// <summary>
    /// The CRC of two byte strings in a row, from the CRC of each and the length of the second in bytes, in a time that grows
    /// with the logarithm of the length.
    /// </summary>
    public ulong Combine(ulong first, ulong second, long secondLengthBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(secondLengthBytes);
        return Multiply(first, PowerOfX((UInt128)(ulong)secondLengthBytes * 8)) ^ second;
    }

    /// <summary>Takes whole blocks of 16 bytes from the front of <paramref name="source"/>, which must hold at least 64.</summary>
    private ulong Fold(ulong state, ref ReadOnlySpan<byte> source)
    {
        var blocks = MemoryMarshal.Cast<byte, Vector128<ulong>>(source);
        source = source[(blocks.Length * 16)..];
        var x0 = blocks[0] ^ Vector128.CreateScalar(state);
        var x1 = blocks[1];
        var x2 = blocks[2];
        var x3 = blocks[3];
        blocks = blocks[4..];
        while (blocks.Length >= 4)
        {
            x0 = FoldInto(x0, foldBy512Bits, blocks[0]);
            x1 = FoldInto(x1, foldBy512Bits, blocks[1]);
            x2 = FoldInto(x2, foldBy512Bits, blocks[2]);
            x3 = FoldInto(x3, foldBy512Bits, blocks[3]);
            blocks = blocks[4..];
        }

        x0 = FoldInto(x0, foldBy128Bits, x1);
        x0 = FoldInto(x0, foldBy128Bits, x2);
        x0 = FoldInto(x0, foldBy128Bits, x3);
        foreach (var block in blocks)
        {
            x0 = FoldInto(x0, foldBy128Bits, block);
        }

        return AppendByTable(state: 0, MemoryMarshal.AsBytes(new ReadOnlySpan<Vector128<ulong>>(in x0)));
    }

    /// <summary>Moves <paramref name="value"/> forward by the distance of the constants and adds the bytes that it lands on.</summary>
    private static Vector128<ulong> FoldInto(Vector128<ulong> value, Vector128<ulong> constants, Vector128<ulong> next)
    {
        if (Pclmulqdq.IsSupported)
        {
            return Pclmulqdq.CarrylessMultiply(value, constants, 0x00) ^ Pclmulqdq.CarrylessMultiply(value, constants, 0x11) ^ next;
        }

        return ArmAes.PolynomialMultiplyWideningLower(value.GetLower(), constants.GetLower())
            ^ ArmAes.PolynomialMultiplyWideningUpper(value, constants) ^ next;
    }

    /// <summary>
    /// What the two halves of a 128-bit block are multiplied with to move it by a distance. In the reflected order the low half has
    /// the higher powers (64 more), and a carry-less product comes out multiplied by x once too often, hence the -1.
    /// </summary>
    private Vector128<ulong> FoldConstants(int distanceBits)
    {
        var low = PowerOfX((UInt128)(distanceBits + 63)) << (64 - WidthBits);
        var high = PowerOfX((UInt128)(distanceBits - 1)) << (64 - WidthBits);
        return Vector128.Create(low, high);
    }

    /// <summary>x to the power <paramref name="exponent"/>, modulo the polynomial, reflected: by squaring.</summary>
    private ulong PowerOfX(UInt128 exponent)
    {
        var result = one;
        var square = one >> 1;
        for (; exponent != 0; exponent >>= 1)
        {
            if ((exponent & 1) != 0)
            {
                result = Multiply(result, square);
            }

            square = Multiply(square, square);
        }

        return result;
    }

    /// <summary>The product of two reflected polynomials, modulo the polynomial.</summary>
    private ulong Multiply(ulong left, ulong right)
    {
        var product = 0UL;
        for (var bit = one; bit != 0; bit >>= 1)
        {
            if ((left & bit) != 0)
            {
                product ^= right;
            }

            right = TimesX(right);
        }

        return product;
    }

    private ulong TimesX(ulong value) => (value >> 1) ^ ((value & 1) != 0 ? polynomial : 0);

    private void FillTables()
    {
        for (var index = 0; index < 256; index++)
        {
            var value = (ulong)index;
            for (var bit = 0; bit < 8; bit++)
            {
                value = TimesX(value);
            }

            tables[index] = value;
        }

        for (var index = 256; index < tables.Length; index++)
        {
            var previous = tables[index - 256];
            tables[index] = tables[(int)(byte)previous] ^ (previous >> 8);
        }
    }
}
