using BenchmarkDotNet.Attributes;

namespace Tarn.Bench.Dispatch;

/// <summary>The edge's own cost of one request. Run with <c>-- --filter *Dispatch*</c>.</summary>
[MemoryDiagnoser]
public class DispatchBenchmark
{
    private readonly RepeatedRequest getDatabase = RepeatedRequest.GetDatabase();
    private readonly RepeatedRequest getShardIteratorInCbor = RepeatedRequest.GetShardIteratorInCbor();
    private readonly RepeatedRequest rawPutRecords = RepeatedRequest.RawPutRecords();

    [Benchmark(Baseline = true)]
    public Task<int> GetDatabase() => getDatabase.SendAsync();

    [Benchmark]
    public Task<int> GetShardIteratorInCbor() => getShardIteratorInCbor.SendAsync();

    [Benchmark]
    public Task<int> RawPutRecords() => rawPutRecords.SendAsync();
}
