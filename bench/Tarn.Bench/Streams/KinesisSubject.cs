using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Tarn.Bench.Measuring;

namespace Tarn.Bench.Streams;

/// <summary>
/// Kinesis over HTTP as its clients use it, signed and verified, durable: puts, reads, the push to consumers, and what ten million records in a stream change. Beside it in the same run, with the same
/// requests, kinesalite and kinesis-local, and Redis streams with a sync before each answer. Arguments: seconds of each figure; then any of <c>puts</c>, <c>push</c>, <c>many</c>, <c>peers</c> (all without).
/// </summary>
internal static class KinesisSubject
{
    private const string Stream = "bench";
    private const int Batch = 500;
    private const long Many = 10_000_000;

    public static async Task RunAsync(string[] arguments)
    {
        var seconds = arguments.Length > 0 ? double.Parse(arguments[0]) : 5;
        var parts = arguments.Length > 1 ? arguments[1..] : ["puts", "push", "many", "peers"];
        double own = 0;
        if (parts.Contains("puts"))
        {
            await using var tarn = await KinesisServer.TarnAsync();
            await tarn.CreateStreamAsync(Stream);
            await PutsAsync(tarn, seconds: 2, Batch, bytes: 200, connections: 8, print: false);
            own = await AllPutsAsync(tarn, seconds, [1, 8, 32]);
            Memory(tarn, "after the puts");
            foreach (var connections in new[] { 1, 8 })
            {
                await ReadsAsync(tarn, seconds, connections);
            }

            Memory(tarn, "after the reads");
        }

        if (parts.Contains("push"))
        {
            foreach (var consumers in new[] { 1, 20 })
            {
                await PushAsync(consumers);
            }
        }

        if (parts.Contains("many"))
        {
            await ManyAsync();
        }

        if (parts.Contains("peers"))
        {
            await PeersAsync(seconds, own);
        }
    }

    private static async Task<double> AllPutsAsync(KinesisServer server, double seconds, int[] connections)
    {
        double best = 0;
        foreach (var (records, bytes) in new[] { (Batch, 200), (Batch, 1024), (1, 200) })
        {
            foreach (var count in connections)
            {
                var rate = await PutsAsync(server, seconds, records, bytes, count, print: true);
                best = records == Batch && bytes == 200 ? Math.Max(best, rate) : best;
            }
        }

        return best;
    }

    /// <summary>Puts in closed loops.</summary>
    /// <returns>Records a second.</returns>
    private static async Task<double> PutsAsync(KinesisServer server, double seconds, int records, int bytes, int connections, bool print)
    {
        var requests = records == 1 ? server.Requests().PutRecord(Stream, bytes) : server.Requests().PutRecords(Stream, records, bytes);
        var expected = records == 1 ? "\"SequenceNumber\""u8.ToArray() : "\"FailedRecordCount\":0"u8.ToArray();
        var (times, elapsed, processor) = await LoadAsync(server, seconds, connections, async (connection, turn) =>
        {
            var status = await connection.SendAsync(requests[turn % requests.Length]);
            if (status != 200 || connection.Body.Span.IndexOf(expected) < 0)
            {
                throw new InvalidOperationException($"{server.Name} answered {status} {Encoding.UTF8.GetString(connection.Body.Span[..Math.Min(300, connection.Body.Length)])}");
            }
        });
        var rate = times.Length * (double)records / elapsed;
        if (print)
        {
            Console.WriteLine($"{server.Name}: {(records == 1 ? "PutRecord " : $"PutRecords {records} x")} {bytes,4} B, {connections,2} connections: {rate,9:N0} records/s, {rate * bytes / 1e6,5:N0} MB/s, {Quantiles(times)}, " +
                $"{processor.TotalMicroseconds / (times.Length * (double)records):N2} us of the server's CPU a record");
        }

        return rate;
    }

    /// <summary>Reads the stream from its beginning, again and again, each connection a shard after the other.</summary>
    private static async Task ReadsAsync(KinesisServer server, double seconds, int connections)
    {
        var requests = server.Requests();
        long records = 0, bytes = 0;
        var iterators = new string?[connections];
        var (times, elapsed, processor) = await LoadAsync(server, seconds, connections, async (connection, turn, number) =>
        {
            if (iterators[number] is null)
            {
                await connection.SendAsync(requests.Make("GetShardIterator", $$"""{"StreamName":"{{Stream}}","ShardId":"shardId-00000000000{{turn % 4}}","ShardIteratorType":"TRIM_HORIZON"}"""));
                iterators[number] = JsonDocument.Parse(connection.Body).RootElement.GetProperty("ShardIterator").GetString();
            }

            var status = await connection.SendAsync(requests.Make("GetRecords", $$"""{"ShardIterator":"{{iterators[number]}}"}"""));
            var body = connection.Body;
            if (status != 200)
            {
                throw new InvalidOperationException($"{server.Name} answered {status} {Encoding.UTF8.GetString(body.Span)}");
            }

            var count = body.Span.Count("\"SequenceNumber\""u8);
            Interlocked.Add(ref records, count);
            Interlocked.Add(ref bytes, body.Length);
            iterators[number] = count == 0 ? null : NextIterator(body.Span);
        });
        Console.WriteLine($"{server.Name}: GetRecords of 10,000, {connections,2} connections: {records / elapsed,9:N0} records/s, {bytes / elapsed / 1e6,5:N0} MB/s of answers, {Quantiles(times)}, " +
            $"{processor.TotalMicroseconds / records:N2} us of the server's CPU a record");
    }

