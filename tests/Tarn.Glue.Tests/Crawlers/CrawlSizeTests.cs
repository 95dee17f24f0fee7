using System.Diagnostics;

namespace Tarn.Glue.Tests.Crawlers;

public sealed class CrawlSizeTests
{
    [Theory]
    [InlineData(2_000, 20)]
    [InlineData(2_000, 1)]
    public async Task Thousands_of_small_files_are_one_table(int files, int filesPerFolder)
    {
        await using var world = await CrawlerWorld.OpenAsync();
        Fill(world, files, filesPerFolder);
        await world.CreateAsync("events/");
        await world.CrawlAsync();
        var table = Assert.Single(await world.TablesAsync());
        Assert.Equal((files.ToString(), (files * 10).ToString()), (table.Parameters["objectCount"], table.Parameters["recordCount"]));
        Assert.Equal(files / filesPerFolder, (await world.PartitionsAsync("events")).Count);
    }

    /// <summary>Run by hand: <c>dotnet run -c Release --project tests/Tarn.Glue.Tests -- --explicit only --filter-method *Ten_thousand* --xunit-diagnostics on</c>.</summary>
    [Theory(Explicit = true)]
    [InlineData(10_000, 100)]
    [InlineData(10_000, 1)]
    [InlineData(40_000, 100)]
    public async Task Ten_thousand_files_take_seconds(int files, int filesPerFolder)
    {
        await using var world = await CrawlerWorld.OpenAsync();
        Fill(world, files, filesPerFolder);
        await world.CreateAsync("events/");
        GC.Collect();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var watch = Stopwatch.StartNew();
        using var stop = new CancellationTokenSource();
        var peak = Task.Run(async () =>
        {
            var most = 0L;
            while (!stop.IsCancellationRequested)
            {
                most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: true) - before);
                await Task.WhenAny(Task.Delay(50, stop.Token));
            }

            return most;
        });
        await world.CrawlAsync();
        var elapsed = watch.Elapsed;
        await stop.CancelAsync();
        watch.Restart();
        await world.CrawlAsync();
        TestContext.Current.SendDiagnosticMessage($"{files} files, {files / filesPerFolder} partitions: crawl {elapsed.TotalSeconds:F2} s, again {watch.Elapsed.TotalSeconds:F2} s, live memory at most {await peak / 1024 / 1024.0:F1} MB");
        Assert.True(elapsed < TimeSpan.FromSeconds(30));
    }

    private static void Fill(CrawlerWorld world, int files, int filesPerFolder)
    {
        for (var file = 0; file < files; file++)
        {
            var folder = file / filesPerFolder;
            world.Put($"events/day={folder:00000}/f{file:000000}.json", string.Concat(Enumerable.Range(0, 10).Select(row => $"{{\"id\":{(file * 10) + row},\"name\":\"event {row}\",\"at\":\"2024-01-01\",\"amount\":{row}.5,\"tags\":[\"a\",\"b\"]}}\n")));
        }
    }
}
