using System.Buffers.Binary;
using System.Numerics;

namespace Tarn.Sql.Functions.Udf;

/// <summary>Hashes that .NET does not bring: xxHash64 and MurmurHash3 (x64, 128 bits), both with seed 0, and CRC-32.</summary>
internal static class Hashes
{
    private static readonly uint[] CrcTable = MakeCrcTable();

    public static long Crc32(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var b in bytes)
        {
            crc = CrcTable[(byte)(crc ^ b)] ^ (crc >> 8);
        }

        return ~crc;
    }

    public static byte[] XxHash64(ReadOnlySpan<byte> bytes)
    {
        const ulong P1 = 11400714785074694791, P2 = 14029467366897019727, P3 = 1609587929392839161, P4 = 9650029242287828579, P5 = 2870177450012600261;
        var length = (ulong)bytes.Length;
        ulong hash;
        if (bytes.Length >= 32)
        {
            ulong v1 = unchecked(P1 + P2), v2 = P2, v3 = 0, v4 = unchecked(0 - P1);
            while (bytes.Length >= 32)
            {
                v1 = Round(v1, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
                v2 = Round(v2, BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]));
                v3 = Round(v3, BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]));
                v4 = Round(v4, BinaryPrimitives.ReadUInt64LittleEndian(bytes[24..]));
                bytes = bytes[32..];
            }

            hash = BitOperations.RotateLeft(v1, 1) + BitOperations.RotateLeft(v2, 7) + BitOperations.RotateLeft(v3, 12) + BitOperations.RotateLeft(v4, 18);
            hash = Merge(Merge(Merge(Merge(hash, v1), v2), v3), v4);
        }
        else
        {
            hash = P5;
        }

        hash += length;
        for (; bytes.Length >= 8; bytes = bytes[8..])
        {
            hash = (BitOperations.RotateLeft(hash ^ Round(0, BinaryPrimitives.ReadUInt64LittleEndian(bytes)), 27) * P1) + P4;
        }

        if (bytes.Length >= 4)
        {
            hash = (BitOperations.RotateLeft(hash ^ (BinaryPrimitives.ReadUInt32LittleEndian(bytes) * P1), 23) * P2) + P3;
            bytes = bytes[4..];
        }

        foreach (var b in bytes)
        {
            hash = BitOperations.RotateLeft(hash ^ (b * P5), 11) * P1;
        }

        hash = (hash ^ (hash >> 33)) * P2;
        hash = (hash ^ (hash >> 29)) * P3;
        hash ^= hash >> 32;
        var result = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(result, hash);
        return result;

        static ulong Round(ulong state, ulong input) => BitOperations.RotateLeft(state + (input * P2), 31) * P1;

        static ulong Merge(ulong hash, ulong value) => ((hash ^ Round(0, value)) * P1) + P4;
    }

    public static byte[] Murmur3(ReadOnlySpan<byte> bytes)
    {
        const ulong C1 = 0x87c37b91114253d5, C2 = 0x4cf5ad432745937f;
        ulong h1 = 0, h2 = 0;
        var length = (ulong)bytes.Length;
        for (; bytes.Length >= 16; bytes = bytes[16..])
        {
            h1 ^= Mix(BinaryPrimitives.ReadUInt64LittleEndian(bytes), C1, 31, C2);
            h1 = ((BitOperations.RotateLeft(h1, 27) + h2) * 5) + 0x52dce729;
            h2 ^= Mix(BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]), C2, 33, C1);
            h2 = ((BitOperations.RotateLeft(h2, 31) + h1) * 5) + 0x38495ab5;
        }

        Span<byte> tail = stackalloc byte[16];
        tail.Clear();
        bytes.CopyTo(tail);
        if (bytes.Length > 8)
        {
            h2 ^= Mix(BinaryPrimitives.ReadUInt64LittleEndian(tail[8..]), C2, 33, C1);
        }

        if (bytes.Length > 0)
        {
            h1 ^= Mix(BinaryPrimitives.ReadUInt64LittleEndian(tail), C1, 31, C2);
        }

        h1 ^= length;
        h2 ^= length;
        h1 += h2;
        h2 += h1;
        h1 = Finish(h1);
        h2 = Finish(h2);
        h1 += h2;
        h2 += h1;
        var result = new byte[16];
        BinaryPrimitives.WriteUInt64LittleEndian(result, h1);
        BinaryPrimitives.WriteUInt64LittleEndian(result.AsSpan(8), h2);
        return result;

        static ulong Mix(ulong k, ulong first, int rotation, ulong second) => BitOperations.RotateLeft(k * first, rotation) * second;

        static ulong Finish(ulong k)
        {
            k = (k ^ (k >> 33)) * 0xff51afd7ed558ccd;
            k = (k ^ (k >> 33)) * 0xc4ceb9fe1a85ec53;
            return k ^ (k >> 33);
        }
    }

    private static uint[] MakeCrcTable()
    {
        var table = new uint[256];
        for (uint i = 0; i < 256; i++)
        {
            var value = i;
            for (var bit = 0; bit < 8; bit++)
            {
                value = (value & 1) != 0 ? 0xEDB88320 ^ (value >> 1) : value >> 1;
            }

            table[i] = value;
        }

        return table;
    }
}
