using System.Text.Json;
using Tarn.Api.Glue;
using Tarn.Glue.Jobs.Graph;

namespace Tarn.Glue.Jobs;

/// <summary>Jobs of the API as records and back, with the defaults that AWS fills in and the combinations that it refuses.</summary>
internal static class JobDefinition
{
    private const string DefaultGlueVersion = "5.1";
    private const int ArgumentsBytesMax = 260 * 1024;
    private static readonly string[] Commands = ["glueetl", "pythonshell", "gluestreaming", "glueray"];

    private static readonly Dictionary<string, double> WorkerUnits = new(StringComparer.Ordinal)
    {
        ["Standard"] = 1, ["G.025X"] = 0.25, ["G.1X"] = 1, ["G.2X"] = 2, ["G.4X"] = 4, ["G.8X"] = 8, ["Z.2X"] = 2,
    };

    public static JobRecord Create(CreateJobRequest request, DateTimeOffset now)
    {
        var update = new JobUpdate
        {
            JobMode = request.JobMode, JobRunQueuingEnabled = request.JobRunQueuingEnabled, Description = request.Description, LogUri = request.LogUri, Role = request.Role,
            ExecutionProperty = request.ExecutionProperty, Command = request.Command, DefaultArguments = request.DefaultArguments, NonOverridableArguments = request.NonOverridableArguments,
            Connections = request.Connections, MaxRetries = request.MaxRetries, AllocatedCapacity = request.AllocatedCapacity, Timeout = request.Timeout, MaxCapacity = request.MaxCapacity,
            WorkerType = request.WorkerType, NumberOfWorkers = request.NumberOfWorkers, SecurityConfiguration = request.SecurityConfiguration, NotificationProperty = request.NotificationProperty,
            GlueVersion = request.GlueVersion, CodeGenConfigurationNodes = request.CodeGenConfigurationNodes, ExecutionClass = request.ExecutionClass,
            SourceControlDetails = request.SourceControlDetails, MaintenanceWindow = request.MaintenanceWindow,
        };
        return From(request.Name!, update, now, now);
    }

    /// <summary>UpdateJob replaces the whole definition, as AWS does: what is not given goes back to its default.</summary>
    public static JobRecord From(string name, JobUpdate job, DateTimeOffset createdOn, DateTimeOffset now)
    {
        var command = job.Command ?? throw GlueErrors.InvalidInput("Command cannot be null or empty");
        var commandName = command.Name ?? "glueetl";
        if (!Commands.Contains(commandName))
        {
            throw GlueErrors.InvalidInput($"Command name {commandName} is not valid: it must be one of {string.Join(", ", Commands)}");
        }

        if (string.IsNullOrEmpty(job.Role))
        {
            throw GlueErrors.InvalidInput("Role cannot be null or empty");
        }

        if (string.IsNullOrEmpty(command.ScriptLocation))
        {
            throw GlueErrors.InvalidInput("ScriptLocation cannot be null or empty");
        }

        if (job.MaxRetries is < 0 or > 10)
        {
            throw GlueErrors.InvalidInput("MaxRetries must be between 0 and 10");
        }

        if (job.Timeout >= 10_080)
        {
            throw GlueErrors.InvalidInput("Timeout must be less than 10080 minutes");
        }

        var concurrent = job.ExecutionProperty?.MaxConcurrentRuns ?? 1;
        if (concurrent < 1)
        {
            throw GlueErrors.InvalidInput("MaxConcurrentRuns must be at least 1");
        }

        if (ArgumentBytes(job.DefaultArguments) + ArgumentBytes(job.NonOverridableArguments) > ArgumentsBytesMax)
        {
            throw GlueErrors.InvalidInput($"Job arguments must not exceed {ArgumentsBytesMax / 1024} KB");
        }

        if (job.CodeGenConfigurationNodes is { Count: > 0 } nodes)
        {
            JobGraph.Read(nodes);
        }

        var capacity = Capacity(commandName, job.WorkerType, job.NumberOfWorkers, job.MaxCapacity, job.AllocatedCapacity);
        var glueVersion = job.GlueVersion ?? (commandName == "pythonshell" ? "3.0" : DefaultGlueVersion);
        return new JobRecord
        {
            Name = name,
            JobMode = job.JobMode,
            JobRunQueuingEnabled = job.JobRunQueuingEnabled,
            Description = job.Description,
            LogUri = job.LogUri,
            Role = job.Role,
            CreatedOn = createdOn,
            LastModifiedOn = now,
            MaxConcurrentRuns = concurrent,
            CommandName = commandName,
            ScriptLocation = command.ScriptLocation,
            PythonVersion = command.PythonVersion ?? (commandName is "glueetl" ? "3" : null),
            Runtime = command.Runtime,
            DefaultArguments = job.DefaultArguments ?? JobJson.None,
            NonOverridableArguments = job.NonOverridableArguments ?? JobJson.None,
            Connections = job.Connections?.Connections,
            MaxRetries = job.MaxRetries ?? 0,
            Timeout = job.Timeout ?? DefaultTimeout(commandName, glueVersion),
            MaxCapacity = capacity,
            WorkerType = job.WorkerType,
            NumberOfWorkers = job.NumberOfWorkers,
            SecurityConfiguration = job.SecurityConfiguration,
            NotifyDelayAfter = job.NotificationProperty?.NotifyDelayAfter,
            GlueVersion = glueVersion,
            NodesJson = job.CodeGenConfigurationNodes is { Count: > 0 } graph ? JsonSerializer.Serialize(graph, JobJson.Options) : null,
            ExecutionClass = job.ExecutionClass,
            SourceControlJson = job.SourceControlDetails is { } source ? JsonSerializer.Serialize(source, JobJson.Options) : null,
            MaintenanceWindow = job.MaintenanceWindow,
        };
    }

