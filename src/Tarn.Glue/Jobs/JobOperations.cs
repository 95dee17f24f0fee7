using System.Text;
using Tarn.Api.Glue;
using Tarn.Contracts;
using Tarn.Contracts.Lake;
using Tarn.Glue.Jobs.Graph;
using Tarn.Glue.Jobs.Scripts;
using Tarn.Glue.Tags;
using Tarn.Store;
using Tarn.Wire.Dispatch;

namespace Tarn.Glue.Jobs;

/// <summary>Definitions of ETL jobs. Runs are in <see cref="JobRunOperations"/>.</summary>
public sealed class JobOperations
{
    private const int PageSizeDefault = 100;

    private readonly IMetadataStore store;
    private readonly ILake lake;
    private readonly JobOptions options;
    private readonly TimeProvider time;
    private readonly JobRunOperations runs;

    public JobOperations(IMetadataStore store, ILake lake, JobRunner runner, JobOptions options, TimeProvider time)
    {
        this.store = store;
        this.lake = lake;
        this.options = options;
        this.time = time;
        runs = new JobRunOperations(store, runner);
    }

    public OperationTable AddTo(OperationTable operations) => runs.AddTo(operations
        .On(GlueModel.CreateJob, CreateJob)
        .On(GlueModel.UpdateJob, UpdateJob)
        .On(GlueModel.GetJob, GetJob)
        .On(GlueModel.GetJobs, GetJobs)
        .On(GlueModel.ListJobs, ListJobs)
        .On(GlueModel.DeleteJob, DeleteJob)
        .On(GlueModel.BatchGetJobs, BatchGetJobs));

    /// <summary>Whether there is a job of a name, for the operations on tags.</summary>
    internal static bool Exists(IStoreReader reader, AwsScope scope, string name) => JobStore.FindJob(reader, scope, name) is not null;

    public async ValueTask<CreateJobResponse> CreateJob(CreateJobRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var job = JobDefinition.Create(request, time.GetUtcNow());
        if (await store.ReadAsync(reader => JobStore.FindJob(reader, context.Scope, job.Name), cancellationToken) is { } existing)
        {
            throw Exists(existing, job);
        }

        await WriteScript(context.Scope, job, cancellationToken);
        await store.WriteAsync(
            writer =>
            {
                if (JobStore.FindJob(writer, context.Scope, job.Name) is { } other)
                {
                    throw Exists(other, job);
                }

                if (JobStore.CountJobs(writer, context.Scope) >= options.JobsMax)
                {
                    throw GlueErrors.ResourceNumberLimitExceeded($"Failed to add resources to the account: the limit is {options.JobsMax} jobs.");
                }

                JobStore.PutJob(writer, context.Scope, job);
                GlueTags.Add(writer, context.Scope, JobRecord.Arn(context.Scope, job.Name), request.Tags);
                return 0;
            },
            cancellationToken);
        return new CreateJobResponse { Name = job.Name };
    }

    public async ValueTask<UpdateJobResponse> UpdateJob(UpdateJobRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var before = await Find(request.JobName!, context, cancellationToken);
        var job = JobDefinition.From(before.Name, request.JobUpdate!, before.CreatedOn, time.GetUtcNow());
        await WriteScript(context.Scope, job, cancellationToken);
        await store.WriteAsync(
            writer =>
            {
                _ = JobStore.FindJob(writer, context.Scope, job.Name) ?? throw JobErrors.NotFound(job.Name);
                JobStore.PutJob(writer, context.Scope, job);
                return 0;
            },
            cancellationToken);
        return new UpdateJobResponse { JobName = job.Name };
    }

    public async ValueTask<GetJobResponse> GetJob(GetJobRequest request, RequestContext context, CancellationToken cancellationToken) =>
        new() { Job = JobDefinition.ToApi(await Find(request.JobName!, context, cancellationToken)) };

    public async ValueTask<GetJobsResponse> GetJobs(GetJobsRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var (jobs, token) = await Page("GetJobs", request.NextToken, request.MaxResults, null, context, cancellationToken);
        return new GetJobsResponse { Jobs = [.. jobs.Select(JobDefinition.ToApi)], NextToken = token };
    }

    public async ValueTask<ListJobsResponse> ListJobs(ListJobsRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var (jobs, token) = await Page("ListJobs", request.NextToken, request.MaxResults, request.Tags, context, cancellationToken);
        return new ListJobsResponse { JobNames = [.. jobs.Select(job => job.Name)], NextToken = token };
    }

