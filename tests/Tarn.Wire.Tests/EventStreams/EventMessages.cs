using System.Buffers.Binary;
using System.Text;
using Tarn.Wire.Checksums;

namespace Tarn.Wire.Tests.EventStreams;

/// <summary>One message as a client sees it. Headers that are not texts are given by type and value in hexadecimal.</summary>
internal sealed record EventMessageRead(IReadOnlyDictionary<string, string> Headers, byte[] Payload)
{
    public string Text => Encoding.UTF8.GetString(Payload);
}

/// <summary>Reads messages of an event stream, with every length and checksum checked.</summary>
internal static class EventMessages
{
    /// <summary>The next message; null where the stream has ended between two.</summary>
    public static async Task<EventMessageRead?> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        var prelude = new byte[12];
        var first = await stream.ReadAtLeastAsync(prelude, prelude.Length, throwOnEndOfStream: false, cancellationToken);
        if (first == 0)
        {
            return null;
        }

        Assert.Equal(prelude.Length, first);
        var total = BinaryPrimitives.ReadInt32BigEndian(prelude);
        var message = new byte[total];
        prelude.CopyTo(message, 0);
        await stream.ReadExactlyAsync(message.AsMemory(prelude.Length), cancellationToken);
        return Parse(message);
    }

    public static EventMessageRead Parse(ReadOnlySpan<byte> message)
    {
        Assert.Equal(message.Length, BinaryPrimitives.ReadInt32BigEndian(message));
        Assert.Equal((uint)Crc.Crc32.Append(0, message[..8]), BinaryPrimitives.ReadUInt32BigEndian(message[8..]));
        Assert.Equal((uint)Crc.Crc32.Append(0, message[..^4]), BinaryPrimitives.ReadUInt32BigEndian(message[^4..]));
        var headersLength = BinaryPrimitives.ReadInt32BigEndian(message[4..]);
        return new EventMessageRead(Headers(message.Slice(12, headersLength)), message[(12 + headersLength)..^4].ToArray());
    }

    private static Dictionary<string, string> Headers(ReadOnlySpan<byte> rest)
    {
        var headers = new Dictionary<string, string>();
        while (rest.Length > 0)
        {
            var name = Encoding.UTF8.GetString(rest.Slice(1, rest[0]));
            var type = rest[1 + rest[0]];
            rest = rest[(2 + rest[0])..];
            var length = type switch
            {
                0 or 1 => 0,
                2 => 1,
                3 => 2,
                4 => 4,
                5 or 8 => 8,
                9 => 16,
                _ => BinaryPrimitives.ReadUInt16BigEndian(rest),
            };
            if (type is 6 or 7)
            {
                rest = rest[2..];
            }

            headers.Add(name, type == 7 ? Encoding.UTF8.GetString(rest[..length]) : $"{type}:{Convert.ToHexStringLower(rest[..length])}");
            rest = rest[length..];
        }

        return headers;
    }
}
