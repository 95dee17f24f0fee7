using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Tarn.Api.Glue;
using Tarn.Contracts;
using Tarn.Glue;
using Tarn.Store;
using Tarn.Wire.Dispatch;

namespace Tarn.Bench.Catalog;

/// <summary>A table of many partitions (day, hour and a text key): made in batches, listed and filtered, through the operations as the wire calls them.</summary>
internal static class PartitionsSubject
{
    private const int Hours = 24;
    private const int Sources = 20;

    public static async Task RunAsync(string[] arguments)
    {
        using var place = StorePlace.Of(arguments);
        await RunAsync(place.Options, count: arguments.Length > 0 ? int.Parse(arguments[0]) : 100_000);
    }

    private static async Task RunAsync(StoreOptions place, int count)
    {
        await using var store = await MetadataStore.OpenAsync(place, GlueService.Schemas, logging: null, CancellationToken.None);
        var glue = new GlueService(store, TimeProvider.System);
        await Call(glue, GlueModel.CreateDatabase, new CreateDatabaseRequest { DatabaseInput = new DatabaseInput { Name = "db" } });
        await Call(glue, GlueModel.CreateTable, new CreateTableRequest
        {
            DatabaseName = "db",
            TableInput = new TableInput
            {
                Name = "t",
                PartitionKeys = [new Column { Name = "day", Type = "date" }, new Column { Name = "hour", Type = "int" }, new Column { Name = "source", Type = "string" }],
            },
        });
        await CreateAsync(glue, count);

        await PageAsync(glue, "first page of 1,000", null);
        await PageAsync(glue, "page of 1,000 in the middle", "day >= '2024-06-01'");
        await PageAsync(glue, "first key equal", "day = '2024-03-05'");
        await PageAsync(glue, "first and second key equal", "day = '2024-03-05' and hour = 7");
        await PageAsync(glue, "first key range, second equal", "day between '2024-03-05' and '2024-03-09' and hour = 7");
        await PageAsync(glue, "second key equal", "hour = 7");
        await PageAsync(glue, "third key equal", "source = 'source-07'");
        await PageAsync(glue, "third key like", "source like '%-07'");
        await PageAsync(glue, "nothing found, no index", "source like '%nothing%'");
        await PageAsync(glue, "segment 3 of 10", null, new Segment { SegmentNumber = 3, TotalSegments = 10 });
        await TimeAsync("one partition", 200, async () => await Call(glue, GlueModel.GetPartition, new GetPartitionRequest { DatabaseName = "db", TableName = "t", PartitionValues = ["2024-03-05", "7", "source-07"] }));

        var started = Stopwatch.GetTimestamp();
        var found = 0;
        await foreach (var partition in glue.Catalog.ListPartitionsAsync(Scope, "db", "t", null, CancellationToken.None))
        {
            found++;
        }

        Console.WriteLine($"all {found:N0} partitions, page after page: {Stopwatch.GetElapsedTime(started).TotalSeconds:N1} s");
        started = Stopwatch.GetTimestamp();
        await Call(glue, GlueModel.DeleteTable, new DeleteTableRequest { DatabaseName = "db", Name = "t" });
        Console.WriteLine($"DeleteTable: {Stopwatch.GetElapsedTime(started).TotalMilliseconds:N0} ms (2 s of it at most for the rows below)");
    }

    private static readonly AwsScope Scope = new("000000000000", "us-east-1");

    private static async Task CreateAsync(GlueService glue, int count)
    {
        var columns = Enumerable.Range(0, 10).Select(i => new Column { Name = $"column{i}", Type = "string" }).ToArray();
        PartitionInput Input(int i)
        {
            var day = new DateOnly(2020, 1, 1).AddDays(i / (Hours * Sources)).ToString("yyyy-MM-dd");
            var hour = i / Sources % Hours;
            return new PartitionInput
            {
                Values = [day, $"{hour}", $"source-{i % Sources:00}"],
                StorageDescriptor = new StorageDescriptor
                {
                    Columns = columns,
                    Location = $"s3://bucket/table/day={day}/hour={hour}/source=source-{i % Sources:00}/",
                    InputFormat = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
                    OutputFormat = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
                    SerdeInfo = new SerDeInfo { SerializationLibrary = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe" },
                },
            };
        }

        var started = Stopwatch.GetTimestamp();
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            for (int chunk; (chunk = Interlocked.Increment(ref next)) * 100 < count;)
            {
                await Call(glue, GlueModel.BatchCreatePartition, new BatchCreatePartitionRequest
                {
                    DatabaseName = "db",
                    TableName = "t",
                    PartitionInputList = [.. Enumerable.Range(chunk * 100, Math.Min(100, count - (chunk * 100))).Select(Input)],
                });
            }
        })));
        var elapsed = Stopwatch.GetElapsedTime(started);
        Console.WriteLine($"{count:N0} partitions in batches of 100, 8 callers: {elapsed.TotalSeconds:N1} s, {count / elapsed.TotalSeconds:N0}/s");
    }

    private static async Task PageAsync(GlueService glue, string name, string? expression, Segment? segment = null)
    {
        GetPartitionsResponse? page = null;
        await TimeAsync(name, 20, async () => page = await Call(glue, GlueModel.GetPartitions, new GetPartitionsRequest { DatabaseName = "db", TableName = "t", Expression = expression, Segment = segment }));
        Console.WriteLine($"    {page!.Partitions!.Count} partitions{(page.NextToken is null ? "" : ", more to come")}");
    }

    private static async Task TimeAsync(string name, int rounds, Func<Task> call)
    {
        await call();
        var times = new List<double>();
        var processor = Environment.CpuUsage.TotalTime;
        for (var i = 0; i < rounds; i++)
        {
            var started = Stopwatch.GetTimestamp();
            await call();
            times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }

        processor = Environment.CpuUsage.TotalTime - processor;
        times.Sort();

        // Processor time says the same on a busy machine as on an idle one.
        Console.WriteLine($"{name}: median {times[rounds / 2]:N2} ms, worst {times[^1]:N2} ms, processor {processor.TotalMilliseconds / rounds:N2} ms");
    }

    private static async Task<TOutput> Call<TInput, TOutput>(GlueService glue, Operation<TInput, TOutput> operation, TInput input)
        where TInput : class
        where TOutput : class
    {
        var context = new RequestContext { Scope = Scope, AccessKeyId = "test", CallerArn = "arn:aws:iam::000000000000:root", RequestId = "", Http = new DefaultHttpContext() };
        return await ((OperationHandler<TInput, TOutput>)glue.Operations.Handlers[operation.Name]).Handler(input, context, CancellationToken.None);
    }
}
