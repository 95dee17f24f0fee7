using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Tarn.Api.Glue;
using Tarn.Contracts;
using Tarn.Contracts.Catalog;
using Tarn.Contracts.Lake;
using Tarn.Glue.Jobs.Runs;
using Tarn.Store;

namespace Tarn.Glue.Jobs;

/// <summary>
/// Runs jobs: gives each run a place, follows its process, and writes every state before anyone can see it. Thread-safe. Runs of a server that
/// died are marked FAILED by the next one (<see cref="RunRecovery"/>).
/// </summary>
public sealed partial class JobRunner : IAsyncDisposable
{
    private readonly ConcurrentDictionary<(AwsScope Scope, string Job, string Run), ActiveRun> active = new();
    private readonly SemaphoreSlim places;
    private readonly CancellationTokenSource stopping = new();
    private readonly IMetadataStore store;
    private readonly ILake lake;
    private readonly JobOptions options;
    private readonly TimeProvider time;
    private readonly ILogger<JobRunner> logger;
    private readonly RunExecution execution;

    public JobRunner(IMetadataStore store, ILake lake, ICatalog catalog, IJobEnvironment environment, JobOptions options, TimeProvider time, ILogger<JobRunner> logger)
    {
        this.store = store;
        this.lake = lake;
        this.options = options;
        this.time = time;
        this.logger = logger;
        places = new SemaphoreSlim(options.ConcurrentRunsMax);
        execution = new RunExecution(lake, catalog, environment, options, time);
    }

    /// <summary>Settles what an earlier server left and takes up runs that were waiting. Called once, before the first request.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (Directory.Exists(options.WorkDirectory))
        {
            Directory.Delete(options.WorkDirectory, recursive: true);
        }

