using System.Text;
using Tarn.Clients.Kinesis;
using Tarn.Clients.Producer;

namespace Tarn.Clients.Examples;

internal static class ProducerExample
{
    /// <param name="kinesis">Where Kinesis is, and the key; `new KinesisClientOptions()` takes both from AWS's environment variables.</param>
    public static async Task RunAsync(KinesisClientOptions kinesis, TextWriter output)
    {
        var options = new ProducerOptions { PreserveOrder = true, RecordMaxBufferedTime = TimeSpan.FromSeconds(5) };
        await using var producer = new KinesisProducer(kinesis, options);
        var puts = new List<Task<PutResult>>();
        for (var order = 1; order <= 1000; order++)
        {
            // Waits for room, and not for the record: a thousand small records become a few large ones.
            puts.Add(await producer.EnqueueAsync("orders", $"customer-{order % 100}", Encoding.UTF8.GetBytes($"order {order}")));
        }

        await producer.FlushAsync();
        foreach (var shard in (await Task.WhenAll(puts)).GroupBy(result => result.ShardId).OrderBy(shard => shard.Key))
        {
            output.WriteLine($"{shard.Key}: {shard.Count()} records in {shard.DistinctBy(result => result.SequenceNumber).Count()} Kinesis record");
        }
    }
}
