using Tarn.Server;
using Tarn.Server.Demo;
using Arguments = Tarn.Server.Commands.CommandLine;

namespace Tarn.Bench.Measuring;

/// <summary>A whole server in this process, on a free port and an empty folder, which is deleted at the end.</summary>
internal sealed class TarnUnderTest : IAsyncDisposable
{
    private readonly DirectoryInfo folder;
    private readonly TarnServer server;

    private TarnUnderTest(DirectoryInfo folder, TarnServer server)
    {
        this.folder = folder;
        this.server = server;
        Client = new DemoClient(server.Endpoint, "test", "test");
        Objects = new ObjectClient(server.Endpoint, new RequestSigner("s3"));
    }

    public Uri Endpoint => server.Endpoint;

    /// <summary>Calls operations of the JSON services.</summary>
    public DemoClient Client { get; }

    public ObjectClient Objects { get; }

    public static async Task<TarnUnderTest> StartAsync()
    {
        var folder = Directory.CreateTempSubdirectory("tarn-bench-");
        var (options, _) = Arguments.Parse(["--data", folder.FullName, "--port", "0", "--log.level", "Error"], []);
        return new TarnUnderTest(folder, await TarnServer.StartAsync(options, CancellationToken.None));
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        Objects.Dispose();
        await server.DisposeAsync();
        folder.Delete(recursive: true);
    }
}