    /// <summary>Succeeds when there is no such job, as AWS does. Runs that work are stopped.</summary>
    public async ValueTask<DeleteJobResponse> DeleteJob(DeleteJobRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        runs.StopAll(context.Scope, request.JobName!);
        await store.WriteAsync(
            writer =>
            {
                JobStore.DeleteJob(writer, context.Scope, request.JobName!);
                GlueTags.Delete(writer, context.Scope, JobRecord.Arn(context.Scope, request.JobName!));
                return 0;
            },
            cancellationToken);
        return new DeleteJobResponse { JobName = request.JobName };
    }

    public async ValueTask<BatchGetJobsResponse> BatchGetJobs(BatchGetJobsRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var names = request.JobNames!.Distinct(StringComparer.Ordinal).ToList();
        var jobs = await store.ReadAsync(reader => names.ConvertAll(name => JobStore.FindJob(reader, context.Scope, name)), cancellationToken);
        return new BatchGetJobsResponse
        {
            Jobs = [.. jobs.Where(job => job is not null).Select(job => JobDefinition.ToApi(job!))],
            JobsNotFound = [.. names.Where((_, index) => jobs[index] is null)],
        };
    }

    private static AwsException Exists(JobRecord existing, JobRecord job) =>
        existing with { CreatedOn = default, LastModifiedOn = default, DefaultArguments = JobJson.None, NonOverridableArguments = JobJson.None, Connections = null }
            == job with { CreatedOn = default, LastModifiedOn = default, DefaultArguments = JobJson.None, NonOverridableArguments = JobJson.None, Connections = null }
        && Same(existing.DefaultArguments, job.DefaultArguments) && Same(existing.NonOverridableArguments, job.NonOverridableArguments)
            ? JobErrors.SameExists()
            : JobErrors.OtherExists(job.Name);

    private static bool Same(IReadOnlyDictionary<string, string> left, IReadOnlyDictionary<string, string> right) =>
        left.Count == right.Count && left.All(pair => right.TryGetValue(pair.Key, out var value) && value == pair.Value);

    private async ValueTask<JobRecord> Find(string name, RequestContext context, CancellationToken cancellationToken) =>
        await store.ReadAsync(reader => JobStore.FindJob(reader, context.Scope, name), cancellationToken) ?? throw JobErrors.NotFound(name);

    private async ValueTask<(List<JobRecord> Jobs, string? Token)> Page(
        string operation, string? nextToken, int? maxResults, IReadOnlyDictionary<string, string>? tags, RequestContext context, CancellationToken cancellationToken)
    {
        var count = maxResults ?? PageSizeDefault;
        var list = $"{operation}/{context.Scope}/{string.Join('&', (tags ?? JobJson.None).OrderBy(tag => tag.Key, StringComparer.Ordinal))}";
        var after = PageToken.DecodeText(list, nextToken, GlueErrors.InvalidToken) ?? "";
        return await store.ReadAsync(
            reader =>
            {
                var jobs = new List<JobRecord>();
                while (true)
                {
                    var page = JobStore.ListJobs(reader, context.Scope, after, count + 1);
                    foreach (var job in page.Where(job => HasTags(reader, context.Scope, job, tags)))
                    {
                        if (jobs.Count == count)
                        {
                            return (jobs, PageToken.Encode(list, jobs[^1].Name));
                        }

                        jobs.Add(job);
                    }

                    if (page.Count <= count)
                    {
                        return (jobs, (string?)null);
                    }

                    after = page[^1].Name;
                }
            },
            cancellationToken);
    }

    private static bool HasTags(IStoreReader reader, AwsScope scope, JobRecord job, IReadOnlyDictionary<string, string>? tags)
    {
        if (tags is null || tags.Count == 0)
        {
            return true;
        }

        var actual = GlueTags.Read(reader, scope, JobRecord.Arn(scope, job.Name));
        return tags.All(tag => actual.TryGetValue(tag.Key, out var value) && value == tag.Value);
    }

    /// <summary>The script of a visual job, for its owner to read; the run goes by the graph.</summary>
    private async ValueTask WriteScript(AwsScope scope, JobRecord job, CancellationToken cancellationToken)
    {
        if (JobDefinition.Nodes(job) is not { } nodes)
        {
            return;
        }

        if (!S3Location.TryParse(job.ScriptLocation, out var location) || location.Key.Length == 0)
        {
            throw GlueErrors.InvalidInput($"ScriptLocation {job.ScriptLocation} is not an S3 object");
        }

        using var script = new MemoryStream(Encoding.UTF8.GetBytes(PySparkScript.Write(JobGraph.Read(nodes))));
        try
        {
            await lake.PutAsync(scope, location.Bucket, location.Key, script, "text/x-python", cancellationToken);
        }
        catch (AwsException failure)
        {
            throw GlueErrors.InvalidInput($"The script cannot be written to {job.ScriptLocation}: {failure.Message}");
        }
    }
}
