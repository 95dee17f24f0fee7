namespace Tarn.Glue.Jobs;

/// <summary>Settings of ETL jobs.</summary>
public sealed record JobOptions
{
    /// <summary>Where the logs of runs go: <c>&lt;log group&gt;/{output,error}/&lt;run id&gt;</c> below it.</summary>
    public required string LogDirectory { get; init; }

    /// <summary>A folder for what runs need while they run: temporary files of plans, scripts. Emptied at the start.</summary>
    public required string WorkDirectory { get; init; }

    /// <summary>Runs that work at the same time, on this server; others wait in STARTING. At least 1.</summary>
    public int ConcurrentRunsMax { get; init; } = Math.Max(2, Environment.ProcessorCount);

    /// <summary>Runs that may wait in this server for a place, beyond which StartJobRun answers ResourceNumberLimitExceededException.</summary>
    public int PendingRunsMax { get; init; } = 1000;

    /// <summary>Job definitions per account and region.</summary>
    public int JobsMax { get; init; } = 10_000;

    /// <summary>Runs kept per job; the oldest finished ones go.</summary>
    public int RunsKeptMax { get; init; } = 1000;

    /// <summary>Bytes of memory for the engine's buffers, of one visual run.</summary>
    public long PlanMemoryBytesMax { get; init; } = 2L << 30;

    /// <summary>Bytes that one visual run may put in temporary files.</summary>
    public long PlanTempBytesMax { get; init; } = 64L << 30;

    /// <summary>Threads of one visual run.</summary>
    public int PlanThreads { get; init; } = Environment.ProcessorCount;

    /// <summary>Bytes of address space of one Python shell run.</summary>
    public long PythonMemoryBytesMax { get; init; } = 4L << 30;

    /// <summary>Bytes that a run may log; what is beyond is dropped with a word.</summary>
    public long LogBytesMax { get; init; } = 64L << 20;

    /// <summary>How long a run that is stopped may take to end before it is killed.</summary>
    public TimeSpan StopGrace { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The Python that runs Python shell jobs.</summary>
    public string Python { get; init; } = "python3";

    /// <summary>The program that runs plans; null for <c>tarn-worker</c> beside this one.</summary>
    public string? WorkerProgram { get; init; }
}
