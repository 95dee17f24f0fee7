using System.Text.Json;
using System.Text.Json.Serialization;
using Tarn.Contracts;

namespace Tarn.Glue.Jobs;

/// <summary>A job as it is stored.</summary>
internal sealed record JobRecord
{
    public required string Name { get; init; }
    public string? JobMode { get; init; }
    public bool? JobRunQueuingEnabled { get; init; }
    public string? Description { get; init; }
    public string? LogUri { get; init; }
    public required string Role { get; init; }
    public required DateTimeOffset CreatedOn { get; init; }
    public required DateTimeOffset LastModifiedOn { get; init; }
    public int MaxConcurrentRuns { get; init; } = 1;

    /// <summary>glueetl, pythonshell, gluestreaming or glueray.</summary>
    public required string CommandName { get; init; }
    public string? ScriptLocation { get; init; }
    public string? PythonVersion { get; init; }
    public string? Runtime { get; init; }
    public IReadOnlyDictionary<string, string> DefaultArguments { get; init; } = JobJson.None;
    public IReadOnlyDictionary<string, string> NonOverridableArguments { get; init; } = JobJson.None;
    public IReadOnlyList<string>? Connections { get; init; }
    public int MaxRetries { get; init; }

    /// <summary>Minutes; null for none (streaming).</summary>
    public int? Timeout { get; init; }
    public double? MaxCapacity { get; init; }
    public string? WorkerType { get; init; }
    public int? NumberOfWorkers { get; init; }
    public string? SecurityConfiguration { get; init; }
    public int? NotifyDelayAfter { get; init; }
    public string? GlueVersion { get; init; }

    /// <summary>The graph as the API writes it, in JSON; null for a script job.</summary>
    public string? NodesJson { get; init; }
    public string? ExecutionClass { get; init; }
    public string? SourceControlJson { get; init; }
    public string? MaintenanceWindow { get; init; }

    public static string Arn(AwsScope scope, string name) => scope.Arn("glue", $"job/{name}");
}

/// <summary>A run as it is stored.</summary>
internal sealed record RunRecord
{
    public required string Id { get; init; }
    public required string JobName { get; init; }
    public int Attempt { get; init; }
    public string? PreviousRunId { get; init; }
    public required string State { get; init; }
    public required DateTimeOffset StartedOn { get; init; }
    public required DateTimeOffset LastModifiedOn { get; init; }
    public DateTimeOffset? CompletedOn { get; init; }

    /// <summary>What the caller gave; the script sees them merged with the job's.</summary>
    public IReadOnlyDictionary<string, string> Arguments { get; init; } = JobJson.None;
    public string? ErrorMessage { get; init; }

    /// <summary>Seconds in which it worked.</summary>
    public int ExecutionTime { get; init; }

    /// <summary>Minutes; null for none.</summary>
    public int? Timeout { get; init; }
    public double? MaxCapacity { get; init; }
    public string? WorkerType { get; init; }
    public int? NumberOfWorkers { get; init; }
    public string? SecurityConfiguration { get; init; }
    public int? NotifyDelayAfter { get; init; }
    public string? GlueVersion { get; init; }
    public string? ExecutionClass { get; init; }
    public string? JobMode { get; init; }
    public bool? JobRunQueuingEnabled { get; init; }
    public string? StateDetail { get; init; }

    /// <summary>The command of the job when the run began, which tells where its logs are; null for a run of before this was kept.</summary>
    public string? CommandName { get; init; }

    /// <summary>While the run makes its output visible, all objects of it, there or not yet; null before and after.</summary>
    public IReadOnlyList<RunOutput>? Outputs { get; init; }
}

/// <summary>An object that a run writes.</summary>
internal sealed record RunOutput(string Bucket, string Key);

/// <summary>States of runs, in AWS's words.</summary>
internal static class RunState
{
    public const string Waiting = "WAITING";
    public const string Starting = "STARTING";
    public const string Running = "RUNNING";
    public const string Stopping = "STOPPING";
    public const string Stopped = "STOPPED";
    public const string Succeeded = "SUCCEEDED";
    public const string Failed = "FAILED";
    public const string TimedOut = "TIMEOUT";
    public const string Error = "ERROR";

    public static bool IsFinal(string state) => state is Stopped or Succeeded or Failed or TimedOut or Error;
}

internal static class JobJson
{
    public static readonly IReadOnlyDictionary<string, string> None = new Dictionary<string, string>();

    public static readonly JsonSerializerOptions Options = new() { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };
}
