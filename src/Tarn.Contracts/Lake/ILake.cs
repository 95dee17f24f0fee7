namespace Tarn.Contracts.Lake;

/// <summary>
/// The lake as other services see it: objects by bucket and key. Provided by <c>Tarn.Lake</c>. Every call acts for the account of
/// <paramref name="scope"/>; a bucket of another account answers as S3 does, with <c>AccessDenied</c>.
/// Missing buckets throw <see cref="AwsException"/> <c>NoSuchBucket</c>.
/// </summary>
public interface ILake
{
    /// <summary>
    /// An existing folder on the file system of the objects for files that are being made. A file in it that is not adopted may be
    /// deleted at the next start.
    /// </summary>
    string StagingDirectory { get; }

    ValueTask<bool> BucketExistsAsync(AwsScope scope, string bucket, CancellationToken cancellationToken);

    /// <summary>Objects whose key starts with <paramref name="prefix"/>, in order of the UTF-8 bytes of their keys, a page at a time: memory does not grow with their number.</summary>
    IAsyncEnumerable<LakeObject> ListAsync(AwsScope scope, string bucket, string prefix, CancellationToken cancellationToken);

    /// <summary>The object, or null when there is none.</summary>
    ValueTask<LakeObject?> HeadAsync(AwsScope scope, string bucket, string key, CancellationToken cancellationToken);

    /// <summary>A seekable stream over the object's bytes; throws <c>NoSuchKey</c> when there is none.</summary>
    ValueTask<Stream> OpenReadAsync(AwsScope scope, string bucket, string key, CancellationToken cancellationToken);

    /// <summary>Writes an object whole: on return it is durable; before that the old one is read.</summary>
    ValueTask<LakeObject> PutAsync(AwsScope scope, string bucket, string key, Stream content, string? contentType, CancellationToken cancellationToken);

    /// <summary>
    /// Makes a finished file in <see cref="StagingDirectory"/>, or in a folder below it, an object, by rename: no byte is copied. The file is synced first; on
    /// return the object is durable and <paramref name="file"/> is gone.
    /// </summary>
    ValueTask<LakeObject> AdoptAsync(AwsScope scope, string bucket, string key, string file, string? contentType, CancellationToken cancellationToken);

    /// <summary>Deletes an object; true when there was one.</summary>
    ValueTask<bool> DeleteAsync(AwsScope scope, string bucket, string key, CancellationToken cancellationToken);
}

/// <summary>An object of the lake, without its bytes.</summary>
/// <param name="Key">1 to 1,024 bytes of UTF-8.</param>
/// <param name="Size">Bytes.</param>
/// <param name="ETag">In double quotes, as S3 gives it.</param>
/// <param name="LocalPath">The absolute path of the plain file that holds the bytes, for engines that read files; null where objects are not local files.</param>
public sealed record LakeObject(string Bucket, string Key, long Size, string ETag, DateTimeOffset LastModified, string? LocalPath);
