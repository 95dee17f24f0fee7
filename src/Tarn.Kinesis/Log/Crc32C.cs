using System.Buffers.Binary;
using System.Numerics;

namespace Tarn.Kinesis.Log;

/// <summary>CRC32C (Castagnoli) with the processor's instruction: what protects every byte of the log.</summary>
internal static class Crc32C
{
    /// <summary>Bytes of one of three lanes that are computed at the same time: the instruction takes three cycles but one can start each cycle.</summary>
    private const int LaneBytes = 1024;

    /// <summary>What <see cref="LaneBytes"/> zero bytes after a CRC make of it, per byte of the CRC.</summary>
    private static readonly uint[] Shift = ShiftTable();

    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        while (bytes.Length >= 3 * LaneBytes)
        {
            uint second = 0, third = 0;
            for (var at = 0; at < LaneBytes; at += 8)
            {
                crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes[at..]));
                second = BitOperations.Crc32C(second, BinaryPrimitives.ReadUInt64LittleEndian(bytes[(LaneBytes + at)..]));
                third = BitOperations.Crc32C(third, BinaryPrimitives.ReadUInt64LittleEndian(bytes[((2 * LaneBytes) + at)..]));
            }

            crc = Shifted(Shifted(crc) ^ second) ^ third;
            bytes = bytes[(3 * LaneBytes)..];
        }

        for (; bytes.Length >= 8; bytes = bytes[8..])
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        }

        foreach (var value in bytes)
        {
            crc = BitOperations.Crc32C(crc, value);
        }

        return ~crc;
    }

    private static uint Shifted(uint crc) =>
        Shift[crc & 0xFF] ^ Shift[256 + ((crc >> 8) & 0xFF)] ^ Shift[512 + ((crc >> 16) & 0xFF)] ^ Shift[768 + (crc >> 24)];

    private static uint[] ShiftTable()
    {
        var table = new uint[4 * 256];
        for (var part = 0; part < 4; part++)
        {
            for (var value = 0u; value < 256; value++)
            {
                var crc = value << (8 * part);
                for (var count = 0; count < LaneBytes; count += 8)
                {
                    crc = BitOperations.Crc32C(crc, 0UL);
                }

                table[(part * 256) + value] = crc;
            }
        }

        return table;
    }
}
