using Tarn.Api.S3;
using Tarn.Contracts;
using Tarn.Contracts.Lake;
using Tarn.Lake.Buckets;
using Tarn.Lake.Files;
using Tarn.Lake.Listing;
using Tarn.Lake.Multipart;
using Tarn.Lake.Objects;
using Tarn.Store;
using Tarn.Wire.Dispatch;

namespace Tarn.Lake;

/// <summary>
/// The lake: S3's buckets and objects as plain files that any tool can read (docs/adr/0020). The path of a PutObject: <see cref="ObjectWriteOperations.PutObject"/>
/// receives the body into a staged file, <see cref="ObjectStore.PlaceAsync"/> binds the record to it, syncs it and takes the key's lock, <see cref="BucketTree.Place"/> renames it.
/// Other services use the same objects through <see cref="ILake"/>.
/// </summary>
public sealed class LakeService : IDisposable
{
    private readonly BucketStore buckets;
    private readonly UploadStore uploads;
    private readonly DiskThreads disk;
    private readonly FolderSyncs folderSyncs;
    private readonly ObjectStore objects;
    private readonly BucketLister lister;
    private readonly LakeOptions options;
    private readonly TimeProvider time;

    private LakeService(LakeOptions options, IMetadataStore store, TimeProvider time)
    {
        this.options = options;
        this.time = time;
        disk = new DiskThreads(options.DiskThreads);
        buckets = new BucketStore(options, store, time);
        var foreign = new ForeignETags(store, options.ForeignMd5BytesMax);
        folderSyncs = new FolderSyncs(disk.SyncAsync);
        uploads = new UploadStore(store, Path.Combine(options.Folder, ".tarn", "uploads"), folderSyncs);
        objects = new ObjectStore(buckets, foreign, disk, folderSyncs, time);
        lister = new BucketLister(foreign);
        Lake = new ObjectLake(buckets, objects, lister);
        Operations = Build();
    }

    /// <summary>The operations of S3 that are built.</summary>
    public OperationTable Operations { get; }

    /// <summary>The lake for other services.</summary>
    public ILake Lake { get; }

    /// <summary>Opens the lake's folder and mounts; throws <see cref="LakeException"/> when it could be wrong there (a file system that folds case, a mount without a folder).</summary>
    /// <param name="store">With <see cref="LakeSchema.Schema"/> among its schemas.</param>
    public static async ValueTask<LakeService> OpenAsync(LakeOptions options, IMetadataStore store, TimeProvider time, CancellationToken cancellationToken)
    {
        var service = new LakeService(options, store, time);
        await service.buckets.OpenAsync(cancellationToken).ConfigureAwait(false);
        await service.uploads.OpenAsync(cancellationToken).ConfigureAwait(false);
        return service;
    }

    public void Dispose()
    {
        disk.Dispose();
        buckets.Dispose();
    }

    private OperationTable Build()
    {
        var table = new OperationTable(S3Model.Service);
        AddObjects(table);
        AddMultipart(table);
        AddBuckets(table);
        AddSettings(table);
        return table;
    }

    private void AddObjects(OperationTable table)
    {
        var read = new ObjectReadOperations(buckets, objects, options);
        var write = new ObjectWriteOperations(buckets, objects, options);
        var copy = new CopyOperations(buckets, objects, options);
        var tagging = new TaggingOperations(buckets, objects);
        var list = new ListOperations(buckets, lister, options);
        table
            .On(S3Model.GetObject, read.GetObject)
            .On(S3Model.HeadObject, read.HeadObject)
            .On(S3Model.GetObjectAttributes, read.GetObjectAttributes)
            .On(S3Model.PutObject, write.PutObject)
            .On(S3Model.DeleteObject, write.DeleteObject)
            .On(S3Model.DeleteObjects, write.DeleteObjects)
            .On(S3Model.CopyObject, copy.CopyObject)
            .On(S3Model.GetObjectTagging, tagging.GetObjectTagging)
            .On(S3Model.PutObjectTagging, tagging.PutObjectTagging)
            .On(S3Model.DeleteObjectTagging, tagging.DeleteObjectTagging)
            .On(S3Model.ListObjects, list.ListObjects)
            .On(S3Model.ListObjectsV2, list.ListObjectsV2)
            .On(S3Model.ListObjectVersions, new ListVersionsOperation(buckets, lister, options).ListObjectVersions);
    }

