using Tarn.Clients.Examples;

namespace Tarn.Clients.Tests;

/// <summary>The examples of clients/README.md are run, and are in it as they are.</summary>
public sealed class ExampleTests
{
    private static readonly string Clients = Path.Combine(AppContext.BaseDirectory, "clients");

    [Fact]
    public async Task The_producers_example_prints_what_the_README_says()
    {
        await using var server = await TestServer.StartAsync();
        await server.CreateStreamAsync("orders", 2);
        using var output = new StringWriter { NewLine = "\n" };
        await ProducerExample.RunAsync(server.ClientOptions, output);
        var readme = await File.ReadAllTextAsync(Path.Combine(Clients, "README.md"), TestContext.Current.CancellationToken);
        Assert.Contains($"```\n{output}```\n", readme);
        var code = await File.ReadAllTextAsync(Path.Combine(Clients, "ProducerExample.cs"), TestContext.Current.CancellationToken);
        Assert.Contains($"```csharp\n{code}```\n", readme);
    }
}
