using System.Globalization;
using System.Text;
using Tarn.Clients.Kinesis;
using Tarn.Clients.Producer;

namespace Tarn.Clients.KillWorker;

/// <summary>Puts numbers under keys of this process's own, in order and aggregated, and writes <c>key number</c> when one is acknowledged.</summary>
internal static class Producing
{
    private const int Keys = 8;
    private const int RecordsPerRound = 5;

    public static async Task RunAsync(KinesisClientOptions options, string stream, string name, LineLog log)
    {
        await using var producer = new KinesisProducer(options, new ProducerOptions { PreserveOrder = true, RecordMaxBufferedTime = TimeSpan.FromMilliseconds(20) });
        await Task.WhenAll(Enumerable.Range(0, Keys).Select(key => PutAsync(producer, stream, $"{name}-{key}", log)));
    }

    private static async Task PutAsync(KinesisProducer producer, string stream, string key, LineLog log)
    {
        for (var number = 1; ; number += RecordsPerRound)
        {
            var puts = new List<Task<PutResult>>();
            for (var i = 0; i < RecordsPerRound; i++)
            {
                puts.Add(await producer.EnqueueAsync(stream, key, Encoding.ASCII.GetBytes((number + i).ToString(CultureInfo.InvariantCulture))));
            }

            await Task.WhenAll(puts);
            log.Write(Enumerable.Range(number, RecordsPerRound).Select(acknowledged => $"{key} {acknowledged}"));
        }
    }
}
