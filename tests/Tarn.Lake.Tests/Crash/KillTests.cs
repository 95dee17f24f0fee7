using System.Diagnostics;
using System.Globalization;
using System.Text;
using Tarn.Api.S3;

namespace Tarn.Lake.Tests.Crash;

/// <summary>kill -9 in a loop: a child process writes and deletes, is killed at any moment, and what it left is read.</summary>
public sealed class KillTests
{
    private const string FolderVariable = "TARN_LAKE_KILL_FOLDER";
    private const int Rounds = 6;
    private static readonly string[] Keys = ["k", "k/below", "deep/er/k", "long/" + new string('x', 300), "sidecar"];

    [Fact]
    public async Task A_killed_writer_leaves_each_object_old_or_new_and_whole_with_its_own_metadata()
    {
        var folder = Directory.CreateTempSubdirectory("tarn-lake-kill-").FullName;
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        for (var round = 0; round < Rounds; round++)
        {
            using var child = StartChild(folder);
            var log = Path.Combine(folder, "log");
            var before = File.Exists(log) ? new FileInfo(log).Length : 0;
            var until = before + random.Next(200, 6000);
            while ((!File.Exists(log) || new FileInfo(log).Length < until) && !child.HasExited)
            {
                await Task.Delay(1);
            }

            child.Kill();
            await child.WaitForExitAsync();
            await CheckAsync(folder, File.ReadAllLines(log));
        }

        Directory.Delete(folder, recursive: true);
    }

    /// <summary>Not a test of its own: the body of the child process.</summary>
    [Fact]
    public async Task Child_writes_until_it_is_killed()
    {
        if (Environment.GetEnvironmentVariable(FolderVariable) is not { } folder)
        {
            Assert.Skip("runs in the child process of the kill test");
            return;
        }

        var first = !Directory.Exists(Path.Combine(folder, "lake"));
        await using var lake = await TestLake.OpenAsync(folder: folder, makeBucket: first);
        using var log = new FileStream(Path.Combine(folder, "log"), FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        await Task.WhenAll(Keys.Select(key => Task.Run(() => WriteAsync(lake, key, log))));
    }

    private static async Task WriteAsync(TestLake lake, string key, FileStream log)
    {
        var random = new Random();
        for (var sequence = Stopwatch.GetTimestamp(); ; sequence++)
        {
            var delete = random.Next(5) == 0;
            Log(log, $"start {Array.IndexOf(Keys, key)} {(delete ? 0 : sequence)}");
            if (delete)
            {
                await lake.Service.Lake.DeleteAsync(TestLake.Scope, TestLake.Bucket, key, CancellationToken.None);
            }
            else
            {
                await lake.CallAsync(S3Model.PutObject, new PutObjectRequest
                {
                    Bucket = TestLake.Bucket,
                    Key = key,
                    Body = TestLake.Stream(BodyOf(sequence)),
                    Metadata = new Dictionary<string, string> { ["sequence"] = $"{sequence}", ["padding"] = new string('p', key == "sidecar" ? 1900 : 1) },
                    Tagging = key == "sidecar" ? string.Join('&', Enumerable.Range(0, 10).Select(index => $"{index}={new string('t', 250)}")) : null,
                });
            }

            Log(log, $"done {Array.IndexOf(Keys, key)} {(delete ? 0 : sequence)}");
        }
    }

    private static async Task CheckAsync(string folder, string[] lines)
    {
        await using var store = await Tarn.Store.MetadataStore.OpenAsync(Tarn.Store.StoreOptions.Sqlite(Path.Combine(folder, "metadata.db")), [LakeSchema.Schema], null, CancellationToken.None);
        using var service = await LakeService.OpenAsync(new LakeOptions { Folder = Path.Combine(folder, "lake") }, store, TimeProvider.System, CancellationToken.None);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(folder, "lake/.tarn/staging")));
        var listed = new List<string>();
        await foreach (var entry in service.Lake.ListAsync(TestLake.Scope, TestLake.Bucket, "", CancellationToken.None))
        {
            listed.Add(entry.Key);
        }

        for (var index = 0; index < Keys.Length; index++)
        {
            var mine = lines.Where(line => line.Split(' ') is { Length: 3 } words && words[1] == $"{index}").Select(line => line.Split(' ')).ToList();
            var done = mine.Where(words => words[0] == "done").Select(words => long.Parse(words[2], CultureInfo.InvariantCulture)).LastOrDefault();
            var started = mine.Where(words => words[0] == "start").Select(words => long.Parse(words[2], CultureInfo.InvariantCulture)).LastOrDefault();
            var head = await service.Lake.HeadAsync(TestLake.Scope, TestLake.Bucket, Keys[index], CancellationToken.None);
            Assert.Equal(head is not null, listed.Contains(Keys[index]));
            if (head is null)
            {
                Assert.Contains(0L, new[] { done, started });
                continue;
            }

            var handler = (Wire.Dispatch.OperationHandler<GetObjectRequest, GetObjectOutput>)service.Operations.Handlers["GetObject"];
            var output = await handler.Handler(new GetObjectRequest { Bucket = TestLake.Bucket, Key = Keys[index] }, TestLake.Context(null, null), CancellationToken.None);
            using var reader = new StreamReader(output.Body!);
            var sequence = long.Parse(output.Metadata!["sequence"], CultureInfo.InvariantCulture);
            Assert.Contains(sequence, new[] { done, started });
            Assert.Equal(BodyOf(sequence), await reader.ReadToEndAsync());
            Assert.Equal(Keys[index] == "sidecar" ? 10 : null, output.TagCount);
        }
    }

    private static string BodyOf(long sequence)
    {
        var text = new StringBuilder();
        for (var count = sequence % 5000; count >= 0; count--)
        {
            text.Append(CultureInfo.InvariantCulture, $"{sequence} ");
        }

        return text.ToString();
    }

    private static void Log(FileStream log, string line)
    {
        lock (log)
        {
            log.Write(Encoding.ASCII.GetBytes(line + "\n"));
        }
    }

    private static Process StartChild(string folder)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(typeof(KillTests).Assembly.Location);
        start.ArgumentList.Add("--filter-method");
        start.ArgumentList.Add("*" + nameof(Child_writes_until_it_is_killed));
        start.Environment[FolderVariable] = folder;
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }
}
