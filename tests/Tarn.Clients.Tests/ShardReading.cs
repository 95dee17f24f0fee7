using Tarn.Clients.Kinesis;
using Tarn.Clients.Kinesis.Aggregation;

namespace Tarn.Clients.Tests;

/// <summary>Reads all that a stream has, the plainest way: shard after shard, parents first.</summary>
internal static class ShardReading
{
    public static async Task<IReadOnlyList<ReadShard>> ReadAllAsync(KinesisClient client, string stream, CancellationToken cancellationToken)
    {
        var read = new List<ReadShard>();
        foreach (var shard in await client.ListAllShardsAsync(stream, filter: null, cancellationToken))
        {
            var records = new List<UserRecord>();
            var iterator = await client.GetShardIteratorAsync(stream, shard.ShardId, StartingPosition.TrimHorizon, cancellationToken);
            while (iterator is not null)
            {
                var page = await client.GetRecordsAsync(iterator, KinesisClient.GetRecordsCountMax, cancellationToken);
                foreach (var record in page.Records)
                {
                    Deaggregator.Deaggregate(record, shard.HashKeyRange, records);
                }

                iterator = page.MillisBehindLatest == 0 && page.Records.Count == 0 ? null : page.NextShardIterator;
            }

            read.Add(new ReadShard(shard.ShardId, records));
        }

        return read;
    }
}

internal sealed record ReadShard(string ShardId, IReadOnlyList<UserRecord> Records);
