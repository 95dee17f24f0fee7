using Microsoft.AspNetCore.Http;
using Tarn.Api.Glue;
using Tarn.Contracts;
using Tarn.Store;
using Tarn.Testing;
using Tarn.Wire.Dispatch;

namespace Tarn.Glue.Tests.Catalog;

/// <summary>Glue over a store of its own, called as the wire calls it: by operation, with the typed input.</summary>
public sealed class TestGlue : IAsyncDisposable
{
    public static readonly DateTimeOffset Now = new(2026, 3, 4, 5, 6, 7, TimeSpan.Zero);

    private readonly IMetadataStore store;
    private readonly GlueService service;

    private TestGlue(IMetadataStore store)
    {
        this.store = store;
        service = new GlueService(store, new FixedTime());
    }

    public AwsScope Scope { get; init; } = new("123456789012", "us-east-1");

    public Tarn.Contracts.Catalog.ICatalog Catalog => service.Catalog;

    public IMetadataStore Store => store;

    public static async Task<TestGlue> OpenAsync(StoreKind kind = StoreKind.Sqlite)
    {
        var place = kind == StoreKind.Sqlite
            ? StoreOptions.Sqlite(Path.Combine(Directory.CreateTempSubdirectory("tarn-glue-").FullName, "tarn.db"))
            : StoreOptions.Postgresql(await (await PostgresServer.SharedAsync()).CreateDatabaseAsync());
        return await OpenAsync(place);
    }

    public static async Task<TestGlue> OpenAsync(StoreOptions place) =>
        new(await MetadataStore.OpenAsync(place, GlueService.Schemas, logging: null, CancellationToken.None));

    /// <summary>The same store seen by another account or region.</summary>
    public TestGlue As(string account, string region) => new(store) { Scope = new AwsScope(account, region) };

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

    /// <summary>Calls and expects a failure of this code and message.</summary>
    public async Task Fails<TInput, TOutput>(Operation<TInput, TOutput> operation, TInput input, string code, string message)
        where TInput : class
        where TOutput : class
    {
        var failure = await Assert.ThrowsAsync<AwsException>(() => Call(operation, input));
        Assert.Equal((code, message), (failure.Code, failure.Message));
    }

    public async Task<TestGlue> WithDatabase(string name = "db")
    {
        await Call(GlueModel.CreateDatabase, new CreateDatabaseRequest { DatabaseInput = new DatabaseInput { Name = name } });
        return this;
    }

    /// <summary>A table <c>db.t</c> with partition keys given as <c>name:type</c>.</summary>
    public async Task<TestGlue> WithTable(params IReadOnlyList<string> keys)
    {
        await WithDatabase();
        await Call(GlueModel.CreateTable, new CreateTableRequest { DatabaseName = "db", TableInput = Table("t", keys) });
        return this;
    }

    public async Task<TestGlue> WithPartitions(params IEnumerable<string[]> values)
    {
        foreach (var chunk in values.Chunk(100))
        {
            var response = await Call(GlueModel.BatchCreatePartition, new BatchCreatePartitionRequest
            {
                DatabaseName = "db",
                TableName = "t",
                PartitionInputList = [.. chunk.Select(value => new PartitionInput { Values = value })],
            });
            Assert.Empty(response.Errors!);
        }

        return this;
    }

    public static TableInput Table(string name, params IReadOnlyList<string> keys) => new()
    {
        Name = name,
        PartitionKeys = [.. keys.Select(key => key.Split(':', 2)).Select(key => new Column { Name = key[0], Type = key[1] })],
    };

    /// <summary>The values of all partitions that a filter finds, page after page, joined by <c>/</c>.</summary>
    public async Task<List<string>> Find(string? expression, int? pageSize = null, Segment? segment = null)
    {
        var found = new List<string>();
        string? token = null;
        do
        {
            var page = await Call(GlueModel.GetPartitions, new GetPartitionsRequest
            {
                DatabaseName = "db",
                TableName = "t",
                Expression = expression,
                MaxResults = pageSize,
                NextToken = token,
                Segment = segment,
            });
            Assert.True(pageSize is null || page.Partitions!.Count <= pageSize);
            found.AddRange(page.Partitions!.Select(partition => string.Join('/', partition.Values!)));
            token = page.NextToken;
        }
        while (token is not null);
        return found;
    }

    public ValueTask DisposeAsync() => store.DisposeAsync();

    private sealed class FixedTime : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => Now;
    }
}
