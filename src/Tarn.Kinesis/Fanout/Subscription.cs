using Tarn.Contracts;

namespace Tarn.Kinesis.Fanout;

/// <summary>Which consumer reads which shard. A consumer's name may be taken again after it was deregistered, so its creation belongs to it.</summary>
internal readonly record struct SubscriptionKey(string StreamId, string Consumer, DateTimeOffset ConsumerCreatedAt, int Shard);

/// <summary>One call of SubscribeToShard that has succeeded. Any thread may end it; whoever began it disposes it.</summary>
internal sealed class Subscription(SubscriptionDirectory directory, SubscriptionKey key, DateTimeOffset beganAt) : IDisposable
{
    private readonly TaskCompletionSource<AwsException?> ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public SubscriptionKey Key => key;

    public DateTimeOffset BeganAt => beganAt;

    /// <summary>Completes when the subscription is to end: with the error that its last event says, or null for a good end.</summary>
    public Task<AwsException?> Ended => ended.Task;

    /// <summary>The first reason counts.</summary>
    public void End(AwsException? reason) => ended.TrySetResult(reason);

    /// <summary>Also lets go whatever still waits for the end.</summary>
    public void Dispose()
    {
        End(reason: null);
        directory.Leave(this);
    }
}
