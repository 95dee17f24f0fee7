using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Tarn.Api.Kinesis;
using Tarn.Contracts;
using Tarn.Kinesis.Encryption;
using Tarn.Kinesis.Fanout;
using Tarn.Kinesis.Log;
using Tarn.Kinesis.Records;
using Tarn.Store;
using Tarn.Testing;
using Tarn.Wire.Dispatch;

namespace Tarn.Kinesis.Tests.Fanout;

/// <summary>Kinesis with its log in a folder of its own, a clock that the test turns, one stream named <c>s</c>, and consumers that are clients in this process.</summary>
internal sealed class FanoutHarness : IAsyncDisposable
{
    /// <summary>Of the machine's time, for what must come: a test that waits in vain fails.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    private readonly string folder;
    private readonly IMetadataStore store;
    private readonly List<TestSubscriber> subscribers = [];
    private readonly List<Task> operations = [];

    private FanoutHarness(string folder, IMetadataStore store, KinesisOptions options, TimeSpan stateDelay)
    {
        this.folder = folder;
        this.store = store;
        Options = options;
        var keys = new DataKeys(store, new MasterKeySource(options, Path.Combine(folder, "master.key")));
        Log = StreamLog.Open(new BreakableFolder(Path.Combine(folder, "log"), () => DiskIsBroken, () => DiskIsFull), new StreamLogOptions { SegmentBytes = 16 << 20, FrameBytesMax = 6 << 20, SparesMax = 1, Clock = Time, DataKey = keys.Find });
        Service = new KinesisService(options, store, new ShardLogs(Log), keys, ShardIteratorCodec.FromFile(Path.Combine(folder, "iterator.key")), stateDelay, Time, NullLoggerFactory.Instance);
    }

    public ManualTime Time { get; } = new(TestKinesis.Start);

    public KinesisOptions Options { get; }

    public StreamLog Log { get; }

    /// <summary>Makes every sync of the log fail.</summary>
    public bool DiskIsBroken { get; set; }

    /// <summary>Lets the log have no further segments than it has prepared.</summary>
    public bool DiskIsFull { get; set; }

    public KinesisService Service { get; }

    public FanoutOperations Fanout => Service.Fanout!;

    /// <summary>For operations that work on bytes.</summary>
    public WireDoor Door => new(Service.Operations, Scope);

    /// <summary>Who calls; a test may change it between calls.</summary>
    public AwsScope Scope { get; set; } = new("123456789012", "us-east-1");

    public static async Task<FanoutHarness> OpenAsync(int shards = 1, TimeSpan stateDelay = default, Action<KinesisOptions>? configure = null)
    {
        var options = new KinesisOptions();
        configure?.Invoke(options);
        var folder = Directory.CreateTempSubdirectory("tarn-fanout-").FullName;
        var store = await MetadataStore.OpenAsync(StoreOptions.Sqlite(Path.Combine(folder, "tarn.db")), [KinesisService.Schema], logging: null, CancellationToken.None);
        var harness = new FanoutHarness(folder, store, options, stateDelay);
        await harness.Service.StartAsync(CancellationToken.None);
        await harness.Call(KinesisModel.CreateStream, new CreateStreamInput { StreamName = "s", ShardCount = shards });
        harness.Time.Advance(stateDelay);
        return harness;
    }

    public async Task<TOutput> Call<TInput, TOutput>(Operation<TInput, TOutput> operation, TInput input)
        where TInput : class
        where TOutput : class
    {
        var handler = (OperationHandler<TInput, TOutput>)Service.Operations.Handlers[operation.Name];
        return await handler.Handler(input, Context(), TestContext.Current.CancellationToken);
    }

    /// <summary>Puts records into the shard of a hash key, in one call, and answers their sequence numbers.</summary>
    public async Task<List<string>> PutAsync(string[] data, string hashKey = "0")
    {
        var put = await Door.CallAsync("PutRecords", new JsonObject
        {
            ["StreamName"] = "s",
            ["Records"] = new JsonArray([.. data.Select(text => new JsonObject { ["PartitionKey"] = "k", ["ExplicitHashKey"] = hashKey, ["Data"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(text)) })]),
        });
        Assert.Equal(0, (int)put["FailedRecordCount"]!);
        return [.. put["Records"]!.AsArray().Select(record => (string)record!["SequenceNumber"]!)];
    }

    public Task<List<string>> PutAsync(string data) => PutAsync([data]);

    /// <summary>Registers a consumer and answers its ARN.</summary>
    public async Task<string> ConsumerAsync(string name = "c") =>
        (await Call(KinesisModel.RegisterStreamConsumer, new RegisterStreamConsumerInput { StreamARN = Scope.Arn("kinesis", "stream/s"), ConsumerName = name })).Consumer!.ConsumerARN!;

    /// <summary>Begins a subscription; what it fails with before it has started is thrown.</summary>
    public async Task<TestSubscriber> SubscribeAsync(string consumer, StartingPosition? position = null, int shard = 0, BodyEncoding encoding = BodyEncoding.Json, string? streamId = null)
    {
        var client = new TestSubscriber(Time, encoding);
        var input = new SubscribeToShardInput
        {
            ConsumerARN = consumer,
            ShardId = $"shardId-{shard:D12}",
            StreamId = streamId,
            StartingPosition = position ?? new StartingPosition { Type = "LATEST" },
        };
        client.Follow(Fanout.SubscribeAsync(input, client, Context(), client.Gone.Token).AsTask());
        if (await Task.WhenAny(client.Started, client.Operation) == client.Operation)
        {
            await client.Operation;
        }

        subscribers.Add(client);
        operations.Add(client.Operation);
        return client;
    }

    /// <summary>Expects that a subscription is refused.</summary>
    public async Task RefusedAsync(string code, string message, string consumer, StartingPosition? position = null, int shard = 0, string? streamId = null)
    {
        var failure = await Assert.ThrowsAsync<AwsException>(() => SubscribeAsync(consumer, position, shard, streamId: streamId));
        Assert.Equal((code, message), (failure.Code, failure.Message));
    }

    /// <summary>Turns the clock when something waits for exactly the moment that is then.</summary>
    public async Task TurnAsync(TimeSpan by)
    {
        await Time.WaiterAsync(Time.GetUtcNow() + by).WaitAsync(Limit);
        Time.Advance(by);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var subscriber in subscribers)
        {
            await subscriber.Gone.CancelAsync();
        }

        await Task.WhenAll(operations.Select(operation => (Task)operation.ContinueWith(_ => { }, TaskScheduler.Default)));
        await Service.DisposeAsync();
        await store.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    private RequestContext Context() => new()
    {
        Scope = Scope,
        AccessKeyId = "test",
        CallerArn = $"arn:aws:iam::{Scope.AccountId}:root",
        RequestId = Guid.NewGuid().ToString(),
        Http = new DefaultHttpContext(),
    };
}