    /// <summary>Data processing units: of the workers, or as given, or AWS's default; the combinations that AWS refuses are refused in its words.</summary>
    public static double? Capacity(string commandName, string? workerType, int? workers, double? maxCapacity, int? allocatedCapacity)
    {
        if (allocatedCapacity is > 0 && maxCapacity is not null)
        {
            throw GlueErrors.InvalidInput("Please set only Allocated Capacity or Max Capacity");
        }

        if ((workerType is not null || workers is not null) && maxCapacity is not null)
        {
            throw GlueErrors.InvalidInput("Please do not set Max Capacity if using Worker Type and Number of Workers.");
        }

        if (workerType is not null && allocatedCapacity is > 0)
        {
            throw GlueErrors.InvalidInput("Please do not set Allocated Capacity if using Worker Type and Number of Workers.");
        }

        if (workerType is null != workers is null)
        {
            throw GlueErrors.InvalidInput("Please set both Worker Type and Number of Workers.");
        }

        if (workerType is not null)
        {
            return workers < 1 || (workers < 2 && commandName == "glueetl")
                ? throw GlueErrors.InvalidInput("Number of workers must be at least 2 for an ETL job.")
                : WorkerUnits.GetValueOrDefault(workerType, 1) * workers;
        }

        var capacity = maxCapacity ?? (allocatedCapacity is > 0 ? allocatedCapacity : null);
        return commandName switch
        {
            "pythonshell" when capacity is not (null or 0.0625 or 1) => throw GlueErrors.InvalidInput("MaxCapacity of a Python shell job must be 0.0625 or 1."),
            "pythonshell" => capacity ?? 0.0625,
            _ when capacity is < 2 => throw GlueErrors.InvalidInput("MaxCapacity must be at least 2 DPU for an ETL job."),
            _ => capacity ?? 10,
        };
    }

