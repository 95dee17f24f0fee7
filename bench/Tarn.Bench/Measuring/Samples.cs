using System.Diagnostics;

namespace Tarn.Bench.Measuring;

/// <summary>Times of the same thing done again and again, in milliseconds. Not thread-safe.</summary>
internal sealed class Samples
{
    private readonly List<double> times = [];

    public double Median => Sorted()[times.Count / 2];

    public double Worst => times.Max();

    public async Task AddAsync(Func<Task> work)
    {
        var started = Stopwatch.GetTimestamp();
        await work();
        Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
    }

    public void Add(double milliseconds) => times.Add(milliseconds);

    private List<double> Sorted() => [.. times.Order()];
}
