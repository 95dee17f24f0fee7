using Tarn.Api.S3;
using Tarn.Lake.Buckets;
using Tarn.Wire.Dispatch;

namespace Tarn.Lake.Objects;

/// <summary>GetObjectTagging, PutObjectTagging and DeleteObjectTagging. Tags change without a new modification time, as on S3.</summary>
internal sealed class TaggingOperations(BucketStore buckets, ObjectStore objects)
{
    public async ValueTask<GetObjectTaggingOutput> GetObjectTagging(GetObjectTaggingRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        Versions.Require(request.VersionId);
        var bucket = buckets.Get(context.Scope, request.Bucket!, request.ExpectedBucketOwner);
        using var found = await objects.OpenAsync(bucket, request.Key!, cancellationToken).ConfigureAwait(false) ?? throw LakeErrors.NoSuchKey(request.Key!);
        return new GetObjectTaggingOutput { TagSet = TagSet.ToShape(found.Record.Tags) };
    }

    public async ValueTask<PutObjectTaggingOutput> PutObjectTagging(PutObjectTaggingRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        Versions.Require(request.VersionId);
        var bucket = buckets.Get(context.Scope, request.Bucket!, request.ExpectedBucketOwner);
        bucket.RequireWritable();
        var tags = TagSet.From(request.Tagging!, TagSet.ObjectTagsMax);
        await objects.ChangeRecordAsync(bucket, request.Key!, record => record with { Tags = tags }, cancellationToken).ConfigureAwait(false);
        return new PutObjectTaggingOutput();
    }

    public async ValueTask<DeleteObjectTaggingOutput> DeleteObjectTagging(DeleteObjectTaggingRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        Versions.Require(request.VersionId);
        var bucket = buckets.Get(context.Scope, request.Bucket!, request.ExpectedBucketOwner);
        bucket.RequireWritable();
        await objects.ChangeRecordAsync(bucket, request.Key!, record => record with { Tags = [] }, cancellationToken).ConfigureAwait(false);
        return new DeleteObjectTaggingOutput();
    }
}
