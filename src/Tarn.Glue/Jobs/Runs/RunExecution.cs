using Tarn.Contracts;
using Tarn.Contracts.Catalog;
using Tarn.Contracts.Lake;

namespace Tarn.Glue.Jobs.Runs;

/// <summary>A run that failed, in words for its ErrorMessage.</summary>
internal sealed class RunFailedException(string message) : Exception(message);

/// <summary>One run's place in the world.</summary>
/// <param name="Arguments">Merged: what cannot be overridden, over the run's, over the job's.</param>
/// <param name="Directory">A folder of its own, deleted behind it.</param>
/// <param name="Announce">Keeps a list of objects that are about to become visible.</param>
internal sealed record RunContext(AwsScope Scope, JobRecord Job, RunRecord Run, IReadOnlyDictionary<string, string> Arguments, string Directory, RunLog Log, Func<IReadOnlyList<RunOutput>, Task> Announce);

/// <summary>Executes a run by what its job is.</summary>
internal sealed class RunExecution(ILake lake, ICatalog catalog, IJobEnvironment environment, JobOptions options, TimeProvider time)
{
    /// <summary>Returns when the run has succeeded.</summary>
    /// <exception cref="RunFailedException">The run failed.</exception>
    public async Task ExecuteAsync(AwsScope scope, JobRecord job, RunRecord run, Func<IReadOnlyList<RunOutput>, Task> announce, CancellationToken cancellationToken)
    {
        var directory = Directory.CreateDirectory(Path.Combine(options.WorkDirectory, run.Id)).FullName;
        try
        {
            using var log = RunLog.Open(Path.Combine(options.LogDirectory, JobDefinition.LogGroup(job.CommandName)[1..]), run.Id, options.LogBytesMax, time);
            var context = new RunContext(scope, job, run, Arguments(job, run), directory, log, announce);
            try
            {
                await (job switch
                {
                    { NodesJson: not null } => new VisualRun(lake, catalog, options, time).ExecuteAsync(context, cancellationToken),
                    { CommandName: "pythonshell" } => new PythonShellRun(lake, environment, options).ExecuteAsync(context, cancellationToken),
                    { CommandName: "glueetl" } => throw new RunFailedException(
                        $"Tarn does not run Spark scripts yet: job {job.Name} has no CodeGenConfigurationNodes, and {job.ScriptLocation} needs Apache Spark. Visual jobs and Python shell jobs run."),
                    _ => throw new RunFailedException($"Tarn does not run jobs of the command {job.CommandName} yet; visual glueetl jobs and pythonshell jobs run."),
                });
            }
            catch (RunFailedException failure)
            {
                log.Error(failure.Message);
                throw;
            }
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static Dictionary<string, string> Arguments(JobRecord job, RunRecord run)
    {
        var arguments = new Dictionary<string, string>(job.DefaultArguments, StringComparer.Ordinal);
        foreach (var (key, value) in run.Arguments.Concat(job.NonOverridableArguments))
        {
            arguments[key] = value;
        }

        return arguments;
    }
}
