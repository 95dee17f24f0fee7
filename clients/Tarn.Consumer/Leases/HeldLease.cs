using Tarn.Clients.Consumer.Waiting;

namespace Tarn.Clients.Consumer.Leases;

/// <summary>
/// A lease that this worker holds. It is good for the failover time from the moment at which the last successful write was sent, by this worker's own clock; other workers take it no
/// earlier than the failover time after they saw that write, so it ends here before it can begin there. One write at a time.
/// </summary>
internal sealed class HeldLease : IDisposable
{
    private const int ConflictsMax = 8;

    private readonly ILeaseStore store;
    private readonly string worker;
    private readonly TimeSpan failoverTime;
    private readonly TimeProvider time;
    private readonly AsyncGate gate = new();
    private readonly Lock clock = new();
    private readonly CancellationTokenSource lost;
    private readonly CancellationTokenSource handOver = new();
    private volatile Lease row;
    private long renewedAt;
    private long endsAt = long.MaxValue;

    /// <param name="row">As the write that took it answered.</param>
    /// <param name="sentAt">The timestamp of <paramref name="time"/> before that write was sent.</param>
    public HeldLease(ILeaseStore store, string worker, TimeSpan failoverTime, TimeProvider time, Lease row, long sentAt)
    {
        this.store = store;
        this.worker = worker;
        this.failoverTime = failoverTime;
        this.time = time;
        this.row = row;
        renewedAt = sentAt;
        lost = new CancellationTokenSource(Remaining(), time);
    }

    public string Key => row.Key;

    public Lease Row => row;

    /// <summary>Cancelled when the lease is lost, or has not been renewed in time.</summary>
    public CancellationToken Lost => lost.Token;

    /// <summary>Cancelled when another worker has asked for the shard.</summary>
    public CancellationToken HandOver => handOver.Token;

    /// <summary>Whether what is done with the shard at this moment is done by its only owner. The clock is looked at, because a timer can be late.</summary>
    public bool IsValid => !lost.IsCancellationRequested && Remaining() > TimeSpan.Zero;

    public void ThrowIfLost()
    {
        if (!IsValid)
        {
            Lose();
            throw new LeaseLostException(Key);
        }
    }

    /// <summary>However often it is renewed, the lease ends after this time from now.</summary>
    public void EndWithin(TimeSpan limit)
    {
        var end = time.GetTimestamp() + (long)(limit.TotalSeconds * time.TimestampFrequency);
        lock (clock)
        {
            endsAt = Math.Min(endsAt, end);
            lost.CancelAfter(Remaining());
        }
    }

    public Task RenewAsync(CancellationToken cancellationToken) => WriteAsync(known => known, cancellationToken);

    /// <summary>Stores a checkpoint; one that is not above what is stored changes nothing. Tries again for as long as the lease is good.</summary>
    public async Task CheckpointAsync(Checkpoint checkpoint, CancellationToken cancellationToken)
    {
        if (checkpoint > row.Checkpoint)
        {
            await InsistAsync(known => checkpoint > known.Checkpoint ? known with { Checkpoint = checkpoint } : known, cancellationToken);
        }
    }

    /// <summary>The shard was read to its end: nobody needs to hold it any more.</summary>
    public Task EndAsync(CancellationToken cancellationToken) =>
        InsistAsync(known => known with { Checkpoint = Checkpoint.ShardEnd, Owner = null, RequestedBy = null }, cancellationToken);

    /// <summary>Gives the shard to whoever asked for it, or to anybody.</summary>
    public Task ReleaseAsync(CancellationToken cancellationToken) => InsistAsync(known => known with { Owner = null }, cancellationToken);

    public void Dispose()
    {
        lost.Dispose();
        handOver.Dispose();
    }

    private async Task InsistAsync(Func<Lease, Lease> change, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lost.Token);
        while (true)
        {
            try
            {
                await WriteAsync(change, cancellationToken);
                return;
            }
            catch (LeaseStoreException)
            {
                try
                {
                    // Ends with the lease, because without a write that succeeds it does.
                    await Task.Delay(failoverTime / 20, time, either.Token);
                }
                catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
                {
                    throw new LeaseLostException(Key);
                }
            }
        }
    }

    private async Task WriteAsync(Func<Lease, Lease> change, CancellationToken cancellationToken)
    {
        await gate.EnterAsync(cancellationToken);
        try
        {
            for (var attempt = 0; attempt < ConflictsMax; attempt++)
            {
                ThrowIfLost();
                var sentAt = time.GetTimestamp();
                if (await BoundedAsync(token => store.UpdateAsync(change(row), token), cancellationToken) is { } updated)
                {
                    row = updated;
                    Extend(sentAt);
                    return;
                }

                await AdoptAsync(cancellationToken);
            }

            throw new LeaseStoreException($"The lease of {Key} changed {ConflictsMax} times while it was written.", inner: null);
        }
        finally
        {
            gate.Leave();
        }
    }

    /// <summary>
    /// The row has another counter. When this worker still owns it, an earlier write of its own was done although no answer came, or somebody asked for the shard. Nobody else writes
    /// a row that has an owner, and takers make themselves the owner.
    /// </summary>
    private async Task AdoptAsync(CancellationToken cancellationToken)
    {
        var found = await BoundedAsync(token => store.FindAsync(Key, token), cancellationToken);
        if (found?.Owner != worker)
        {
            Lose();
            throw new LeaseLostException(Key);
        }

        row = found;
        if (found.RequestedBy is not null)
        {
            handOver.Cancel();
        }
    }

    /// <summary>A call that hangs must not take the lease with it: it gets a third of the failover time.</summary>
    private async Task<T> BoundedAsync<T>(Func<CancellationToken, ValueTask<T>> call, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(failoverTime / 3, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            return await call(either.Token);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new LeaseStoreException($"The lease of {Key} could not be written in {failoverTime / 3}.", e);
        }
    }

    private TimeSpan Remaining()
    {
        lock (clock)
        {
            var remaining = failoverTime - time.GetElapsedTime(renewedAt);
            if (endsAt < long.MaxValue)
            {
                var untilEnd = TimeSpan.FromSeconds((endsAt - time.GetTimestamp()) / (double)time.TimestampFrequency);
                remaining = untilEnd < remaining ? untilEnd : remaining;
            }

            return remaining > TimeSpan.Zero ? remaining : TimeSpan.Zero;
        }
    }

    private void Extend(long sentAt)
    {
        lock (clock)
        {
            renewedAt = sentAt;
            lost.CancelAfter(Remaining());
        }
    }

    private void Lose() => lost.Cancel();
}
