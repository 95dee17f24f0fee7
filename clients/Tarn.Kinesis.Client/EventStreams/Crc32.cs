using System.Buffers.Binary;

namespace Tarn.Clients.Kinesis.EventStreams;

/// <summary>CRC-32 as zlib has it (polynomial 0xEDB88320, reflected), eight bytes a step. In the framework only a package has it, and this library takes none.</summary>
internal static class Crc32
{
    private static readonly uint[] Tables = MakeTables();

    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        var tables = Tables;
        var crc = uint.MaxValue;
        while (bytes.Length >= 8)
        {
            var low = BinaryPrimitives.ReadUInt32LittleEndian(bytes) ^ crc;
            var high = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
            crc = tables[(7 * 256) + (low & 255)] ^ tables[(6 * 256) + ((low >> 8) & 255)] ^ tables[(5 * 256) + ((low >> 16) & 255)] ^ tables[(4 * 256) + (low >> 24)]
                ^ tables[(3 * 256) + (high & 255)] ^ tables[(2 * 256) + ((high >> 8) & 255)] ^ tables[256 + ((high >> 16) & 255)] ^ tables[high >> 24];
            bytes = bytes[8..];
        }

        foreach (var value in bytes)
        {
            crc = tables[(crc ^ value) & 255] ^ (crc >> 8);
        }

        return ~crc;
    }

    /// <summary>Eight tables of 256: the n-th says what a byte does to the sum when n more bytes follow it.</summary>
    private static uint[] MakeTables()
    {
        var tables = new uint[8 * 256];
        for (var value = 0u; value < 256; value++)
        {
            var crc = value;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
            }

            tables[value] = crc;
        }

        for (var index = 256; index < tables.Length; index++)
        {
            tables[index] = tables[tables[index - 256] & 255] ^ (tables[index - 256] >> 8);
        }

        return tables;
    }
}
