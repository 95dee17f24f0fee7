using Tarn.Contracts;
using Tarn.Contracts.Catalog;
using Tarn.Contracts.Lake;
using Tarn.Worker.Plans;

namespace Tarn.Glue.Jobs.Runs;

/// <summary>
/// Makes objects of the files that a plan has written, by rename, and then changes the catalog. What fails on the way is taken back, at once or, when the
/// server dies, by the next one, for which the names are kept first.
/// </summary>
internal sealed class OutputCommit(ILake lake, ICatalog catalog, RunContext context, TimeProvider time)
{
    private static long lastStamp;

    public async Task CommitAsync(IReadOnlyList<(OutputPlan Plan, PlanWritten Written)> targets, CancellationToken cancellationToken)
    {
        var objects = Objects(targets);
        await context.Announce([.. objects.Select(item => item.Output)]);
        try
        {
            foreach (var (plan, output, path) in objects)
            {
                await lake.AdoptAsync(context.Scope, output.Bucket, output.Key, path, ContentType(plan.Output), cancellationToken);
            }

            foreach (var (plan, written) in targets)
            {
                context.Log.Info($"{plan.Node.Name}: {written.Files.Count} objects in {plan.Folder}");
            }

            foreach (var (plan, written) in targets.Where(target => target.Plan.Update is not null))
            {
                await new CatalogChange(catalog, context.Scope, time).ApplyAsync(plan, written, cancellationToken);
            }
        }
        catch (Exception failure) when (failure is AwsException or IOException)
        {
            foreach (var (_, output, _) in objects)
            {
                await lake.DeleteAsync(context.Scope, output.Bucket, output.Key, CancellationToken.None);
            }

            throw new RunFailedException($"The output could not be made visible and was taken back: {failure.Message}");
        }
    }

    /// <summary>The names of all objects. They are new: the time and a number are in them.</summary>
    private List<(OutputPlan Plan, RunOutput Output, string Path)> Objects(IReadOnlyList<(OutputPlan Plan, PlanWritten Written)> targets)
    {
        var stamp = NextStamp(time.GetUtcNow().ToUnixTimeMilliseconds());
        var objects = new List<(OutputPlan, RunOutput, string)>();
        foreach (var (plan, written) in targets)
        {
            foreach (var file in written.Files)
            {
                var key = plan.Folder.Key + HivePath.Of(plan.Output.PartitionKeys, file.Partition) + FileName(plan, stamp, objects.Count);
                objects.Add((plan, new RunOutput(plan.Folder.Bucket, key), file.Path));
            }
        }

        return objects;
    }

    /// <summary>The time in milliseconds, but never the same twice: two runs that end together may write into one folder.</summary>
    private static long NextStamp(long now)
    {
        while (true)
        {
            var last = Volatile.Read(ref lastStamp);
            var next = Math.Max(now, last + 1);
            if (Interlocked.CompareExchange(ref lastStamp, next, last) == last)
            {
                return next;
            }
        }
    }

    /// <summary>As Glue names its files.</summary>
    private static string FileName(OutputPlan plan, long stamp, int number)
    {
        var gzip = plan.Output.Compression == "gzip" ? ".gz" : "";
        return plan.Output.Format == "parquet"
            ? $"run-{stamp}-part-block-0-r-{number:00000}-{plan.Output.Compression ?? "snappy"}.parquet"
            : $"run-{stamp}-part-r-{number:00000}{gzip}";
    }

    private static string ContentType(NodeOutput output) => output.Format switch
    {
        _ when output.Compression == "gzip" && output.Format != "parquet" => "application/gzip",
        "csv" => "text/csv",
        "json" => "application/json",
        _ => "application/octet-stream",
    };
}