        Directory.CreateDirectory(options.WorkDirectory);
        foreach (var (scope, job) in await RunRecovery.SettleAsync(store, lake, time, cancellationToken))
        {
            await PromoteWaiting(scope, job);
        }
    }

    /// <summary>Ends all runs, which become FAILED, and waits for that.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await stopping.CancelAsync();
        await Task.WhenAll(active.Values.Select(run => run.Work)).WaitAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(CancellationToken.None);
        stopping.Dispose();
        places.Dispose();
    }

    internal async ValueTask<RunRecord> SubmitAsync(AwsScope scope, StartJobRunRequest request, CancellationToken cancellationToken)
    {
        if (active.Count >= options.PendingRunsMax + options.ConcurrentRunsMax)
        {
            throw JobErrors.TooManyRuns(options.PendingRunsMax);
        }

        var id = "jr_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        var (job, run) = await store.WriteAsync(
            writer =>
            {
                var job = JobStore.FindJob(writer, scope, request.JobName!) ?? throw JobErrors.NotFound(request.JobName!);
                var previous = request.JobRunId is { } retried ? JobStore.FindRun(writer, scope, job.Name, retried) ?? throw JobErrors.RunNotFound(retried) : null;
                var run = NewRun(job, request, id, previous, time.GetUtcNow());
                if (JobStore.CountActive(writer, scope, job.Name) >= job.MaxConcurrentRuns)
                {
                    run = (request.JobRunQueuingEnabled ?? job.JobRunQueuingEnabled) == true
                        ? run with { State = RunState.Waiting, StateDetail = "The job run is waiting because the maximum number of concurrent runs is reached." }
                        : throw JobErrors.ConcurrentRunsExceeded(job.Name);
                }

                JobStore.PutRun(writer, scope, run);
                JobStore.TrimRuns(writer, scope, job.Name, options.RunsKeptMax);
                return (job, run);
            },
            cancellationToken);
        if (run.State == RunState.Starting)
        {
            Launch(scope, job, run);
        }

        return run;
    }

    /// <summary>Asks a run to stop. Null when it will; else why not, in AWS's words.</summary>
    internal async ValueTask<AwsException?> StopRunAsync(AwsScope scope, string jobName, string runId, CancellationToken cancellationToken)
    {
        var failure = await store.WriteAsync(
            writer =>
            {
                if (JobStore.FindRun(writer, scope, jobName, runId) is not { } run)
                {
                    return JobErrors.RunNotFound(runId);
                }

                if (RunState.IsFinal(run.State))
                {
                    return new AwsException("JobRunCannotBeStoppedException", $"Job Run {runId} is in state {run.State} and cannot be stopped.");
                }

                var now = time.GetUtcNow();
                JobStore.PutRun(writer, scope, run.State == RunState.Waiting
                    ? run with { State = RunState.Stopped, LastModifiedOn = now, CompletedOn = now }
                    : run with { State = RunState.Stopping, LastModifiedOn = now });
                return null;
            },
            cancellationToken);
        if (failure is null && active.TryGetValue((scope, jobName, runId), out var found))
        {
            await found.Stop.CancelAsync();
        }

        return failure;
    }

    internal void StopAll(AwsScope scope, string jobName)
    {
        foreach (var (key, run) in active)
        {
            if (key.Scope == scope && key.Job == jobName)
            {
                run.Stop.Cancel();
            }
        }
    }

    /// <summary>The run with the seconds that it has worked until now.</summary>
    internal RunRecord WithTime(AwsScope scope, RunRecord run) =>
        !RunState.IsFinal(run.State) && active.TryGetValue((scope, run.JobName, run.Id), out var found) && found.WorkBegan is { } began
            ? run with { ExecutionTime = (int)time.GetElapsedTime(began).TotalSeconds }
            : run;

    /// <summary>Completes when the run has ended; at once when it is not active. For tests and graceful ends.</summary>
    internal Task WaitAsync(AwsScope scope, string jobName, string runId) =>
        active.TryGetValue((scope, jobName, runId), out var run) ? run.Work : Task.CompletedTask;

    private static RunRecord NewRun(JobRecord job, StartJobRunRequest request, string id, RunRecord? previous, DateTimeOffset now)
    {
        var hasOwnCapacity = request.WorkerType is not null || request.NumberOfWorkers is not null || request.MaxCapacity is not null || request.AllocatedCapacity is > 0;
        var workerType = hasOwnCapacity ? request.WorkerType ?? (request.NumberOfWorkers is null ? null : job.WorkerType) : job.WorkerType;
        var workers = hasOwnCapacity ? request.NumberOfWorkers ?? (request.WorkerType is null ? null : job.NumberOfWorkers) : job.NumberOfWorkers;
        return new RunRecord
        {
            Id = previous is null ? id : AttemptId(previous.Id, previous.Attempt + 1),
            JobName = job.Name,
            Attempt = previous is null ? 0 : previous.Attempt + 1,
            PreviousRunId = previous?.Id,
            State = RunState.Starting,
            StartedOn = now,
            LastModifiedOn = now,
            Arguments = request.Arguments ?? previous?.Arguments ?? JobJson.None,
            Timeout = request.Timeout ?? job.Timeout,
            MaxCapacity = hasOwnCapacity ? JobDefinition.Capacity(job.CommandName, workerType, workers, request.MaxCapacity, request.AllocatedCapacity) : job.MaxCapacity,
            WorkerType = workerType,
            NumberOfWorkers = workers,
            SecurityConfiguration = request.SecurityConfiguration ?? job.SecurityConfiguration,
            NotifyDelayAfter = request.NotificationProperty?.NotifyDelayAfter ?? job.NotifyDelayAfter,
            GlueVersion = job.GlueVersion,
            ExecutionClass = request.ExecutionClass ?? job.ExecutionClass,
            JobMode = job.JobMode,
            CommandName = job.CommandName,
            JobRunQueuingEnabled = request.JobRunQueuingEnabled ?? job.JobRunQueuingEnabled,
        };
    }

    /// <summary><c>jr_..._attempt_2</c>: the first run's id and the number of the attempt.</summary>
    private static string AttemptId(string id, int attempt)
    {
        var end = id.IndexOf("_attempt_", StringComparison.Ordinal);
        return $"{(end < 0 ? id : id[..end])}_attempt_{attempt}";
    }

    private void Launch(AwsScope scope, JobRecord job, RunRecord run)
    {
        var entry = new ActiveRun();
        var key = (scope, job.Name, run.Id);
        if (active.TryAdd(key, entry))
        {
            entry.Begin(Task.Run(() => RunAsync(scope, job, run, entry), CancellationToken.None));
        }
    }

    private async Task RunAsync(AwsScope scope, JobRecord job, RunRecord run, ActiveRun entry)
    {
        var (state, error) = (RunState.Failed, "The server stopped while the job was running.");
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(entry.Stop.Token, stopping.Token);
        using var timeout = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        using var any = CancellationTokenSource.CreateLinkedTokenSource(ended.Token, timeout.Token);
        var hasPlace = false;
        try
        {
            await places.WaitAsync(ended.Token);
            hasPlace = true;
            entry.WorkBegan = time.GetTimestamp();
            await MarkRunning(scope, run);
            if (run.Timeout is { } minutes)
            {
                timeout.CancelAfter(TimeSpan.FromMinutes(minutes));
            }

            await execution.ExecuteAsync(scope, job, run, outputs => AnnounceAsync(scope, run, outputs), any.Token);
            (state, error) = (RunState.Succeeded, null);
        }
        catch (OperationCanceledException) when (any.IsCancellationRequested)
        {
            (state, error) = entry.Stop.IsCancellationRequested ? (RunState.Stopped, null)
                : stopping.IsCancellationRequested ? (RunState.Failed, error)
                : (RunState.TimedOut, $"Job {job.Name} run timed out after {run.Timeout} minutes.");
        }
        catch (RunFailedException failure)
        {
            (state, error) = (RunState.Failed, failure.Message);
        }
        catch (AwsException failure)
        {
            (state, error) = (RunState.Failed, $"{failure.Code}: {failure.Message}");
        }
        catch (IOException failure)
        {
            (state, error) = (RunState.Failed, $"The server could not read or write a file of the run: {failure.Message}");
        }
        catch (Exception failure)
        {
            LogRunBroke(logger, job.Name, run.Id, failure);
            (state, error) = (RunState.Failed, $"Internal failure: {failure.Message}");
        }
        finally
        {
            if (hasPlace)
            {
                places.Release();
            }
        }

        try
        {
            await Finish(scope, job, run, entry, state, error);
        }
        catch (Exception failure)
        {
            // The store cannot be written: the next start marks the run FAILED.
            LogRunBroke(logger, job.Name, run.Id, failure);
        }
        finally
        {
            active.TryRemove((scope, job.Name, run.Id), out _);
        }
    }

    /// <summary>Keeps what a run is about to make visible, so that the next server can take it back if this one dies on the way.</summary>
    private async Task AnnounceAsync(AwsScope scope, RunRecord run, IReadOnlyList<RunOutput> outputs) => await store.WriteAsync(
        writer =>
        {
            if (JobStore.FindRun(writer, scope, run.JobName, run.Id) is { } current)
            {
                JobStore.PutRun(writer, scope, current with { Outputs = outputs });
            }

            return 0;
        },
        CancellationToken.None);

    private async Task MarkRunning(AwsScope scope, RunRecord run) => await store.WriteAsync(
        writer =>
        {
            if (JobStore.FindRun(writer, scope, run.JobName, run.Id) is { State: RunState.Starting } current)
            {
                JobStore.PutRun(writer, scope, current with { State = RunState.Running, LastModifiedOn = time.GetUtcNow() });
            }

            return 0;
        },
        CancellationToken.None);

    private async Task Finish(AwsScope scope, JobRecord job, RunRecord run, ActiveRun entry, string state, string? error)
    {
        var seconds = entry.WorkBegan is { } began ? (int)Math.Ceiling(time.GetElapsedTime(began).TotalSeconds) : 0;
        var retry = await store.WriteAsync(
            writer =>
            {
                var now = time.GetUtcNow();
                if (JobStore.FindRun(writer, scope, run.JobName, run.Id) is not { } current)
                {
                    return null;
                }

                JobStore.PutRun(writer, scope, current with { State = state, ErrorMessage = error, Outputs = null, ExecutionTime = seconds, LastModifiedOn = now, CompletedOn = now });
                if (state != RunState.Failed || stopping.IsCancellationRequested || run.Attempt >= job.MaxRetries)
                {
                    return null;
                }

                var next = run with { Id = AttemptId(run.Id, run.Attempt + 1), Attempt = run.Attempt + 1, PreviousRunId = run.Id, State = RunState.Starting, StartedOn = now, LastModifiedOn = now };
                JobStore.PutRun(writer, scope, next);
                return next;
            },
            CancellationToken.None);
        LogRunEnded(logger, job.Name, run.Id, state, seconds);
        if (retry is not null)
        {
            Launch(scope, job, retry);
        }
        else if (!stopping.IsCancellationRequested)
        {
            await PromoteWaiting(scope, job.Name);
        }
    }

    /// <summary>Gives places that have become free to runs that wait for them.</summary>
    private async Task PromoteWaiting(AwsScope scope, string jobName)
    {
        while (true)
        {
            var next = await store.WriteAsync<(JobRecord Job, RunRecord Run)?>(
                writer =>
                {
                    if (JobStore.FindJob(writer, scope, jobName) is not { } job || JobStore.CountActive(writer, scope, jobName) >= job.MaxConcurrentRuns
                        || JobStore.OldestWaiting(writer, scope, jobName) is not { } waiting)
                    {
                        return null;
                    }

                    var run = waiting with { State = RunState.Starting, StateDetail = null, LastModifiedOn = time.GetUtcNow() };
                    JobStore.PutRun(writer, scope, run);
                    return (job, run);
                },
                CancellationToken.None);
            if (next is not { } found)
            {
                return;
            }

            Launch(scope, found.Job, found.Run);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Job {Job} run {Run} ended {State} after {Seconds} s")]
    private static partial void LogRunEnded(ILogger logger, string job, string run, string state, int seconds);

    [LoggerMessage(Level = LogLevel.Error, Message = "Job {Job} run {Run} broke")]
    private static partial void LogRunBroke(ILogger logger, string job, string run, Exception failure);

    private sealed class ActiveRun
    {
        private readonly TaskCompletionSource work = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Cancelled when the user stops the run.</summary>
        public CancellationTokenSource Stop { get; } = new();

        /// <summary>A time stamp; null while it waits for a place.</summary>
        public long? WorkBegan { get; set; }

        public Task Work => work.Task;

        public void Begin(Task task) => task.ContinueWith(_ => work.SetResult(), TaskScheduler.Default);
    }
}
