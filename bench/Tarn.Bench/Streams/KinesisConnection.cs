using System.Buffers;
using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;

namespace Tarn.Bench.Streams;

/// <summary>One connection of HTTP/1.1 that sends requests which were made before and reads answers of known length, and does nothing else: the generator shares the machine with the server.</summary>
internal sealed class KinesisConnection : IDisposable
{
    private readonly Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private byte[] buffer = new byte[128 * 1024];
    private int filled;
    private int consumed;

    /// <summary>The body of the last answer; valid until the next request.</summary>
    public ReadOnlyMemory<byte> Body { get; private set; }

    public static async Task<KinesisConnection> OpenAsync(IPEndPoint endpoint)
    {
        var connection = new KinesisConnection();
        await connection.socket.ConnectAsync(endpoint);
        return connection;
    }

    /// <summary>Sends a whole request and reads the whole answer.</summary>
    /// <returns>The status.</returns>
    public async ValueTask<int> SendAsync(ReadOnlyMemory<byte> request)
    {
        while (request.Length > 0)
        {
            request = request[await socket.SendAsync(request)..];
        }

        (filled, consumed) = (0, 0);
        var head = await ReadHeadAsync();
        var status = int.Parse(buffer.AsSpan(9, 3));
        var length = ContentLength(buffer.AsSpan(0, head));
        while (filled < head + length)
        {
            await ReceiveAsync(head + length);
        }

        consumed = head + length;
        Body = buffer.AsMemory(head, length);
        return status;
    }

    /// <summary>Sends a request whose answer does not end, and reads to the end of its head.</summary>
    public async ValueTask<int> StartAsync(ReadOnlyMemory<byte> request)
    {
        while (request.Length > 0)
        {
            request = request[await socket.SendAsync(request)..];
        }

        (filled, consumed) = (0, 0);
        consumed = await ReadHeadAsync();
        return int.Parse(buffer.AsSpan(9, 3));
    }

    /// <summary>Waits until these bytes come in what follows, and passes over them.</summary>
    public async ValueTask WaitForAsync(byte[] text)
    {
        while (true)
        {
            var at = buffer.AsSpan(consumed, filled - consumed).IndexOf(text);
            if (at >= 0)
            {
                consumed += at + text.Length;
                return;
            }

            // What is left may be the beginning of the text.
            var keep = Math.Min(filled - consumed, text.Length - 1);
            buffer.AsSpan(filled - keep, keep).CopyTo(buffer);
            (filled, consumed) = (keep, 0);
            await ReceiveAsync(0);
        }
    }

    public void Dispose() => socket.Dispose();

    private async ValueTask<int> ReadHeadAsync()
    {
        while (true)
        {
            var end = buffer.AsSpan(0, filled).IndexOf("\r\n\r\n"u8);
            if (end >= 0)
            {
                return end + 4;
            }

            await ReceiveAsync(0);
        }
    }

    private async ValueTask ReceiveAsync(int wanted)
    {
        if (Math.Max(wanted, filled + 1) > buffer.Length)
        {
            Array.Resize(ref buffer, Math.Max(wanted, buffer.Length * 2));
        }

        var received = await socket.ReceiveAsync(buffer.AsMemory(filled));
        filled += received > 0 ? received : throw new IOException("the server closed the connection");
    }

    private static int ContentLength(ReadOnlySpan<byte> head)
    {
        foreach (var range in head.Split("\r\n"u8))
        {
            var line = head[range];
            if (line.Length > 15 && Ascii(line[..15]) && Utf8Parser.TryParse(line[15..].TrimStart((byte)' '), out int length, out _))
            {
                return length;
            }
        }

        throw new IOException("an answer without its length");
    }

    private static bool Ascii(ReadOnlySpan<byte> name) => System.Text.Ascii.EqualsIgnoreCase(name, "content-length:"u8);
}
