using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Tarn.Api.Glue;
using Tarn.Contracts;
using Tarn.Contracts.Catalog;
using Tarn.Glue.Jobs;
using Tarn.Store;
using Tarn.Wire.Dispatch;

namespace Tarn.Glue.Tests.Jobs;

/// <summary>Jobs over a store, a lake and worker processes of their own, called as the wire calls them.</summary>
internal sealed class TestJobs : IAsyncDisposable
{
    private readonly string root;
    private readonly IMetadataStore store;
    private readonly OperationTable operations;

    private TestJobs(string root, IMetadataStore store, Func<JobOptions, JobOptions>? change, TimeProvider time)
    {
        this.root = root;
        this.store = store;
        Lake = new TestLake(root);
        Lake.CreateBucket("b");
        Options = new JobOptions
        {
            LogDirectory = Path.Combine(root, "logs"), WorkDirectory = Path.Combine(root, "work"), PlanMemoryBytesMax = 256L << 20, PlanThreads = 2,
        };
        Options = change?.Invoke(Options) ?? Options;
        var glue = new GlueService(store, time);
        Catalog = glue.Catalog;
        Runner = glue.AddJobs(Lake, new Variables(), Options, NullLogger<JobRunner>.Instance);
        operations = glue.Operations;
    }

    public static AwsScope Scope { get; } = new("123456789012", "us-east-1");

    public TestLake Lake { get; }

    public JobOptions Options { get; }

    public ICatalog Catalog { get; }

    public JobRunner Runner { get; }

    public static async Task<TestJobs> OpenAsync(Func<JobOptions, JobOptions>? change = null, string? at = null, TimeProvider? time = null)
    {
        var root = at ?? Directory.CreateTempSubdirectory("tarn-jobs-").FullName;
        var store = await MetadataStore.OpenAsync(StoreOptions.Sqlite(Path.Combine(root, "tarn.db")), GlueService.Schemas, logging: null, CancellationToken.None);
        var jobs = new TestJobs(root, store, change, time ?? TimeProvider.System);
        await jobs.Runner.StartAsync(CancellationToken.None);
        return jobs;
    }

    /// <summary>A second server over the same folders, as after a kill: the first one is not told.</summary>
    public Task<TestJobs> Again() => OpenAsync(at: root);

    public async Task<TOutput> Call<TInput, TOutput>(Operation<TInput, TOutput> operation, TInput input)
        where TInput : class
        where TOutput : class
    {
        var handler = (OperationHandler<TInput, TOutput>)operations.Handlers[operation.Name];
        var context = new RequestContext { Scope = Scope, AccessKeyId = "test", CallerArn = "arn", RequestId = "id", Http = new DefaultHttpContext() };
        return await handler.Handler(input, context, TestContext.Current.CancellationToken);
    }

    public async Task<AwsException> Fails<TInput, TOutput>(Operation<TInput, TOutput> operation, TInput input)
        where TInput : class
        where TOutput : class => await Assert.ThrowsAsync<AwsException>(() => Call(operation, input));

    public Task<CreateJobResponse> Create(string name, IReadOnlyDictionary<string, CodeGenConfigurationNode>? nodes = null, string command = "glueetl", string script = "s3://b/scripts/job.py", int concurrent = 1, int retries = 0, bool queues = false) =>
        Call(GlueModel.CreateJob, new CreateJobRequest
        {
            Name = name, Role = "arn:aws:iam::123456789012:role/glue", Command = new JobCommand { Name = command, ScriptLocation = script }, CodeGenConfigurationNodes = nodes,
            ExecutionProperty = new ExecutionProperty { MaxConcurrentRuns = concurrent }, MaxRetries = retries, JobRunQueuingEnabled = queues,
        });

    /// <summary>A Python shell job of this script.</summary>
    public Task<CreateJobResponse> Python(string name, string script, int concurrent = 1, int retries = 0, bool queues = false)
    {
        Lake.Put("b", $"scripts/{name}.py", script);
        return Create(name, command: "pythonshell", script: $"s3://b/scripts/{name}.py", concurrent: concurrent, retries: retries, queues: queues);
    }

    public async Task<string> Start(string name, IReadOnlyDictionary<string, string>? arguments = null) =>
        (await Call(GlueModel.StartJobRun, new StartJobRunRequest { JobName = name, Arguments = arguments })).JobRunId!;

    public async Task<JobRun> Run(string name, IReadOnlyDictionary<string, string>? arguments = null) => await End(name, await Start(name, arguments));

    /// <summary>Waits for the end of a run.</summary>
    public async Task<JobRun> End(string name, string id)
    {
        await Runner.WaitAsync(Scope, name, id);
        return await Get(name, id);
    }

    public async Task<JobRun> Get(string name, string id) => (await Call(GlueModel.GetJobRun, new GetJobRunRequest { JobName = name, RunId = id })).JobRun!;

    public string Log(string kind, string id, string group = "jobs") => File.ReadAllText(Path.Combine(Options.LogDirectory, "aws-glue", group, kind, id));

    /// <summary>Waits until a file is there: how a script tells that it has begun.</summary>
    public static async Task Until(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!condition())
        {
            await Task.Delay(20, limit.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Runner.DisposeAsync();
        await ((store as IAsyncDisposable)?.DisposeAsync() ?? ValueTask.CompletedTask);
        (store as IDisposable)?.Dispose();
    }

    private sealed class Variables : IJobEnvironment
    {
        IReadOnlyDictionary<string, string> IJobEnvironment.Variables(AwsScope scope) => new Dictionary<string, string>
        {
            ["AWS_ENDPOINT_URL"] = "http://127.0.0.1:4566", ["AWS_REGION"] = scope.Region, ["AWS_DEFAULT_REGION"] = scope.Region, ["AWS_ACCESS_KEY_ID"] = "test", ["AWS_SECRET_ACCESS_KEY"] = "test",
        };
    }
}
