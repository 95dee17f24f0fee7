using Tarn.Clients.Kinesis;

namespace Tarn.Clients.Producer.Streams;

/// <summary>Reads a stream's shards when its loop wants them: one reading at a time, and not again at once. Only that loop uses it.</summary>
internal sealed class ShardMapLoader(KinesisClient client, string stream, Wakeup wakeup, Backoff backoff, Random random)
{
    /// <summary>Between one reading and the next, so that a reshard of many shards does not become a reading for each answer.</summary>
    private static readonly TimeSpan IntervalMin = TimeSpan.FromMilliseconds(500);

    private Task<ShardMap>? reading;
    private TimeSpan notBefore;
    private int failuresInARow;

    /// <summary>The shards are to be read, at first or again.</summary>
    public bool IsWanted { get; private set; } = true;

    public void Want() => IsWanted = true;

    /// <summary>Begins to read if that is wanted and not too early.</summary>
    /// <returns>When it will be time; null when it is not wanted, or under way.</returns>
    public TimeSpan? Start(TimeSpan now, CancellationToken cancellationToken)
    {
        if (!IsWanted || reading is not null)
        {
            return null;
        }

        if (now < notBefore)
        {
            return notBefore;
        }

        reading = ReadAsync(cancellationToken);
        reading.GetAwaiter().OnCompleted(wakeup.Set);
        return null;
    }

    /// <summary>The shards, when a reading has ended since the last call; a failure as <see cref="KinesisException"/>.</summary>
    public async ValueTask<ShardMap?> TakeAsync(TimeSpan now)
    {
        if (reading is not { IsCompleted: true } ended)
        {
            return null;
        }

        reading = null;
        try
        {
            var map = await ended.ConfigureAwait(false);
            failuresInARow = 0;
            notBefore = now + IntervalMin;
            // A list with a gap was read in the middle of a reshard: once more.
            IsWanted = !map.IsWhole;
            return map.IsWhole ? map : null;
        }
        catch (KinesisException)
        {
            notBefore = now + backoff.Delay(++failuresInARow, random);
            throw;
        }
    }

    /// <summary>Ends when no reading is under way.</summary>
    public async Task EndAsync()
    {
        if (reading is not null)
        {
            await ((Task)reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<ShardMap> ReadAsync(CancellationToken cancellationToken) =>
        // All of them: an aggregate may land in a shard that is closed again when this is read.
        new(await client.ListAllShardsAsync(stream, filter: null, cancellationToken).ConfigureAwait(false));
}
