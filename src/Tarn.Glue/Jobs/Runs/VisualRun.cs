using Tarn.Contracts.Catalog;
using Tarn.Contracts.Lake;
using Tarn.Glue.Jobs.Graph;
using Tarn.Worker.Plans;

namespace Tarn.Glue.Jobs.Runs;

/// <summary>
/// A run of a visual job: resolve what is read and where it is written, run the plan in a child process into folders that nobody reads, then make objects of the files and change
/// the catalog last. A run that fails leaves nothing behind.
/// </summary>
internal sealed class VisualRun(ILake lake, ICatalog catalog, JobOptions options, TimeProvider time)
{
    public async Task ExecuteAsync(RunContext context, CancellationToken cancellationToken)
    {
        var nodes = JobGraph.Read(JobDefinition.Nodes(context.Job)!);
        var staging = Directory.CreateDirectory(Path.Combine(lake.StagingDirectory, context.Run.Id)).FullName;
        try
        {
            var resolver = new InputResolver(lake, catalog, context);
            var inputs = new Dictionary<string, NodeInput>(StringComparer.Ordinal);
            foreach (var node in nodes.Where(node => node is FileSource or CatalogTableSource))
            {
                inputs[node.Id] = await resolver.ResolveAsync(node, cancellationToken);
                context.Log.Info($"{node.Name}: {inputs[node.Id].Files.Count} files");
            }

            var outputs = new Dictionary<string, OutputPlan>(StringComparer.Ordinal);
            foreach (var node in nodes.Where(node => node is Target or Spigot))
            {
                outputs[node.Id] = await OutputPlan.MakeAsync(node, lake, catalog, context.Scope, Path.Combine(staging, outputs.Count.ToString()), cancellationToken);
            }

            var request = new PlanRequest
            {
                Nodes = nodes,
                Inputs = inputs,
                Outputs = outputs.ToDictionary(pair => pair.Key, pair => pair.Value.Output),
                MemoryBytesMax = options.PlanMemoryBytesMax,
                Threads = options.PlanThreads,
                TempDirectory = Directory.CreateDirectory(Path.Combine(context.Directory, "temp")).FullName,
                TempBytesMax = options.PlanTempBytesMax,
            };
            var written = await new WorkerProcess(options).RunAsync(request, e => Follow(context.Log, e), cancellationToken);

            // From here on the run is done in full: half of it visible would be worse than a late stop.
            await new OutputCommit(lake, catalog, context, time).CommitAsync([.. written.Select(target => (outputs[target.NodeId], target))], CancellationToken.None);
        }
        finally
        {
            if (Directory.Exists(staging))
            {
                Directory.Delete(staging, recursive: true);
            }
        }
    }

    private static void Follow(RunLog log, PlanEvent e)
    {
        if (e is PlanLog { IsWarning: true } warning)
        {
            log.Warn(warning.Text);
        }
        else if (e is PlanLog line)
        {
            log.Info(line.Text);
        }
    }
}
