using System.Collections.Immutable;
using Tarn.Contracts;
using Tarn.Kinesis.Limits;
using Tarn.Kinesis.Traffic;

namespace Tarn.Kinesis.Streams;

/// <summary>
/// A stream at one moment, as requests see it: immutable, found without touching the store (<see cref="StreamDirectory"/>), and replaced as a whole after each
/// change was committed.
/// </summary>
internal sealed class StreamSnapshot
{
    private readonly UInt128[] starts;
    private readonly TaskCompletionSource replaced = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="shards">Sorted by index.</param>
    public StreamSnapshot(AwsScope scope, StreamRecord record, ImmutableArray<Shard> shards)
    {
        Scope = scope;
        Record = record;
        Shards = shards;
        Arn = StreamArn.Format(scope, record.Name);
        OpenShards = [.. shards.Where(shard => shard.IsOpen).OrderBy(shard => shard.StartingHash)];
        starts = [.. OpenShards.Select(shard => shard.StartingHash)];
        Retention = TimeSpan.FromHours(record.Settings.RetentionHours);
        NextExpiry = shards.Min(shard => shard.ClosedAt) + Retention;
    }

    public AwsScope Scope { get; }

    public StreamRecord Record { get; }

    public string Id => Record.Id;

    public string Name => Record.Name;

    public string Arn { get; }

    public StreamStatus Status => Record.Pending?.Status ?? StreamStatus.Active;

    public StreamSettings Settings => Record.Settings;

    public TimeSpan Retention { get; }

    /// <summary>When the first of the closed shards expires; null when all are open.</summary>
    public DateTimeOffset? NextExpiry { get; }

    /// <summary>The largest record with its partition key, in bytes.</summary>
    public int MaxRecordBytes => Settings.MaxRecordSizeKiB * 1_024;

    /// <summary>How calls are treated, by the settings and the stream's tags.</summary>
    public TrafficRules Rules { get; init; } = TrafficRules.None;

    /// <summary>What goes through the shards: counts that go on, the same object in all snapshots of the stream.</summary>
    public StreamTraffic Traffic { get; init; } = new();

    public bool IsEncrypted => Settings.KeyId is not null;

    /// <summary>The data key that records are encrypted with, as frames of the log name it; 0 for none.</summary>
    public int DataKeyId => Settings.DataKeyId ?? 0;

    /// <summary>Every shard that has not been freed, by index. Some may have expired since: <see cref="VisibleShards"/>.</summary>
    public ImmutableArray<Shard> Shards { get; }

    /// <summary>The shards that take records, by hash key; together they cover all hash keys. Empty while the stream is CREATING.</summary>
    public ImmutableArray<Shard> OpenShards { get; }

    /// <summary>Open shards, or those that there will be when what is pending is done, whichever is more: what counts against quotas.</summary>
    public int CountedShards => Math.Max(OpenShards.Length, Record.PendingShards ?? 0);

    /// <summary>The stream after a change.</summary>
    public StreamSnapshot With(StreamRecord record, ImmutableArray<Shard> shards) => new(Scope, record, shards) { Rules = Rules, Traffic = Traffic };

    /// <summary>The stream, with its calls treated otherwise.</summary>
    public StreamSnapshot With(TrafficRules rules) => new(Scope, Record, Shards) { Rules = rules, Traffic = Traffic };

    /// <summary>Completes when this is not the stream any more: another snapshot has taken its place, or the stream is gone.</summary>
    public Task Replaced => replaced.Task;

    /// <summary>For <see cref="StreamDirectory"/>, after the new state can be seen.</summary>
    public void MarkReplaced() => replaced.TrySetResult();

    /// <summary>Which of <see cref="OpenShards"/> holds a hash key; -1 while there are none.</summary>
    public int RouteIndex(UInt128 hash)
    {
        var at = Array.BinarySearch(starts, hash);
        return at >= 0 ? at : ~at - 1;
    }

    /// <summary>The number of a shard in the log: unique for ever among the shards of all streams.</summary>
    public long LogNumber(int index) => ((long)Record.Number << 32) | (uint)index;

    /// <summary>The shard with an index, open or closed, or null.</summary>
    public Shard? FindShard(int index)
    {
        var (low, high) = (0, Shards.Length - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var found = Shards[middle].Index;
            if (found == index)
            {
                return Shards[middle];
            }

            (low, high) = found < index ? (middle + 1, high) : (low, middle - 1);
        }

        return null;
    }

    /// <summary>As <see cref="FindShard"/>, but null for a shard whose records have all expired.</summary>
    public Shard? FindVisible(int index, DateTimeOffset now) => FindShard(index) is { } shard && !shard.IsExpired(now, Retention) ? shard : null;

    /// <summary>The shards that are open or whose records have not all expired, by index.</summary>
    public IEnumerable<Shard> VisibleShards(DateTimeOffset now) => Shards.Where(shard => !shard.IsExpired(now, Retention));

    /// <summary>The shards that a closed shard was split or merged into.</summary>
    public IEnumerable<Shard> Children(Shard parent) => Shards.Where(child => child.Parent == parent.Index || child.AdjacentParent == parent.Index);
}
