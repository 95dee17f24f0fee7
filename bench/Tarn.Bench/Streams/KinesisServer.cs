using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Tarn.Bench.Streams;

/// <summary>A server of Kinesis as a process of its own, over a folder that is deleted at the end: Tarn, or what it is compared with.</summary>
internal sealed class KinesisServer : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(30);
    private readonly Process process;
    private readonly string folder;

    private KinesisServer(string name, Process process, string folder, IPEndPoint endpoint)
    {
        Name = name;
        this.process = process;
        this.folder = folder;
        Endpoint = endpoint;
    }

    public string Name { get; }

    public IPEndPoint Endpoint { get; }

    public int ProcessId => process.Id;

    public TimeSpan ProcessorTime
    {
        get
        {
            process.Refresh();
            return process.TotalProcessorTime;
        }
    }

    public KinesisRequests Requests() => new($"127.0.0.1:{Endpoint.Port}");

    public static Task<KinesisServer> TarnAsync() =>
        StartAsync("Tarn", (folder, port) => new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "tarn"), ["serve", "--data", folder, "--port", port, "--log.level", "Error"]));

    /// <param name="peers">The folder into which npm installed bench/peers.</param>
    /// <param name="onDisk">Over LevelDB, which does not sync; else in memory.</param>
    public static Task<KinesisServer> KinesaliteAsync(string peers, bool onDisk) => StartAsync(
        onDisk ? "kinesalite (LevelDB, no fsync)" : "kinesalite (memory)",
        (folder, port) => new ProcessStartInfo("node", [Path.Combine(peers, "node_modules/kinesalite/cli.js"), "--port", port, "--createStreamMs", "0", .. onDisk ? new[] { "--path", folder } : []]));

    public static Task<KinesisServer> KinesisMockAsync(string peers) => StartAsync(
        "kinesis-local (memory)",
        (folder, port) => new ProcessStartInfo("node", [Path.Combine(peers, "node_modules/kinesis-local/main.js")])
        {
            // It reads a file that lies beside it.
            WorkingDirectory = Path.Combine(peers, "node_modules/kinesis-local"),
            Environment = { ["KINESIS_MOCK_PLAIN_PORT"] = port, ["KINESIS_MOCK_TLS_PORT"] = $"{FreePort()}", ["LOG_LEVEL"] = "ERROR", ["CREATE_STREAM_DURATION"] = "1ms" },
        });

    public static Task<KinesisServer> RedisAsync() => StartAsync(
        "Redis streams (appendfsync always)",
        (folder, port) => new ProcessStartInfo("redis-server", ["--bind", "127.0.0.1", "--port", port, "--dir", folder, "--appendonly", "yes", "--appendfsync", "always", "--save", ""]));

    /// <summary>Makes a stream of four shards and waits until it takes records.</summary>
    public async Task CreateStreamAsync(string name)
    {
        using var connection = await KinesisConnection.OpenAsync(Endpoint);
        var requests = Requests();
        if (await connection.SendAsync(requests.Make("CreateStream", $$"""{"StreamName":"{{name}}","ShardCount":4}""")) != 200)
        {
            throw new InvalidOperationException($"{Name}: CreateStream answered {Encoding.UTF8.GetString(connection.Body.Span)}");
        }

        var describe = requests.Make("DescribeStreamSummary", $$"""{"StreamName":"{{name}}"}""");
        for (var started = Stopwatch.GetTimestamp(); await connection.SendAsync(describe) != 200 || !Encoding.UTF8.GetString(connection.Body.Span).Contains("\"ACTIVE\""); await Task.Delay(20))
        {
            if (Stopwatch.GetElapsedTime(started) > StartTimeout)
            {
                throw new InvalidOperationException($"{Name}: the stream does not become ACTIVE");
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private static async Task<KinesisServer> StartAsync(string name, Func<string, string, ProcessStartInfo> start)
    {
        var folder = Directory.CreateTempSubdirectory("bench-streams-").FullName;
        var port = FreePort();
        var info = start(folder, $"{port}");
        info.RedirectStandardOutput = info.RedirectStandardError = true;
        var process = Process.Start(info)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var endpoint = new IPEndPoint(IPAddress.Loopback, port);
        for (var started = Stopwatch.GetTimestamp(); ; await Task.Delay(20))
        {
            try
            {
                using var probe = await KinesisConnection.OpenAsync(endpoint);
                return new KinesisServer(name, process, folder, endpoint);
            }
            catch (SocketException) when (Stopwatch.GetElapsedTime(started) < StartTimeout && !process.HasExited)
            {
                // Not listening yet.
            }
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
