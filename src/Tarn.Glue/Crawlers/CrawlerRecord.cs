namespace Tarn.Glue.Crawlers;

/// <summary>A crawler as it is stored: JSON in one row. Members are added, never renamed.</summary>
internal sealed record CrawlerRecord
{
    public required string Name { get; init; }
    public required string Role { get; init; }
    public string? DatabaseName { get; init; }
    public string? Description { get; init; }
    public IReadOnlyList<S3TargetRecord> S3Targets { get; init; } = [];
    public IReadOnlyList<string> Classifiers { get; init; } = [];
    public string? TablePrefix { get; init; }
    public string UpdateBehavior { get; init; } = UpdateBehaviors.Update;
    public string DeleteBehavior { get; init; } = DeleteBehaviors.Deprecate;
    public string RecrawlBehavior { get; init; } = RecrawlBehaviors.Everything;
    public string LineageSettings { get; init; } = "DISABLE";
    public bool? UseLakeFormationCredentials { get; init; }
    public string? LakeFormationAccountId { get; init; }
    public string? Configuration { get; init; }
    public string? SecurityConfiguration { get; init; }

    /// <summary><c>cron(...)</c>; null for none.</summary>
    public string? ScheduleExpression { get; init; }

    public bool IsScheduled { get; init; }

    /// <summary>From 1, one more with each update.</summary>
    public long Version { get; init; } = 1;

    public DateTimeOffset CreationTime { get; init; }
    public DateTimeOffset LastUpdated { get; init; }

    /// <summary>READY, RUNNING or STOPPING.</summary>
    public string State { get; init; } = CrawlerStates.Ready;

    /// <summary>The crawl that runs; null while none does.</summary>
    public CrawlRecord? CurrentCrawl { get; init; }

    /// <summary>The crawl that ended last; null before the first has.</summary>
    public CrawlRecord? LastCrawl { get; init; }

    /// <summary>Tables over all crawls, for the metrics.</summary>
    public int TablesCreated { get; init; }
    public int TablesUpdated { get; init; }
    public int TablesDeleted { get; init; }

    /// <summary>The parsed <see cref="Configuration"/>, which was checked when it was stored.</summary>
    public CrawlerConfiguration ParseConfiguration() => CrawlerConfiguration.Parse(Configuration);
}

/// <param name="Path">As the client gave it.</param>
/// <param name="SampleSize">1 to 249 files of each leaf folder; null for all.</param>
internal sealed record S3TargetRecord(string Path, IReadOnlyList<string> Exclusions, string? ConnectionName, int? SampleSize);

/// <summary>One crawl, as it stands in the history.</summary>
internal sealed record CrawlRecord
{
    /// <summary>A UUID; also the prefix of its log lines.</summary>
    public required string CrawlId { get; init; }

    /// <summary>RUNNING, COMPLETED, FAILED or STOPPED.</summary>
    public string State { get; init; } = CrawlStates.Running;

    public required DateTimeOffset StartTime { get; init; }
    public DateTimeOffset? EndTime { get; init; }
    public string? ErrorMessage { get; init; }

    /// <summary>JSON; null while it runs.</summary>
    public string? Summary { get; init; }

    public int TablesCreated { get; init; }
    public int TablesUpdated { get; init; }
    public int TablesDeleted { get; init; }
}

internal static class CrawlerStates
{
    public const string Ready = "READY";
    public const string Running = "RUNNING";
    public const string Stopping = "STOPPING";
}

internal static class CrawlStates
{
    public const string Running = "RUNNING";
    public const string Completed = "COMPLETED";
    public const string Failed = "FAILED";
    public const string Stopped = "STOPPED";
}

internal static class UpdateBehaviors
{
    public const string Update = "UPDATE_IN_DATABASE";
    public const string Log = "LOG";
}

internal static class DeleteBehaviors
{
    public const string Delete = "DELETE_FROM_DATABASE";
    public const string Deprecate = "DEPRECATE_IN_DATABASE";
    public const string Log = "LOG";
}

internal static class RecrawlBehaviors
{
    public const string Everything = "CRAWL_EVERYTHING";
    public const string NewFoldersOnly = "CRAWL_NEW_FOLDERS_ONLY";
    public const string EventMode = "CRAWL_EVENT_MODE";
}
