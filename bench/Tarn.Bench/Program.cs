using BenchmarkDotNet.Running;
using Tarn.Bench.Catalog;
using Tarn.Bench.Crawls;
using Tarn.Bench.Dispatch;
using Tarn.Bench.Jobs;
using Tarn.Bench.Measuring;
using Tarn.Bench.Objects;
using Tarn.Bench.Serving;
using Tarn.Bench.Queries;
using Tarn.Bench.Signatures;
using Tarn.Bench.Streams;

// One subject a file. Each takes under a minute and quotes its figures beside a baseline of the same run; docs/performance.md keeps the results.
Subject[] subjects =
[
    new("dispatch", "the edge's own cost of one request: ns, bytes allocated", DispatchSubject.RunAsync),
    new("signatures", "verifying a signature: ns, bytes allocated, against the cryptography alone", SignaturesSubject.RunAsync),
    new("objects", "PUT and GET of 1 KB and 100 MB, against a bare web server with a file and an fsync", ObjectsSubject.RunAsync),
    new("store", "durable writes and point reads of the metadata, against append and fsync: [seconds] [PostgreSQL connection string]", StoreSubject.RunAsync),
    new("partitions", "a table of many partitions, made, listed and filtered: [count] [PostgreSQL connection string]", PartitionsSubject.RunAsync),
    new("crawl", "10,000 small JSON files in 100 partitions, against reading and parsing them: [files]", CrawlSubject.RunAsync),
    new("athena", "a small query and one of about a second, against the same SQL on bare DuckDB", AthenaSubject.RunAsync),
    new("scans", "tables of text as Hive reads them, against DuckDB's own readers: processor time", ScansSubject.RunAsync),
    new("jobs", "StartJobRun of a visual job of one row, against its process alone", JobsSubject.RunAsync),
    new("log", "durable appends and reads of the stream log, against bare writes with fdatasync: [seconds]", LogSubject.RunAsync),
    new("kinesis", "puts and reads of Kinesis, against kinesalite, kinesis-local and Redis: [seconds] [puts] [push] [many] [peers]", KinesisSubject.RunAsync),
    new("idle", "memory and time to ready of `tarn serve`, against a bare web server", IdleSubject.RunAsync),
];

switch (args.FirstOrDefault())
{
    case null or "list":
        foreach (var subject in subjects)
        {
            Console.WriteLine($"{subject.Name,-11} {subject.Measures}");
        }

        Console.WriteLine("--filter *  BenchmarkDotNet, which takes minutes and is exact");
        return 0;
    case BareServer.Command:
        await BareServer.ServeAsync();
        return 0;
    case { } name when subjects.FirstOrDefault(subject => subject.Name == name) is { } chosen:
        Console.WriteLine(Machine.Describe());
        await chosen.RunAsync(args[1..]);
        Console.WriteLine(Machine.Describe());
        return 0;
    case { } option when option.StartsWith('-'):
        BenchmarkSwitcher.FromAssembly(typeof(DispatchBenchmark).Assembly).Run(args);
        return 0;
    case { } unknown:
        Console.Error.WriteLine($"There is no subject {unknown}; `list` lists them.");
        return 2;
}
