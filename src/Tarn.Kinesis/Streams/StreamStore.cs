using System.Collections.Immutable;
using System.Security.Cryptography;
using Tarn.Contracts;
using Tarn.Kinesis.Consumers;
using Tarn.Kinesis.Encryption;
using Tarn.Kinesis.Limits;
using Tarn.Kinesis.Resharding;
using Tarn.Kinesis.Tags;
using Tarn.Store;

namespace Tarn.Kinesis.Streams;

/// <summary>
/// Owns the streams: what is stored of them, their snapshots in memory and what is pending. Changes run one at a time behind a gate, each as one transaction of the
/// store, and show in <see cref="Directory"/> when that is durable. Reading asks neither gate nor store.
/// </summary>
/// <param name="logs">Where the records are.</param>
/// <param name="keys">What they are encrypted with.</param>
/// <param name="stateDelay">How long CREATING, UPDATING and DELETING last; zero for not at all.</param>
internal sealed class StreamStore(IMetadataStore store, IShardLogs logs, DataKeys keys, KinesisOptions options, TimeSpan stateDelay, TimeProvider time) : IDisposable
{
    private const string IdDigits = "abcdefghijklmnopqrstuvwxyz0123456789";

    private readonly SemaphoreSlim gate = new(1);

    /// <summary>Behind the gate.</summary>
    private int lastNumber;

    /// <summary>Every stream. Any thread may look.</summary>
    public StreamDirectory Directory { get; } = new();

    /// <summary>Called after something became pending, with what is due first; set once, before the first change.</summary>
    public Action? OnPending { get; set; }

    /// <summary>Loads all streams with their keys and puts the log right. Nothing else may be called before.</summary>
    /// <exception cref="EncryptionKeyException">The data keys cannot be had.</exception>
    public async ValueTask StartAsync(CancellationToken cancellationToken)
    {
        await keys.StartAsync(cancellationToken);
        var tags = await store.ReadAsync(reader => TagStore.ListPrefixed(reader, TrafficTags.Prefix), cancellationToken);
        foreach (var stream in await store.ReadAsync(StreamRows.LoadAll, cancellationToken))
        {
            var complete = await keys.CompleteAsync(stream, Now(), cancellationToken);
            Directory.Publish(complete.With(TrafficTags.Rules(tags.GetValueOrDefault((stream.Scope, stream.Arn)) ?? [], options)));
        }

        lastNumber = await store.ReadAsync(StreamRows.LastNumber, cancellationToken);
        await logs.StartAsync([.. Directory.All], cancellationToken);
    }

    /// <summary>The stream as it is now; what was due by now has been done.</summary>
    public async ValueTask<StreamSnapshot> GetAsync(StreamReference reference, CancellationToken cancellationToken)
    {
        var stream = reference.Find(Directory);
        if (!IsDue(stream))
        {
            return stream;
        }

        await SettleAsync(stream, cancellationToken);
        return reference.Find(Directory);
    }