    public static Job ToApi(JobRecord job) => new()
    {
        Name = job.Name,
        JobMode = job.JobMode ?? JobMode.SCRIPT,
        JobRunQueuingEnabled = job.JobRunQueuingEnabled,
        Description = job.Description,
        LogUri = job.LogUri,
        Role = job.Role,
        CreatedOn = job.CreatedOn,
        LastModifiedOn = job.LastModifiedOn,
        ExecutionProperty = new ExecutionProperty { MaxConcurrentRuns = job.MaxConcurrentRuns },
        Command = new JobCommand { Name = job.CommandName, ScriptLocation = job.ScriptLocation, PythonVersion = job.PythonVersion, Runtime = job.Runtime },
        DefaultArguments = job.DefaultArguments.Count == 0 ? null : job.DefaultArguments,
        NonOverridableArguments = job.NonOverridableArguments.Count == 0 ? null : job.NonOverridableArguments,
        Connections = job.Connections is { } connections ? new ConnectionsList { Connections = connections } : null,
        MaxRetries = job.MaxRetries,
        AllocatedCapacity = (int)(job.MaxCapacity ?? 0),
        Timeout = job.Timeout,
        MaxCapacity = job.MaxCapacity,
        WorkerType = job.WorkerType,
        NumberOfWorkers = job.NumberOfWorkers,
        SecurityConfiguration = job.SecurityConfiguration,
        NotificationProperty = job.NotifyDelayAfter is { } delay ? new NotificationProperty { NotifyDelayAfter = delay } : null,
        GlueVersion = job.GlueVersion,
        CodeGenConfigurationNodes = Nodes(job),
        ExecutionClass = job.ExecutionClass,
        SourceControlDetails = job.SourceControlJson is { } source ? JsonSerializer.Deserialize<SourceControlDetails>(source, JobJson.Options) : null,
        MaintenanceWindow = job.MaintenanceWindow,
    };

    /// <summary>The graph of a visual job; null for a script job.</summary>
    public static IReadOnlyDictionary<string, CodeGenConfigurationNode>? Nodes(JobRecord job) =>
        job.NodesJson is { } nodes ? JsonSerializer.Deserialize<Dictionary<string, CodeGenConfigurationNode>>(nodes, JobJson.Options) : null;

    public static JobRun ToApi(RunRecord run) => new()
    {
        Id = run.Id,
        Attempt = run.Attempt,
        PreviousRunId = run.PreviousRunId,
        JobName = run.JobName,
        JobMode = run.JobMode ?? JobMode.SCRIPT,
        JobRunQueuingEnabled = run.JobRunQueuingEnabled,
        StartedOn = run.StartedOn,
        LastModifiedOn = run.LastModifiedOn,
        CompletedOn = run.CompletedOn,
        JobRunState = run.State,
        Arguments = run.Arguments.Count == 0 ? null : run.Arguments,
        ErrorMessage = run.ErrorMessage,
        PredecessorRuns = [],
        AllocatedCapacity = (int)(run.MaxCapacity ?? 0),
        ExecutionTime = run.ExecutionTime,
        Timeout = run.Timeout,
        MaxCapacity = run.MaxCapacity,
        WorkerType = run.WorkerType,
        NumberOfWorkers = run.NumberOfWorkers,
        SecurityConfiguration = run.SecurityConfiguration,
        LogGroupName = LogGroup(run.CommandName),
        NotificationProperty = run.NotifyDelayAfter is { } delay ? new NotificationProperty { NotifyDelayAfter = delay } : null,
        GlueVersion = run.GlueVersion,
        ExecutionClass = run.ExecutionClass,
        StateDetail = run.StateDetail,
    };

    /// <summary>Where a run's logs are: the beginning of the names of its log groups, and of its folders below the logs'.</summary>
    public static string LogGroup(string? commandName) => commandName == "pythonshell" ? "/aws-glue/python-jobs" : "/aws-glue/jobs";

    private static int? DefaultTimeout(string commandName, string glueVersion) => commandName switch
    {
        "gluestreaming" => null,
        "glueetl" when glueVersion.Length > 0 && glueVersion[0] >= '5' => 480,
        _ => 2880,
    };

    private static int ArgumentBytes(IReadOnlyDictionary<string, string>? arguments) => arguments?.Sum(pair => pair.Key.Length + pair.Value.Length) ?? 0;
}
