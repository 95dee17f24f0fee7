namespace Tarn.Lake;

/// <summary>Settings and limits of the lake. Defaults are S3's where S3 has the limit.</summary>
public sealed record LakeOptions
{
    /// <summary>The lake's folder: an absolute path on a case-sensitive file system that keeps modification times to the microsecond.</summary>
    public required string Folder { get; init; }

    /// <summary>Existing folders that are buckets.</summary>
    public IReadOnlyList<LakeMount> Mounts { get; init; } = [];

    /// <summary>Bytes of an object or part that comes in one request. 1 to 5 TiB.</summary>
    public long PutBytesMax { get; init; } = 5L << 30;

    /// <summary>Bytes of an object made of parts.</summary>
    public long ObjectBytesMax { get; init; } = 5L << 40;

    /// <summary>Bytes that each part but the last must have.</summary>
    public long PartBytesMin { get; init; } = 5L << 20;

    /// <summary>The highest part number.</summary>
    public int PartsMax { get; init; } = 10_000;

    /// <summary>Bytes of all names and values of user metadata together.</summary>
    public int UserMetadataBytesMax { get; init; } = 2048;

    /// <summary>Entries of a listing's page, objects in a DeleteObjects call, and parts in a page.</summary>
    public int PageMax { get; init; } = 1000;

    /// <summary>Buckets of one account.</summary>
    public int BucketsMax { get; init; } = 10_000;

    /// <summary>Bytes of memory for sorted folder names (docs/adr/0022). A folder of 1,000,000 names takes about 30 MB.</summary>
    public long FolderCacheBytesMax { get; init; } = 96 << 20;

    /// <summary>The longest time for which a folder's kept names are believed.</summary>
    public TimeSpan FolderCacheLifetime { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// A foreign file up to this many bytes gets the MD5 of its content as ETag. A larger one gets an ETag with a dash, made of its identity, size and time,
    /// so that listing a folder of large files does not read them; clients do not take such an ETag for an MD5.
    /// </summary>
    public long ForeignMd5BytesMax { get; init; } = 8 << 20;

    /// <summary>Threads that wait for the disk to sync; also how many syncs are under way at once. 1 to 256.</summary>
    public int DiskThreads { get; init; } = 16;
}

/// <summary>A folder that is a bucket: an entry of <c>lake.mounts</c> in tarn.json, as in <c>{ "bucket": "archive", "folder": "/srv/archive", "readOnly": true }</c>.</summary>
/// <param name="Bucket">Its name; there must be no other bucket of this name.</param>
/// <param name="Folder">An existing folder; a relative path begins at the current folder.</param>
/// <param name="ReadOnly">Refuses every write with <c>AccessDenied</c>; the folder is never written to.</param>
public sealed record LakeMount(string Bucket, string Folder, bool ReadOnly = false)
{
    /// <summary>12 digits: the account that owns the bucket; others are refused. Default: the account of the key <c>test</c>.</summary>
    public string AccountId { get; init; } = "000000000000";

    public string Region { get; init; } = "us-east-1";
}
