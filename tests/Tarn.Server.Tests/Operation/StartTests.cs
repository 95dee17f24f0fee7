using System.Diagnostics;

namespace Tarn.Server.Tests.Operation;

/// <summary>Starts that cannot be: one line on standard error that names the setting, and exit code 2.</summary>
public sealed class StartTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("tarn-start-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("--port", "99999", "port: 99999 is not a port; ports are 0 to 65535.")]
    [InlineData("--certificate-path", "/nowhere/cert.pem", "certificatePath: the certificate '/nowhere/cert.pem' with its key cannot be used: ")]
    [InlineData("--lake.mounts", """[{ "bucket": "archive", "folder": "/nowhere" }]""", "The mount 'archive=/nowhere' cannot be opened: there is no such folder.")]
    [InlineData("--lake.mounts", """[{ "bucket": "A_B", "folder": "/tmp" }]""", "The mount 'A_B=/tmp' cannot be a bucket: ")]
    [InlineData("--access-keys", """[{ "id": "a", "secret": "s" }]""", "accessKeys: the id 'a' must have 3 to 128 letters, digits or underscores.")]
    [InlineData("--kinesis.faults.throttle-share", "1.5", "--kinesis.faults.throttle-share: '1.5' is not a value of kinesis.faults.throttleShare: it must be from 0 to 1.")]
    public async Task A_setting_that_cannot_be_is_told_in_one_line(string option, string value, string message)
    {
        var (code, error) = await ServeAsync(option, value);
        Assert.Equal(2, code);
        Assert.StartsWith("tarn: " + message, Assert.Single(error));
    }

    [Fact]
    public async Task A_port_that_is_taken_is_told_in_one_line()
    {
        using var other = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        other.Start();
        var port = ((System.Net.IPEndPoint)other.LocalEndpoint).Port;
        var (code, error) = await ServeAsync("--port", $"{port}");
        Assert.Equal(2, code);
        Assert.StartsWith($"tarn: Tarn cannot listen on 127.0.0.1:{port}: ", Assert.Single(error));
    }

    private async Task<(int Code, string[] Error)> ServeAsync(params string[] settings)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "tarn.dll"), "serve", "--data", Path.Combine(folder, "data"), "--log.level", "warning", .. settings])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            WorkingDirectory = folder,
        };
        using var process = Process.Start(start)!;
        var error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }
}
