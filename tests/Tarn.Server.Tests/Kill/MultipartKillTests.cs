using System.Collections.Concurrent;

namespace Tarn.Server.Tests.Kill;

/// <summary>
/// The server is killed at random moments of multipart uploads. Parts that were acknowledged are there after the next start, an upload that was completed is one
/// whole object, and a Complete whose answer never came can be sent again.
/// </summary>
public sealed class MultipartKillTests(ITestOutputHelper output) : IDisposable
{
    private const int Rounds = 5;
    private const int Writers = 3;
    private const int LargePart = 5 << 20;
    private readonly string folder = Directory.CreateTempSubdirectory("tarn-kill-parts-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Killed_at_any_moment_no_part_is_lost_and_completing_can_be_repeated()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var uploads = new ConcurrentBag<Upload>();
        using (var first = await ServerProcess.StartAsync(folder))
        {
            await first.Client.CreateBucketAsync("lake", Token);
            await first.KillAsync();
        }

        for (var round = 0; round < Rounds; round++)
        {
            using var server = await ServerProcess.StartAsync(folder);
            using var s3 = new SignedS3(server.Endpoint);
            using var acknowledged = new SemaphoreSlim(0);
            var writers = Enumerable.Range(0, Writers).Select(writer => UntilKilledAsync(s3, $"{round}-{writer}", uploads, acknowledged)).ToList();

            // Four answers to one writer are at least one whole upload.
            for (var answers = round == 0 ? 4 * Writers : random.Next(1, 4 * Writers); answers > 0; answers--)
            {
                Assert.True(await acknowledged.WaitAsync(TimeSpan.FromMinutes(2), Token), "nothing was answered for two minutes");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(0, 60)), Token);
            await server.KillAsync();
            await Task.WhenAll(writers);
            output.WriteLine($"round {round}: {uploads.Count} uploads, {uploads.Count(upload => upload.State == State.Completed)} completed, {uploads.Count(upload => upload.State == State.Completing)} completing");
            await CheckAsync(uploads);
        }

        Assert.Contains(uploads, upload => upload.State == State.Completed);
        await FinishAsync(uploads);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(folder, "lake/.tarn/uploads")));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(folder, "lake/.tarn/staging")));
    }

    /// <summary>What holds at every start.</summary>
    private async Task CheckAsync(IEnumerable<Upload> uploads)
    {
        using var server = await ServerProcess.StartAsync(folder);
        using var s3 = new SignedS3(server.Endpoint);
        foreach (var upload in uploads)
        {
            if (upload.State == State.Completed)
            {
                Assert.True((await server.Client.GetObjectAsync("lake", upload.Key, Token)).AsSpan().SequenceEqual(upload.Content()), $"{upload.Key} is not what was completed");
            }
            else if (upload.State == State.Uploading)
            {
                // A part that was not acknowledged may be there too.
                var listed = await s3.ListPartsAsync("lake", upload.Key, upload.Id);
                Assert.All(upload.Parts, part => Assert.Contains(part, listed));
            }
        }

        await server.KillAsync();
    }

    /// <summary>Every upload can be brought to its end, also when its Complete was under way.</summary>
    private async Task FinishAsync(IEnumerable<Upload> uploads)
    {
        using var server = await ServerProcess.StartAsync(folder);
        using var s3 = new SignedS3(server.Endpoint);
        foreach (var upload in uploads)
        {
            if (upload.Parts.Count == 0)
            {
                upload.Parts.Add((1, await s3.UploadPartAsync("lake", upload.Key, upload.Id, 1, upload.Part(1))));
            }

            await s3.CompleteAsync("lake", upload.Key, upload.Id, upload.Parts);
            Assert.True((await server.Client.GetObjectAsync("lake", upload.Key, Token)).AsSpan().SequenceEqual(upload.Content()), $"{upload.Key} is not whole");
        }

        // What is left was created without an answer that came: it is listed, and can be aborted.
        foreach (var (key, id) in await s3.ListUploadsAsync("lake"))
        {
            await s3.AbortAsync("lake", key, id);
        }
    }

    private static async Task UntilKilledAsync(SignedS3 s3, string prefix, ConcurrentBag<Upload> uploads, SemaphoreSlim acknowledged)
    {
        try
        {
            for (var index = 0; ; index++)
            {
                var key = $"made/{prefix}-{index}";
                var upload = new Upload(key, await s3.CreateUploadAsync("lake", key));
                uploads.Add(upload);
                for (var number = 1; number <= 1 + (index % 3); number++)
                {
                    upload.Parts.Add((number, await s3.UploadPartAsync("lake", key, upload.Id, number, upload.Part(number))));
                    acknowledged.Release();
                }

                upload.State = State.Completing;
                await s3.CompleteAsync("lake", key, upload.Id, upload.Parts);
                upload.State = State.Completed;
                acknowledged.Release();
            }
        }
        catch (Exception killed) when (killed is HttpRequestException or IOException)
        {
            // The server is gone.
        }
    }

    private enum State
    {
        Uploading,
        Completing,
        Completed,
    }

    private sealed class Upload(string key, string id)
    {
        public string Key { get; } = key;

        public string Id { get; } = id;

        /// <summary>Those that were acknowledged.</summary>
        public List<(int Number, string ETag)> Parts { get; } = [];

        public State State { get; set; } = State.Uploading;

        public byte[] Part(int number)
        {
            var bytes = new byte[LargePart];
            new Random(HashCode.Combine(Key.Length, Key[^1], number)).NextBytes(bytes);
            return bytes;
        }

        public byte[] Content() => [.. Parts.SelectMany(part => Part(part.Number))];
    }
}
