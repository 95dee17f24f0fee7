using Tarn.Api.S3;
using Tarn.Contracts;
using Tarn.Lake.Objects;
using Tarn.Wire.Dispatch;

namespace Tarn.Lake.Buckets;

/// <summary>
/// Settings of buckets that Tarn remembers because they state what is so already, and readings of those that no bucket here has (docs/adr/0023).
/// </summary>
internal sealed class BucketSettingsOperations(BucketStore buckets, ObjectStore objects)
{
    private const string Versioning = "versioning", Encryption = "encryption", Ownership = "ownership", PublicAccess = "public-access-block";

    public ValueTask<GetBucketVersioningOutput> GetBucketVersioning(GetBucketVersioningRequest request, RequestContext context, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new GetBucketVersioningOutput { Status = Setting(request.Bucket!, request.ExpectedBucketOwner, context, Versioning) });

    public async ValueTask<PutBucketVersioningOutput> PutBucketVersioning(PutBucketVersioningRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var configuration = request.VersioningConfiguration;
        if (configuration?.Status != "Suspended" || configuration.MFADelete == "Enabled")
        {
            throw configuration?.Status is null ? IllegalVersioning() : LakeErrors.NotImplementedSetting("versioning");
        }

        await ChangeAsync(request.Bucket!, request.ExpectedBucketOwner, context, Versioning, "Suspended", cancellationToken).ConfigureAwait(false);
        return new PutBucketVersioningOutput();
    }

    /// <summary>Every bucket of AWS has AES256 unless it says otherwise.</summary>
    public ValueTask<GetBucketEncryptionOutput> GetBucketEncryption(GetBucketEncryptionRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var keyEnabled = Setting(request.Bucket!, request.ExpectedBucketOwner, context, Encryption) == "AES256 with bucket key";
        return ValueTask.FromResult(new GetBucketEncryptionOutput
        {
            ServerSideEncryptionConfiguration = new ServerSideEncryptionConfiguration
            {
                Rules = [new ServerSideEncryptionRule { ApplyServerSideEncryptionByDefault = new ServerSideEncryptionByDefault { SSEAlgorithm = "AES256" }, BucketKeyEnabled = keyEnabled }],
            },
        });
    }

    public async ValueTask<PutBucketEncryptionOutput> PutBucketEncryption(PutBucketEncryptionRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var rules = request.ServerSideEncryptionConfiguration?.Rules ?? [];
        if (rules.Count != 1)
        {
            throw LakeErrors.MalformedXml();
        }

        if (rules[0].ApplyServerSideEncryptionByDefault is { SSEAlgorithm: not "AES256" })
        {
            throw LakeErrors.NotImplementedSetting("encryption with keys of KMS");
        }

        await ChangeAsync(request.Bucket!, request.ExpectedBucketOwner, context, Encryption, rules[0].BucketKeyEnabled == true ? "AES256 with bucket key" : "AES256", cancellationToken).ConfigureAwait(false);
        return new PutBucketEncryptionOutput();
    }

    public async ValueTask<DeleteBucketEncryptionOutput> DeleteBucketEncryption(DeleteBucketEncryptionRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        await ChangeAsync(request.Bucket!, request.ExpectedBucketOwner, context, Encryption, null, cancellationToken).ConfigureAwait(false);
        return new DeleteBucketEncryptionOutput();
    }

    public ValueTask<GetBucketOwnershipControlsOutput> GetBucketOwnershipControls(GetBucketOwnershipControlsRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        if (Setting(request.Bucket!, request.ExpectedBucketOwner, context, Ownership) == "none")
        {
            throw LakeErrors.NoSuchConfiguration("OwnershipControlsNotFoundError", "The bucket ownership controls were not found", request.Bucket!);
        }

        return ValueTask.FromResult(new GetBucketOwnershipControlsOutput { OwnershipControls = new OwnershipControls { Rules = [new OwnershipControlsRule { ObjectOwnership = "BucketOwnerEnforced" }] } });
    }

    public async ValueTask<PutBucketOwnershipControlsOutput> PutBucketOwnershipControls(PutBucketOwnershipControlsRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        if (request.OwnershipControls?.Rules is not [{ ObjectOwnership: "BucketOwnerEnforced" }])
        {
            throw LakeErrors.NotImplementedSetting("object ownership other than BucketOwnerEnforced");
        }

        await ChangeAsync(request.Bucket!, request.ExpectedBucketOwner, context, Ownership, null, cancellationToken).ConfigureAwait(false);
        return new PutBucketOwnershipControlsOutput();
    }

