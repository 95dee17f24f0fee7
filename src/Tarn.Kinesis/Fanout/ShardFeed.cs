using Tarn.Contracts;
using Tarn.Kinesis.Limits;
using Tarn.Kinesis.Log;
using Tarn.Kinesis.Streams;
using Tarn.Wire.EventStreams;

namespace Tarn.Kinesis.Fanout;

/// <summary>
/// The loop of one subscription: takes the next event of its shard, sends it, waits for more. It holds one event at most, and nobody waits for it but itself, so a slow client costs
/// that and slows no other. Nothing is polled: the log wakes it when a record is on disk, the stream when it has changed.
/// </summary>
internal sealed class ShardFeed(
    StreamDirectory streams, StreamLog log, ShardEvents events, KinesisOptions options, TimeProvider time, ISubscriber client, Subscription subscription, string streamId)
{
    /// <summary>Who is less behind than this takes what the others at the tip take.</summary>
    private const long NearTipMs = 1_000;

    private readonly FanOutThroughput throughput = new(time);
    private readonly int shardIndex = subscription.Key.Shard;

    // One wait a snapshot: a stream may have thousands of subscriptions, and each event of each would enter and leave the list of those who wait for it.
    private StreamSnapshot? watched;
    private Task changed = Task.CompletedTask;

    /// <summary>Until the subscription ends, the shard ends, or nobody is there any more.</summary>
    /// <param name="last">The stream as it was seen last.</param>
    /// <param name="fromIndex">Index in the log of the first record to be sent.</param>
    /// <param name="isNearTip">Whether that is where the shard's newest records are.</param>
    /// <exception cref="AwsException">What the last event says.</exception>
    public async ValueTask RunAsync(StreamSnapshot last, long fromIndex, bool isNearTip, CancellationToken cancellationToken)
    {
        await using var lifetime = time.CreateTimer(_ => subscription.End(reason: null), state: null, options.SubscriptionLifetime, Timeout.InfiniteTimeSpan);
        try
        {
            await FeedAsync(fromIndex, isNearTip, cancellationToken);
        }
        catch (LogShardGoneException)
        {
            throw Gone(last);
        }
        catch (LogFailedException)
        {
            // The log itself has said why.
            throw KinesisErrors.InternalFailure();
        }
        catch (LogClosedException)
        {
            // The server stops: the stream ends between two events, and the client begins another.
        }
    }

    private async ValueTask FeedAsync(long fromIndex, bool startsNearTip, CancellationToken cancellationToken)
    {
        var position = fromIndex;
        var isNearTip = startsNearTip;
        var sentAt = time.GetUtcNow();
        while (!subscription.Ended.IsCompleted)
        {
            cancellationToken.ThrowIfCancellationRequested();

            // The stream first, then its log: a shard that shows closed here has had its last record.
            var stream = streams.TryFindById(streamId, out var found) ? found : throw new LogShardGoneException(shardIndex);
            var shard = stream.FindShard(shardIndex) ?? throw KinesisErrors.ShardDoesNotExist(stream, shardIndex);
            var number = stream.LogNumber(shardIndex);
            var hasRecords = position < log.TipIndex(number);
            var quietUntil = sentAt + options.SubscriptionHeartbeat;
            if (!hasRecords && shard.IsOpen && time.GetUtcNow() < quietUntil)
            {
                isNearTip = true;
                await WaitAsync(stream, number, position, quietUntil - time.GetUtcNow(), cancellationToken);
                continue;
            }

            var next = hasRecords && isNearTip ? await events.ShareAsync(stream, shard, position, client.Encoding) : events.Make(stream, shard, position, client.Encoding);
            position = next.NextIndex;
            if (hasRecords && next is { Records: 0, IsEnd: false })
            {
                // They have expired.
                continue;
            }

            // When it was begun: what a client takes to read an event does not put the next heartbeat off.
            sentAt = time.GetUtcNow();
            await SendAsync(next.Message, cancellationToken);
            isNearTip = next.MillisBehindLatest < NearTipMs;
            stream.Traffic.Of(shard).CountOutgoing(next.Records, next.RecordBytes);
            if (next.IsEnd)
            {
                return;
            }

            if (stream.Rules.EnforcesShardLimits && throughput.Took(next.RecordBytes) is var pause && pause > TimeSpan.Zero)
            {
                await Task.WhenAny(Task.Delay(pause, time, cancellationToken), subscription.Ended);
            }
        }

        if (await subscription.Ended is { } reason)
        {
            throw reason;
        }
    }

    /// <summary>Until there is a record, the stream has changed, the subscription has ended, or it has been quiet for long enough.</summary>
    private async ValueTask WaitAsync(StreamSnapshot stream, long number, long position, TimeSpan atMost, CancellationToken cancellationToken)
    {
        if (watched != stream)
        {
            watched = stream;
            changed = Task.WhenAny(stream.Replaced, subscription.Ended);
        }

        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task record = log.WaitForAsync(number, position, waiting.Token).AsTask();
        var quiet = Task.Delay(atMost, time, waiting.Token);
        await Task.WhenAny(record, quiet, changed);
        await waiting.CancelAsync();
        await record.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (record.IsFaulted)
        {
            await record;
        }
    }

    /// <summary>Waits for a client that does not read; when the subscription ends meanwhile, not for long.</summary>
    private async ValueTask SendAsync(EncodedEvent message, CancellationToken cancellationToken)
    {
        var sending = client.SendAsync(message, cancellationToken).AsTask();
        if (!sending.IsCompleted && await Task.WhenAny(sending, subscription.Ended) != sending)
        {
            await Task.WhenAny(sending, Task.Delay(options.SubscriptionEndGrace, time, cancellationToken));
            if (!sending.IsCompleted)
            {
                client.Abort();
            }
        }

        await sending;
    }

    private AwsException Gone(StreamSnapshot last) => streams.TryFindById(streamId, out var stream)
        ? KinesisErrors.ShardDoesNotExist(stream, shardIndex)
        : KinesisErrors.StreamNotFound(last.Scope, last.Name);
}
