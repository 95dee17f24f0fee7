using System.Collections.Concurrent;
using System.Text.Json;
using Tarn.Contracts;
using Tarn.Lake.Files;
using Tarn.Lake.Listing;
using Tarn.Store;
using Tarn.Wire.Signing;

namespace Tarn.Lake.Buckets;

/// <summary>
/// All buckets: rows of the metadata store, held open in memory, and mounts. Names are one space for all accounts, as on AWS. Creating
/// and deleting exclude each other; finding takes no lock.
/// </summary>
internal sealed class BucketStore(LakeOptions options, IMetadataStore store, TimeProvider time) : IDisposable
{
    private readonly ConcurrentDictionary<string, OpenBucket> buckets = new(StringComparer.Ordinal);
    private readonly FolderCache folders = new(options.FolderCacheBytesMax, options.FolderCacheLifetime, time);
    private readonly SemaphoreSlim changes = new(1, 1);

    public StagingFolder Staging { get; } = new(Path.Combine(options.Folder, ".tarn", "staging"));

    /// <summary>Opens what is stored and mounted, and clears what an earlier process left half-written.</summary>
    public async ValueTask OpenAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(options.Folder);
        Staging.Clear();
        Directory.CreateDirectory(Staging.Path);
        FileSystemCheck.Run(Staging);
        foreach (var record in await store.ReadAsync(reader => reader.Query("SELECT name, account, region, created, tags, settings FROM lake_buckets", Map), cancellationToken).ConfigureAwait(false))
        {
            buckets[record.Name] = OpenNative(record);
        }