    private void AddMultipart(OperationTable table)
    {
        var multipart = new MultipartOperations(buckets, objects, uploads, disk, folderSyncs, options, time);
        table
            .On(S3Model.CreateMultipartUpload, multipart.CreateMultipartUpload)
            .On(S3Model.UploadPart, multipart.UploadPart)
            .On(S3Model.UploadPartCopy, multipart.UploadPartCopy)
            .On(S3Model.CompleteMultipartUpload, new CompleteOperation(buckets, objects, uploads, options).CompleteMultipartUpload)
            .On(S3Model.AbortMultipartUpload, multipart.AbortMultipartUpload)
            .On(S3Model.ListParts, multipart.ListParts)
            .On(S3Model.ListMultipartUploads, new ListUploadsOperation(buckets, uploads, options).ListMultipartUploads);
    }

    private void AddBuckets(OperationTable table)
    {
        var operations = new BucketOperations(buckets, options);
        table
            .On(S3Model.CreateBucket, operations.CreateBucket)
            .On(S3Model.HeadBucket, operations.HeadBucket)
            .On(S3Model.ListBuckets, operations.ListBuckets)
            .On(S3Model.DeleteBucket, operations.DeleteBucket)
            .On(S3Model.GetBucketLocation, operations.GetBucketLocation)
            .On(S3Model.GetBucketTagging, operations.GetBucketTagging)
            .On(S3Model.PutBucketTagging, operations.PutBucketTagging)
            .On(S3Model.DeleteBucketTagging, operations.DeleteBucketTagging);
    }