    public async ValueTask<DeleteBucketOwnershipControlsOutput> DeleteBucketOwnershipControls(DeleteBucketOwnershipControlsRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        await ChangeAsync(request.Bucket!, request.ExpectedBucketOwner, context, Ownership, "none", cancellationToken).ConfigureAwait(false);
        return new DeleteBucketOwnershipControlsOutput();
    }

    /// <summary>A new bucket of AWS blocks everything.</summary>
    public ValueTask<GetPublicAccessBlockOutput> GetPublicAccessBlock(GetPublicAccessBlockRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var setting = Setting(request.Bucket!, request.ExpectedBucketOwner, context, PublicAccess) ?? "1111";
        if (setting == "none")
        {
            throw LakeErrors.NoSuchConfiguration("NoSuchPublicAccessBlockConfiguration", "The public access block configuration was not found", request.Bucket!);
        }

        return ValueTask.FromResult(new GetPublicAccessBlockOutput
        {
            PublicAccessBlockConfiguration = new PublicAccessBlockConfiguration
            {
                BlockPublicAcls = setting[0] == '1',
                IgnorePublicAcls = setting[1] == '1',
                BlockPublicPolicy = setting[2] == '1',
                RestrictPublicBuckets = setting[3] == '1',
            },
        });
    }

    public async ValueTask<PutPublicAccessBlockOutput> PutPublicAccessBlock(PutPublicAccessBlockRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var block = request.PublicAccessBlockConfiguration!;
        var setting = string.Concat(new[] { block.BlockPublicAcls, block.IgnorePublicAcls, block.BlockPublicPolicy, block.RestrictPublicBuckets }.Select(flag => flag == true ? '1' : '0'));
        await ChangeAsync(request.Bucket!, request.ExpectedBucketOwner, context, PublicAccess, setting, cancellationToken).ConfigureAwait(false);
        return new PutPublicAccessBlockOutput();
    }

    public async ValueTask<DeletePublicAccessBlockOutput> DeletePublicAccessBlock(DeletePublicAccessBlockRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        await ChangeAsync(request.Bucket!, request.ExpectedBucketOwner, context, PublicAccess, "none", cancellationToken).ConfigureAwait(false);
        return new DeletePublicAccessBlockOutput();
    }

    public ValueTask<GetBucketAclOutput> GetBucketAcl(GetBucketAclRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var (owner, grants) = FullControl(buckets.Get(context.Scope, request.Bucket!, request.ExpectedBucketOwner));
        return ValueTask.FromResult(new GetBucketAclOutput { Owner = owner, Grants = grants });
    }

    public ValueTask<PutBucketAclOutput> PutBucketAcl(PutBucketAclRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var bucket = buckets.Get(context.Scope, request.Bucket!, request.ExpectedBucketOwner);
        RequireOwnerOnly(bucket, request.ACL, request.GrantFullControl ?? request.GrantRead ?? request.GrantReadACP ?? request.GrantWrite ?? request.GrantWriteACP, request.AccessControlPolicy);
        return ValueTask.FromResult(new PutBucketAclOutput());
    }

    public async ValueTask<GetObjectAclOutput> GetObjectAcl(GetObjectAclRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        Versions.Require(request.VersionId);
        var bucket = buckets.Get(context.Scope, request.Bucket!, request.ExpectedBucketOwner);
        using var found = await objects.OpenAsync(bucket, request.Key!, cancellationToken).ConfigureAwait(false) ?? throw LakeErrors.NoSuchKey(request.Key!);
        var (owner, grants) = FullControl(bucket);
        return new GetObjectAclOutput { Owner = owner, Grants = grants };
    }

    public async ValueTask<PutObjectAclOutput> PutObjectAcl(PutObjectAclRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        Versions.Require(request.VersionId);
        var bucket = buckets.Get(context.Scope, request.Bucket!, request.ExpectedBucketOwner);
        using var found = await objects.OpenAsync(bucket, request.Key!, cancellationToken).ConfigureAwait(false) ?? throw LakeErrors.NoSuchKey(request.Key!);
        RequireOwnerOnly(bucket, request.ACL, request.GrantFullControl ?? request.GrantRead ?? request.GrantReadACP ?? request.GrantWrite ?? request.GrantWriteACP, request.AccessControlPolicy);
        return new PutObjectAclOutput();
    }

