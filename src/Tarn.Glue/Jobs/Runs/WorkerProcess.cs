using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Tarn.Worker.Plans;

namespace Tarn.Glue.Jobs.Runs;

/// <summary>
/// The child process that runs a plan. It gets an environment without the server's variables, so nothing of the server's secrets; it dies when its input is
/// closed, which also happens when the server dies.
/// </summary>
internal sealed class WorkerProcess(JobOptions options)
{
    private const int ErrorCharactersMax = 4096;

    /// <summary>Runs a plan to its end and answers what was written.</summary>
    /// <exception cref="RunFailedException">The plan failed, or the process died.</exception>
    public async Task<IReadOnlyList<PlanWritten>> RunAsync(PlanRequest request, Action<PlanEvent> follow, CancellationToken cancellationToken)
    {
        using var process = Start();
        var written = new List<PlanWritten>();
        PlanEvent? last = null;
        var error = ReadError(process.StandardError);
        using var isOver = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var watch = EndReading(process, isOver);
        try
        {
            await process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(request, PlanJson.Default.PlanRequest).AsMemory(), cancellationToken);
            await process.StandardInput.FlushAsync(cancellationToken);
            while (await process.StandardOutput.ReadLineAsync(isOver.Token) is { } line)
            {
                last = JsonSerializer.Deserialize(line, PlanJson.Default.PlanEvent);
                if (last is PlanWritten target)
                {
                    written.Add(target);
                }

                follow(last!);
            }

            await process.WaitForExitAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // It has ended, and something that it left running holds its output open.
            await watch;
        }
        catch (IOException) when (!cancellationToken.IsCancellationRequested)
        {
            // It died before it had read its request; the exit code tells below.
            await process.WaitForExitAsync(cancellationToken);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
                await process.WaitForExitAsync(CancellationToken.None);
            }
        }

        return last switch
        {
            PlanDone when process.ExitCode == 0 => written,
            PlanFailed failure => throw new RunFailedException(Explain(request, failure)),
            _ => throw new RunFailedException($"The worker process died ({ExitText(process.ExitCode)}) before the plan was done.{Suffix(await Said(error))}"),
        };
    }

    /// <summary>Reading ends a while after the process has, even if its output is not at its end then.</summary>
    private async Task EndReading(Process process, CancellationTokenSource isOver)
    {
        try
        {
            await process.WaitForExitAsync(isOver.Token);
            isOver.CancelAfter(options.StopGrace);
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            // The run has ended before.
        }
    }

    /// <summary>What the process has said, unless something that it left running holds its standard error open.</summary>
    private async Task<string> Said(Task<string> error) => await Task.WhenAny(error, Task.Delay(options.StopGrace)) == error ? await error : "";

    private static string Explain(PlanRequest request, PlanFailed failure) =>
        request.Nodes.FirstOrDefault(node => node.Id == failure.NodeId) is { } node
            ? $"Error in node {node.Name} ({node.Id}): {failure.Message}"
            : failure.Kind is "OutOfMemory" or "DiskFull" ? $"{failure.Kind}: {failure.Message}" : failure.Message;

    private static string ExitText(int code) => code > 128 ? $"signal {code - 128}" : $"exit code {code}";

    private static string Suffix(string error) => error.Length == 0 ? "" : $" It said: {error}";

    private static async Task<string> ReadError(StreamReader reader)
    {
        var text = new StringBuilder();
        while (await reader.ReadLineAsync() is { } line)
        {
            if (text.Length < ErrorCharactersMax)
            {
                text.Append(text.Length == 0 ? "" : "\n").Append(line);
            }
        }

        return text.ToString();
    }

    private Process Start()
    {
        var program = options.WorkerProgram ?? Path.Combine(AppContext.BaseDirectory, "tarn-worker");
        if (!File.Exists(program))
        {
            throw new RunFailedException($"The worker program {program} is missing.");
        }

        var start = new ProcessStartInfo(program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
            WorkingDirectory = Path.GetTempPath(),
        };
        var kept = new[] { "PATH", "HOME", "DOTNET_ROOT", "TARN_DUCKDB_LIBRARY", "LD_LIBRARY_PATH", "TMPDIR" };
        var values = kept.Select(name => (Name: name, Value: Environment.GetEnvironmentVariable(name))).ToList();
        start.Environment.Clear();
        foreach (var (name, value) in values.Where(pair => pair.Value is not null))
        {
            start.Environment[name] = value;
        }

        start.Environment["DOTNET_TieredCompilation"] = "1";
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        return Process.Start(start) ?? throw new RunFailedException("The worker process cannot be started.");
    }
}