    private void AddSettings(OperationTable table)
    {
        const string StatesWhatIsSo = "accepts only what is so already: docs/adr/0023";
        const string Never = "no bucket has it; writing it is refused";
        var settings = new BucketSettingsOperations(buckets, objects);
        table
            .On(S3Model.GetBucketVersioning, settings.GetBucketVersioning)
            .On(S3Model.PutBucketVersioning, settings.PutBucketVersioning, StatesWhatIsSo)
            .On(S3Model.GetBucketEncryption, settings.GetBucketEncryption)
            .On(S3Model.PutBucketEncryption, settings.PutBucketEncryption, StatesWhatIsSo)
            .On(S3Model.DeleteBucketEncryption, settings.DeleteBucketEncryption)
            .On(S3Model.GetBucketOwnershipControls, settings.GetBucketOwnershipControls)
            .On(S3Model.PutBucketOwnershipControls, settings.PutBucketOwnershipControls, StatesWhatIsSo)
            .On(S3Model.DeleteBucketOwnershipControls, settings.DeleteBucketOwnershipControls)
            .On(S3Model.GetPublicAccessBlock, settings.GetPublicAccessBlock)
            .On(S3Model.PutPublicAccessBlock, settings.PutPublicAccessBlock)
            .On(S3Model.DeletePublicAccessBlock, settings.DeletePublicAccessBlock)
            .On(S3Model.GetBucketAcl, settings.GetBucketAcl)
            .On(S3Model.PutBucketAcl, settings.PutBucketAcl, StatesWhatIsSo)
            .On(S3Model.GetObjectAcl, settings.GetObjectAcl)
            .On(S3Model.PutObjectAcl, settings.PutObjectAcl, StatesWhatIsSo)
            .On(S3Model.GetBucketRequestPayment, settings.GetBucketRequestPayment)
            .On(S3Model.PutBucketRequestPayment, settings.PutBucketRequestPayment, StatesWhatIsSo)
            .On(S3Model.GetBucketLogging, settings.Empty<GetBucketLoggingRequest, GetBucketLoggingOutput>(input => (input.Bucket, input.ExpectedBucketOwner)), Never)
            .On(S3Model.GetBucketAccelerateConfiguration, settings.Empty<GetBucketAccelerateConfigurationRequest, GetBucketAccelerateConfigurationOutput>(input => (input.Bucket, input.ExpectedBucketOwner)), Never)
            .On(S3Model.GetBucketNotificationConfiguration, settings.Empty<GetBucketNotificationConfigurationRequest, NotificationConfiguration>(input => (input.Bucket, input.ExpectedBucketOwner)), Never)
            .On(S3Model.GetBucketPolicy, settings.Absent<GetBucketPolicyRequest, GetBucketPolicyOutput>(input => (input.Bucket, input.ExpectedBucketOwner), "NoSuchBucketPolicy", "The bucket policy does not exist"), Never)
            .On(S3Model.GetBucketPolicyStatus, settings.Absent<GetBucketPolicyStatusRequest, GetBucketPolicyStatusOutput>(input => (input.Bucket, input.ExpectedBucketOwner), "NoSuchBucketPolicy", "The bucket policy does not exist"), Never)
            .On(S3Model.GetBucketCors, settings.Absent<GetBucketCorsRequest, GetBucketCorsOutput>(input => (input.Bucket, input.ExpectedBucketOwner), "NoSuchCORSConfiguration", "The CORS configuration does not exist"), Never)
            .On(S3Model.GetBucketWebsite, settings.Absent<GetBucketWebsiteRequest, GetBucketWebsiteOutput>(input => (input.Bucket, input.ExpectedBucketOwner), "NoSuchWebsiteConfiguration", "The specified bucket does not have a website configuration"), Never)
            .On(S3Model.GetBucketLifecycleConfiguration, settings.Absent<GetBucketLifecycleConfigurationRequest, GetBucketLifecycleConfigurationOutput>(input => (input.Bucket, input.ExpectedBucketOwner), "NoSuchLifecycleConfiguration", "The lifecycle configuration does not exist"), Never)
            .On(S3Model.GetBucketReplication, settings.Absent<GetBucketReplicationRequest, GetBucketReplicationOutput>(input => (input.Bucket, input.ExpectedBucketOwner), "ReplicationConfigurationNotFoundError", "The replication configuration was not found"), Never)
            .On(S3Model.GetObjectLockConfiguration, settings.Absent<GetObjectLockConfigurationRequest, GetObjectLockConfigurationOutput>(input => (input.Bucket, input.ExpectedBucketOwner), "ObjectLockConfigurationNotFoundError", "Object Lock configuration does not exist for this bucket"), Never)
            .On(S3Model.PutBucketPolicy, settings.Refused<PutBucketPolicyRequest, PutBucketPolicyOutput>(input => (input.Bucket, input.ExpectedBucketOwner), "bucket policies"), Never)
            .On(S3Model.PutBucketCors, settings.Refused<PutBucketCorsRequest, PutBucketCorsOutput>(input => (input.Bucket, input.ExpectedBucketOwner), "CORS rules"), Never)
            .On(S3Model.PutBucketWebsite, settings.Refused<PutBucketWebsiteRequest, PutBucketWebsiteOutput>(input => (input.Bucket, input.ExpectedBucketOwner), "website hosting"), Never)
            .On(S3Model.PutBucketLogging, settings.Refused<PutBucketLoggingRequest, PutBucketLoggingOutput>(input => (input.Bucket, input.ExpectedBucketOwner), "access logging"), Never)
            .On(S3Model.PutBucketLifecycleConfiguration, settings.Refused<PutBucketLifecycleConfigurationRequest, PutBucketLifecycleConfigurationOutput>(input => (input.Bucket, input.ExpectedBucketOwner), "lifecycle rules"), Never)
            .On(S3Model.PutBucketReplication, settings.Refused<PutBucketReplicationRequest, PutBucketReplicationOutput>(input => (input.Bucket, input.ExpectedBucketOwner), "replication"), Never)
            .On(S3Model.PutBucketNotificationConfiguration, settings.Refused<PutBucketNotificationConfigurationRequest, PutBucketNotificationConfigurationOutput>(input => (input.Bucket, input.ExpectedBucketOwner), "notifications"), Never)
            .On(S3Model.PutBucketAccelerateConfiguration, settings.Refused<PutBucketAccelerateConfigurationRequest, PutBucketAccelerateConfigurationOutput>(input => (input.Bucket, input.ExpectedBucketOwner), "transfer acceleration"), Never)
            .On(S3Model.PutObjectLockConfiguration, settings.Refused<PutObjectLockConfigurationRequest, PutObjectLockConfigurationOutput>(input => (input.Bucket, input.ExpectedBucketOwner), "object lock"), Never)
            .On(S3Model.DeleteBucketPolicy, settings.Empty<DeleteBucketPolicyRequest, DeleteBucketPolicyOutput>(input => (input.Bucket, input.ExpectedBucketOwner)))
            .On(S3Model.DeleteBucketCors, settings.Empty<DeleteBucketCorsRequest, DeleteBucketCorsOutput>(input => (input.Bucket, input.ExpectedBucketOwner)))
            .On(S3Model.DeleteBucketWebsite, settings.Empty<DeleteBucketWebsiteRequest, DeleteBucketWebsiteOutput>(input => (input.Bucket, input.ExpectedBucketOwner)))
            .On(S3Model.DeleteBucketLifecycle, settings.Empty<DeleteBucketLifecycleRequest, DeleteBucketLifecycleOutput>(input => (input.Bucket, input.ExpectedBucketOwner)))
            .On(S3Model.DeleteBucketReplication, settings.Empty<DeleteBucketReplicationRequest, DeleteBucketReplicationOutput>(input => (input.Bucket, input.ExpectedBucketOwner)));
    }
}
