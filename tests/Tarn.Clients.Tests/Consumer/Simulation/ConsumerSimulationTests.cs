using Tarn.Clients.Consumer;
using Tarn.Clients.Consumer.Leases;

namespace Tarn.Clients.Tests.Consumer.Simulation;

public sealed class ConsumerSimulationTests(ITestOutputHelper output)
{
    private const int Runs = 25;
    private const int WorkersMax = 5;
    private const int Keys = 12;

    /// <summary>Set it to a seed that failed, to see that run again.</summary>
    private static readonly int FirstSeed = int.TryParse(Environment.GetEnvironmentVariable("TARN_SEED"), out var seed) ? seed : Environment.TickCount;

    [Fact]
    public void Workers_that_crash_and_stand_still_process_every_record_in_order_and_no_shard_has_two_owners()
    {
        for (var seed = FirstSeed; seed < FirstSeed + Runs; seed++)
        {
            output.WriteLine($"seed {seed}");
            var run = new Run(seed);
            run.Chaos(TimeSpan.FromMinutes(6));
            run.Settle();
            output.WriteLine($"  {run.Summary}");
        }
    }

    private sealed class Run
    {
        private readonly World world;
        private readonly SimulatedStream stream;
        private readonly Sightings sightings;
        private readonly InMemoryLeaseStore rows = new();
        private readonly List<(Process Process, ConsumerWorker Worker, Task Task, CancellationTokenSource Stop)> workers = [];
        private readonly int seed;
        private bool isOver;

        public Run(int seed)
        {
            this.seed = seed;
            world = new World(seed);
            stream = new SimulatedStream(world);
            sightings = new Sightings(world, stream);
            stream.Create(world.Random.Next(1, 6));
        }

        public string Summary => $"{stream.Count} records, {stream.All.Count} shards, {sightings.Takeovers} takeovers";

        public void Chaos(TimeSpan time)
        {
            Repeat(0.01, 0.6, () => stream.Put($"key-{world.Random.Next(Keys)}"));
            Repeat(5, 40, () =>
            {
                if (stream.Open.Count() > 8 || world.Random.Next(2) == 0)
                {
                    stream.Merge();
                }
                else
                {
                    stream.Split();
                }
            });
            Start();
            Repeat(1, 30, Disturb);
            world.Run(time, () => false);
            Check();
        }

        /// <summary>Without further trouble everything is processed, the shards are shared evenly, and only leases of open shards and their parents are left.</summary>
        public void Settle()
        {
            isOver = true;
            Start();
            workers.ForEach(worker => worker.Process.Resume());
            world.Run(TimeSpan.FromMinutes(30), () => sightings.ProcessedCount == stream.Count && IsEven());
            Check();
            Assert.True(sightings.ProcessedCount == stream.Count, $"seed {seed}: {sightings.ProcessedCount} of {stream.Count} records are processed");
            Assert.True(IsEven(), $"seed {seed}: {string.Join(", ", Living.Select(worker => worker.Worker.Shards.Count))} of {stream.Open.Count()} shards");
        }

        private IEnumerable<(Process Process, ConsumerWorker Worker, Task Task, CancellationTokenSource Stop)> Living =>
            workers.Where(worker => !worker.Process.IsDead && !worker.Stop.IsCancellationRequested);

        private bool IsEven()
        {
            var counts = Living.Select(worker => worker.Worker.Shards.Count).ToList();
            return counts.Sum() == stream.Open.Count() && counts.Max() - counts.Min() <= 1;
        }

        private void Check()
        {
            Assert.True(world.Violations.Count == 0, $"seed {seed}: {string.Join("; ", world.Violations)}");
            Assert.All(workers.Where(worker => worker.Task.IsCompleted), worker => Assert.True(worker.Task.IsCompletedSuccessfully, $"seed {seed}: {worker.Task.Exception}"));
        }

        private void Repeat(double low, double high, Action action) => world.At(world.Between(low, high), () =>
        {
            if (!isOver)
            {
                action();
                Repeat(low, high, action);
            }
        });

        private void Start()
        {
            var process = new Process(world);
            var settings = new ConsumerSettings
            {
                ApplicationName = "simulated",
                Stream = "s",
                WorkerName = $"w{workers.Count}",
                TimeProvider = process.Time,
                Random = world.Random,
                PrefetchedRecordsMax = 10,
                RetryDelayMax = TimeSpan.FromSeconds(2),
            };
            var worker = new ConsumerWorker(settings, stream.ReaderIn(process), new SimulatedLeaseStore(world, rows), new SimulatedProcessors(world, process, sightings));
            var stop = new CancellationTokenSource();
            process.Run(() => workers.Add((process, worker, worker.WorkAsync(stop.Token), stop)));
        }

        private void Disturb()
        {
            var living = Living.ToList();
            var (process, _, _, stop) = living.Count > 0 ? living[world.Random.Next(living.Count)] : default;
            switch (world.Random.Next(6))
            {
                case 0 when process is not null:
                    process.Kill();
                    break;
                case 1 when process is not null:
                    process.Run(stop.Cancel);
                    break;
                case 2 or 3 when process is { IsPaused: false }:
                    process.Pause();
                    world.At(world.Between(0.1, 30), process.Resume);
                    break;
                default:
                    if (living.Count < WorkersMax)
                    {
                        Start();
                    }

                    break;
            }
        }
    }
}
