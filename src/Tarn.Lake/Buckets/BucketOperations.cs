using Tarn.Api.S3;
using Tarn.Lake.Objects;
using Tarn.Wire.Dispatch;

namespace Tarn.Lake.Buckets;

/// <summary>CreateBucket, HeadBucket, ListBuckets, DeleteBucket, GetBucketLocation and bucket tags.</summary>
internal sealed class BucketOperations(BucketStore buckets, LakeOptions options)
{
    private const string DefaultRegion = "us-east-1";

    public async ValueTask<CreateBucketOutput> CreateBucket(CreateBucketRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var name = request.Bucket!;
        if (!BucketName.IsValid(name))
        {
            throw LakeErrors.InvalidBucketName(name);
        }

        RequestedRecord.RefuseProtection(request.ACL, request.GrantFullControl ?? request.GrantRead ?? request.GrantReadACP ?? request.GrantWrite ?? request.GrantWriteACP, encryption: null, customerKey: null, objectLock: null);
        if (request.ObjectLockEnabledForBucket == true)
        {
            throw LakeErrors.NotImplementedSetting("object lock");
        }

        if (request.ObjectOwnership is not (null or "BucketOwnerEnforced"))
        {
            throw LakeErrors.NotImplementedSetting("object ownership other than BucketOwnerEnforced");
        }

        var configuration = request.CreateBucketConfiguration;
        if (configuration?.Location is not null || configuration?.Bucket is not null)
        {
            throw LakeErrors.NotImplementedSetting("directory buckets");
        }

        var region = RegionOf(configuration?.LocationConstraint, context.Scope.Region);
        IReadOnlyList<KeyValuePair<string, string>>? tags = configuration?.Tags is { Count: > 0 } list ? TagSet.From(new Tagging { TagSet = list }, TagSet.BucketTagsMax) : null;

        // In us-east-1, and only there, creating a bucket that one owns succeeds again.
        if (region == DefaultRegion && buckets.Find(name) is { } existing && existing.Record.AccountId == context.Scope.AccountId && existing.Record.Region == region)
        {
            return new CreateBucketOutput { Location = "/" + name, BucketArn = "arn:aws:s3:::" + name };
        }

        await buckets.CreateAsync(context.Scope, name, region, tags, cancellationToken).ConfigureAwait(false);
        return new CreateBucketOutput
        {
            Location = region == DefaultRegion ? "/" + name : $"{context.Http.Request.Scheme}://{context.Http.Request.Host}/{name}/",
            BucketArn = "arn:aws:s3:::" + name,
        };
    }

    public ValueTask<HeadBucketOutput> HeadBucket(HeadBucketRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var bucket = buckets.Get(context.Scope, request.Bucket!, request.ExpectedBucketOwner);
        return ValueTask.FromResult(new HeadBucketOutput { BucketRegion = bucket.Record.Region, BucketArn = "arn:aws:s3:::" + bucket.Name, AccessPointAlias = false });
    }

    public ValueTask<ListBucketsOutput> ListBuckets(ListBucketsRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var prefix = request.Prefix ?? "";
        var after = request.ContinuationToken is { } token ? Listing.ContinuationToken.Read(token) : "";
        var countMax = request.MaxBuckets is { } asked
            ? (asked is >= 1 and <= 10_000 ? asked : throw LakeErrors.InvalidArgument("Argument max-buckets must be an integer between 1 and 10000", "max-buckets", $"{asked}"))
            : options.BucketsMax;
        var matching = buckets.List(context.Scope.AccountId)
            .Where(bucket => bucket.Name.StartsWith(prefix, StringComparison.Ordinal) && string.CompareOrdinal(bucket.Name, after) > 0 && (request.BucketRegion is null || bucket.Region == request.BucketRegion))
            .Take(countMax + 1)
            .ToList();
        var page = matching.Take(countMax).ToList();
        return ValueTask.FromResult(new ListBucketsOutput
        {
            Buckets = [.. page.Select(bucket => new Bucket
            {
                Name = bucket.Name,
                CreationDate = bucket.Created,
                BucketRegion = request.MaxBuckets is null && request.Prefix is null && request.BucketRegion is null ? null : bucket.Region,
            })],
            Owner = new Owner { ID = CanonicalUser.IdOf(context.Scope.AccountId) },
            Prefix = request.Prefix,
            ContinuationToken = matching.Count > page.Count ? Listing.ContinuationToken.Write(page[^1].Name) : null,
        });
    }

