using Tarn.Contracts;
using Tarn.Contracts.Catalog;
using Tarn.Contracts.Lake;
using Tarn.Worker.Plans;

namespace Tarn.Glue.Jobs.Runs;

/// <summary>Makes objects of the files that a plan has written, by rename, and then changes the catalog. What fails on the way is taken back.</summary>
internal sealed class OutputCommit(ILake lake, ICatalog catalog, RunContext context, TimeProvider time)
{
    public async Task CommitAsync(IReadOnlyList<(OutputPlan Plan, PlanWritten Written)> targets, CancellationToken cancellationToken)
    {
        var adopted = new List<S3Location>();
        try
        {
            var stamp = time.GetUtcNow().ToUnixTimeMilliseconds();
            foreach (var (plan, written) in targets)
            {
                for (var i = 0; i < written.Files.Count; i++)
                {
                    var file = written.Files[i];
                    var key = plan.Folder.Key + HivePath.Of(plan.Output.PartitionKeys, file.Partition) + FileName(plan, stamp, adopted.Count);
                    await lake.AdoptAsync(context.Scope, plan.Folder.Bucket, key, file.Path, ContentType(plan.Output), cancellationToken);
                    adopted.Add(new S3Location(plan.Folder.Bucket, key));
                }

                context.Log.Info($"{plan.Node.Name}: {written.Files.Count} objects in {plan.Folder}");
            }

            foreach (var (plan, written) in targets.Where(target => target.Plan.Update is not null))
            {
                await new CatalogChange(catalog, context.Scope, time).ApplyAsync(plan, written, cancellationToken);
            }
        }
        catch (Exception failure) when (failure is AwsException or IOException)
        {
            foreach (var location in adopted)
            {
                await lake.DeleteAsync(context.Scope, location.Bucket, location.Key, CancellationToken.None);
            }

            throw new RunFailedException($"The output could not be made visible and was taken back: {failure.Message}");
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
