using System.Runtime.CompilerServices;
using Tarn.Clients.Kinesis;

namespace Tarn.Clients.Consumer.Reading;

/// <summary>Enhanced fan-out: subscriptions of five minutes each, of a consumer that is registered under the application's name.</summary>
internal sealed class FanOutReader(KinesisClient client, ConsumerSettings settings) : IStreamReader
{
    private static readonly TimeSpan StatusPoll = TimeSpan.FromSeconds(1);

    /// <summary>A second subscription to a shard within this time is refused, so there is no sense in trying earlier.</summary>
    private static readonly TimeSpan InUseDelay = TimeSpan.FromSeconds(5);

    private string consumerArn = "";

    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        var arn = settings.Stream.StartsWith("arn:", StringComparison.Ordinal) ? settings.Stream : (await client.DescribeStreamSummaryAsync(settings.Stream, cancellationToken)).StreamArn;
        while (true)
        {
            var consumer = await FindOrRegisterAsync(arn, cancellationToken);
            if (consumer?.ConsumerStatus == "ACTIVE")
            {
                consumerArn = consumer.ConsumerArn;
                return;
            }

            await Task.Delay(StatusPoll, settings.TimeProvider, cancellationToken);
        }
    }

    public Task<IReadOnlyList<Shard>> ListShardsAsync(CancellationToken cancellationToken) => client.ListAllShardsAsync(settings.Stream, filter: null, cancellationToken);

    public async IAsyncEnumerable<ShardAnswer> ReadAsync(string shardId, StartingPosition position, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var events = client.SubscribeToShardAsync(consumerArn, shardId, position, cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (await MoveNextAsync(events, cancellationToken))
        {
            var read = events.Current;
            var next = read.ContinuationSequenceNumber is { } continuation ? StartingPosition.After(continuation) : null;
            var isEnd = read.ContinuationSequenceNumber is null || read.ChildShards.Count > 0;
            yield return new ShardAnswer(read.Records, next, read.MillisBehindLatest, isEnd ? read.ChildShards : null);
            if (isEnd)
            {
                yield break;
            }
        }
    }

    /// <summary>False when there is no subscription any more: its time was over, or another one of this consumer has it and lets go of it soon.</summary>
    private async Task<bool> MoveNextAsync(IAsyncEnumerator<SubscribeToShardEvent> events, CancellationToken cancellationToken)
    {
        try
        {
            return await events.MoveNextAsync();
        }
        catch (KinesisException e) when (e.Code == "ResourceInUseException")
        {
            settings.OnFailure?.Invoke("SubscribeToShard", e);
            await Task.Delay(InUseDelay + (settings.Random.NextDouble() * StatusPoll), settings.TimeProvider, cancellationToken);
            return false;
        }
    }

    /// <summary>Null when another worker is registering it at this moment.</summary>
    private async Task<StreamConsumer?> FindOrRegisterAsync(string streamArn, CancellationToken cancellationToken)
    {
        try
        {
            return await client.DescribeStreamConsumerAsync(streamArn, settings.ApplicationName, cancellationToken);
        }
        catch (KinesisException e) when (e.Code == "ResourceNotFoundException")
        {
        }

        try
        {
            return await client.RegisterStreamConsumerAsync(streamArn, settings.ApplicationName, cancellationToken);
        }
        catch (KinesisException e) when (e.Code is "ResourceInUseException" || e.IsThrottling)
        {
            return null;
        }
    }
}
