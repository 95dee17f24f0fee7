using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Tarn.Bench.Streams;

/// <summary>One connection to Redis that appends records to a stream in pipelines, as the most that a client can do for its speed.</summary>
internal sealed class RedisConnection : IDisposable
{
    private readonly Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] answer = new byte[64 * 1024];

    public static async Task<RedisConnection> OpenAsync(IPEndPoint endpoint)
    {
        var connection = new RedisConnection();
        await connection.socket.ConnectAsync(endpoint);
        return connection;
    }

    /// <summary>A pipeline of XADD, each with a key and random bytes.</summary>
    public static byte[] Pipeline(int records, int bytes)
    {
        var random = new Random(1);
        using var pipeline = new MemoryStream();
        for (var record = 0; record < records; record++)
        {
            var data = new byte[bytes];
            random.NextBytes(data);
            pipeline.Write(Encoding.ASCII.GetBytes($"*7\r\n$4\r\nXADD\r\n$1\r\ns\r\n$1\r\n*\r\n$1\r\nk\r\n$12\r\ndevice-{record:D5}\r\n$1\r\nd\r\n${bytes}\r\n"));
            pipeline.Write(data);
            pipeline.Write("\r\n"u8);
        }

        return pipeline.ToArray();
    }

    /// <summary>Sends a pipeline and reads the answers: two lines each, a length and an id.</summary>
    public async Task SendAsync(ReadOnlyMemory<byte> pipeline, int records)
    {
        while (pipeline.Length > 0)
        {
            pipeline = pipeline[await socket.SendAsync(pipeline)..];
        }

        for (var lines = 0; lines < 2 * records;)
        {
            var received = await socket.ReceiveAsync(answer.AsMemory());
            lines += received > 0 ? answer.AsSpan(0, received).Count((byte)'\n') : throw new IOException("Redis closed the connection");
            if (answer.AsSpan(0, received).Contains((byte)'-') && answer[0] == '-')
            {
                throw new IOException($"Redis answered {Encoding.ASCII.GetString(answer.AsSpan(0, received))}");
            }
        }
    }

    public void Dispose() => socket.Dispose();
}
