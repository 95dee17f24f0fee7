using Tarn.Api.Glue;
using Tarn.Contracts;
using Tarn.Store;
using Tarn.Wire.Dispatch;

namespace Tarn.Glue.Jobs;

/// <summary>Starting, stopping and looking at runs of jobs.</summary>
internal sealed class JobRunOperations(IMetadataStore store, JobRunner runner)
{
    private const int PageSizeDefault = 100;

    public OperationTable AddTo(OperationTable operations) => operations
        .On(GlueModel.StartJobRun, StartJobRun)
        .On(GlueModel.GetJobRun, GetJobRun)
        .On(GlueModel.GetJobRuns, GetJobRuns)
        .On(GlueModel.BatchStopJobRun, BatchStopJobRun);

    public async ValueTask<StartJobRunResponse> StartJobRun(StartJobRunRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var run = await runner.SubmitAsync(context.Scope, request, cancellationToken);
        return new StartJobRunResponse { JobRunId = run.Id };
    }

    public async ValueTask<GetJobRunResponse> GetJobRun(GetJobRunRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var run = await store.ReadAsync(
            reader =>
            {
                _ = JobStore.FindJob(reader, context.Scope, request.JobName!) ?? throw JobErrors.NotFound(request.JobName!);
                return JobStore.FindRun(reader, context.Scope, request.JobName!, request.RunId!) ?? throw JobErrors.RunNotFound(request.RunId!);
            },
            cancellationToken);
        return new GetJobRunResponse { JobRun = JobDefinition.ToApi(runner.WithTime(context.Scope, run)) };
    }

    public async ValueTask<GetJobRunsResponse> GetJobRuns(GetJobRunsRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var list = $"GetJobRuns/{context.Scope}/{request.JobName}";
        var position = PageToken.DecodeText(list, request.NextToken, GlueErrors.InvalidToken) is { } token && token.Split('/') is [var started, var id] && long.TryParse(started, out var microseconds)
            ? new RunPosition(microseconds, id)
            : (RunPosition?)null;
        var count = request.MaxResults ?? PageSizeDefault;
        var runs = await store.ReadAsync(
            reader =>
            {
                _ = JobStore.FindJob(reader, context.Scope, request.JobName!) ?? throw JobErrors.NotFound(request.JobName!);
                return JobStore.ListRuns(reader, context.Scope, request.JobName!, position, count + 1);
            },
            cancellationToken);
        var page = runs.Take(count).ToList();
        return new GetJobRunsResponse
        {
            JobRuns = [.. page.Select(run => JobDefinition.ToApi(runner.WithTime(context.Scope, run)))],
            NextToken = runs.Count > count ? PageToken.Encode(list, $"{page[^1].StartedOn.ToMicroseconds()}/{page[^1].Id}") : null,
        };
    }

    public async ValueTask<BatchStopJobRunResponse> BatchStopJobRun(BatchStopJobRunRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var stopped = new List<BatchStopJobRunSuccessfulSubmission>();
        var errors = new List<BatchStopJobRunError>();
        foreach (var id in request.JobRunIds!)
        {
            if (await runner.StopRunAsync(context.Scope, request.JobName!, id, cancellationToken) is { } failure)
            {
                errors.Add(new BatchStopJobRunError { JobName = request.JobName, JobRunId = id, ErrorDetail = new ErrorDetail { ErrorCode = failure.Code, ErrorMessage = failure.Message } });
            }
            else
            {
                stopped.Add(new BatchStopJobRunSuccessfulSubmission { JobName = request.JobName, JobRunId = id });
            }
        }

        return new BatchStopJobRunResponse { SuccessfulSubmissions = stopped, Errors = errors };
    }

    public void StopAll(AwsScope scope, string jobName) => runner.StopAll(scope, jobName);
}
