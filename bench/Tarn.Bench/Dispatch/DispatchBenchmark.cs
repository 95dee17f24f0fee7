using BenchmarkDotNet.Attributes;

namespace Tarn.Bench.Dispatch;

/// <summary>The edge's own cost of one request. Run with <c>-- --filter *Dispatch*</c>.</summary>
[MemoryDiagnoser]
public class DispatchBenchmark
{
    private readonly GlueRequest request = new();

    [Benchmark]
    public Task<int> GetDatabase() => request.SendAsync();
}
