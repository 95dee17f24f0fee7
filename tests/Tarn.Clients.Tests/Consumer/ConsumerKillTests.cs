using System.Diagnostics;
using System.Globalization;
using Tarn.Clients.Kinesis;

namespace Tarn.Clients.Tests.Consumer;

/// <summary>Worker processes that are killed at any moment, while the stream they read and put to is split and merged.</summary>
public sealed class ConsumerKillTests(ITestOutputHelper output) : IDisposable
{
    private const string Stream = "kill";
    private const int Rounds = 12;
    private const int Consumers = 3;

    private static readonly TimeSpan SettleTime = TimeSpan.FromSeconds(60);

    private readonly string folder = Directory.CreateTempSubdirectory("tarn-consumer-kill-").FullName;
    private readonly List<Process> processes = [];
    private int started;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        processes.ToList().ForEach(Kill);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Killed_at_any_moment_every_acknowledged_record_is_processed_and_each_key_in_order()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        await using var server = await TestServer.StartAsync();
        using var client = new KinesisClient(server.ClientOptions);
        await server.CreateStreamAsync(Stream, 2);
        var producer = Start("produce", server);
        for (var i = 0; i < Consumers; i++)
        {
            Start("consume", server);
        }

        // Only what is running can be killed in the middle of it.
        await UntilAsync(() => Lines("consume").Count > 0, "nothing is consumed");
        for (var round = 0; round < Rounds; round++)
        {
            await Task.Delay(random.Next(200, 2_000), Token);
            await ReshardAsync(server, client, random);
            var victim = processes[random.Next(processes.Count)];
            var role = victim == producer ? "produce" : "consume";
            Kill(victim);
            var next = Start(role, server);
            producer = victim == producer ? next : producer;
        }

        Kill(producer);
        await UntilAsync(() => Missing().Count == 0, $"not all is processed; one of those missing is {Missing().FirstOrDefault()}");
        CheckOrder();
        var (acknowledged, processed) = (Lines("produce").Count, Lines("consume").Count);
        output.WriteLine($"{acknowledged} acknowledged, {processed} processed with repeats, {(await client.ListAllShardsAsync(Stream, filter: null, Token)).Count} shards, {started} processes");
        Assert.True(acknowledged > 100, $"{acknowledged} acknowledged");
    }

    private Process Start(string role, TestServer server)
    {
        var name = $"{role}-{started++}";
        var start = new ProcessStartInfo("dotnet") { RedirectStandardError = true, RedirectStandardInput = true };
        foreach (var argument in new[] { Path.Combine(AppContext.BaseDirectory, "Tarn.Clients.KillWorker.dll"), role, server.ClientOptions.Endpoint!.ToString(), Stream, name, Path.Combine(folder, name) })
        {
            start.ArgumentList.Add(argument);
        }

        var process = Process.Start(start)!;
        process.ErrorDataReceived += (_, line) => File.AppendAllText(Path.Combine(folder, "errors-" + name), line.Data + "\n");
        process.BeginErrorReadLine();
        processes.Add(process);
        return process;
    }

    private void Kill(Process process)
    {
        processes.Remove(process);
        process.Kill();
        process.WaitForExit();
        process.Dispose();
    }

    private static async Task ReshardAsync(TestServer server, KinesisClient client, Random random)
    {
        var open = (await client.ListAllShardsAsync(Stream, filter: null, Token)).Where(shard => shard.IsOpen).OrderBy(shard => shard.HashKeyRange.Starting).ToList();
        if (open.Count > 1 && random.Next(open.Count) > 1)
        {
            var at = random.Next(open.Count - 1);
            await server.MergeAsync(Stream, open[at], open[at + 1]);
        }
        else
        {
            await server.SplitAsync(Stream, open[random.Next(open.Count)]);
        }
    }

    /// <summary>The lines of all processes of a role. A last line that a kill has cut is none.</summary>
    private List<string> Lines(string role) =>
        [.. Directory.EnumerateFiles(folder, role + "-*").SelectMany(path => ReadShared(path).Split('\n')[..^1])];

    private static string ReadShared(string path)
    {
        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return reader.ReadToEnd();
    }

    private List<string> Missing()
    {
        var processed = Lines("consume").Select(line => line[21..]).ToHashSet();
        return [.. Lines("produce").Where(line => !processed.Contains(line))];
    }

    /// <summary>Without what comes again, each key's numbers are processed in their order and without a gap.</summary>
    private void CheckOrder()
    {
        var last = new Dictionary<string, int>();
        foreach (var parts in Lines("consume").Order(StringComparer.Ordinal).Select(line => line.Split(' ')))
        {
            var (key, number) = (parts[1], int.Parse(parts[2], CultureInfo.InvariantCulture));
            Assert.True(number <= last.GetValueOrDefault(key) + 1, $"{key} comes with {number} after {last.GetValueOrDefault(key)}");
            last[key] = Math.Max(number, last.GetValueOrDefault(key));
        }
    }

    private async Task UntilAsync(Func<bool> condition, string otherwise)
    {
        var watch = Stopwatch.StartNew();
        while (!condition())
        {
            if (watch.Elapsed > SettleTime)
            {
                var errors = Directory.EnumerateFiles(folder, "errors-*").Select(path => $"{Path.GetFileName(path)}:\n{string.Join('\n', ReadShared(path).Split('\n').TakeLast(8))}");
                Assert.Fail($"{otherwise}\n{string.Join('\n', errors)}");
            }

            await Task.Delay(200, Token);
        }
    }
}
