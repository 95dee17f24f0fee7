using System.Text;
using System.Text.Json;
using Tarn.DuckDb;
using Tarn.Worker.Plans;

namespace Tarn.Worker;

/// <summary>
/// The child process of one job run: reads a <see cref="PlanRequest"/> from standard input, runs it, and answers with <see cref="PlanEvent"/>s on standard output.
/// It ends when its work is done, when its input ends (the server stopped or died), or when it outgrows its memory.
/// </summary>
public static class WorkerProgram
{
    /// <summary>Memory of the runtime and of DuckDB's parts that its own limit does not count, in bytes.</summary>
    public const long MemoryBytesBesideBuffers = 512L << 20;

    private static readonly TimeSpan WatchInterval = TimeSpan.FromMilliseconds(100);
    private static readonly Lock OutputGate = new();

    /// <returns>The exit code: 0 done, 1 failed with a <see cref="PlanFailed"/>, 2 no request came.</returns>
    public static async Task<int> RunAsync()
    {
        using var input = new StreamReader(Console.OpenStandardInput(), Encoding.UTF8);
        if (await input.ReadLineAsync() is not { } line || JsonSerializer.Deserialize(line, PlanJson.Default.PlanRequest) is not { } request)
        {
            return 2;
        }

        using var output = Console.OpenStandardOutput();
        EndWithInput(input);
        using var watch = new Timer(_ => WatchMemory(output, request), null, WatchInterval, WatchInterval);
        var failure = Run(request, e => Report(output, e), CancellationToken.None);
        Report(output, failure ?? (PlanEvent)new PlanDone());
        return failure is null ? 0 : 1;
    }

    /// <summary>Runs a plan in this process.</summary>
    /// <returns>Null when it is done.</returns>
    public static PlanFailed? Run(PlanRequest request, Action<PlanEvent> report, CancellationToken cancellationToken)
    {
        try
        {
            using var engine = PlanRun.OpenEngine(request);
            using var connection = engine.Connect();
            new PlanRun(request, connection, report).Execute(cancellationToken);
            return null;
        }
        catch (PlanException failure)
        {
            return new PlanFailed(failure.NodeId, "Plan", failure.Message);
        }
        catch (DuckDbException failure)
        {
            return Explain(failure, request);
        }
        catch (IOException failure)
        {
            return new PlanFailed(null, "Io", failure.Message);
        }
    }

    private static PlanFailed Explain(DuckDbException failure, PlanRequest request)
    {
        var firstLine = failure.Message.Split('\n')[0];
        if (failure.Message.Contains("max_temp_directory_size", StringComparison.Ordinal))
        {
            return new PlanFailed(null, "DiskFull", $"the plan needs more temporary disk than its limit of {request.TempBytesMax >> 20} MiB: {firstLine}");
        }

        if (failure.Message.Contains("No space left on device", StringComparison.OrdinalIgnoreCase) || failure.Message.Contains("Could not write all bytes", StringComparison.OrdinalIgnoreCase))
        {
            return new PlanFailed(null, "DiskFull", $"no space is left on the device: {firstLine}");
        }

        return failure.Kind == DuckDbErrorKind.OutOfMemory
            ? new PlanFailed(null, "OutOfMemory", $"the plan needs more memory than its limit of {request.MemoryBytesMax >> 20} MiB: {firstLine}")
            : new PlanFailed(null, failure.Kind.ToString(), failure.Message);
    }

    private static void Report(Stream output, PlanEvent e)
    {
        var line = JsonSerializer.SerializeToUtf8Bytes(e, PlanJson.Default.PlanEvent);
        lock (OutputGate)
        {
            output.Write(line);
            output.WriteByte((byte)'\n');
            output.Flush();
        }
    }

    /// <summary>A server that died cannot ask for anything any more; whatever is half done is in folders that the next server empties.</summary>
    private static void EndWithInput(StreamReader input)
    {
        var thread = new Thread(() =>
        {
            while (input.ReadLine() is not null)
            {
            }

            System.Diagnostics.Process.GetCurrentProcess().Kill();
        })
        {
            IsBackground = true,
            Name = "input",
        };
        thread.Start();
    }

    private static void WatchMemory(Stream output, PlanRequest request)
    {
        if (Environment.WorkingSet > request.MemoryBytesMax + MemoryBytesBesideBuffers)
        {
            Report(output, new PlanFailed(null, "OutOfMemory", $"the plan needs more memory than its limit of {request.MemoryBytesMax >> 20} MiB"));
            Environment.Exit(1);
        }
    }
}