    /// <summary>For who found a shard closed that his snapshot shows open: waits until the change is through and answers the stream as it is then, or null when it is gone.</summary>
    public async ValueTask<StreamSnapshot?> NextAsync(StreamSnapshot stream, CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken);
        gate.Release();
        return Directory.TryFindById(stream.Id, out var next) ? next : null;
    }

    /// <summary>Streams in order of their names, at most <paramref name="limit"/>, after <paramref name="after"/>.</summary>
    public async ValueTask<List<StreamSnapshot>> ListAsync(AwsScope scope, string after, int limit, CancellationToken cancellationToken)
    {
        var names = await store.ReadAsync(reader => StreamRows.ListNames(reader, scope, after, limit), cancellationToken);
        return [.. names.Select(name => Directory.TryFind(scope, name, out var stream) ? stream : null).OfType<StreamSnapshot>()];
    }

    public int CountOpenShards(AwsScope scope) => In(scope).Sum(stream => stream.OpenShards.Length);

    public int CountOnDemand(AwsScope scope) => In(scope).Count(stream => stream.Settings.Mode == StreamMode.OnDemand);

    /// <summary>Throws <c>LimitExceededException</c> when one more stream in on-demand mode is one too many.</summary>
    public void CheckOnDemand(AwsScope scope)
    {
        if (CountOnDemand(scope) >= options.OnDemandStreamsMax)
        {
            throw KinesisErrors.LimitExceeded($"This request would exceed the limit of {options.OnDemandStreamsMax} streams in ON_DEMAND mode for the account {scope.AccountId} in {scope.Region}.");
        }
    }

    public ValueTask CreateAsync(AwsScope scope, string name, StreamSettings settings, int shards, IReadOnlyDictionary<string, string> tags, CancellationToken cancellationToken) =>
        ExclusiveAsync(
            async () =>
            {
                if (Directory.TryFind(scope, name, out var old) && !await SettleDeletionAsync(old))
                {
                    throw KinesisErrors.StreamExists(scope, name);
                }

                if (stateDelay > TimeSpan.Zero && In(scope).Count(stream => stream.Status == StreamStatus.Creating && !IsDue(stream)) >= options.CreatingStreamsMax)
                {
                    throw KinesisErrors.LimitExceeded($"This request would exceed the limit of {options.CreatingStreamsMax} streams that are being created at the same time.");
                }

                CheckShards(scope, shards);
                if (settings.Mode == StreamMode.OnDemand)
                {
                    CheckOnDemand(scope);
                }

                var number = ++lastNumber;
                var record = new StreamRecord { Id = NewId(), Number = number, Name = name, CreatedAt = Now(), Settings = settings };
                var stream = new StreamSnapshot(scope, record, []) { Rules = TrafficTags.Rules(tags, options) };
                TagStore.Check(tags, "stream", name, scope, options.TagsPerResourceMax);
                TrafficTags.Check(tags);
                await BeginAsync(
                    stream,
                    StreamStatus.Creating,
                    new StreamChange { Reshard = new Reshard { Target = shards } },
                    writer =>
                    {
                        StreamRows.SaveLastNumber(writer, number);
                        TagStore.Set(writer, scope, stream.Arn, tags);
                    });
            },
            cancellationToken);

    /// <summary>Changes a stream that is ACTIVE. <paramref name="decide"/> answers null when there is nothing to do.</summary>
    /// <returns>The stream before the change.</returns>
    public async ValueTask<StreamSnapshot> ChangeAsync(StreamReference reference, Func<StreamSnapshot, DateTimeOffset, StreamChange?> decide, CancellationToken cancellationToken)
    {
        StreamSnapshot? before = null;
        await ExclusiveAsync(
            async () =>
            {
                await SettleAsync(reference.Find(Directory));
                before = reference.Find(Directory);
                if (decide(before, Now()) is not { } change)
                {
                    return;
                }

                if (before.Status != StreamStatus.Active)
                {
                    throw KinesisErrors.StreamNotActive(before);
                }

                CheckShards(before.Scope, (change.Reshard?.Target ?? 0) - before.OpenShards.Length);
                if (change.NewDataKey)
                {
                    var key = keys.Make(before.Id, Now());
                    await BeginAsync(before, StreamStatus.Updating, change with { Settings = change.Settings! with { DataKeyId = key.Id } }, writer => DataKeyRows.Add(writer, key));
                    return;
                }

                await BeginAsync(before, StreamStatus.Updating, change, also: null);
            },
            cancellationToken);
        return before!;
    }

    /// <summary>Treats a stream's calls as its tags say now. Called after a change of them was committed; of several changes at once, the last call sees them all.</summary>
    public ValueTask ReadTagsAsync(StreamSnapshot stream) =>
        ExclusiveAsync(
            async () =>
            {
                var tags = await store.ReadAsync(reader => TagStore.List(reader, stream.Scope, stream.Arn, "", options.TagsPerResourceMax), CancellationToken.None);
                if (Directory.TryFindById(stream.Id, out var current))
                {
                    Directory.Publish(current.With(TrafficTags.Rules(tags.ToDictionary(), options)));
                }
            },
            CancellationToken.None);

    /// <summary>Deletes a stream, with its consumers only when <paramref name="withConsumers"/>.</summary>
    public ValueTask DeleteAsync(StreamReference reference, bool withConsumers, CancellationToken cancellationToken) =>
        ExclusiveAsync(
            async () =>
            {
                await SettleAsync(reference.Find(Directory));
                var stream = reference.Find(Directory);
                if (stream.Status == StreamStatus.Deleting)
                {
                    return;
                }

                var now = Now();
                if (!withConsumers && await store.ReadAsync(reader => ConsumerStore.List(reader, stream.Id).Any(consumer => !consumer.IsGone(now)), CancellationToken.None))
                {
                    throw KinesisErrors.StreamHasConsumers(stream);
                }

                await BeginAsync(stream, StreamStatus.Deleting, new StreamChange(), also: null);
            },
            cancellationToken);

    /// <summary>Streams with something to do now: what is due, or shards that have expired.</summary>
    public IReadOnlyList<StreamSnapshot> Unsettled() => [.. Directory.All.Where(stream => IsDue(stream) || HasExpired(stream))];

    /// <summary>Does what is due of a stream, and frees its shards that have expired.</summary>
    public ValueTask SettleAsync(StreamSnapshot stream, CancellationToken cancellationToken) => ExclusiveAsync(() => SettleAsync(stream), cancellationToken);

    /// <summary>Frees data keys whose last record has expired.</summary>
    public ValueTask SweepKeysAsync(CancellationToken cancellationToken) =>
        keys.HasExpired(Directory, Now()) ? ExclusiveAsync(() => keys.FreeAsync(Directory, Now()), cancellationToken) : ValueTask.CompletedTask;

    /// <summary>When the next pending change is due; null when nothing is pending.</summary>
    public DateTimeOffset? NextDue() => Directory.All.Select(stream => stream.Record.Pending?.DueAt).Min();

    public DateTimeOffset Now() => time.GetUtcNow();

    public void Dispose() => gate.Dispose();

    private IEnumerable<StreamSnapshot> In(AwsScope scope) => Directory.All.Where(stream => stream.Scope == scope);

    private bool IsDue(StreamSnapshot stream) => stream.Record.Pending is { } pending && pending.DueAt <= Now();

    private bool HasExpired(StreamSnapshot stream) => stream.NextExpiry <= Now();

    private void CheckShards(AwsScope scope, int more)
    {
        var current = In(scope).Sum(stream => stream.CountedShards);
        if (more > 0 && current + more > options.ShardsMax)
        {
            throw KinesisErrors.TooManyShards(scope, current, options.ShardsMax, more);
        }
    }

    private async ValueTask ExclusiveAsync(Func<ValueTask> change, CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken);
        try
        {
            // From here on a change is finished, whether or not somebody still waits for it.
            await change();
        }
        finally
        {
            gate.Release();
        }
    }

    private async ValueTask<bool> SettleDeletionAsync(StreamSnapshot stream)
    {
        await SettleAsync(stream);
        return !Directory.TryFindById(stream.Id, out _);
    }

    /// <summary>Does what is due of a stream. The caller holds the gate; what he knew of the stream may be old.</summary>
    private async ValueTask SettleAsync(StreamSnapshot known)
    {
        if (!Directory.TryFindById(known.Id, out var stream))
        {
            return;
        }

        if (IsDue(stream))
        {
            await FinishAsync(stream, stream.Record.Pending!, also: null);
        }
        else if (HasExpired(stream))
        {
            await CommitAsync(stream, stream.Record, changes: null, also: null);
        }
    }

    private async ValueTask BeginAsync(StreamSnapshot stream, StreamStatus status, StreamChange change, Action<IStoreWriter>? also)
    {
        var record = stream.Record with { Calls = change.Calls ?? stream.Record.Calls };
        var pending = new PendingChange { Status = status, DueAt = Now() + stateDelay, Settings = change.Settings, Reshard = change.Reshard };
        if (stateDelay <= TimeSpan.Zero)
        {
            await FinishAsync(stream.With(record, stream.Shards), pending, also);
            return;
        }

        await CommitAsync(stream, record with { Pending = pending }, changes: null, also);
        OnPending?.Invoke();
    }

    private async ValueTask FinishAsync(StreamSnapshot stream, PendingChange pending, Action<IStoreWriter>? also)
    {
        if (pending.Status == StreamStatus.Deleting)
        {
            await FinishDeletionAsync(stream);
            return;
        }

        var changes = pending.Reshard is { } reshard ? ReshardPlan.Make(stream, reshard, Now()) : null;
        var record = stream.Record with { Pending = null, Settings = pending.Settings ?? stream.Settings, NextShard = changes?.NextShard ?? stream.Record.NextShard };
        await CommitAsync(stream, record, changes, also);
    }

    private async ValueTask FinishDeletionAsync(StreamSnapshot stream)
    {
        await store.WriteAsync(
            writer =>
            {
                StreamRows.Delete(writer, stream);
                return true;
            },
            CancellationToken.None);
        Directory.Remove(stream);
        await logs.FreeAsync(stream, CancellationToken.None);
        keys.Forget(stream.Id);
    }

    /// <summary>
    /// Makes a change durable and shows it: parents are closed in the log, so that their last record is decided, children have their place there, then the store commits, then
    /// requests see the new snapshot.
    /// </summary>
    private async ValueTask CommitAsync(StreamSnapshot old, StreamRecord record, ShardChanges? changes, Action<IStoreWriter>? also)
    {
        var now = Now();
        var expired = old.Shards.Where(shard => shard.IsExpired(now, old.Retention)).ToList();
        var closed = changes?.Closed.ToList() ?? [];
        var added = changes?.Added.ToList() ?? [];
        var next = old.With(record, Join(old.Shards, expired, closed, added));
        var replaced = old.DataKeyId == next.DataKeyId ? 0 : old.DataKeyId;
        try
        {
            await PrepareLogsAsync(old, next, closed, added);
            await store.WriteAsync(
                writer =>
                {
                    StreamRows.Save(writer, next.Scope, record);
                    StreamRows.SaveShards(writer, next.Id, closed);
                    StreamRows.SaveShards(writer, next.Id, added);
                    StreamRows.DeleteShards(writer, next.Id, expired);
                    DataKeyRows.Replace(writer, replaced, now);
                    also?.Invoke(writer);
                    return true;
                },
                CancellationToken.None);
        }
        catch when (closed.Count > 0 || next.Retention > old.Retention)
        {
            if (closed.Count > 0)
            {
                await logs.ReopenAsync(old, closed, CancellationToken.None);
            }

            if (next.Retention > old.Retention)
            {
                await logs.SetRetentionAsync(old, CancellationToken.None);
            }

            throw;
        }

        Directory.Publish(next);
        keys.Replaced(replaced, now);
        if (next.Retention < old.Retention)
        {
            await logs.SetRetentionAsync(next, CancellationToken.None);
        }

        if (expired.Count > 0)
        {
            next.Traffic.Forget(expired);
            await logs.FreeAsync(next, expired, CancellationToken.None);
        }
    }

    private async ValueTask PrepareLogsAsync(StreamSnapshot old, StreamSnapshot next, List<Shard> closed, List<Shard> added)
    {
        if (next.Retention > old.Retention)
        {
            // Before the commit: a crash after it must not bring back what has expired.
            await logs.SetRetentionAsync(next, CancellationToken.None);
        }

        if (closed.Count > 0)
        {
            await logs.CloseAsync(next, closed, CancellationToken.None);
        }

        if (added.Count > 0)
        {
            await logs.AddAsync(next, added, CancellationToken.None);
        }
    }

    private static ImmutableArray<Shard> Join(ImmutableArray<Shard> old, List<Shard> expired, List<Shard> closed, List<Shard> added)
    {
        var gone = expired.Select(shard => shard.Index).ToHashSet();
        var changed = closed.ToDictionary(shard => shard.Index);
        return [.. old.Where(shard => !gone.Contains(shard.Index)).Select(shard => changed.GetValueOrDefault(shard.Index, shard)), .. added];
    }

    private static string NewId() => $"{new string(RandomNumberGenerator.GetItems<char>(IdDigits, 20))}-{new string(RandomNumberGenerator.GetItems<char>(IdDigits, 3))}";
}