        foreach (var mount in options.Mounts)
        {
            if (!BucketName.IsValid(mount.Bucket))
            {
                throw new InvalidOperationException($"The mount '{mount.Bucket}={mount.Folder}' cannot be a bucket: its name breaks S3's rules for bucket names.");
            }

            if (!Directory.Exists(mount.Folder))
            {
                throw new InvalidOperationException($"The mount '{mount.Bucket}={mount.Folder}' cannot be opened: there is no such folder.");
            }

            if (!buckets.TryAdd(mount.Bucket, OpenMount(mount)))
            {
                throw new InvalidOperationException($"The mount '{mount.Bucket}={mount.Folder}' cannot be opened: there is a bucket of this name already.");
            }
        }
    }

    /// <summary>The bucket, for a caller who may use it.</summary>
    /// <param name="expectedOwner">The header x-amz-expected-bucket-owner; null for no check.</param>
    public OpenBucket Get(AwsScope scope, string name, string? expectedOwner)
    {
        var bucket = buckets.GetValueOrDefault(name) ?? throw LakeErrors.NoSuchBucket(name);
        if (expectedOwner is not null && !CallerNames.IsAccountId(expectedOwner))
        {
            throw LakeErrors.InvalidExpectedOwner(expectedOwner);
        }

        return bucket.Record.AccountId == scope.AccountId && (expectedOwner is null || expectedOwner == bucket.Record.AccountId) ? bucket : throw LakeErrors.AccessDenied();
    }

    public OpenBucket? Find(string name) => buckets.GetValueOrDefault(name);

    /// <summary>
    /// After a write found no place: throws when the bucket was deleted meanwhile, and makes its folder again when only that was. Waits for a deletion that
    /// is under way, between the end of the folder and that of the row.
    /// </summary>
    public async ValueTask RequireStillThereAsync(OpenBucket bucket, CancellationToken cancellationToken)
    {
        await changes.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (!ReferenceEquals(Find(bucket.Name), bucket))
            {
                throw LakeErrors.NoSuchBucket(bucket.Name);
            }

            if (bucket.Tree.RootIsGone && !bucket.IsMount)
            {
                MakeRoot(bucket.Name);
                bucket.Tree.ReopenRoot();
            }
        }
        finally
        {
            changes.Release();
        }
    }

    /// <summary>The account's buckets in order of their names.</summary>
    public IReadOnlyList<BucketRecord> List(string accountId) =>
        [.. buckets.Values.Select(bucket => bucket.Record).Where(record => record.AccountId == accountId).OrderBy(record => record.Name, StringComparer.Ordinal)];

    public async ValueTask<BucketRecord> CreateAsync(AwsScope scope, string name, string region, IReadOnlyList<KeyValuePair<string, string>>? tags, CancellationToken cancellationToken)
    {
        await changes.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (buckets.TryGetValue(name, out var existing))
            {
                throw existing.Record.AccountId == scope.AccountId ? LakeErrors.BucketAlreadyOwnedByYou(name) : LakeErrors.BucketAlreadyExists(name);
            }

            if (buckets.Values.Count(bucket => bucket.Record.AccountId == scope.AccountId) >= options.BucketsMax)
            {
                throw LakeErrors.TooManyBuckets();
            }

            var now = time.GetUtcNow();
            var record = new BucketRecord(name, scope.AccountId, region, new DateTimeOffset(now.Ticks - (now.Ticks % TimeSpan.TicksPerSecond), TimeSpan.Zero)) { Tags = tags };
            MakeRoot(name);
            await store.WriteAsync(
                writer => writer.Execute(
                    "INSERT INTO lake_buckets (name, account, region, created, tags, settings) VALUES (@p0, @p1, @p2, @p3, @p4, NULL)",
                    name, record.AccountId, region, record.Created.ToMicroseconds(), tags is null ? null : Json(tags)),
                cancellationToken).ConfigureAwait(false);
            buckets[name] = OpenNative(record);
            return record;
        }
        finally
        {
            changes.Release();
        }
    }

    /// <summary>Deletes an empty bucket. The removal of its folder decides: an object that arrives meanwhile either prevents it or finds no bucket.</summary>
    public async ValueTask DeleteAsync(OpenBucket bucket, CancellationToken cancellationToken)
    {
        if (bucket.IsMount)
        {
            throw LakeErrors.InvalidRequest($"The bucket '{bucket.Name}' is a mounted folder; it goes away when the server's settings no longer mount it.");
        }

        await changes.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var uploads = await store.ReadAsync(reader => reader.QueryFirst("SELECT COUNT(*) FROM (SELECT bucket FROM lake_uploads WHERE bucket = @p0 LIMIT 1) AS first_upload", row => row.Long(0), bucket.Name), cancellationToken).ConfigureAwait(false);
            if (uploads > 0 || !bucket.Tree.RemoveIfEmpty())
            {
                throw LakeErrors.BucketNotEmpty(bucket.Name);
            }

            // The folder is gone: from here on the row has to go too, whatever the client does.
            await store.WriteAsync(
                writer =>
                {
                    writer.Execute("DELETE FROM lake_foreign_etags WHERE bucket = @p0", bucket.Name);
                    return writer.Execute("DELETE FROM lake_buckets WHERE name = @p0", bucket.Name);
                },
                CancellationToken.None).ConfigureAwait(false);
            buckets.TryRemove(bucket.Name, out _);
            bucket.Tree.Records.ForgetAll();
        }
        finally
        {
            changes.Release();
        }
    }

    /// <summary>Replaces tags and settings of a bucket. A mount's are kept until the server stops: it has no row.</summary>
    public async ValueTask ChangeAsync(OpenBucket bucket, Func<BucketRecord, BucketRecord> change, CancellationToken cancellationToken)
    {
        await changes.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var record = change(bucket.Record);
            if (!bucket.IsMount)
            {
                await store.WriteAsync(
                    writer => writer.Execute(
                        "UPDATE lake_buckets SET tags = @p1, settings = @p2 WHERE name = @p0",
                        record.Name, record.Tags is null ? null : Json(record.Tags), record.Settings.Count == 0 ? null : JsonSerializer.Serialize(record.Settings)),
                    cancellationToken).ConfigureAwait(false);
            }

            bucket.Record = record;
        }
        finally
        {
            changes.Release();
        }
    }

    public void Dispose()
    {
        foreach (var bucket in buckets.Values)
        {
            bucket.Tree.Dispose();
        }
    }

    private OpenBucket OpenNative(BucketRecord record)
    {
        MakeRoot(record.Name);
        var tree = new BucketTree(record.Name, Path.Combine(options.Folder, record.Name), ownsFolders: true, RecordsOf(record.Name), folders);
        return new OpenBucket(record, tree, Staging, mount: null);
    }

    private OpenBucket OpenMount(LakeMount mount)
    {
        var root = Path.GetFullPath(mount.Folder);
        var staging = new StagingFolder(Path.Combine(root, ".tarn", "staging"));
        if (!mount.ReadOnly)
        {
            staging.Clear();
        }

        var created = new DateTimeOffset(Directory.GetLastWriteTimeUtc(root), TimeSpan.Zero);
        var tree = new BucketTree(mount.Bucket, root, ownsFolders: false, RecordsOf(mount.Bucket), folders);
        return new OpenBucket(new BucketRecord(mount.Bucket, mount.AccountId, mount.Region, created), tree, staging, mount);
    }

    private RecordFiles RecordsOf(string bucket) => new(Path.Combine(options.Folder, ".tarn", "records", bucket));

    private void MakeRoot(string name)
    {
        var path = Path.Combine(options.Folder, name);
        if (!Directory.Exists(path))
        {
            Directory.CreateDirectory(path);
            using var parent = FolderHandle.Open(options.Folder);
            _ = Native.Sync(parent);
        }
    }

    private static string Json(IReadOnlyList<KeyValuePair<string, string>> tags) => JsonSerializer.Serialize(tags.Select(tag => new[] { tag.Key, tag.Value }));

    private static BucketRecord Map(StoreRow row) => new(row.Text(0), row.Text(1), row.Text(2), row.Time(3))
    {
        Tags = row.TextOrNull(4) is { } tags ? [.. JsonSerializer.Deserialize<string[][]>(tags)!.Select(tag => KeyValuePair.Create(tag[0], tag[1]))] : null,
        Settings = row.TextOrNull(5) is { } settings ? JsonSerializer.Deserialize<Dictionary<string, string>>(settings)! : new Dictionary<string, string>(),
    };
}
