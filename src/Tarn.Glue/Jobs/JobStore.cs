using System.Text.Json;
using Tarn.Contracts;
using Tarn.Store;

namespace Tarn.Glue.Jobs;

/// <summary>Rows of jobs and runs. Definitions are JSON beside the columns that are searched.</summary>
internal static class JobStore
{
    public static readonly StoreSchema Schema = new("glue_jobs",
    [
        """
        CREATE TABLE glue_jobs_jobs (
            account {text} NOT NULL, region {text} NOT NULL, name {text} NOT NULL,
            definition {text} NOT NULL,
            PRIMARY KEY (account, region, name));

        CREATE TABLE glue_jobs_runs (
            account {text} NOT NULL, region {text} NOT NULL, job_name {text} NOT NULL, run_id {text} NOT NULL,
            started BIGINT NOT NULL, state {text} NOT NULL,
            definition {text} NOT NULL,
            PRIMARY KEY (account, region, job_name, run_id));
        CREATE INDEX glue_jobs_runs_started ON glue_jobs_runs (account, region, job_name, started, run_id);
        CREATE INDEX glue_jobs_runs_state ON glue_jobs_runs (state);
        """,
    ]);

    public static JobRecord? FindJob(IStoreReader store, AwsScope scope, string name) =>
        store.QueryFirst("SELECT definition FROM glue_jobs_jobs WHERE account = @p0 AND region = @p1 AND name = @p2", Read<JobRecord>, scope.AccountId, scope.Region, name);

    /// <summary>Jobs whose name comes after <paramref name="after"/>, in order of names.</summary>
    public static List<JobRecord> ListJobs(IStoreReader store, AwsScope scope, string after, int count) =>
        store.Query(
            "SELECT definition FROM glue_jobs_jobs WHERE account = @p0 AND region = @p1 AND name > @p2 ORDER BY name LIMIT @p3",
            Read<JobRecord>, scope.AccountId, scope.Region, after, count);

    public static int CountJobs(IStoreReader store, AwsScope scope) =>
        store.QueryFirst("SELECT count(*) FROM glue_jobs_jobs WHERE account = @p0 AND region = @p1", row => row.Int(0), scope.AccountId, scope.Region);

    public static void PutJob(IStoreWriter store, AwsScope scope, JobRecord job) => store.Execute(
        """
        INSERT INTO glue_jobs_jobs (account, region, name, definition) VALUES (@p0, @p1, @p2, @p3)
        ON CONFLICT (account, region, name) DO UPDATE SET definition = excluded.definition
        """,
        scope.AccountId, scope.Region, job.Name, Write(job));

    /// <summary>Deletes a job with its runs.</summary>
    public static void DeleteJob(IStoreWriter store, AwsScope scope, string name)
    {
        store.Execute("DELETE FROM glue_jobs_runs WHERE account = @p0 AND region = @p1 AND job_name = @p2", scope.AccountId, scope.Region, name);
        store.Execute("DELETE FROM glue_jobs_jobs WHERE account = @p0 AND region = @p1 AND name = @p2", scope.AccountId, scope.Region, name);
    }

    public static RunRecord? FindRun(IStoreReader store, AwsScope scope, string jobName, string runId) =>
        store.QueryFirst(
            "SELECT definition FROM glue_jobs_runs WHERE account = @p0 AND region = @p1 AND job_name = @p2 AND run_id = @p3",
            Read<RunRecord>, scope.AccountId, scope.Region, jobName, runId);

    /// <summary>Runs, the newest first.</summary>
    /// <param name="before">Only what comes behind this run; null begins with the newest.</param>
    public static List<RunRecord> ListRuns(IStoreReader store, AwsScope scope, string jobName, RunPosition? before, int count) =>
        before is { } position
            ? store.Query(
                """
                SELECT definition FROM glue_jobs_runs WHERE account = @p0 AND region = @p1 AND job_name = @p2 AND (started < @p3 OR (started = @p3 AND run_id < @p4))
                ORDER BY started DESC, run_id DESC LIMIT @p5
                """,
                Read<RunRecord>, scope.AccountId, scope.Region, jobName, position.Started, position.RunId, count)
            : store.Query(
                "SELECT definition FROM glue_jobs_runs WHERE account = @p0 AND region = @p1 AND job_name = @p2 ORDER BY started DESC, run_id DESC LIMIT @p3",
                Read<RunRecord>, scope.AccountId, scope.Region, jobName, count);

    /// <summary>Runs of a job that hold a place: neither waiting nor over.</summary>
    public static int CountActive(IStoreReader store, AwsScope scope, string jobName) =>
        store.QueryFirst(
            "SELECT count(*) FROM glue_jobs_runs WHERE account = @p0 AND region = @p1 AND job_name = @p2 AND state IN ('STARTING', 'RUNNING', 'STOPPING')",
            row => row.Int(0), scope.AccountId, scope.Region, jobName);

    public static RunRecord? OldestWaiting(IStoreReader store, AwsScope scope, string jobName) =>
        store.QueryFirst(
            "SELECT definition FROM glue_jobs_runs WHERE account = @p0 AND region = @p1 AND job_name = @p2 AND state = 'WAITING' ORDER BY started, run_id LIMIT 1",
            Read<RunRecord>, scope.AccountId, scope.Region, jobName);

    /// <summary>Every run that is not over, of all accounts: what a server that starts must look after.</summary>
    public static List<(AwsScope Scope, RunRecord Run)> ListUnfinished(IStoreReader store) =>
        store.Query(
            "SELECT definition, account, region FROM glue_jobs_runs WHERE state IN ('WAITING', 'STARTING', 'RUNNING', 'STOPPING') ORDER BY started, run_id",
            row => (new AwsScope(row.Text(1), row.Text(2)), Read<RunRecord>(row)));

    public static void PutRun(IStoreWriter store, AwsScope scope, RunRecord run) => store.Execute(
        """
        INSERT INTO glue_jobs_runs (account, region, job_name, run_id, started, state, definition) VALUES (@p0, @p1, @p2, @p3, @p4, @p5, @p6)
        ON CONFLICT (account, region, job_name, run_id) DO UPDATE SET state = excluded.state, definition = excluded.definition
        """,
        scope.AccountId, scope.Region, run.JobName, run.Id, run.StartedOn.ToMicroseconds(), run.State, Write(run));

    /// <summary>Forgets the oldest finished runs of a job beyond a number.</summary>
    public static void TrimRuns(IStoreWriter store, AwsScope scope, string jobName, int kept) => store.Execute(
        """
        DELETE FROM glue_jobs_runs WHERE account = @p0 AND region = @p1 AND job_name = @p2 AND state NOT IN ('WAITING', 'STARTING', 'RUNNING', 'STOPPING')
        AND run_id IN (SELECT run_id FROM glue_jobs_runs WHERE account = @p0 AND region = @p1 AND job_name = @p2 ORDER BY started DESC, run_id DESC LIMIT 1000000 OFFSET @p3)
        """,
        scope.AccountId, scope.Region, jobName, kept);

    private static T Read<T>(StoreRow row) => JsonSerializer.Deserialize<T>(row.Text(0), JobJson.Options)!;

    private static string Write<T>(T value) => JsonSerializer.Serialize(value, JobJson.Options);
}

/// <param name="Started">Microseconds since 1970.</param>
internal readonly record struct RunPosition(long Started, string RunId);
