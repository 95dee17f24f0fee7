using System.Diagnostics;
using Tarn.Server.Demo;

namespace Tarn.Server.Tests.Kill;

/// <summary>A <c>tarn serve</c> of its own that can be killed at any moment.</summary>
internal sealed class ServerProcess : IDisposable
{
    private const string Ready = "Tarn is ready on ";
    private static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(60);
    private readonly Process process;

    private ServerProcess(Process process, Uri endpoint)
    {
        this.process = process;
        Endpoint = endpoint;
        Client = new DemoClient(endpoint, "test", "test");
    }

    public Uri Endpoint { get; }

    public DemoClient Client { get; }

    /// <param name="settings">More options of <c>tarn serve</c>.</param>
    public static async Task<ServerProcess> StartAsync(string folder, params string[] settings)
    {
        var process = Start(folder, settings);
        var line = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
        Assert.StartsWith(Ready, line);
        return new ServerProcess(process, new Uri(line![Ready.Length..]));
    }

    /// <summary>Starts a server and kills it after a while, whatever it has come to.</summary>
    public static async Task StartAndKillAsync(string folder, TimeSpan after)
    {
        using var process = Start(folder, []);
        await Task.Delay(after, TestContext.Current.CancellationToken);
        process.Kill();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Writes again and again, until the server is gone. What the last write did is open.</summary>
    public static async Task UntilKilledAsync(Func<int, Task> write)
    {
        try
        {
            for (var i = 0; ; i++)
            {
                await write(i);
            }
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            // The server is gone.
        }
    }

    /// <summary>Waits until a condition holds; fails after a minute, saying what was waited for.</summary>
    public static async Task UntilAsync(Func<Task<bool>> condition, string what)
    {
        var end = DateTime.UtcNow + WaitMax;
        while (!await condition())
        {
            Assert.True(DateTime.UtcNow < end, $"not within {WaitMax.TotalSeconds} s: {what}");
            await Task.Delay(TimeSpan.FromMilliseconds(10), TestContext.Current.CancellationToken);
        }
    }

    /// <summary>SIGKILL: nothing in the process gets to run again.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Everything that the server has started and what that has started, at this moment.</summary>
    public IReadOnlyList<ChildProcess> Descendants()
    {
        var all = Directory.EnumerateDirectories("/proc").Select(path => ChildProcess.Read(Path.GetFileName(path))).OfType<ChildProcess>().ToList();
        var found = new List<ChildProcess>();
        var parents = new HashSet<int> { process.Id };
        while (all.Where(child => parents.Contains(child.ParentId) && !parents.Contains(child.Id)).ToList() is { Count: > 0 } next)
        {
            found.AddRange(next);
            parents.UnionWith(next.Select(child => child.Id));
        }

        return found;
    }

    public void Dispose()
    {
        if (!process.HasExited)
        {
            process.Kill();
            process.WaitForExit();
        }

        Client.Dispose();
        process.Dispose();
    }

    private static Process Start(string folder, string[] settings)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true,
        };
        foreach (var argument in (string[])[Path.Combine(AppContext.BaseDirectory, "tarn.dll"), "serve", "--port", "0", "--data", folder, "--log.level", "error", .. settings])
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start)!;
    }
}

/// <summary>A process, told from a later one of the same number by the time of its start.</summary>
internal sealed record ChildProcess(int Id, int ParentId, string Started)
{
    public bool IsAlive => Read(Id.ToString(System.Globalization.CultureInfo.InvariantCulture)) is { } now && now.Started == Started;

    /// <summary>Null when there is no such process, or it has ended and waits to be collected.</summary>
    public static ChildProcess? Read(string id)
    {
        if (!id.All(char.IsAsciiDigit))
        {
            return null;
        }

        try
        {
            // pid (name) state ppid ... starttime is the 22nd; a name may hold anything.
            var text = File.ReadAllText($"/proc/{id}/stat");
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            return fields[0] == "Z" ? null : new ChildProcess(int.Parse(id, System.Globalization.CultureInfo.InvariantCulture), int.Parse(fields[1], System.Globalization.CultureInfo.InvariantCulture), fields[19]);
        }
        catch (Exception e) when (e is IOException or FormatException)
        {
            return null;
        }
    }
}
