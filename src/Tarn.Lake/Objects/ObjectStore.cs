using Microsoft.Win32.SafeHandles;
using Tarn.Lake.Buckets;
using Tarn.Lake.Files;

namespace Tarn.Lake.Objects;

/// <summary>
/// Objects of open buckets: reads, writes with a condition, deletes. What it answers is durable (docs/formats/lake.md, "Order of a
/// write"). Knows nothing of HTTP. Thread-safe.
/// </summary>
internal sealed class ObjectStore(BucketStore buckets, ForeignETags foreign, DiskThreads disk, FolderSyncs folderSyncs, TimeProvider time)
{
    private const int PlaceTriesMax = 1000;

    private long lastStampNs;

    /// <summary>Opens an object; null when there is none.</summary>
    public async ValueTask<StoredObject?> OpenAsync(OpenBucket bucket, string key, CancellationToken cancellationToken)
    {
        var file = bucket.Tree.Open(key);
        if (file is null)
        {
            return null;
        }

        try
        {
            var opened = new StoredObject(file, file.Record.ETag ?? await foreign.GetAsync(bucket.Name, file, cancellationToken).ConfigureAwait(false));
            file = null;
            return opened;
        }
        finally
        {
            file?.Dispose();
        }
    }

    /// <summary>
    /// Makes a staged file the object of a key: it gets the record, is synced, and takes its place when the condition holds.
    /// </summary>
    /// <param name="record">Its size and time are filled in here.</param>
    /// <param name="condition">Looks at the object that would be replaced (null for none) and throws to refuse; null for no condition.</param>
    public async ValueTask<WrittenObject> PlaceAsync(OpenBucket bucket, string key, StagedFile file, ObjectRecord record, Action<StoredObject?>? condition, CancellationToken cancellationToken)
    {
        record = record with { Size = file.Size, ModifiedNs = NextStampNs() };
        ThrowIfFailed(Native.SetModified(file.Handle, record.ModifiedNs), "setting a modification time");
        bucket.Tree.Records.Write(file, key, record);
        var placed = false;
        try
        {
            await disk.SyncAsync(file.Handle).WaitAsync(cancellationToken).ConfigureAwait(false);
            var (folder, path) = await TakePlaceAsync(bucket, key, file, condition, cancellationToken).ConfigureAwait(false);
            placed = true;
            using var synced = folder;

            // The object is visible: the client's going away no longer changes anything.
            await folderSyncs.SyncAsync(folder).ConfigureAwait(false);
            return new WrittenObject(record, path, Facts(file, record));
        }
        finally
        {
            if (!placed)
            {
                bucket.Tree.Records.Forget(key, record.ModifiedNs);
            }
        }
    }

    /// <summary>Replaces the record of an object, with its bytes, size and time as they are.</summary>
    public async ValueTask ChangeRecordAsync(OpenBucket bucket, string key, Func<ObjectRecord, ObjectRecord> change, CancellationToken cancellationToken)
    {
        using var file = await ChangeAsync().ConfigureAwait(false);
        await disk.SyncAsync(file.Handle).ConfigureAwait(false);

        async ValueTask<ObjectFile> ChangeAsync()
        {
            using var held = await bucket.Locks.TakeAsync(key, cancellationToken).ConfigureAwait(false);
            var opened = bucket.Tree.Open(key) ?? throw LakeErrors.NoSuchKey(key);
            var record = change(opened.Record) with { Size = opened.Facts.Size, ModifiedNs = opened.Facts.ModifiedNs };
            bucket.Tree.Records.Rewrite(opened, record);
            return opened;
        }
    }

