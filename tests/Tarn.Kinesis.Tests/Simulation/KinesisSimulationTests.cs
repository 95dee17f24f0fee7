using System.Globalization;
using Tarn.Store;

namespace Tarn.Kinesis.Tests.Simulation;

/// <summary>Random histories of the whole service against a model; see <see cref="KinesisSimulation"/>.</summary>
public sealed class KinesisSimulationTests(ITestOutputHelper output)
{
    /// <summary>How many seeds run when nothing else is asked for: about half a minute on two cores.</summary>
    private const int SeedsByDefault = 500;

    /// <summary>TARN_SIMULATION_SEED replays one seed, TARN_SIMULATION_SEEDS says how many others are run.</summary>
    [Fact]
    public async Task Whatever_happens_clients_see_what_a_model_of_lists_says()
    {
        var one = Environment.GetEnvironmentVariable("TARN_SIMULATION_SEED");
        var count = one is null ? int.Parse(Environment.GetEnvironmentVariable("TARN_SIMULATION_SEEDS") ?? $"{SeedsByDefault}", CultureInfo.InvariantCulture) : 1;
        var first = one is null ? int.Parse(Environment.GetEnvironmentVariable("TARN_SIMULATION_FIRST") ?? $"{Environment.TickCount & 0x3fff_ffff}", CultureInfo.InvariantCulture) : int.Parse(one, CultureInfo.InvariantCulture);
        output.WriteLine($"{count} seeds from {first}");
        var options = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = TestContext.Current.CancellationToken };
        await Parallel.ForAsync(first, first + count, options, async (seed, cancellationToken) =>
        {
            // In memory where that can be had: the store's own suites break its disk.
            var folder = Directory.CreateDirectory(Path.Combine(Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(), $"tarn-simulation-{Guid.NewGuid():N}"));
            try
            {
                await using var store = await MetadataStore.OpenAsync(StoreOptions.Sqlite(Path.Combine(folder.FullName, "tarn.db")), [KinesisService.Schema], logging: null, cancellationToken);
                new KinesisSimulation(seed, store).Run();
            }
            catch (Exception e) when (one is null)
            {
                throw new InvalidOperationException($"Seed {seed}: {e.Message}", e);
            }
            finally
            {
                folder.Delete(recursive: true);
            }
        });
    }
}
