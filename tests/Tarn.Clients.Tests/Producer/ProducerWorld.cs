using System.Text;
using Tarn.Clients.Kinesis;
using Tarn.Clients.Producer;

namespace Tarn.Clients.Tests.Producer;

/// <summary>A producer on virtual time, over the service of the test.</summary>
internal sealed class ProducerWorld : IAsyncDisposable
{
    public const string StreamName = "events";

    private readonly KinesisClient client;

    public ProducerWorld(Func<ProducerOptions, ProducerOptions> configure)
    {
        Service = new FakeKinesis(Time);
        client = Service.Client();
        Producer = new KinesisProducer(client, configure(new ProducerOptions { TimeProvider = Time, Seed = 1, DisposeTimeout = TimeSpan.Zero }));
    }

    public VirtualTime Time { get; } = new();

    public FakeKinesis Service { get; }

    public KinesisProducer Producer { get; }

    public static TimeSpan Ms(double milliseconds) => TimeSpan.FromMilliseconds(milliseconds);

    /// <summary>Puts text; there must be room.</summary>
    public Task<PutResult> Put(string key, string text, UInt128? hashKey = null)
    {
        Assert.True(Producer.TryPut(StreamName, key, Encoding.UTF8.GetBytes(text), hashKey, out var result));
        return result;
    }

    /// <summary>Puts a record and has its request answered, so that the shards are known and nothing waits.</summary>
    public async Task WarmUpAsync()
    {
        var put = Put("warm", "up");
        var flush = Producer.FlushAsync();
        (await Service.NextAsync()).Succeed();
        await put;
        await flush;
    }

    public async ValueTask DisposeAsync()
    {
        await Producer.DisposeAsync();
        client.Dispose();
        Service.Dispose();
    }
}
