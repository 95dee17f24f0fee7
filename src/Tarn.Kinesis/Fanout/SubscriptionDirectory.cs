using Tarn.Kinesis.Consumers;
using Tarn.Kinesis.Streams;

namespace Tarn.Kinesis.Fanout;

/// <summary>
/// The subscriptions of this process: one for a consumer and shard. A call within <see cref="KinesisOptions.SubscriptionTakeOverDelay"/> after one that succeeded is refused,
/// whether or not that subscription still runs; a later one takes over. Any thread may call anything.
/// </summary>
internal sealed class SubscriptionDirectory(KinesisOptions options, TimeProvider time)
{
    private readonly Lock gate = new();

    /// <summary>The newest subscription of each consumer and shard; one that has ended is kept as long as it holds others off.</summary>
    private readonly Dictionary<SubscriptionKey, Subscription> newest = [];

    /// <summary>Those in <see cref="newest"/> that have ended, in the order in which they did.</summary>
    private readonly Queue<Subscription> ended = [];

    /// <summary>Subscriptions that run, or that ended a few seconds ago.</summary>
    public int Count
    {
        get
        {
            lock (gate)
            {
                return newest.Count;
            }
        }
    }

    /// <summary>Begins a subscription, and ends the one that it takes over. <c>ResourceInUseException</c> when that is too young.</summary>
    public Subscription Begin(StreamSnapshot stream, ConsumerRecord consumer, Shard shard)
    {
        var now = time.GetUtcNow();
        var key = new SubscriptionKey(stream.Id, consumer.Name, consumer.CreatedAt, shard.Index);
        lock (gate)
        {
            ForgetEnded(now);
            if (newest.TryGetValue(key, out var old))
            {
                var inUse = KinesisErrors.AlreadySubscribed(stream, shard, consumer);
                if (HoldsOff(old, now))
                {
                    throw inUse;
                }

                old.End(inUse);
            }

            return newest[key] = new Subscription(this, key, now);
        }
    }

    /// <summary>Ends all subscriptions of a consumer that was deregistered.</summary>
    public void EndAll(StreamSnapshot stream, ConsumerRecord consumer)
    {
        var gone = KinesisErrors.ConsumerNotFound(stream.Scope, ConsumerArn.Format(stream, consumer));
        lock (gate)
        {
            foreach (var (key, subscription) in newest)
            {
                if (key with { Shard = 0 } == new SubscriptionKey(stream.Id, consumer.Name, consumer.CreatedAt, Shard: 0))
                {
                    subscription.End(gone);
                }
            }
        }
    }

    /// <summary>The subscription has sent its last event.</summary>
    public void Leave(Subscription subscription)
    {
        lock (gate)
        {
            if (newest.GetValueOrDefault(subscription.Key) == subscription)
            {
                ended.Enqueue(subscription);
                ForgetEnded(time.GetUtcNow());
            }
        }
    }

    private void ForgetEnded(DateTimeOffset now)
    {
        while (ended.TryPeek(out var oldest) && !HoldsOff(oldest, now))
        {
            ended.Dequeue();
            if (newest.GetValueOrDefault(oldest.Key) == oldest)
            {
                newest.Remove(oldest.Key);
            }
        }
    }

    /// <summary>Also when the clock was set back since: then nobody must wait for it to catch up.</summary>
    private bool HoldsOff(Subscription subscription, DateTimeOffset now) => now >= subscription.BeganAt && now < subscription.BeganAt + options.SubscriptionTakeOverDelay;
}
