using System.Diagnostics;
using Npgsql;

namespace Tarn.Testing;

/// <summary>
/// A real PostgreSQL for tests: a cluster of its own in a temporary folder, reached through a socket in that folder, stopped and deleted at the end.
/// <c>tests/postgres/install</c> brings the package when it is absent. PostgreSQL refuses to run as root, so root runs it as another user.
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private static readonly SemaphoreSlim SharedGate = new(1);
    private static PostgresServer? shared;
    private static string? unavailable;

    private readonly string bin;
    private readonly string folder;

    private PostgresServer(string bin, string folder)
    {
        this.bin = bin;
        this.folder = folder;
    }

    /// <summary>The one server of this test run, started at the first call; skips the test when PostgreSQL cannot be had.</summary>
    public static async Task<PostgresServer> SharedAsync()
    {
        await SharedGate.WaitAsync();
        try
        {
            if (shared is null && unavailable is null)
            {
                try
                {
                    shared = await StartAsync();
                    AppDomain.CurrentDomain.ProcessExit += (_, _) => shared.StopAndDelete();
                }
                catch (PostgresUnavailableException exception)
                {
                    unavailable = exception.Message;
                }
            }

            return shared ?? throw Xunit.Sdk.SkipException.ForSkip(unavailable!);
        }
        finally
        {
            SharedGate.Release();
        }
    }

    /// <summary>A server of the caller's own.</summary>
    public static async Task<PostgresServer> StartAsync()
    {
        var bin = (await RunAsync(Path.Combine(Root(), "tests", "postgres", "install"))).Trim().Split('\n')[^1];
        var folder = Directory.CreateTempSubdirectory("tarn-pg-").FullName;
        var server = new PostgresServer(bin, folder);
        if (Environment.UserName == "root")
        {
            await RunAsync("chown", "nobody", folder);
        }

        await server.AsServerUserAsync(Path.Combine(bin, "initdb"), "-D", server.Data, "-U", "tarn", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync");
        await server.StartServerAsync();
        return server;
    }

    /// <summary>Makes an empty database; answers its connection string.</summary>
    public async Task<string> CreateDatabaseAsync()
    {
        var name = $"t{Guid.NewGuid():N}";
        await using var connection = new NpgsqlConnection(ConnectionString("postgres") + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = $"CREATE DATABASE {name}";
        await command.ExecuteNonQueryAsync();
        return ConnectionString(name);
    }

    /// <summary>Stops the server as a crash does, without writing anything more, and starts it again.</summary>
    public async Task CrashAndRestartAsync()
    {
        Stop();
        await StartServerAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Task.Yield();
        StopAndDelete();
    }

    private string Data => Path.Combine(folder, "data");

    private string ConnectionString(string database) => $"Host={folder};Username=tarn;Database={database}";

    private Task StartServerAsync() =>
        AsServerUserAsync(
            Path.Combine(bin, "pg_ctl"), "-D", Data, "-w", "-t", "60", "-l", Path.Combine(folder, "log"),
            "-o", $"-c listen_addresses='' -c unix_socket_directories='{folder}' -c max_connections=200", "start");

    private void Stop() => AsServerUserAsync(Path.Combine(bin, "pg_ctl"), "-D", Data, "-w", "-m", "immediate", "stop").GetAwaiter().GetResult();

    private void StopAndDelete()
    {
        Stop();
        Directory.Delete(folder, recursive: true);
    }

    private Task<string> AsServerUserAsync(string program, params string[] arguments) =>
        Environment.UserName == "root" ? RunAsync("runuser", ["-u", "nobody", "--", program, .. arguments]) : RunAsync(program, arguments);

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        // Output goes to files: pg_ctl leaves a server behind that would hold a pipe open.
        var start = new ProcessStartInfo("/bin/sh") { WorkingDirectory = "/" };
        var output = Path.GetTempFileName();
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add("out=$1; shift; exec \"$@\" >\"$out\" 2>&1 </dev/null");
        start.ArgumentList.Add("run");
        start.ArgumentList.Add(output);
        start.ArgumentList.Add(program);
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        try
        {
            using var process = Process.Start(start)!;
            await process.WaitForExitAsync();
            var text = await File.ReadAllTextAsync(output);
            return process.ExitCode == 0 ? text : throw new PostgresUnavailableException($"{Path.GetFileName(program)} failed: {text}");
        }
        finally
        {
            File.Delete(output);
        }
    }

    private static string Root()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "Tarn.slnx")))
            {
                return directory.FullName;
            }
        }

        throw new PostgresUnavailableException("The tests run outside a checkout, so tests/postgres/install cannot be found.");
    }
}

/// <summary>PostgreSQL cannot be had on this machine; the message says why.</summary>
public sealed class PostgresUnavailableException(string message) : Exception(message);
