using System.Runtime.CompilerServices;
using Tarn.Clients.Kinesis;

namespace Tarn.Clients.Consumer.Reading;

/// <summary>GetRecords again and again: at once while the shard is behind, after the idle time when it is not.</summary>
internal sealed class PollingReader(KinesisClient client, ConsumerSettings settings) : IStreamReader
{
    private static readonly Backoff Throttled = new(TimeSpan.FromMilliseconds(250), TimeSpan.FromSeconds(10));

    public Task PrepareAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<IReadOnlyList<Shard>> ListShardsAsync(CancellationToken cancellationToken) => client.ListAllShardsAsync(settings.Stream, filter: null, cancellationToken);

    public async IAsyncEnumerable<ShardAnswer> ReadAsync(string shardId, StartingPosition position, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var time = settings.TimeProvider;
        var iterator = await client.GetShardIteratorAsync(settings.Stream, shardId, position, cancellationToken);
        var refusals = 0;
        while (true)
        {
            var readAt = time.GetTimestamp();
            var answer = await ReadAsync(iterator, ref refusals, cancellationToken);
            if (answer is null)
            {
                await Task.Delay(Throttled.Delay(refusals, settings.Random), time, cancellationToken);
                continue;
            }

            var next = answer.Records.Count > 0 ? StartingPosition.After(answer.Records[^1].SequenceNumber) : null;
            yield return new ShardAnswer(answer.Records, next, answer.MillisBehindLatest, answer.NextShardIterator is null ? answer.ChildShards : null);
            if (answer.NextShardIterator is null)
            {
                yield break;
            }

            iterator = answer.NextShardIterator;
            var isBehind = answer.MillisBehindLatest > 0;
            var wait = (isBehind || settings.IdleTimeBetweenReads < settings.ReadIntervalMin ? settings.ReadIntervalMin : settings.IdleTimeBetweenReads) - time.GetElapsedTime(readAt);
            if (wait > TimeSpan.Zero)
            {
                await Task.Delay(wait, time, cancellationToken);
            }
        }
    }

    /// <summary>Null when the service asks to wait; the iterator stays good.</summary>
    private Task<GetRecordsResponse?> ReadAsync(string iterator, ref int refusals, CancellationToken cancellationToken)
    {
        refusals++;
        return TryAsync();

        async Task<GetRecordsResponse?> TryAsync()
        {
            try
            {
                return await client.GetRecordsAsync(iterator, settings.RecordsPerReadMax, cancellationToken);
            }
            catch (KinesisException e) when (e.IsThrottling)
            {
                settings.OnFailure?.Invoke("GetRecords", e);
                return null;
            }
        }
    }
}
