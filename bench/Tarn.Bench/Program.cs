using BenchmarkDotNet.Running;
using Tarn.Bench.Dispatch;

// `dispatch` gives nanoseconds and bytes in seconds; anything else is handed to BenchmarkDotNet, which takes minutes and is exact.
if (args is ["dispatch"])
{
    DispatchScenario.Run();
    return 0;
}

BenchmarkSwitcher.FromAssembly(typeof(DispatchBenchmark).Assembly).Run(args);
return 0;
