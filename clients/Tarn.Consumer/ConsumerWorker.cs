using Tarn.Clients.Consumer.Leases;
using Tarn.Clients.Consumer.Processing;
using Tarn.Clients.Consumer.Reading;
using Tarn.Clients.Consumer.Shards;
using Tarn.Clients.Consumer.Waiting;
using Tarn.Clients.Kinesis;

namespace Tarn.Clients.Consumer;

/// <summary>
/// One of the workers that read a stream together. It finds the stream's shards, takes its share of their leases, and runs a processor for each of them; shards of workers that died are
/// taken over, and shards are handed over to workers that have fewer. Nothing of a shard is processed before its parents are.
/// </summary>
/// <remarks>No thread belongs to a shard: what waits is a task.</remarks>
public sealed class ConsumerWorker
{
    private readonly ConsumerSettings settings;
    private readonly IStreamReader stream;
    private readonly ILeaseStore leases;
    private readonly IRecordProcessorFactory processors;
    private readonly LeaseBalancer balancer;
    private readonly Backoff backoff = new(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(10));
    private readonly Dictionary<string, Task> running = new(StringComparer.Ordinal);
    private readonly Lock gate = new();
    private readonly WakeUp wakeTaking = new();

    /// <param name="client">Not disposed of.</param>
    /// <param name="leases">Not disposed of.</param>
    public ConsumerWorker(ConsumerSettings settings, KinesisClient client, ILeaseStore leases, IRecordProcessorFactory processors)
        : this(settings, MakeReader(settings, client), leases, processors)
    {
    }