    public ValueTask<GetBucketRequestPaymentOutput> GetBucketRequestPayment(GetBucketRequestPaymentRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        _ = buckets.Get(context.Scope, request.Bucket!, request.ExpectedBucketOwner);
        return ValueTask.FromResult(new GetBucketRequestPaymentOutput { Payer = "BucketOwner" });
    }

    public ValueTask<PutBucketRequestPaymentOutput> PutBucketRequestPayment(PutBucketRequestPaymentRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        _ = buckets.Get(context.Scope, request.Bucket!, request.ExpectedBucketOwner);
        return request.RequestPaymentConfiguration?.Payer == "BucketOwner"
            ? ValueTask.FromResult(new PutBucketRequestPaymentOutput())
            : throw LakeErrors.NotImplementedSetting("requester pays");
    }

    /// <summary>A reading of a setting that no bucket has, with an empty answer.</summary>
    public Func<TInput, RequestContext, CancellationToken, ValueTask<TOutput>> Empty<TInput, TOutput>(Func<TInput, (string? Bucket, string? Owner)> target)
        where TOutput : new() => (request, context, _) =>
        {
            RequireBucket(target(request), context);
            return ValueTask.FromResult(new TOutput());
        };

    /// <summary>A reading of a setting that no bucket has, where S3 answers with an error.</summary>
    public Func<TInput, RequestContext, CancellationToken, ValueTask<TOutput>> Absent<TInput, TOutput>(Func<TInput, (string? Bucket, string? Owner)> target, string code, string message) =>
        (request, context, _) =>
        {
            RequireBucket(target(request), context);
            throw LakeErrors.NoSuchConfiguration(code, message, target(request).Bucket!);
        };

    /// <summary>A setting that would have to be enforced.</summary>
    public Func<TInput, RequestContext, CancellationToken, ValueTask<TOutput>> Refused<TInput, TOutput>(Func<TInput, (string? Bucket, string? Owner)> target, string what) =>
        (request, context, _) =>
        {
            RequireBucket(target(request), context);
            throw LakeErrors.NotImplementedSetting(what);
        };

    private void RequireBucket((string? Bucket, string? Owner) target, RequestContext context) => _ = buckets.Get(context.Scope, target.Bucket!, target.Owner);

    private string? Setting(string bucket, string? owner, RequestContext context, string name) =>
        buckets.Get(context.Scope, bucket, owner).Record.Settings.GetValueOrDefault(name);

    /// <param name="value">Null goes back to the default.</param>
    private async ValueTask ChangeAsync(string name, string? owner, RequestContext context, string setting, string? value, CancellationToken cancellationToken)
    {
        var bucket = buckets.Get(context.Scope, name, owner);
        await buckets.ChangeAsync(
            bucket,
            record =>
            {
                var settings = new Dictionary<string, string>(record.Settings, StringComparer.Ordinal);
                if (value is null)
                {
                    settings.Remove(setting);
                }
                else
                {
                    settings[setting] = value;
                }

                return record with { Settings = settings };
            },
            cancellationToken).ConfigureAwait(false);
    }

    private static void RequireOwnerOnly(OpenBucket bucket, string? acl, string? grant, AccessControlPolicy? policy)
    {
        RequestedRecord.RefuseProtection(acl, grant, encryption: null, customerKey: null, objectLock: null);
        var user = CanonicalUser.IdOf(bucket.Record.AccountId);
        if (policy?.Grants is { } grants && grants.Any(entry => entry.Permission != "FULL_CONTROL" || entry.Grantee?.ID != user))
        {
            throw new AwsException("AccessControlListNotSupported", "The bucket does not allow ACLs", 400);
        }
    }

    private static (Owner Owner, IReadOnlyList<Grant> Grants) FullControl(OpenBucket bucket)
    {
        var user = CanonicalUser.IdOf(bucket.Record.AccountId);
        return (new Owner { ID = user }, [new Grant { Grantee = new Grantee { ID = user, Type = "CanonicalUser" }, Permission = "FULL_CONTROL" }]);
    }

    private static AwsException IllegalVersioning() => new("IllegalVersioningConfigurationException", "The Versioning element must be specified", 400);
}
