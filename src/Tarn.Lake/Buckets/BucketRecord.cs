using Tarn.Lake.Files;

namespace Tarn.Lake.Buckets;

/// <summary>A bucket as it is stored.</summary>
internal sealed record BucketRecord(string Name, string AccountId, string Region, DateTimeOffset Created)
{
    /// <summary>Null when the bucket has no tag set.</summary>
    public IReadOnlyList<KeyValuePair<string, string>>? Tags { get; init; }

    /// <summary>Settings that are remembered and given back (docs/adr/0023), by name.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();
}

/// <summary>A bucket that is open: its record and its files.</summary>
internal sealed class OpenBucket(BucketRecord record, BucketTree tree, StagingFolder staging, LakeMount? mount)
{
    private BucketRecord record = record;

    public BucketRecord Record
    {
        get => Volatile.Read(ref record);
        set => Volatile.Write(ref record, value);
    }

    public string Name => record.Name;

    public BucketTree Tree { get; } = tree;

    public StagingFolder Staging { get; } = staging;

    public KeyLocks Locks { get; } = new();

    public bool IsMount => mount is not null;

    /// <summary>Throws when the bucket is a folder that is mounted read-only.</summary>
    public void RequireWritable()
    {
        if (mount is { ReadOnly: true })
        {
            throw LakeErrors.MountIsReadOnly(Name);
        }
    }
}
