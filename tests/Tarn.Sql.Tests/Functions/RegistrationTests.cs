using System.Diagnostics;
using Tarn.DuckDb;
using Tarn.Sql.Functions;

namespace Tarn.Sql.Tests.Functions;

public sealed class RegistrationTests(ITestOutputHelper output)
{
    [Fact]
    public void All_functions_register_in_a_few_milliseconds()
    {
        using (var first = new Engine())
        {
            Assert.Equal("a", first.Text("trino_fit('a', 1)"));
        }

        using var instance = DuckDbInstance.Open(new DuckDbOptions());
        using var connection = instance.Connect();
        var watch = Stopwatch.StartNew();
        DuckDbFunctions.Register(connection);
        output.WriteLine($"registered in {watch.Elapsed.TotalMilliseconds:0.00} ms");
        output.WriteLine($"{TrinoFunctions.ScalarNames.Count()} scalar, {TrinoFunctions.AggregateNames.Count()} aggregate, {TrinoFunctions.WindowNames.Count()} window functions");
        Assert.True(watch.Elapsed < TimeSpan.FromMilliseconds(500), watch.Elapsed.ToString());
    }
}
