using System.Diagnostics;
using System.Globalization;
using System.Text;
using Tarn.Contracts;
using Tarn.Contracts.Lake;

namespace Tarn.Glue.Jobs.Runs;

/// <summary>
/// A run of a Python shell job: the user's script in a python3 of its own, with the run's arguments on its command line and the server's address in its environment. A small
/// bootstrap limits its memory, and ends it with everything that it started when the server closes its end of the pipe, by will or by death.
/// </summary>
internal sealed class PythonShellRun(ILake lake, IJobEnvironment environment, JobOptions options)
{
    private const string Bootstrap =
        """
        import os, resource, runpy, signal, sys, threading
        os.setpgid(0, 0)
        resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[1]), int(sys.argv[1])))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        life = os.dup(0)
        os.set_inheritable(life, False)
        null = os.open(os.devnull, os.O_RDONLY)
        os.dup2(null, 0)
        os.close(null)
        def watch():
            while os.read(life, 1):
                pass
            os.killpg(0, signal.SIGKILL)
        threading.Thread(target=watch, daemon=True).start()
        script = sys.argv[2]
        sys.argv = sys.argv[2:]
        sys.path[0] = os.path.dirname(script)
        del watch
        runpy.run_path(script, run_name="__main__")
        """;

    public async Task ExecuteAsync(RunContext context, CancellationToken cancellationToken)
    {
        var script = await Fetch(context, context.Job.ScriptLocation!, "script", cancellationToken);
        var libraries = new List<string>();
        foreach (var location in (context.Arguments.GetValueOrDefault("--extra-py-files") ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var file = await Fetch(context, location, $"library-{libraries.Count}", cancellationToken);
            libraries.Add(Path.GetExtension(file) == ".py" ? Path.GetDirectoryName(file)! : file);
        }

        var modules = new List<string>();
        foreach (var module in PythonModules.Requested(context.Arguments))
        {
            modules.Add(PythonModules.IsInLake(module) ? await Fetch(context, module, $"module-{modules.Count}", cancellationToken) : module);
        }

        if (modules.Count > 0)
        {
            libraries.Add(Path.Combine(context.Directory, "modules"));
            await PythonModules.InstallAsync(options.Python, modules, libraries[^1], context, cancellationToken);
        }

        libraries.Add(PythonModules.WriteLibrary(Path.Combine(context.Directory, "glue")));
        using var process = Start(context, script, libraries);
        string? lastError = null;
        var reading = Task.WhenAll(
            Pump(process.StandardOutput, line => context.Log.Raw(line, isError: false)),
            Pump(process.StandardError, line =>
            {
                context.Log.Raw(line, isError: true);
                lastError = string.IsNullOrWhiteSpace(line) ? lastError : line;
            }));
        try
        {
            await process.WaitForExitAsync(cancellationToken);
        }
        finally
        {
            await End(process);
        }

        // What it left running holds the pipes open; it was ended with the group, but is not waited for for ever.
        await Task.WhenAny(reading, Task.Delay(options.StopGrace, CancellationToken.None));
        if (process.ExitCode != 0)
        {
            throw new RunFailedException(process.ExitCode > 128
                ? $"Python was ended by signal {process.ExitCode - 128}"
                : lastError ?? $"Command failed with exit code {process.ExitCode}");
        }
    }

    private static async Task Pump(StreamReader reader, Action<string> take)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            take(line);
        }
    }

    private static async Task End(Process process)
    {
        // Closing the pipe makes the bootstrap kill its whole group; killing the process itself covers one that does not listen.
        process.StandardInput.Close();
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
        }
    }

    private async Task<string> Fetch(RunContext context, string location, string folder, CancellationToken cancellationToken)
    {
        if (!S3Location.TryParse(location, out var parsed) || parsed.Key.Length == 0)
        {
            throw new RunFailedException($"{location} is not an S3 object.");
        }

        var directory = Directory.CreateDirectory(Path.Combine(context.Directory, folder)).FullName;
        var name = parsed.Key[(parsed.Key.LastIndexOf('/') + 1)..];
        var path = Path.Combine(directory, name is "" or "." or ".." || name.Contains('\0', StringComparison.Ordinal) ? "script.py" : name);
        try
        {
            await using var source = await lake.OpenReadAsync(context.Scope, parsed.Bucket, parsed.Key, cancellationToken);
            await using var target = File.Create(path);
            await source.CopyToAsync(target, cancellationToken);
            return path;
        }
        catch (AwsException failure)
        {
            throw new RunFailedException($"{location} cannot be read: {failure.Code}: {failure.Message}");
        }
    }

    private Process Start(RunContext context, string script, IReadOnlyList<string> libraries)
    {
        var start = new ProcessStartInfo(options.Python)
        {
            WorkingDirectory = Directory.CreateDirectory(Path.Combine(context.Directory, "work")).FullName,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        foreach (var argument in (string[])["-u", "-c", Bootstrap, options.PythonMemoryBytesMax.ToString(CultureInfo.InvariantCulture), script])
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (key, value) in Arguments(context))
        {
            start.ArgumentList.Add(key);
            if (value.Length > 0)
            {
                start.ArgumentList.Add(value);
            }
        }

        // Nothing of the server's own environment: it may hold secrets.
        start.Environment.Clear();
        start.Environment["PATH"] = Environment.GetEnvironmentVariable("PATH") ?? "/usr/local/bin:/usr/bin:/bin";
        start.Environment["HOME"] = start.WorkingDirectory;
        start.Environment["TMPDIR"] = start.WorkingDirectory;
        start.Environment["LANG"] = "C.UTF-8";
        start.Environment["PYTHONPATH"] = string.Join(':', libraries);
        start.Environment["GLUE_PYTHON_VERSION"] = context.Job.PythonVersion ?? "3.9";
        foreach (var (name, value) in environment.Variables(context.Scope))
        {
            start.Environment[name] = value;
        }

        try
        {
            return Process.Start(start) ?? throw new RunFailedException($"{options.Python} cannot be started.");
        }
        catch (System.ComponentModel.Win32Exception failure)
        {
            throw new RunFailedException($"{options.Python} cannot be started: {failure.Message}");
        }
    }

    /// <summary>The merged arguments, and those that Glue adds of its own.</summary>
    private static IEnumerable<KeyValuePair<string, string>> Arguments(RunContext context)
    {
        foreach (var pair in context.Arguments)
        {
            yield return pair;
        }

        yield return new("--JOB_NAME", context.Job.Name);
        yield return new("--JOB_RUN_ID", context.Run.Id);
        yield return new("--JOB_ID", context.Run.Id);
        if (!context.Arguments.ContainsKey("--job-bookmark-option"))
        {
            yield return new("--job-bookmark-option", "job-bookmark-disable");
        }
    }
}
