using System.Globalization;

namespace Tarn.Server.Tests.Kill;

/// <summary>
/// The server is killed at random points while producers put records into a stream whose shards are split and merged, and while it starts. What was acknowledged is
/// remembered in this process, which is not killed; at every start it is all there: see <see cref="KilledStream"/>.
/// </summary>
public sealed class RecordKillTests(ITestOutputHelper output) : IDisposable
{
    private const int KillsByDefault = 30;
    private const int Producers = 4;

    /// <summary>Kills that one stream lives through. All of its records are read after each.</summary>
    private const int KillsPerStream = 10;

    /// <summary>A kill comes at a random moment after at most so many acknowledgements.</summary>
    private const int RecordsPerKillMax = 500;

    private readonly string folder = Directory.CreateTempSubdirectory("tarn-kill-records-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    /// <summary>KILL_TEST_KILLS says how often, KILL_TEST_SEED with which draws; the moments themselves are not the same twice.</summary>
    [Fact]
    public async Task Killed_at_any_moment_every_acknowledged_record_is_there_once_and_in_order()
    {
        var kills = Setting("KILL_TEST_KILLS") ?? KillsByDefault;
        var seed = Setting("KILL_TEST_SEED") ?? Environment.TickCount;
        output.WriteLine($"{kills} kills, seed {seed}");
        var random = new Random(seed);
        var streams = new List<KilledStream>();
        for (var kill = 0; kill < kills; kill++)
        {
            if (random.Next(4) == 0)
            {
                // While it starts: before, in or after the reading of the log.
                await ServerProcess.StartAndKillAsync(folder, TimeSpan.FromMilliseconds(random.Next(20, 500)));
                continue;
            }

            using var server = await StartAsync(random);
            if (streams.Count * KillsPerStream <= kill)
            {
                streams.Add(new KilledStream($"records-{streams.Count}", Producers, random.Next()));
                await streams[^1].CreateAsync(server.Client, shards: random.Next(1, 5));
            }

            var stream = streams[^1];
            await stream.CheckAsync(server.Client);
            var work = Enumerable.Range(0, Producers).Select(producer => ServerProcess.UntilKilledAsync(_ => stream.PutAsync(server.Client, producer)))
                .Append(ServerProcess.UntilKilledAsync(_ => stream.ReshardAsync(server.Client)))
                .ToList();
            await stream.MoreAsync(random.Next(RecordsPerKillMax));
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(30)), Token);
            await server.KillAsync();
            await Task.WhenAll(work);
            output.WriteLine($"kill {kill}: {stream}");
        }

        using var last = await StartAsync(random);
        foreach (var stream in streams)
        {
            await stream.CheckAsync(last.Client);
            Assert.True(stream.Acknowledged > 0, $"{stream}");
        }
    }

    private static int? Setting(string name) => Environment.GetEnvironmentVariable(name) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;

    /// <summary>Half of the times with reshards that take a while, so that some are pending at the kill.</summary>
    private Task<ServerProcess> StartAsync(Random random) => ServerProcess.StartAsync(folder, "--state-delay-ms", random.Next(2) == 0 ? "0" : "25");
}