    /// <summary>How long after its acknowledgement a record arrives at consumers that subscribe to its shard, one record at a time.</summary>
    private static async Task PushAsync(int consumers)
    {
        const int Records = 500;
        await using var tarn = await KinesisServer.TarnAsync();
        await tarn.CreateStreamAsync(Stream);
        var requests = tarn.Requests();
        using var putter = await KinesisConnection.OpenAsync(tarn.Endpoint);
        var subscribers = new List<KinesisConnection>();
        for (var consumer = 0; consumer < consumers; consumer++)
        {
            await putter.SendAsync(requests.Make("RegisterStreamConsumer", $$"""{"StreamARN":"arn:aws:kinesis:us-east-1:000000000000:stream/{{Stream}}","ConsumerName":"c{{consumer}}"}"""));
            var arn = JsonDocument.Parse(putter.Body).RootElement.GetProperty("Consumer").GetProperty("ConsumerARN").GetString();
            var subscriber = await KinesisConnection.OpenAsync(tarn.Endpoint);
            var status = await subscriber.StartAsync(requests.Make("SubscribeToShard", $$"""{"ConsumerARN":"{{arn}}","ShardId":"shardId-000000000000","StartingPosition":{"Type":"LATEST"} }"""));
            subscribers.Add(status == 200 ? subscriber : throw new InvalidOperationException($"SubscribeToShard answered {status}"));
        }

        var delays = new List<double>();
        for (var record = 0; record < Records; record++)
        {
            // Twelve bytes are sixteen letters of base64 whatever follows them.
            var marker = Convert.ToBase64String(Encoding.ASCII.GetBytes($"record{record:D6}"));
            var arrivals = subscribers.Select(async subscriber =>
            {
                await subscriber.WaitForAsync(Encoding.ASCII.GetBytes(marker));
                return Stopwatch.GetTimestamp();
            }).ToList();
            if (await putter.SendAsync(requests.Make("PutRecord", $$"""{"Data":"{{marker}}{{new string('A', 240)}}","PartitionKey":"k","ExplicitHashKey":"0","StreamName":"{{Stream}}"}""")) != 200)
            {
                throw new InvalidOperationException(Encoding.UTF8.GetString(putter.Body.Span));
            }

            var acknowledged = Stopwatch.GetTimestamp();
            delays.AddRange((await Task.WhenAll(arrivals)).Select(arrival => Math.Max(0, Stopwatch.GetElapsedTime(acknowledged, arrival).TotalMilliseconds)));
        }

        subscribers.ForEach(subscriber => subscriber.Dispose());
        Console.WriteLine($"{tarn.Name}: a record of 192 B at {consumers,2} subscribed consumers, after its acknowledgement: {Quantiles([.. delays.Order()])}, worst {delays.Max():N2} ms");
    }

    /// <summary>Ten million records into one stream: the first and the last hundred thousand, and the memory at the end.</summary>
    private static async Task ManyAsync()
    {
        await using var tarn = await KinesisServer.TarnAsync();
        await tarn.CreateStreamAsync(Stream);
        await PutsAsync(tarn, seconds: 2, Batch, bytes: 200, connections: 8, print: false);
        var requests = tarn.Requests().PutRecords(Stream, Batch, 200);
        Memory(tarn, "before ten million records");
        foreach (var (name, count) in new[] { ("the first 100,000", 100_000L), ("up to ten million", Many - 200_000), ("the last 100,000", 100_000L) })
        {
            var started = Stopwatch.GetTimestamp();
            var left = count;
            await Task.WhenAll(Enumerable.Range(0, 8).Select(number => Task.Run(async () =>
            {
                using var connection = await KinesisConnection.OpenAsync(tarn.Endpoint);
                for (var turn = number; Interlocked.Add(ref left, -Batch) >= 0; turn++)
                {
                    if (await connection.SendAsync(requests[turn % requests.Length]) != 200)
                    {
                        throw new InvalidOperationException(Encoding.UTF8.GetString(connection.Body.Span));
                    }
                }
            })));
            Console.WriteLine($"{tarn.Name}: {name} records of 200 B, 8 connections: {count / Stopwatch.GetElapsedTime(started).TotalSeconds:N0} records/s");
        }

        Memory(tarn, "after ten million records");
        await PutsAsync(tarn, seconds: 5, Batch, bytes: 200, connections: 8, print: true);
        await ReadsAsync(tarn, seconds: 5, connections: 8);
        Memory(tarn, "after reading them");
    }

