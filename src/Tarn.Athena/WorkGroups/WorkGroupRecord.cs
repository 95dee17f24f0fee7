namespace Tarn.Athena.WorkGroups;

/// <summary>A workgroup as it is stored.</summary>
internal sealed record WorkGroupRecord
{
    /// <summary>The workgroup that every account has; it cannot be deleted.</summary>
    public const string Primary = "primary";

    public required string Name { get; init; }
    public string? Description { get; init; }

    /// <summary><c>ENABLED</c> or <c>DISABLED</c>.</summary>
    public string State { get; init; } = "ENABLED";

    public DateTimeOffset CreationTime { get; init; }
    public ResultSettings Result { get; init; } = new();

    /// <summary>Whether the workgroup's result settings win over the client's.</summary>
    public bool Enforce { get; init; } = true;

    public bool PublishMetrics { get; init; }
    public bool RequesterPays { get; init; }

    /// <summary>Bytes that a query may scan before it is cancelled, 10,000,000 and up; null for no limit.</summary>
    public long? BytesScannedCutoff { get; init; }

    /// <summary><c>AUTO</c> or <c>Athena engine version 3</c>.</summary>
    public string SelectedEngineVersion { get; init; } = "AUTO";

    public string? ExecutionRole { get; init; }
    public string? AdditionalConfiguration { get; init; }
    public bool? MinimumEncryption { get; init; }
}

/// <summary>Where results go and how they are kept: of a workgroup, and of a query.</summary>
internal sealed record ResultSettings
{
    public string? OutputLocation { get; init; }
    public string? EncryptionOption { get; init; }
    public string? KmsKey { get; init; }
    public string? ExpectedBucketOwner { get; init; }
    public string? AclOption { get; init; }
}
