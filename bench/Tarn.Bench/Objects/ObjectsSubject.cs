using System.Diagnostics;
using Tarn.Bench.Measuring;
using Tarn.Bench.Serving;

namespace Tarn.Bench.Objects;

/// <summary>Signed PUT and GET over HTTP, Tarn and a bare web server in turn, so that both meet the same machine.</summary>
internal static class ObjectsSubject
{
    private const int SmallRounds = 5;
    private const int LargeRounds = 3;
    private const int SmallBytes = 1024;
    private const int LargeBytes = 100_000_000;
    private static readonly TimeSpan Slice = TimeSpan.FromSeconds(1);

    public static async Task RunAsync(string[] arguments)
    {
        await using var tarn = await TarnUnderTest.StartAsync();
        await using var bare = await BareServer.StartAsync();
        using var bareObjects = new ObjectClient(bare.Endpoint, signer: null);
        await tarn.Client.CreateBucketAsync("bench", CancellationToken.None);
        var small = new byte[SmallBytes];
        Random.Shared.NextBytes(small);
        var hash = RequestSigner.Hash(small);
        foreach (var callers in new[] { 1, 16 })
        {
            await SmallAsync("PUT 1 KB", callers, (client, i) => client.PutAsync($"/bench/small/{i}", small, hash), tarn.Objects, bareObjects);
            await SmallAsync("GET 1 KB", callers, (client, i) => client.GetAsync($"/bench/small/{i % 64}"), tarn.Objects, bareObjects);
        }

        var large = new byte[LargeBytes];
        Random.Shared.NextBytes(large);
        var largeHash = RequestSigner.Hash(large);
        await LargeAsync("PUT 100 MB, unsigned payload", client => client.PutAsync("/bench/large", large, RequestSigner.Unsigned), tarn.Objects, bareObjects);
        await LargeAsync("PUT 100 MB, signed payload", client => client.PutAsync("/bench/large", large, largeHash), tarn.Objects, bareObjects);
        await LargeAsync("GET 100 MB", client => client.GetAsync("/bench/large"), tarn.Objects, bareObjects);
    }

    private static async Task SmallAsync(string name, int callers, Func<ObjectClient, int, Task> call, ObjectClient tarn, ObjectClient bare)
    {
        // The objects that the GETs ask for, and warm code.
        for (var i = 0; i < 64; i++)
        {
            await call(tarn, i);
            await call(bare, i);
        }

        var (ofTarn, ofBare) = (new List<double>(), new List<double>());
        for (var round = 0; round < SmallRounds; round++)
        {
            ofTarn.Add(await RateAsync(callers, i => call(tarn, i)));
            ofBare.Add(await RateAsync(callers, i => call(bare, i)));
        }

        var (rate, baseline) = (ofTarn.Order().ElementAt(SmallRounds / 2), ofBare.Order().ElementAt(SmallRounds / 2));
        Console.WriteLine($"{name}, {callers,2} callers: {rate,7:N0}/s, bare {baseline,7:N0}/s, {rate / baseline:F2} of it");
    }

    private static async Task<double> RateAsync(int callers, Func<int, Task> call)
    {
        var started = Stopwatch.GetTimestamp();
        var next = -1;
        var calls = await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(async () =>
        {
            var count = 0;
            for (; Stopwatch.GetElapsedTime(started) < Slice; count++)
            {
                await call(Interlocked.Increment(ref next));
            }

            return count;
        })));
        return calls.Sum() / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static async Task LargeAsync(string name, Func<ObjectClient, Task> call, ObjectClient tarn, ObjectClient bare)
    {
        var (ofTarn, ofBare) = (new Samples(), new Samples());
        for (var round = 0; round < LargeRounds; round++)
        {
            await ofTarn.AddAsync(() => call(tarn));
            await ofBare.AddAsync(() => call(bare));
        }

        Console.WriteLine($"{name}: {LargeBytes / 1e3 / ofTarn.Median:N0} MB/s, bare {LargeBytes / 1e3 / ofBare.Median:N0} MB/s, {ofBare.Median / ofTarn.Median:F2} of it");
    }
}
