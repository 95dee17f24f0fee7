using Tarn.Contracts;
using Tarn.Contracts.Lake;
using Tarn.Store;

namespace Tarn.Glue.Jobs;

/// <summary>
/// Settles what a server that died left behind: its runs are FAILED, for nobody knows how far they came, and objects that one of them was making visible are
/// taken back, so that a failed run has no output and not half of one. Files that were never visible are in folders that are emptied anyway.
/// </summary>
internal static class RunRecovery
{
    private const string Reason = "The server stopped while the job was running.";

    /// <returns>The jobs that have runs which wait for a place.</returns>
    public static async Task<IReadOnlySet<(AwsScope Scope, string Job)>> SettleAsync(IMetadataStore store, ILake lake, TimeProvider time, CancellationToken cancellationToken)
    {
        var unfinished = await store.ReadAsync(JobStore.ListUnfinished, cancellationToken);
        foreach (var (scope, run) in unfinished)
        {
            // Before the run is marked: a server that dies here finds the list again.
            foreach (var output in run.Outputs ?? [])
            {
                if (await lake.BucketExistsAsync(scope, output.Bucket, cancellationToken))
                {
                    await lake.DeleteAsync(scope, output.Bucket, output.Key, cancellationToken);
                }
            }
        }

        return await store.WriteAsync(
            writer =>
            {
                var waiting = new HashSet<(AwsScope, string)>();
                foreach (var (scope, run) in JobStore.ListUnfinished(writer))
                {
                    if (run.State == RunState.Waiting)
                    {
                        waiting.Add((scope, run.JobName));
                        continue;
                    }

                    var now = time.GetUtcNow();
                    JobStore.PutRun(writer, scope, run with { State = RunState.Failed, ErrorMessage = Reason, Outputs = null, LastModifiedOn = now, CompletedOn = now });
                }

                return waiting;
            },
            cancellationToken);
    }
}
