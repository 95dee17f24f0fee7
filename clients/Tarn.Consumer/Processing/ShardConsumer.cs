using Tarn.Clients.Consumer.Leases;
using Tarn.Clients.Consumer.Reading;
using Tarn.Clients.Kinesis;

namespace Tarn.Clients.Consumer.Processing;

/// <summary>
/// Reads and processes one shard for as long as this worker holds its lease: one loop renews the lease, one reads ahead, one calls the processor. Ends when the shard does, the lease is lost,
/// or it is asked to.
/// </summary>
internal sealed class ShardConsumer
{
    private static readonly Backoff ReadBackoff = new(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(10));

    private readonly ConsumerSettings settings;
    private readonly IStreamReader stream;
    private readonly HeldLease lease;
    private readonly IRecordProcessor processor;
    private readonly ConsumerMetrics metrics;
    private readonly Func<IReadOnlyList<ChildShard>, CancellationToken, Task<bool>> prepareChildren;
    private readonly Checkpointer checkpointer;
    private readonly ProcessorCalls calls;
    private bool isInitialized;

    /// <param name="prepareChildren">Sees to it that the shards which follow have their leases; false when they have not yet.</param>
    public ShardConsumer(
        ConsumerSettings settings, IStreamReader stream, HeldLease lease, IRecordProcessor processor, ConsumerMetrics metrics, Func<IReadOnlyList<ChildShard>, CancellationToken, Task<bool>> prepareChildren)
    {
        this.settings = settings;
        this.stream = stream;
        this.lease = lease;
        this.processor = processor;
        this.metrics = metrics;
        this.prepareChildren = prepareChildren;
        checkpointer = new Checkpointer(lease);
        calls = new ProcessorCalls(settings, lease, metrics);
    }

    /// <param name="stop">The worker stops: the shard is released.</param>
    /// <returns>True when the shard was read to its end.</returns>
    public async Task<bool> RunAsync(CancellationToken stop)
    {
        using var done = new CancellationTokenSource();
        var renewals = RenewAsync(done.Token);
        try
        {
            return await ProcessAsync(stop, done.Token);
        }
        catch (LeaseLostException)
        {
            metrics.LeaseLost();
            if (isInitialized)
            {
                await calls.OnceAsync("LeaseLost", processor.LeaseLostAsync);
            }

            return false;
        }
        finally
        {
            done.Cancel();
            await renewals;
        }
    }

    private async Task<bool> ProcessAsync(CancellationToken stop, CancellationToken done)
    {
        using var leave = CancellationTokenSource.CreateLinkedTokenSource(stop, lease.HandOver);
        using var limit = leave.Token.Register(() => lease.EndWithin(settings.GracefulHandOverTime));
        using var waits = CancellationTokenSource.CreateLinkedTokenSource(leave.Token, lease.Lost);
        using var reading = CancellationTokenSource.CreateLinkedTokenSource(waits.Token, done);
        var buffer = new PrefetchBuffer(settings.PrefetchedRecordsMax, settings.PrefetchedBytesMax);
        Task? read = null;
        try
        {
            var start = new ShardStart(lease.Key, lease.Row.Checkpoint, lease.Row.HashKeyRange);
            await calls.InsistAsync("Initialize", token => processor.InitializeAsync(start, token), waits.Token);
            isInitialized = true;
            read = ReadAsync(buffer, reading.Token);
            return await DeliverAsync(buffer, waits.Token);
        }
        catch (OperationCanceledException) when (waits.IsCancellationRequested)
        {
            lease.ThrowIfLost();
            if (isInitialized)
            {
                await calls.OnceAsync("ShutdownRequested", () => processor.ShutdownRequestedAsync(checkpointer, lease.Lost));
            }

            await lease.ReleaseAsync(CancellationToken.None);
            return false;
        }
        finally
        {
            reading.Cancel();
            if (read is not null)
            {
                await read;
            }
        }
    }

    private async Task<bool> DeliverAsync(PrefetchBuffer buffer, CancellationToken waits)
    {
        var delivery = new BatchDelivery(settings, lease, processor, checkpointer, calls, metrics);
        while (true)
        {
            var answer = await buffer.TakeAsync(waits);
            metrics.Behind(lease.Key, answer.MillisBehindLatest);
            await delivery.DeliverAsync(answer, waits);
            if (answer.Children is { } children)
            {
                await EndAsync(children, waits);
                return true;
            }

            // A batch can have begun before the worker was asked to leave; the next one does not.
            waits.ThrowIfCancellationRequested();
        }
    }

    /// <summary>The children have their leases before this one is at its end, so that no worker can find a shard without its past.</summary>
    private async Task EndAsync(IReadOnlyList<ChildShard> children, CancellationToken waits)
    {
        for (var failures = 1; !await prepareChildren(children, waits); failures++)
        {
            await Task.Delay(ReadBackoff.Delay(failures, settings.Random), settings.TimeProvider, waits);
        }

        await calls.InsistAsync("ShardEnded", processor.ShardEndedAsync, waits);
        await lease.EndAsync(CancellationToken.None);
    }

    private async Task ReadAsync(PrefetchBuffer buffer, CancellationToken cancellationToken)
    {
        var position = FirstPosition();
        var startedAt = settings.TimeProvider.GetUtcNow();
        var failures = 0;
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await foreach (var answer in stream.ReadAsync(lease.Key, position, cancellationToken))
                {
                    failures = 0;
                    position = answer.Next ?? position;
                    await buffer.PutAsync(answer, cancellationToken);
                    if (answer.Children is not null)
                    {
                        return;
                    }
                }
            }
            catch (KinesisException e)
            {
                // LATEST again would pass over what came since; the clocks of worker and service may differ by the minute.
                position = position == StartingPosition.Latest ? StartingPosition.At(startedAt - TimeSpan.FromMinutes(1)) : position;
                metrics.Retry("read");
                settings.OnFailure?.Invoke($"Read {lease.Key}", e);
                await DelayAsync(ReadBackoff.Delay(++failures, settings.Random), cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                buffer.Fail(e);
                return;
            }
        }
    }

    /// <summary>The checkpointed record is read once more, because there may be more of it: records of an aggregate.</summary>
    private StartingPosition FirstPosition() => lease.Row.Checkpoint switch
    {
        { IsRecord: true } checkpoint => StartingPosition.At(checkpoint.Position),
        var checkpoint when checkpoint == Checkpoint.Latest => StartingPosition.Latest,
        var checkpoint when checkpoint == Checkpoint.AtTimestamp && settings.InitialTimestamp is { } timestamp => StartingPosition.At(timestamp),
        _ => StartingPosition.TrimHorizon,
    };

    private async Task RenewAsync(CancellationToken done)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(done, lease.Lost);
        while (await DelayAsync(settings.FailoverTime / 3, either.Token))
        {
            try
            {
                await lease.RenewAsync(either.Token);
            }
            catch (LeaseStoreException e)
            {
                metrics.RenewalFailed();
                settings.OnFailure?.Invoke($"Renew {lease.Key}", e);
            }
            catch (Exception e) when (e is LeaseLostException or OperationCanceledException)
            {
                return;
            }
        }
    }

    /// <summary>False when it was cancelled.</summary>
    private async Task<bool> DelayAsync(TimeSpan delay, CancellationToken cancellationToken)
    {
        await Task.Delay(delay, settings.TimeProvider, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        return !cancellationToken.IsCancellationRequested;
    }
}
