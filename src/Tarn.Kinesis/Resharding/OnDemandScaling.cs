using Microsoft.Extensions.Logging;
using Tarn.Kinesis.Streams;
using Tarn.Kinesis.Traffic;

namespace Tarn.Kinesis.Resharding;

/// <summary>
/// The loop that looks at the load of streams in on-demand mode and has them split and merged (<see cref="OnDemandPlan"/>). One reshard of a stream follows the other. What it has seen is not kept over a
/// restart, after which shards count as cold from then on.
/// </summary>
internal sealed partial class OnDemandScaling(StreamStore streams, KinesisOptions options, TimeProvider time, ILogger<OnDemandScaling> logger) : IAsyncDisposable
{
    private readonly CancellationTokenSource stopping = new();
    private readonly DateTimeOffset startedAt = time.GetUtcNow();

    /// <summary>The last look at each open shard of each stream in on-demand mode. Touched by <see cref="LookAsync"/> alone.</summary>
    private Dictionary<(string Stream, int Shard), Look> looks = [];

    private Task loop = Task.CompletedTask;

    public void Start() => loop = Task.Run(RunAsync);

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await loop;
        stopping.Dispose();
    }

    /// <summary>Looks at all streams once, and has them split and merged. The loop does it each interval; never two at a time.</summary>
    public async Task LookAsync()
    {
        var now = time.GetUtcNow();
        var next = new Dictionary<(string, int), Look>();
        foreach (var stream in streams.Directory.All.Where(stream => stream.Settings.Mode == StreamMode.OnDemand))
        {
            await TryScaleAsync(stream, Measure(stream, now, next), now);
        }

        looks = next;
    }

    private async Task RunAsync()
    {
        while (await WaitAsync())
        {
            await LookAsync();
        }
    }

    /// <summary>False when the loop is to end.</summary>
    private async Task<bool> WaitAsync()
    {
        try
        {
            await Task.Delay(options.OnDemandScalingInterval, time, stopping.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private List<ShardLoad> Measure(StreamSnapshot stream, DateTimeOffset now, Dictionary<(string, int), Look> next)
    {
        var loads = new List<ShardLoad>(stream.OpenShards.Length);
        foreach (var shard in stream.OpenShards)
        {
            var totals = stream.Traffic.TryFind(shard, out var traffic) ? traffic.Totals : default;
            var last = looks.TryGetValue((stream.Id, shard.Index), out var look) ? look : Look.First(shard, startedAt);
            var load = last.Load(shard, totals, now, elapsedMin: options.OnDemandScalingInterval / 2);
            loads.Add(load ?? new ShardLoad(shard, BytesPerSecond: 0, RecordsPerSecond: 0, last.ColdSince));
            next[(stream.Id, shard.Index)] = load is { } measured ? new Look(totals.IncomingBytes, totals.IncomingRecords, now, measured.ColdSince) : last;
        }

        return loads;
    }

    private async Task TryScaleAsync(StreamSnapshot stream, List<ShardLoad> loads, DateTimeOffset now)
    {
        try
        {
            await ScaleAsync(stream, loads, now);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The loop ends; what has been begun is finished by the store.
        }
        catch (Exception error)
        {
            // Outermost frame of the loop's work: one stream that cannot be scaled, for want of shards in its account or for a failure, must not hold up the others.
            LogFailed(error, stream.Arn);
        }
    }

    /// <summary>Takes steps until the shards are right; a step takes away or adds one, so there are no more than shards may be.</summary>
    private async Task ScaleAsync(StreamSnapshot stream, List<ShardLoad> loads, DateTimeOffset now)
    {
        var shardsMin = Math.Max(options.OnDemandShards, stream.Settings.WarmThroughputMiBps ?? 0);
        var plan = new OnDemandPlan(shardsMin, Math.Min(options.OnDemandShardsMax, options.ShardsPerStreamMax), options.OnDemandColdTime);
        while (plan.Next(loads, now) is { } reshard && await ChangeAsync(stream, reshard) is { } changed)
        {
            if (reshard.Split is null)
            {
                return; // Slowly: the next two at the next look.
            }

            loads = OnDemandPlan.AfterSplit(loads, changed.OpenShards);
            stream = changed;
        }
    }

    /// <summary>The stream after the reshard, or null when it is no longer as it was when it was looked at, or when the reshard takes its time.</summary>
    private async ValueTask<StreamSnapshot?> ChangeAsync(StreamSnapshot stream, Reshard reshard)
    {
        var reference = new StreamReference(stream.Scope, Caller: "", Name: null, Arn: null, stream.Id);
        if (!streams.Directory.TryFindById(stream.Id, out _))
        {
            return null;
        }

        var isTaken = false;
        await streams.ChangeAsync(
            reference,
            (current, _) =>
            {
                isTaken = current.Status == StreamStatus.Active && current.Settings.Mode == StreamMode.OnDemand && current.OpenShards.SequenceEqual(stream.OpenShards);
                return isTaken ? new StreamChange { Reshard = reshard } : null;
            },
            stopping.Token);
        if (!isTaken)
        {
            return null;
        }

        LogScaled(stream.Arn, stream.OpenShards.Length, reshard.Target);
        return streams.Directory.TryFindById(stream.Id, out var next) && next.OpenShards.Length == reshard.Target ? next : null;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Stream} follows its load from {Shards} to {Target} shards")]
    private partial void LogScaled(string stream, int shards, int target);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Stream} could not follow its load; it is looked at again")]
    private partial void LogFailed(Exception error, string stream);

    /// <summary>What a shard had taken at one moment.</summary>
    private readonly record struct Look(long Bytes, long Records, DateTimeOffset At, DateTimeOffset ColdSince)
    {
        /// <summary>Before a shard was looked at: it began with nothing, and so did the process.</summary>
        public static Look First(Shard shard, DateTimeOffset startedAt)
        {
            var at = shard.CreatedAt > startedAt ? shard.CreatedAt : startedAt;
            return new Look(Bytes: 0, Records: 0, at, at);
        }

        /// <summary>The load since then; null when too little time has passed to tell.</summary>
        public ShardLoad? Load(Shard shard, TrafficTotals totals, DateTimeOffset now, TimeSpan elapsedMin)
        {
            var elapsed = now - At;
            if (elapsed < elapsedMin)
            {
                return null;
            }

            var load = new ShardLoad(shard, (totals.IncomingBytes - Bytes) / elapsed.TotalSeconds, (totals.IncomingRecords - Records) / elapsed.TotalSeconds, ColdSince);
            return load.IsCold ? load : load with { ColdSince = now };
        }
    }
}
