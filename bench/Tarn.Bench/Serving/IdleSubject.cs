using System.Diagnostics;
using System.Text.Json.Nodes;
using Tarn.Bench.Measuring;
using Tarn.Server.Demo;

namespace Tarn.Bench.Serving;

/// <summary>Memory and time to ready of <c>tarn serve</c> as a process of its own, beside a process that is a bare web server.</summary>
internal static class IdleSubject
{
    private const int Starts = 5;
    private const int Requests = 1000;

    /// <summary>What starts in the background after the ready line shall be in the figure too.</summary>
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(2);

    public static async Task RunAsync(string[] arguments)
    {
        await MeasureAsync("tarn serve", true);
        await MeasureAsync("bare web server", false);
    }

    private static async Task MeasureAsync(string name, bool isTarn)
    {
        var (ready, processor) = (new Samples(), new Samples());
        for (var start = 1; start <= Starts; start++)
        {
            var folder = Directory.CreateTempSubdirectory("tarn-bench-");
            var began = Stopwatch.GetTimestamp();
            using var process = Process.Start(isTarn ? Tarn(folder.FullName) : Bare())!;
            try
            {
                var line = await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException($"{name} ended: {await process.StandardError.ReadToEndAsync()}");
                ready.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
                processor.Add(process.TotalProcessorTime.TotalMilliseconds);
                if (start == Starts)
                {
                    Console.WriteLine($"{name}: ready after {ready.Median:N0} ms (median of {Starts}, worst {ready.Worst:N0}; {processor.Median:N0} ms of processor time)");
                    await MemoryAsync(name, process.Id, isTarn ? new Uri(line.Split(' ')[^1]) : null);
                }
            }
            finally
            {
                process.Kill();
                await process.WaitForExitAsync();
                folder.Delete(recursive: true);
            }
        }
    }

    private static async Task MemoryAsync(string name, int id, Uri? endpoint)
    {
        await Task.Delay(Settle);
        Console.WriteLine($"{name}: {Machine.ResidentMB(id, "VmRSS"):N0} MB resident after the start");
        if (endpoint is null)
        {
            return;
        }

        using var client = new DemoClient(endpoint, "test", "test");
        using var objects = new ObjectClient(endpoint, new RequestSigner("s3"));
        await client.CreateBucketAsync("bench", CancellationToken.None);
        for (var i = 0; i < Requests / 4; i++)
        {
            await objects.PutAsync($"/bench/{i}", new byte[1024], RequestSigner.Unsigned);
            await objects.GetAsync($"/bench/{i}");
            await client.GlueAsync("CreateDatabase", new JsonObject { ["DatabaseInput"] = new JsonObject { ["Name"] = $"db{i}" } }, CancellationToken.None);
            await client.GlueAsync("GetDatabase", new JsonObject { ["Name"] = $"db{i}" }, CancellationToken.None);
        }

        await Task.Delay(Settle);
        Console.WriteLine($"{name}: {Machine.ResidentMB(id, "VmRSS"):N0} MB resident after {Requests:N0} requests (a fourth each PutObject, GetObject, CreateDatabase, GetDatabase)");
    }

    private static ProcessStartInfo Tarn(string folder) => Quiet(Path.Combine(AppContext.BaseDirectory, "tarn"), "serve", "--data", folder, "--port", "0");

    private static ProcessStartInfo Bare() => Quiet(Environment.ProcessPath!, BareServer.Command);

    private static ProcessStartInfo Quiet(string program, params string[] arguments) => new(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
}
