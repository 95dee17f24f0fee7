using System.Diagnostics;

namespace Tarn.Bench.Streams;

/// <summary>Installs what Kinesis is compared with: bench/peers from npm into a folder of the user's, and Redis from Debian.</summary>
internal static class KinesisPeers
{
    /// <returns>The folder that has <c>node_modules</c>.</returns>
    public static async Task<string> InstallAsync()
    {
        var folder = Path.Combine(Path.GetTempPath(), "tarn-bench-peers");
        Directory.CreateDirectory(folder);
        foreach (var file in Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "peers")))
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)), overwrite: true);
        }

        await RunAsync("npm", "ci", "--no-audit", "--no-fund", "--silent", "--prefix", folder);
        if (!Environment.GetEnvironmentVariable("PATH")!.Split(':').Any(path => File.Exists(Path.Combine(path, "redis-server"))))
        {
            await RunAsync("apt-get", "install", "-y", "-q", "--no-install-recommends", "redis-server");
        }

        return folder;
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}");
        }
    }
}
