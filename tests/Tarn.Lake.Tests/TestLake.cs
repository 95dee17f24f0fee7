using Microsoft.AspNetCore.Http;
using Tarn.Api.S3;
using Tarn.Contracts;
using Tarn.Store;
using Tarn.Wire.Dispatch;

namespace Tarn.Lake.Tests;

/// <summary>A lake in a folder of its own, called below the wire: an operation's typed method with a request context.</summary>
internal sealed class TestLake : IAsyncDisposable
{
    public const string Bucket = "bucket";

    private TestLake(string folder, IMetadataStore store, LakeService service)
    {
        Folder = folder;
        Store = store;
        Service = service;
    }

    public static AwsScope Scope { get; } = new("000000000000", "us-east-1");

    public string Folder { get; }

    public string LakeFolder => Path.Combine(Folder, "lake");

    public string BucketFolder => Path.Combine(LakeFolder, Bucket);

    public IMetadataStore Store { get; }

    public LakeService Service { get; }

    public static async Task<TestLake> OpenAsync(Func<LakeOptions, LakeOptions>? change = null, string? folder = null, bool makeBucket = true)
    {
        folder ??= Path.Combine(Path.GetTempPath(), "tarn-lake-" + Guid.NewGuid().ToString("N")[..12]);
        var store = await MetadataStore.OpenAsync(StoreOptions.Sqlite(Path.Combine(folder, "metadata.db")), [LakeSchema.Schema], null, CancellationToken.None);
        var options = new LakeOptions { Folder = Path.Combine(folder, "lake") };
        var service = await LakeService.OpenAsync(change is null ? options : change(options), store, TimeProvider.System, CancellationToken.None);
        var lake = new TestLake(folder, store, service);
        if (makeBucket)
        {
            await lake.CallAsync(S3Model.CreateBucket, new CreateBucketRequest { Bucket = Bucket });
        }

        return lake;
    }

    public async Task<TOutput> CallAsync<TInput, TOutput>(Operation<TInput, TOutput> operation, TInput request, HttpContext? http = null, AwsScope? scope = null)
        where TInput : class
        where TOutput : class
    {
        var handler = (OperationHandler<TInput, TOutput>)Service.Operations.Handlers[operation.Name];
        return await handler.Handler(request, Context(http, scope), CancellationToken.None);
    }

    public async Task<PutObjectOutput> PutAsync(string key, string text, string bucket = Bucket) =>
        await CallAsync(S3Model.PutObject, new PutObjectRequest { Bucket = bucket, Key = key, Body = Stream(text) });

    public async Task<string> GetAsync(string key, string bucket = Bucket)
    {
        var output = await CallAsync(S3Model.GetObject, new GetObjectRequest { Bucket = bucket, Key = key });
        using var reader = new StreamReader(output.Body!);
        return await reader.ReadToEndAsync();
    }

    public async Task<IReadOnlyList<string>> KeysAsync(string prefix = "", string bucket = Bucket)
    {
        var keys = new List<string>();
        await foreach (var found in Service.Lake.ListAsync(Scope, bucket, prefix, CancellationToken.None))
        {
            keys.Add(found.Key);
        }

        return keys;
    }

    public static MemoryStream Stream(string text) => new(System.Text.Encoding.UTF8.GetBytes(text));

    public static async Task<AwsException> FailsAsync<T>(Task<T> call, string code)
    {
        var failure = await Assert.ThrowsAsync<AwsException>(() => call);
        Assert.Equal(code, failure.Code);
        return failure;
    }

    /// <summary>Stops the lake and opens it again on the same folder.</summary>
    public async Task<TestLake> ReopenAsync(Func<LakeOptions, LakeOptions>? change = null)
    {
        Service.Dispose();
        await Store.DisposeAsync();
        return await OpenAsync(change, Folder, makeBucket: false);
    }

    public async ValueTask DisposeAsync()
    {
        Service.Dispose();
        await Store.DisposeAsync();

        // Gone already when the lake was opened again on it.
        if (Directory.Exists(Folder))
        {
            Directory.Delete(Folder, recursive: true);
        }
    }

    internal static RequestContext Context(HttpContext? http, AwsScope? scope) => new()
    {
        Scope = scope ?? Scope,
        AccessKeyId = "test",
        CallerArn = "arn:aws:iam::000000000000:root",
        RequestId = Guid.NewGuid().ToString(),
        Http = http ?? new DefaultHttpContext(),
    };
}
