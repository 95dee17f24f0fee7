using System.Diagnostics;
using Tarn.Store;

namespace Tarn.Bench.Catalog;

/// <summary>Durable writes and point reads per second, by callers at the same time. Each write is acknowledged after its COMMIT is on disk.</summary>
internal static class StoreSubject
{
    private static readonly StoreSchema Schema = new("bench", ["CREATE TABLE bench_items (id BIGINT PRIMARY KEY, body {text} NOT NULL);"]);

    public static async Task RunAsync(string[] arguments)
    {
        var seconds = arguments.Length > 0 ? int.Parse(arguments[0]) : 3;
        using var place = StorePlace.Of(arguments);
        await RunAsync(place.Options, seconds);
        await AppendAsync(seconds);
    }

    private static async Task RunAsync(StoreOptions place, int seconds)
    {
        await using var store = await MetadataStore.OpenAsync(place, [Schema], logging: null, CancellationToken.None);
        var next = 0L;
        var body = new string('x', 300);
        foreach (var callers in new[] { 1, 16, 64 })
        {
            var rate = await RateAsync(callers, seconds, async () =>
            {
                var id = Interlocked.Increment(ref next);
                await store.WriteAsync(writer => writer.Execute("INSERT INTO bench_items (id, body) VALUES (@p0, @p1)", id, body), CancellationToken.None);
            });
            Console.WriteLine($"writes, {callers,2} callers: {rate,9:N0}/s");
        }

        foreach (var callers in new[] { 1, 2, 16 })
        {
            var rate = await RateAsync(callers, seconds, async () =>
            {
                var id = Random.Shared.NextInt64(1, next + 1);
                await store.ReadAsync(reader => reader.QueryFirst("SELECT body FROM bench_items WHERE id = @p0", row => row.Text(0), id), CancellationToken.None);
            });
            Console.WriteLine($"reads,  {callers,2} callers: {rate,9:N0}/s");
        }
    }

    /// <summary>The baseline: as many bytes appended to a file and fsynced, one after the other.</summary>
    private static async Task AppendAsync(int seconds)
    {
        var path = Path.GetTempFileName();
        try
        {
            await using var file = File.OpenWrite(path);
            var body = new byte[300];
            var rate = await RateAsync(callers: 1, seconds, () =>
            {
                file.Write(body);
                file.Flush(flushToDisk: true);
                return Task.CompletedTask;
            });
            Console.WriteLine($"bare append and fsync: {rate,9:N0}/s");
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static async Task<double> RateAsync(int callers, int seconds, Func<Task> call)
    {
        var started = Stopwatch.GetTimestamp();
        var limit = TimeSpan.FromSeconds(seconds);
        var counts = await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(async () =>
        {
            var count = 0L;
            while (Stopwatch.GetElapsedTime(started) < limit)
            {
                await call();
                count++;
            }

            return count;
        })));
        return counts.Sum() / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}
