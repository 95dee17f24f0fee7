using System.Diagnostics;
using System.Text;
using Tarn.Contracts.Lake;

namespace Tarn.Glue.Jobs.Runs;

/// <summary>
/// What a Python shell run imports beside its script: the part of Glue's own library that is built (<c>awsglue.utils</c>), and the modules of
/// <c>--additional-python-modules</c>, which pip puts into a folder of the run.
/// </summary>
internal static class PythonModules
{
    private const string ResourcePrefix = "python/";

    /// <summary>Writes Glue's library below a folder; the folder goes on the library path.</summary>
    public static string WriteLibrary(string directory)
    {
        var assembly = typeof(PythonModules).Assembly;
        foreach (var name in assembly.GetManifestResourceNames().Where(name => name.StartsWith(ResourcePrefix, StringComparison.Ordinal)))
        {
            var path = Path.Combine(directory, name[ResourcePrefix.Length..]);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            using var source = assembly.GetManifestResourceStream(name)!;
            using var target = File.Create(path);
            source.CopyTo(target);
        }

        return directory;
    }

    /// <summary>The entries of <c>--additional-python-modules</c>: requirements of pip, or wheels in S3.</summary>
    public static IEnumerable<string> Requested(IReadOnlyDictionary<string, string> arguments) =>
        (arguments.GetValueOrDefault("--additional-python-modules") ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    public static bool IsInLake(string module) => S3Location.TryParse(module, out _);

    /// <summary>Has pip install modules into a folder. What pip says is in the run's log.</summary>
    /// <param name="modules">Requirements, or files that are here already.</param>
    /// <exception cref="RunFailedException">pip is missing or failed.</exception>
    public static async Task InstallAsync(string python, IEnumerable<string> modules, string folder, RunContext context, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(python)
        {
            WorkingDirectory = context.Directory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        foreach (var argument in (string[])["-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--no-cache-dir", "--target", folder])
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var option in (context.Arguments.GetValueOrDefault("--python-modules-installer-option") ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            start.ArgumentList.Add(option);
        }

        foreach (var module in modules)
        {
            start.ArgumentList.Add(module);
        }

        start.Environment.Clear();
        start.Environment["PATH"] = Environment.GetEnvironmentVariable("PATH") ?? "/usr/local/bin:/usr/bin:/bin";
        start.Environment["HOME"] = start.WorkingDirectory;
        start.Environment["TMPDIR"] = start.WorkingDirectory;
        start.Environment["LANG"] = "C.UTF-8";
        string? lastError = null;
        using var process = Process.Start(start) ?? throw new RunFailedException($"{python} cannot be started.");
        try
        {
            process.StandardInput.Close();
            await Task.WhenAll(
                PumpAsync(process.StandardOutput, line => context.Log.Raw(line, isError: false), cancellationToken),
                PumpAsync(process.StandardError, line =>
                {
                    context.Log.Raw(line, isError: true);
                    lastError = line.StartsWith("ERROR", StringComparison.Ordinal) ? line : lastError;
                }, cancellationToken));
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

        if (process.ExitCode != 0)
        {
            throw new RunFailedException($"The modules of --additional-python-modules cannot be installed: {lastError ?? $"pip ended with exit code {process.ExitCode}"}");
        }
    }

    private static async Task PumpAsync(StreamReader reader, Action<string> take, CancellationToken cancellationToken)
    {
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            take(line);
        }
    }
}