    /// <summary>Deletes objects; each folder is synced once for all.</summary>
    /// <param name="condition">As for <see cref="PlaceAsync"/>, by the key's index; a throw of it is that key's failure.</param>
    /// <returns>For each key null (deleted, or there was none) or why not.</returns>
    public async ValueTask<DeleteOutcome[]> DeleteAsync(OpenBucket bucket, IReadOnlyList<string> keys, Action<int, StoredObject?>? condition, CancellationToken cancellationToken)
    {
        var outcomes = new DeleteOutcome[keys.Count];
        var folders = new Dictionary<long, SafeFileHandle>();
        try
        {
            for (var index = 0; index < keys.Count; index++)
            {
                try
                {
                    using var held = await bucket.Locks.TakeAsync(keys[index], cancellationToken).ConfigureAwait(false);
                    if (condition is not null)
                    {
                        using var current = await OpenAsync(bucket, keys[index], cancellationToken).ConfigureAwait(false);
                        condition(index, current);
                    }

                    var folder = bucket.Tree.Delete(keys[index]);
                    outcomes[index] = new DeleteOutcome(Existed: folder is not null, Failure: null);
                    if (folder is not null && (Native.Stat(folder, out var facts) < 0 || !folders.TryAdd(facts.Inode, folder)))
                    {
                        folder.Dispose();
                    }
                }
                catch (Tarn.Contracts.AwsException failure)
                {
                    outcomes[index] = new DeleteOutcome(Existed: false, failure);
                }
            }

            await Task.WhenAll(folders.Values.Select(folderSyncs.SyncAsync)).ConfigureAwait(false);
        }
        finally
        {
            foreach (var folder in folders.Values)
            {
                folder.Dispose();
            }
        }

        for (var index = 0; index < keys.Count; index++)
        {
            if (outcomes[index].Existed)
            {
                bucket.Tree.Prune(keys[index]);
            }
        }

        return outcomes;
    }

    private async ValueTask<(SafeFileHandle Folder, string Path)> TakePlaceAsync(OpenBucket bucket, string key, StagedFile file, Action<StoredObject?>? condition, CancellationToken cancellationToken)
    {
        for (var tries = 0; tries < PlaceTriesMax; tries++)
        {
            using (await bucket.Locks.TakeAsync(key, cancellationToken).ConfigureAwait(false))
            {
                if (condition is not null)
                {
                    using var current = await OpenAsync(bucket, key, cancellationToken).ConfigureAwait(false);
                    condition(current);
                }

                if (bucket.Tree.Place(file, key) is { } placed)
                {
                    return placed;
                }
            }

            // A folder is missing, or went away meanwhile, or an object has its name.
            await buckets.RequireStillThereAsync(bucket, cancellationToken).ConfigureAwait(false);
            bucket.Tree.MakeFolders(key, bucket.Locks);
        }

        throw new IOException($"No place for an object in the bucket '{bucket.Name}' after {PlaceTriesMax} tries: its folders are removed as fast as they are made.");
    }

    /// <summary>The time now, but after every earlier one, to the microsecond: with the key it names a version of an object's body.</summary>
    private long NextStampNs()
    {
        var now = (time.GetUtcNow().UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond * 1000;
        while (true)
        {
            var last = Volatile.Read(ref lastStampNs);
            var next = Math.Max(now, last + 1000);
            if (Interlocked.CompareExchange(ref lastStampNs, next, last) == last)
            {
                return next;
            }
        }
    }

    private static FileFacts Facts(StagedFile file, ObjectRecord record) =>
        new(FileKind.File, Inode: 0, file.Size, record.ModifiedNs, Links: 1);

    private static void ThrowIfFailed(int result, string doing)
    {
        if (result < 0)
        {
            throw Native.Failure(result, doing);
        }
    }
}

/// <summary>An open object with its ETag.</summary>
internal sealed class StoredObject(ObjectFile file, string etag) : IDisposable
{
    public ObjectFile File { get; } = file;

    /// <summary>In double quotes.</summary>
    public string ETag { get; } = etag;

    public ObjectRecord Record => File.Record;

    public long Size => File.Facts.Size;

    public DateTimeOffset LastModified => File.Facts.Modified;

    public void Dispose() => File.Dispose();
}

/// <param name="Path">Below the bucket's folder.</param>
internal readonly record struct WrittenObject(ObjectRecord Record, string Path, FileFacts Facts)
{
    public DateTimeOffset LastModified => Facts.Modified;
}

/// <param name="Existed">Whether there was an object, which is now gone.</param>
internal readonly record struct DeleteOutcome(bool Existed, Tarn.Contracts.AwsException? Failure);
