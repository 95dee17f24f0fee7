using Tarn.Api.Athena;

namespace Tarn.Athena.WorkGroups;

/// <summary>Between the shapes of the API and the stored workgroup.</summary>
internal static class WorkGroupMapping
{
    public static ResultSettings ToRecord(ResultConfiguration? shape) => new()
    {
        OutputLocation = shape?.OutputLocation,
        EncryptionOption = shape?.EncryptionConfiguration?.EncryptionOption,
        KmsKey = shape?.EncryptionConfiguration?.KmsKey,
        ExpectedBucketOwner = shape?.ExpectedBucketOwner,
        AclOption = shape?.AclConfiguration?.S3AclOption,
    };

    public static ResultConfiguration ToShape(ResultSettings settings) => new()
    {
        OutputLocation = settings.OutputLocation,
        EncryptionConfiguration = settings.EncryptionOption is null ? null : new EncryptionConfiguration { EncryptionOption = settings.EncryptionOption, KmsKey = settings.KmsKey },
        ExpectedBucketOwner = settings.ExpectedBucketOwner,
        AclConfiguration = settings.AclOption is null ? null : new AclConfiguration { S3AclOption = settings.AclOption },
    };

    public static WorkGroup ToShape(WorkGroupRecord workGroup) => new()
    {
        Name = workGroup.Name,
        Description = workGroup.Description,
        State = workGroup.State,
        CreationTime = workGroup.CreationTime,
        Configuration = new WorkGroupConfiguration
        {
            ResultConfiguration = ToShape(workGroup.Result),
            EnforceWorkGroupConfiguration = workGroup.Enforce,
            PublishCloudWatchMetricsEnabled = workGroup.PublishMetrics,
            RequesterPaysEnabled = workGroup.RequesterPays,
            BytesScannedCutoffPerQuery = workGroup.BytesScannedCutoff,
            EngineVersion = ToEngineVersion(workGroup.SelectedEngineVersion),
            ExecutionRole = workGroup.ExecutionRole,
            AdditionalConfiguration = workGroup.AdditionalConfiguration,
            EnableMinimumEncryptionConfiguration = workGroup.MinimumEncryption ?? false,
        },
    };

    public static WorkGroupSummary ToSummary(WorkGroupRecord workGroup) => new()
    {
        Name = workGroup.Name,
        Description = workGroup.Description,
        State = workGroup.State,
        CreationTime = workGroup.CreationTime,
        EngineVersion = ToEngineVersion(workGroup.SelectedEngineVersion),
    };

    public static EngineVersion ToEngineVersion(string selected) => new() { SelectedEngineVersion = selected, EffectiveEngineVersion = EngineVersions.Version3 };

    /// <summary>A partial update: what the request does not name stays.</summary>
    public static WorkGroupRecord Apply(WorkGroupRecord old, UpdateWorkGroupInput request)
    {
        var updates = request.ConfigurationUpdates;
        var results = updates?.ResultConfigurationUpdates;
        return old with
        {
            Description = request.Description ?? old.Description,
            State = request.State ?? old.State,
            Enforce = updates?.EnforceWorkGroupConfiguration ?? old.Enforce,
            PublishMetrics = updates?.PublishCloudWatchMetricsEnabled ?? old.PublishMetrics,
            RequesterPays = updates?.RequesterPaysEnabled ?? old.RequesterPays,
            BytesScannedCutoff = updates?.RemoveBytesScannedCutoffPerQuery == true ? null : updates?.BytesScannedCutoffPerQuery ?? old.BytesScannedCutoff,
            SelectedEngineVersion = updates?.EngineVersion?.SelectedEngineVersion is { } selected ? EngineVersions.Check(selected) : old.SelectedEngineVersion,
            ExecutionRole = updates?.ExecutionRole ?? old.ExecutionRole,
            AdditionalConfiguration = updates?.AdditionalConfiguration ?? old.AdditionalConfiguration,
            MinimumEncryption = updates?.EnableMinimumEncryptionConfiguration ?? old.MinimumEncryption,
            Result = results is null ? old.Result : Apply(old.Result, results),
        };
    }

    /// <summary>Settings that would change behaviour and are not built are refused rather than kept and ignored.</summary>
    public static void RefuseUnbuilt(WorkGroupConfiguration? configuration) => RefuseUnbuilt(
        configuration?.ManagedQueryResultsConfiguration?.Enabled == true,
        configuration?.CustomerContentEncryptionConfiguration is not null,
        configuration?.IdentityCenterConfiguration?.EnableIdentityCenter == true,
        configuration?.QueryResultsS3AccessGrantsConfiguration?.EnableS3AccessGrants == true);

    public static void RefuseUnbuilt(WorkGroupConfigurationUpdates? updates) => RefuseUnbuilt(
        updates?.ManagedQueryResultsConfigurationUpdates?.Enabled == true,
        updates?.CustomerContentEncryptionConfiguration is not null,
        identityCenter: false,
        updates?.QueryResultsS3AccessGrantsConfiguration?.EnableS3AccessGrants == true);

    private static void RefuseUnbuilt(bool managedResults, bool contentEncryption, bool identityCenter, bool accessGrants)
    {
        var name = managedResults ? "ManagedQueryResultsConfiguration"
            : contentEncryption ? "CustomerContentEncryptionConfiguration"
            : identityCenter ? "IdentityCenterConfiguration"
            : accessGrants ? "QueryResultsS3AccessGrantsConfiguration"
            : null;
        if (name is not null)
        {
            throw AthenaErrors.InvalidRequest($"{name} is not built in Tarn yet.");
        }
    }

    private static ResultSettings Apply(ResultSettings old, ResultConfigurationUpdates updates) => new()
    {
        OutputLocation = updates.RemoveOutputLocation == true ? null : updates.OutputLocation ?? old.OutputLocation,
        EncryptionOption = updates.RemoveEncryptionConfiguration == true ? null : updates.EncryptionConfiguration?.EncryptionOption ?? old.EncryptionOption,
        KmsKey = updates.RemoveEncryptionConfiguration == true ? null : updates.EncryptionConfiguration is null ? old.KmsKey : updates.EncryptionConfiguration.KmsKey,
        ExpectedBucketOwner = updates.RemoveExpectedBucketOwner == true ? null : updates.ExpectedBucketOwner ?? old.ExpectedBucketOwner,
        AclOption = updates.RemoveAclConfiguration == true ? null : updates.AclConfiguration?.S3AclOption ?? old.AclOption,
    };
}
