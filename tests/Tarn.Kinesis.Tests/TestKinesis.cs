using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Tarn.Api.Kinesis;
using Tarn.Contracts;
using Tarn.Kinesis.Encryption;
using Tarn.Store;
using Tarn.Testing;
using Tarn.Wire.Dispatch;

namespace Tarn.Kinesis.Tests;

/// <summary>Kinesis over a store of its own and a clock that the test turns, called as the wire calls it: by operation, with the typed input.</summary>
internal sealed class TestKinesis : IAsyncDisposable
{
    public static readonly DateTimeOffset Start = new(2026, 3, 4, 5, 6, 7, TimeSpan.Zero);

    private readonly string folder;
    private readonly TimeSpan stateDelay;
    private readonly StoreOptions place;
    private IMetadataStore store = null!;
    private KinesisService service = null!;

    private TestKinesis(TimeSpan stateDelay, KinesisOptions options, StoreOptions? place)
    {
        this.stateDelay = stateDelay;
        Options = options;
        folder = Directory.CreateTempSubdirectory("tarn-kinesis-").FullName;
        this.place = place ?? StoreOptions.Sqlite(Path.Combine(folder, "tarn.db"));
    }

    public ManualTime Time { get; } = new(Start);

    public KinesisOptions Options { get; }

    public MemoryShardLogs Memory { get; } = new();

    /// <summary>Who calls; a test may change it between calls.</summary>
    public AwsScope Scope { get; set; } = new("123456789012", "us-east-1");

    /// <param name="place">Where the store is; null for SQLite in a folder of its own.</param>
    public static async Task<TestKinesis> OpenAsync(TimeSpan stateDelay = default, Action<KinesisOptions>? configure = null, StoreOptions? place = null)
    {
        var options = new KinesisOptions();
        configure?.Invoke(options);
        var kinesis = new TestKinesis(stateDelay, options, place);
        await kinesis.OpenServiceAsync();
        return kinesis;
    }

    /// <summary>Ends the service and its store and opens them again over the same files, as a new process would; the log is kept.</summary>
    public async Task RestartAsync()
    {
        await CloseAsync();
        await OpenServiceAsync();
    }

    public async Task<TOutput> Call<TInput, TOutput>(Operation<TInput, TOutput> operation, TInput input)
        where TInput : class
        where TOutput : class
    {
        var handler = (OperationHandler<TInput, TOutput>)service.Operations.Handlers[operation.Name];
        var context = new RequestContext
        {
            Scope = Scope,
            AccessKeyId = "test",
            CallerArn = $"arn:aws:iam::{Scope.AccountId}:root",
            RequestId = Guid.NewGuid().ToString(),
            Http = new DefaultHttpContext(),
        };
        return await handler.Handler(input, context, TestContext.Current.CancellationToken);
    }

    /// <summary>Calls and expects a failure of this code and message; a null message is not compared.</summary>
    public async Task Fails<TInput, TOutput>(Operation<TInput, TOutput> operation, TInput input, string code, string? message = null)
        where TInput : class
        where TOutput : class
    {
        var failure = await Assert.ThrowsAsync<AwsException>(() => Call(operation, input));
        Assert.Equal((code, message ?? failure.Message), (failure.Code, failure.Message));
    }

    public async Task<TestKinesis> WithStream(string name = "s", int shards = 1)
    {
        await Call(KinesisModel.CreateStream, new CreateStreamInput { StreamName = name, ShardCount = shards });
        return this;
    }

    public async Task<StreamDescriptionSummary> Summary(string name = "s") =>
        (await Call(KinesisModel.DescribeStreamSummary, new DescribeStreamSummaryInput { StreamName = name })).StreamDescriptionSummary!;

    public async Task<List<Api.Kinesis.Shard>> Shards(string name = "s", ShardFilter? filter = null)
    {
        var page = await Call(KinesisModel.ListShards, new ListShardsInput { StreamName = name, ShardFilter = filter });
        var shards = page.Shards!.ToList();
        while (page.NextToken is not null)
        {
            page = await Call(KinesisModel.ListShards, new ListShardsInput { NextToken = page.NextToken });
            shards.AddRange(page.Shards!);
        }

        return shards;
    }

    /// <summary>The numbers in the names of the shards that a filter lets through.</summary>
    public async Task<List<int>> Numbers(ShardFilter? filter = null, string name = "s") =>
        [.. (await Shards(name, filter)).Select(shard => int.Parse(shard.ShardId!["shardId-".Length..], System.Globalization.CultureInfo.InvariantCulture))];

    /// <summary>Changes the store behind the service's back; <see cref="RestartAsync"/> shows it.</summary>
    public async Task ChangeStoreAsync(Action<IStoreWriter> change) => await store.WriteAsync(
        writer =>
        {
            change(writer);
            return true;
        },
        CancellationToken.None);

    /// <summary>The only stream, as it is stored.</summary>
    public async Task<Kinesis.Streams.StreamRecord> StoredAsync() => (await store.ReadAsync(Kinesis.Streams.StreamRows.LoadAll, CancellationToken.None)).Single().Record;

    public string Arn(string name = "s") => Scope.Arn("kinesis", "stream/" + name);

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        Directory.Delete(folder, recursive: true);
    }

    private async Task OpenServiceAsync()
    {
        store = await MetadataStore.OpenAsync(place, [KinesisService.Schema], logging: null, CancellationToken.None);
        service = new KinesisService(Options, store, Memory, new DataKeys(store, new MasterKeySource(Options, Path.Combine(folder, "master.key"))), stateDelay, Time, NullLoggerFactory.Instance);
        await service.StartAsync(CancellationToken.None);
    }

    private async Task CloseAsync()
    {
        await service.DisposeAsync();
        await store.DisposeAsync();
    }
}
