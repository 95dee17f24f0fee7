using System.Diagnostics;

namespace Tarn.Bench.Dispatch;

/// <summary>A quick look at the same requests: the best of several rounds, which is what noise of a shared machine cannot lower.</summary>
internal static class DispatchSubject
{
    private const int RequestsPerRound = 20_000;
    private const int Rounds = 12;

    public static Task RunAsync(string[] arguments)
    {
        Measure("GetDatabase", RepeatedRequest.GetDatabase());
        Measure("GetShardIterator in CBOR", RepeatedRequest.GetShardIteratorInCbor());
        Measure("raw PutRecords of 153 KB", RepeatedRequest.RawPutRecords());
        return Task.CompletedTask;
    }

    private static void Measure(string name, RepeatedRequest request)
    {
        var bestNs = double.MaxValue;
        long bytes = 0;
        for (var round = 0; round < Rounds; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var start = Stopwatch.GetTimestamp();
            for (var i = 0; i < RequestsPerRound; i++)
            {
                var sent = request.SendAsync();
                if (!sent.IsCompletedSuccessfully)
                {
                    throw new InvalidOperationException("the request did not complete at once: the figures would not be of one thread", sent.Exception);
                }
            }

            bestNs = Math.Min(bestNs, Stopwatch.GetElapsedTime(start).TotalNanoseconds / RequestsPerRound);
            bytes = (GC.GetAllocatedBytesForCurrentThread() - before) / RequestsPerRound;
        }

        Console.WriteLine($"dispatch {name}: {bestNs:F0} ns, {bytes} bytes allocated per request");
    }
}
