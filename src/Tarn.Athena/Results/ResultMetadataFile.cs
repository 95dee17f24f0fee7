using System.Text;
using Tarn.Athena.Queries;

namespace Tarn.Athena.Results;

/// <summary>
/// The <c>.metadata</c> file beside a result: an unframed protobuf message with the engine's query id (field 1) and the columns (field 4, repeated), as drivers
/// read it. Layout in docs/formats/athena-metadata.md.
/// </summary>
internal static class ResultMetadataFile
{
    /// <summary>ColumnNullable UNKNOWN, which is what Athena always says.</summary>
    private const int NullableUnknown = 3;

    public static byte[] Encode(string engineQueryId, IReadOnlyList<ResultColumn> columns)
    {
        var file = new MemoryStream();
        WriteText(file, 1, engineQueryId);
        var message = new MemoryStream();
        foreach (var column in columns)
        {
            message.SetLength(0);
            WriteText(message, 1, "hive");
            WriteText(message, 4, column.Name);
            WriteText(message, 5, column.Name);
            WriteText(message, 6, column.Type);
            // The service leaves precision, scale and case out for nested types and writes them, zero or not, for all others.
            var isNested = column.Type is "array" or "map" or "row";
            if (!isNested)
            {
                WriteNumber(message, 7, column.Precision);
                WriteNumber(message, 8, column.Scale);
            }

            WriteNumber(message, 9, NullableUnknown);
            if (!isNested)
            {
                WriteNumber(message, 10, column.CaseSensitive ? 1 : 0);
            }

            WriteVarint(file, (4 << 3) | 2);
            WriteVarint(file, (ulong)message.Length);
            message.WriteTo(file);
        }

        return file.ToArray();
    }

    private static void WriteText(Stream stream, int field, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        WriteVarint(stream, (ulong)((field << 3) | 2));
        WriteVarint(stream, (ulong)bytes.Length);
        stream.Write(bytes);
    }

    private static void WriteNumber(Stream stream, int field, int value)
    {
        WriteVarint(stream, (ulong)(field << 3));
        WriteVarint(stream, (ulong)value);
    }

    private static void WriteVarint(Stream stream, ulong value)
    {
        while (value >= 0x80)
        {
            stream.WriteByte((byte)(value | 0x80));
            value >>= 7;
        }

        stream.WriteByte((byte)value);
    }
}