    internal ConsumerWorker(ConsumerSettings settings, IStreamReader stream, ILeaseStore leases, IRecordProcessorFactory processors)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(leases);
        ArgumentNullException.ThrowIfNull(processors);
        settings.Check();
        this.settings = settings;
        this.stream = stream;
        this.leases = leases;
        this.processors = processors;
        Id = $"{settings.WorkerName}:{settings.Random.NextInt64():x16}";
        var limits = new LeaseBalancerSettings(settings.FailoverTime, settings.GracefulHandOverTime, settings.LeasesMax, settings.LeasesAskedAtOneTimeMax);
        balancer = new LeaseBalancer(Id, limits, settings.TimeProvider, settings.Random);
    }

    /// <summary>As it is in leases: the worker's name and a random part.</summary>
    public string Id { get; }

    /// <summary>The shards that are read at this moment.</summary>
    public IReadOnlyCollection<string> Shards
    {
        get
        {
            lock (gate)
            {
                return [.. running.Keys];
            }
        }
    }

    /// <summary>
    /// Works until it is told to stop, then hands its shards over: what is at hand is processed and can be checkpointed, within the GracefulHandOverTime. To be called once.
    /// </summary>
    /// <param name="stop">Stops the worker; the task then ends without an exception.</param>
    public Task RunAsync(CancellationToken stop) => Task.Run(() => WorkAsync(stop), CancellationToken.None);

    /// <summary>As <see cref="RunAsync"/>, on the caller's context.</summary>
    internal async Task WorkAsync(CancellationToken stop)
    {
        using var metrics = new ConsumerMetrics(settings.ApplicationName);
        var sync = new ShardSync(stream, leases, settings.InitialPosition);
        if (await PrepareAsync(stop))
        {
            await Task.WhenAll(SyncAsync(sync, stop), TakeAsync(sync, metrics, stop));
            await Task.WhenAll(Running());
        }
    }

    private static IStreamReader MakeReader(ConsumerSettings settings, KinesisClient client)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(client);
        return settings.UsesFanOut ? new FanOutReader(client, settings) : new PollingReader(client, settings);
    }

    private Task[] Running()
    {
        lock (gate)
        {
            return [.. running.Values];
        }
    }

    /// <summary>False when it is to stop before it could begin.</summary>
    private async Task<bool> PrepareAsync(CancellationToken stop)
    {
        for (var failures = 1; !stop.IsCancellationRequested; failures++)
        {
            var isReady = await TryAsync("Prepare", async () =>
            {
                await leases.PrepareAsync(stop);
                await stream.PrepareAsync(stop);
            }, stop);
            if (isReady)
            {
                return true;
            }

            await DelayAsync(backoff.Delay(failures, settings.Random), stop);
        }

        return false;
    }

    private async Task SyncAsync(ShardSync sync, CancellationToken stop)
    {
        var failures = 0;
        while (!stop.IsCancellationRequested)
        {
            var succeeded = await TryAsync("ShardSync", () => sync.RunAsync(stop), stop);
            wakeTaking.Set();
            failures = succeeded ? 0 : failures + 1;

            // Not all workers at the same moment.
            await DelayAsync(succeeded ? settings.ShardSyncInterval * (0.5 + settings.Random.NextDouble()) : backoff.Delay(failures, settings.Random), stop);
        }
    }

    private async Task TakeAsync(ShardSync sync, ConsumerMetrics metrics, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await wakeTaking.WaitAsync(balancer.IsWaiting ? settings.LeaseTakingInterval / 5 : settings.LeaseTakingInterval, settings.TimeProvider, stop);
            if (!stop.IsCancellationRequested)
            {
                await TryAsync("TakeLeases", () => TakeOnceAsync(sync, metrics, stop), stop);
            }
        }
    }

    private async Task TakeOnceAsync(ShardSync sync, ConsumerMetrics metrics, CancellationToken stop)
    {
        // Before the list: a shard that ends meanwhile must not look like one that nobody reads.
        var busy = Shards.ToHashSet(StringComparer.Ordinal);
        var rows = await leases.ListAsync(stop);
        var plan = balancer.Plan(rows, busy);
        var keys = rows.Select(row => row.Key).ToHashSet(StringComparer.Ordinal);
        foreach (var lease in plan.Take)
        {
            // What comes after a shard that is read, or was, begins where it does, and not at the time of this worker's start.
            var checkpoint = lease.Checkpoint == Checkpoint.Latest && lease.Parents.Any(keys.Contains) ? Checkpoint.TrimHorizon : lease.Checkpoint;
            var sentAt = settings.TimeProvider.GetTimestamp();
            var taken = lease with { Owner = Id, RequestedBy = null, Checkpoint = checkpoint, OwnerSwitches = lease.OwnerSwitches + 1 };
            // Not cancelled: a lease that was taken and not begun would be nobody's for the failover time.
            if (await leases.UpdateAsync(taken, CancellationToken.None) is { } row)
            {
                Start(row, sentAt, sync, metrics, stop);
            }
        }

        foreach (var lease in plan.Ask)
        {
            if (await leases.UpdateAsync(lease with { RequestedBy = Id }, stop) is not null)
            {
                balancer.Asked(lease.Key);
            }
        }
    }

    private void Start(Lease row, long sentAt, ShardSync sync, ConsumerMetrics metrics, CancellationToken stop)
    {
        lock (gate)
        {
            running.Add(row.Key, ConsumeAsync(row, sentAt, sync, metrics, stop));
        }
    }

    private async Task ConsumeAsync(Lease row, long sentAt, ShardSync sync, ConsumerMetrics metrics, CancellationToken stop)
    {
        // What called has the lock, and other leases to take.
        await Task.Yield();
        metrics.Began(row.Key);
        using var lease = new HeldLease(leases, Id, settings.FailoverTime, settings.TimeProvider, row, sentAt);
        var ended = false;
        try
        {
            var consumer = new ShardConsumer(
                settings, stream, lease, processors.Create(row.Key), metrics, (children, token) => PrepareChildrenAsync(sync, row.Key, children, token));
            ended = await consumer.RunAsync(stop);
        }
        catch (Exception e)
        {
            // The outermost frame of a shard: the lease ends by itself, and some worker takes it again.
            settings.OnFailure?.Invoke($"Shard {row.Key}", e);
        }
        finally
        {
            metrics.Ended(row.Key);
            lock (gate)
            {
                running.Remove(row.Key);
            }

            if (ended)
            {
                wakeTaking.Set();
            }
        }
    }

    private async Task<bool> PrepareChildrenAsync(ShardSync sync, string shardId, IReadOnlyList<ChildShard> children, CancellationToken cancellationToken)
    {
        IReadOnlySet<string> listed = new HashSet<string>();
        return await TryAsync($"ShardSync {shardId}", async () => listed = await sync.RunAsync(cancellationToken), cancellationToken) && children.All(child => listed.Contains(child.ShardId));
    }

    /// <summary>False when it failed in a way that may pass.</summary>
    private async Task<bool> TryAsync(string what, Func<Task> action, CancellationToken cancellationToken)
    {
        try
        {
            await action();
            return true;
        }
        catch (Exception e) when (e is KinesisException or LeaseStoreException)
        {
            settings.OnFailure?.Invoke(what, e);
            return false;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private async Task DelayAsync(TimeSpan delay, CancellationToken stop) =>
        await Task.Delay(delay, settings.TimeProvider, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
}