    private static async Task PeersAsync(double seconds, double own)
    {
        var peers = await KinesisPeers.InstallAsync();
        foreach (var start in new Func<Task<KinesisServer>>[] { () => KinesisServer.KinesaliteAsync(peers, onDisk: true), () => KinesisServer.KinesaliteAsync(peers, onDisk: false), () => KinesisServer.KinesisMockAsync(peers) })
        {
            await using var peer = await start();
            await peer.CreateStreamAsync(Stream);
            var best = await AllPutsAsync(peer, seconds, [8]);
            await ReadsAsync(peer, seconds, connections: 8);
            Console.WriteLine($"{peer.Name}: best PutRecords of 200 B {best:N0} records/s{(own > 0 ? $"; Tarn's best is {own / best:N0} times that" : "")}");
        }

        await RedisAsync(seconds);
    }

    private static async Task RedisAsync(double seconds)
    {
        await using var redis = await KinesisServer.RedisAsync();
        foreach (var (records, bytes, connections) in new[] { (Batch, 200, 8), (Batch, 1024, 8), (1, 200, 32) })
        {
            var pipeline = RedisConnection.Pipeline(records, bytes);
            var limit = TimeSpan.FromSeconds(seconds);
            var started = Stopwatch.GetTimestamp();
            var cpu = redis.ProcessorTime;
            var counts = await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(async () =>
            {
                using var connection = await RedisConnection.OpenAsync(redis.Endpoint);
                var count = 0L;
                for (; Stopwatch.GetElapsedTime(started) < limit; count += records)
                {
                    await connection.SendAsync(pipeline, records);
                }

                return count;
            })));
            var total = counts.Sum();
            Console.WriteLine($"{redis.Name}: {records,3} x {bytes,4} B in a pipeline, {connections,2} connections: {total / Stopwatch.GetElapsedTime(started).TotalSeconds,9:N0} records/s, " +
                $"{(redis.ProcessorTime - cpu).TotalMicroseconds / total:N2} us of the server's CPU a record");
        }
    }

    private static Task<(double[] Times, double Elapsed, TimeSpan Processor)> LoadAsync(KinesisServer server, double seconds, int connections, Func<KinesisConnection, int, Task> turn) =>
        LoadAsync(server, seconds, connections, (connection, number, _) => turn(connection, number));

    /// <summary>Runs closed loops for a time: how long each turn took in ms, sorted; the time that passed; and the processor time that the server had.</summary>
    private static async Task<(double[] Times, double Elapsed, TimeSpan Processor)> LoadAsync(KinesisServer server, double seconds, int connections, Func<KinesisConnection, int, int, Task> turn)
    {
        var limit = TimeSpan.FromSeconds(seconds);
        var cpu = server.ProcessorTime;
        var started = Stopwatch.GetTimestamp();
        var times = await Task.WhenAll(Enumerable.Range(0, connections).Select(number => Task.Run(async () =>
        {
            using var connection = await KinesisConnection.OpenAsync(server.Endpoint);
            var own = new List<double>();
            for (var count = number; Stopwatch.GetElapsedTime(started) < limit; count++)
            {
                var begun = Stopwatch.GetTimestamp();
                await turn(connection, count, number);
                own.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
            }

            return own;
        })));
        var elapsed = Stopwatch.GetElapsedTime(started).TotalSeconds;
        return ([.. times.SelectMany(own => own).Order()], elapsed, server.ProcessorTime - cpu);
    }

    private static string Quantiles(double[] times) => $"p50 {times[times.Length / 2]:N2} ms, p99 {times[times.Length * 99 / 100]:N2} ms";

    private static string? NextIterator(ReadOnlySpan<byte> body)
    {
        var name = "\"NextShardIterator\":\""u8;
        var at = body.LastIndexOf(name);
        if (at < 0)
        {
            return null;
        }

        var value = body[(at + name.Length)..];
        return Encoding.ASCII.GetString(value[..value.IndexOf((byte)'"')]);
    }

    private static void Memory(KinesisServer server, string when) => Console.WriteLine($"{server.Name}: {Machine.ResidentMB(server.ProcessId, "VmRSS"):N0} MB resident {when}");
}
