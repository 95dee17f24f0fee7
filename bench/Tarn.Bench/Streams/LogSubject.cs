using System.Diagnostics;
using System.Security.Cryptography;
using Tarn.Kinesis.Log;
using Tarn.Kinesis.Log.Files;
using Tarn.Kinesis.Records;

namespace Tarn.Bench.Streams;

/// <summary>
/// Durable appends and reads of the stream log, and what a record costs beside them, against bare writes of as many bytes with an fdatasync each, and a bare read of the file. With 0 seconds only what a record costs.
/// </summary>
internal static class LogSubject
{
    private const int Shards = 4;

    public static async Task RunAsync(string[] arguments)
    {
        var seconds = arguments.Length > 0 ? double.Parse(arguments[0]) : 2;
        var folder = Directory.CreateTempSubdirectory("tarn-bench-log-").FullName;
        try
        {
            Micro();
            if (seconds == 0)
            {
                return;
            }

            await using (var log = StreamLog.Open(Path.Combine(folder, "log"), new StreamLogOptions()))
            {
                for (var shard = 1; shard <= Shards; shard++)
                {
                    log.OpenShard(shard, TimeSpan.FromDays(1));
                }

                await AppendAsync(log, seconds: 0.3, callers: 8, records: 500, bytes: 200, print: false);
                foreach (var (records, bytes) in new[] { (500, 200), (500, 1024), (1, 200) })
                {
                    foreach (var callers in new[] { 1, 8, 32 })
                    {
                        await AppendAsync(log, seconds, callers, records, bytes, print: true);
                    }

                    Bare(Path.Combine(folder, "bare"), seconds, records * (bytes + 17));
                }

                Read(log);
            }

            BareRead(Path.Combine(folder, "log"));
            await using (var log = StreamLog.Open(Path.Combine(folder, "log"), new StreamLogOptions()))
            {
                for (var shard = 1; shard <= Shards; shard++)
                {
                    log.OpenShard(shard, TimeSpan.FromDays(1));
                }

                Read(log);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task AppendAsync(StreamLog log, double seconds, int callers, int records, int bytes, bool print)
    {
        var data = new byte[bytes];
        Random.Shared.NextBytes(data);
        var limit = TimeSpan.FromSeconds(seconds);
        var allocated = GC.GetTotalAllocatedBytes(precise: true);
        var cpu = Environment.CpuUsage.TotalTime;
        var started = Stopwatch.GetTimestamp();
        var counts = await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(async () =>
        {
            var count = 0L;
            var latencies = new List<double>();
            while (Stopwatch.GetElapsedTime(started) < limit)
            {
                var begun = Stopwatch.GetTimestamp();
                using var batch = log.Rent();
                for (var record = 0; record < records; record++)
                {
                    data.CopyTo(batch.FrameFor(1 + ((caller + record) % Shards), keyId: 0).Add("device-0042"u8, null, bytes));
                }

                await batch.AppendAsync(CancellationToken.None);
                count += records;
                latencies.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
            }

            return (count, latencies);
        })));
        var elapsed = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var total = counts.Sum(each => each.count);
        if (print)
        {
            var sorted = counts.SelectMany(each => each.latencies).Order().ToArray();
            Console.WriteLine($"append {records,3} x {bytes,4} B, {callers,2} callers: {total / elapsed,9:N0} records/s, {total * bytes / elapsed / 1e6,5:N0} MB/s, " +
                $"p50 {sorted[sorted.Length / 2]:N2} ms, p99 {sorted[sorted.Length * 99 / 100]:N2} ms, " +
                $"{(Environment.CpuUsage.TotalTime - cpu).TotalMicroseconds / total:N2} us CPU and {(GC.GetTotalAllocatedBytes(precise: true) - allocated) / (double)total:N1} bytes allocated a record");
        }
    }

    /// <summary>The baseline: one writer that writes as many bytes to a pre-written file and syncs each time.</summary>
    private static void Bare(string folder, double seconds, int bytes)
    {
        using var disk = new DiskFolder(folder);
        using var file = disk.Create("bare");
        var zeroes = new byte[1 << 20];
        for (var at = 0; at < 64; at++)
        {
            file.Write((long)at << 20, zeroes);
        }

        file.Sync();
        var block = new byte[bytes];
        var started = Stopwatch.GetTimestamp();
        var limit = TimeSpan.FromSeconds(seconds);
        long count = 0, offset = 0;
        while (Stopwatch.GetElapsedTime(started) < limit)
        {
            file.Write(offset, block);
            file.Sync();
            offset = offset + (2 * bytes) > 64 << 20 ? 0 : offset + bytes;
            count++;
        }

        var elapsed = Stopwatch.GetElapsedTime(started).TotalSeconds;
        Console.WriteLine($"bare write and fdatasync of {bytes:N0} bytes, one writer: {count / elapsed:N0}/s, {count * bytes / elapsed / 1e6:N0} MB/s");
    }

    private static void Read(StreamLog log)
    {
        foreach (var (name, back) in new[] { ("from the oldest", long.MaxValue), ("of the newest 10,000", 10_000L) })
        {
            long records = 0, bytes = 0, sum = 0;
            var allocated = GC.GetTotalAllocatedBytes(precise: true);
            var started = Stopwatch.GetTimestamp();
            var limit = TimeSpan.FromSeconds(1);
            while (Stopwatch.GetElapsedTime(started) < limit)
            {
                for (var shard = 1; shard <= Shards; shard++)
                {
                    var tip = log.TipIndex(shard);
                    var from = Math.Max(0, tip - back);
                    while (from < tip && Stopwatch.GetElapsedTime(started) < limit)
                    {
                        using var read = log.Read(shard, from, maxRecords: 10_000, maxBytes: 10 << 20);
                        foreach (var record in read)
                        {
                            sum += record.Data.Span[0];
                        }

                        from = read.NextIndex;
                        records += read.Count;
                        bytes += read.Bytes;
                    }
                }
            }

            var elapsed = Stopwatch.GetElapsedTime(started).TotalSeconds;
            Console.WriteLine($"read {name}: {records / elapsed:N0} records/s, {bytes / elapsed / 1e6:N0} MB/s, {(GC.GetTotalAllocatedBytes(precise: true) - allocated) / (double)records:N2} bytes allocated a record ({sum % 10})");
        }
    }

    /// <summary>The baseline of reads: the segments' bytes, a megabyte at a time.</summary>
    private static void BareRead(string folder)
    {
        var buffer = new byte[1 << 20];
        var started = Stopwatch.GetTimestamp();
        var total = 0L;
        foreach (var path in Directory.EnumerateFiles(folder, "segment-*.wal"))
        {
            using var file = File.OpenHandle(path);
            for (int read; (read = RandomAccess.Read(file, buffer, total % RandomAccess.GetLength(file))) > 0 && Stopwatch.GetElapsedTime(started).TotalSeconds < 1;)
            {
                total += read;
            }
        }

        Console.WriteLine($"bare read of segment files: {total / Stopwatch.GetElapsedTime(started).TotalSeconds / 1e6:N0} MB/s");
    }

    private static void Micro()
    {
        var key = "device-0042"u8.ToArray();
        var buffer = new byte[500 * key.Length];
        var slices = new KeySlice[500];
        for (var index = 0; index < slices.Length; index++)
        {
            key.CopyTo(buffer, index * key.Length);
            slices[index] = new KeySlice(index * key.Length, key.Length);
        }

        var hashes = new UInt128[slices.Length];
        var digits = new byte[SequenceNumber.Digits];
        var block = new byte[100_000];
        var number = new SequenceNumber(1_700_000_000, 3, 0, 1_700_000_100);
        number.Format(digits);
        Time("MD5 of an 11-byte key, many lanes", 500, () => PartitionKeyHash.OfMany(buffer, slices, hashes));
        Time("MD5 of an 11-byte key, 8 lanes", 8, () => PartitionKeyHash.Run<Vector256Lanes>(buffer, slices.AsSpan(0, 8), hashes));
        Time("MD5 of an 11-byte key, 16 lanes", 16, () => PartitionKeyHash.Run<Vector512Lanes>(buffer, slices.AsSpan(0, 16), hashes));
        Time("MD5 of an 11-byte key, one lane", 1, () => PartitionKeyHash.Of(key));
        Time("MD5 of an 11-byte key, MD5.HashData", 1, () => MD5.HashData(key));
        Time("sequence number, all digits", 1, () => number.Format(digits));
        Time("sequence number, the next one", 1, () => SequenceNumber.Advance(digits));
        Time("CRC32C of 100,000 bytes", 1, () => Crc32C.Of(block));
    }

    /// <summary>In the processor's time: what is this short would else measure who shares the machine.</summary>
    private static void Time(string name, int per, Action action)
    {
        double best = double.MaxValue;
        for (var round = 0; round < 20; round++)
        {
            var started = Environment.CpuUsage.UserTime;
            var count = 0;
            while ((Environment.CpuUsage.UserTime - started).TotalMilliseconds < 20)
            {
                for (var inner = 0; inner < 200; inner++)
                {
                    action();
                }

                count += 200;
            }

            best = Math.Min(best, (Environment.CpuUsage.UserTime - started).TotalNanoseconds / count / per);
        }

        Console.WriteLine($"{name}: {best:N1} ns of CPU");
    }
}