    public async ValueTask<DeleteBucketOutput> DeleteBucket(DeleteBucketRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        await buckets.DeleteAsync(buckets.Get(context.Scope, request.Bucket!, request.ExpectedBucketOwner), cancellationToken).ConfigureAwait(false);
        return new DeleteBucketOutput();
    }

    /// <summary>Nothing for us-east-1, which has no location constraint.</summary>
    public ValueTask<GetBucketLocationOutput> GetBucketLocation(GetBucketLocationRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var region = buckets.Get(context.Scope, request.Bucket!, request.ExpectedBucketOwner).Record.Region;
        return ValueTask.FromResult(new GetBucketLocationOutput { LocationConstraint = region == DefaultRegion ? null : region });
    }

    public ValueTask<GetBucketTaggingOutput> GetBucketTagging(GetBucketTaggingRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var bucket = buckets.Get(context.Scope, request.Bucket!, request.ExpectedBucketOwner);
        return ValueTask.FromResult(new GetBucketTaggingOutput { TagSet = TagSet.ToShape(bucket.Record.Tags ?? throw LakeErrors.NoSuchTagSet(bucket.Name)) });
    }

    public async ValueTask<PutBucketTaggingOutput> PutBucketTagging(PutBucketTaggingRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var bucket = buckets.Get(context.Scope, request.Bucket!, request.ExpectedBucketOwner);
        var tags = TagSet.From(request.Tagging!, TagSet.BucketTagsMax);
        await buckets.ChangeAsync(bucket, record => record with { Tags = tags.Count == 0 ? null : tags }, cancellationToken).ConfigureAwait(false);

        // The model says 200; S3 answers 204.
        context.Http.Response.StatusCode = 204;
        return new PutBucketTaggingOutput();
    }

    public async ValueTask<DeleteBucketTaggingOutput> DeleteBucketTagging(DeleteBucketTaggingRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var bucket = buckets.Get(context.Scope, request.Bucket!, request.ExpectedBucketOwner);
        await buckets.ChangeAsync(bucket, record => record with { Tags = null }, cancellationToken).ConfigureAwait(false);
        return new DeleteBucketTaggingOutput();
    }

    /// <summary>us-east-1 makes buckets anywhere; every other region makes its own, and wants to be told so.</summary>
    private static string RegionOf(string? constraint, string region)
    {
        if (constraint == "EU")
        {
            constraint = "eu-west-1";
        }

        if (region == DefaultRegion)
        {
            return constraint switch
            {
                null or "" => DefaultRegion,
                DefaultRegion => throw LakeErrors.InvalidLocationConstraint(constraint),
                _ when IsRegion(constraint) => constraint,
                _ => throw LakeErrors.InvalidLocationConstraint(constraint),
            };
        }

        return constraint == region ? region
            : constraint is null or "" || IsRegion(constraint) ? throw LakeErrors.IllegalLocationConstraint(string.IsNullOrEmpty(constraint) ? null : constraint)
            : throw LakeErrors.InvalidLocationConstraint(constraint);
    }

    /// <summary>Two letters, words, a digit: the form of every region's name.</summary>
    private static bool IsRegion(string name)
    {
        var words = name.Split('-');
        return words.Length is 3 or 4 && words[0].Length == 2 && words[^1].Length is 1 or 2 && words[^1].All(char.IsAsciiDigit) && words.SkipLast(1).All(word => word.Length > 0 && word.All(char.IsAsciiLetterLower));
    }
}
