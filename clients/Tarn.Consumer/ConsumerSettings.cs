using Tarn.Clients.Consumer.Leases;
using Tarn.Clients.Consumer.Processing;

namespace Tarn.Clients.Consumer;

/// <summary>How a worker reads a stream. Names and defaults are the KCL's where it has them.</summary>
public sealed record ConsumerSettings
{
    /// <summary>Workers of the same name share the shards of the stream. 1 to 128 of <c>a-z A-Z 0-9 _ . -</c>; with fan-out also the name of the registered consumer.</summary>
    public required string ApplicationName { get; init; }

    /// <summary>The stream's name or ARN.</summary>
    public required string Stream { get; init; }

    /// <summary>
    /// This worker among the others, for people who look at the leases: 1 to 200 characters. Each <see cref="ConsumerWorker"/> adds a random part, because two workers with the same id would both believe to be the owner.
    /// </summary>
    public string WorkerName { get; init; } = Environment.MachineName;

    /// <summary>Where a shard begins that was never checkpointed: TRIM_HORIZON or LATEST, or AT_TIMESTAMP with <see cref="InitialTimestamp"/>. Default: TRIM_HORIZON, so that nothing is missed.</summary>
    public Checkpoint InitialPosition { get; init; } = Checkpoint.TrimHorizon;

    /// <summary>For AT_TIMESTAMP; not after now.</summary>
    public DateTimeOffset? InitialTimestamp { get; init; }

    /// <summary>After which the shards of a worker that does not renew its leases are taken by others. 1 s to 10 min, default 10 s. Leases are renewed three times in it.</summary>
    public TimeSpan FailoverTime { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often the stream's shards are looked for, beside the start and the end of each shard. 1 s and up, default 60 s.</summary>
    public TimeSpan ShardSyncInterval { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// How often a worker looks for leases to take: of workers that are gone, of shards whose parents another worker has read to the end. 100 ms and up, default 5 s. (The KCL's parentShardPoll is 10 s.)
    /// </summary>
    public TimeSpan LeaseTakingInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Shards that this worker reads at most, 1 and up. Default: no limit.</summary>
    public int LeasesMax { get; init; } = int.MaxValue;

    /// <summary>Shards that a worker asks others for in one round, 1 and up. Default 1, so that a fleet settles slowly rather than swinging.</summary>
    public int LeasesAskedAtOneTimeMax { get; init; } = 1;

    /// <summary>What a worker that was asked for a shard, or is stopped, has for the batch at hand and its checkpoint. 0 to 10 min, default 30 s.</summary>
    public TimeSpan GracefulHandOverTime { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Records of one GetRecords, 1 to 10,000. Default 10,000.</summary>
    public int RecordsPerReadMax { get; init; } = 10_000;

    /// <summary>How long polling waits when it has read all there is. 0 and up, default 1.5 s. While it is behind it does not wait.</summary>
    public TimeSpan IdleTimeBetweenReads { get; init; } = TimeSpan.FromSeconds(1.5);

    /// <summary>The shortest time from one read of a shard to the next. Default 200 ms: AWS allows 5 reads a second of a shard. Zero where there is no such limit.</summary>
    public TimeSpan ReadIntervalMin { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Enhanced fan-out: the stream pushes records to a consumer that is registered under the application's name. Default false: polling.</summary>
    public bool UsesFanOut { get; init; }

    /// <summary>Records of a shard that are read ahead of the processor, 1 and up; the last answer may pass it. Default 10,000.</summary>
    public int PrefetchedRecordsMax { get; init; } = 10_000;

    /// <summary>As <see cref="PrefetchedRecordsMax"/>, in bytes of data. Default 8 MiB.</summary>
    public long PrefetchedBytesMax { get; init; } = 8 << 20;

    /// <summary>How often a batch that the processor throws at is given to it whole, and then each of its records alone. 1 and up, default 3.</summary>
    public int AttemptsMax { get; init; } = 3;

    /// <summary>The longest wait between two attempts; the first is 100 ms. Default 30 s.</summary>
    public TimeSpan RetryDelayMax { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Where a record goes whose attempts are used up. Default null: it is tried for ever, and what comes after it in the shard waits.</summary>
    public IParkedRecords? ParkedRecords { get; init; }

    /// <summary>
    /// Told of each failure that the worker goes on after: what failed, such as <c>ProcessRecords shardId-000000000001</c>, and why. Called by many threads; must not throw. Default null.
    /// </summary>
    public Action<string, Exception>? OnFailure { get; init; }

    /// <summary>The clock of leases, waits and intervals.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Of jitter and choice.</summary>
    internal Random Random { get; init; } = Random.Shared;

    internal void Check()
    {
        ArgumentException.ThrowIfNullOrEmpty(ApplicationName);
        ArgumentException.ThrowIfNullOrEmpty(Stream);
        if (WorkerName.Length is 0 or > 200)
        {
            throw new ArgumentException("WorkerName has 1 to 200 characters.");
        }

        if (!InitialPosition.IsBeginning || (InitialPosition == Checkpoint.AtTimestamp) != InitialTimestamp.HasValue)
        {
            throw new ArgumentException("InitialPosition is TRIM_HORIZON or LATEST, or AT_TIMESTAMP together with InitialTimestamp.");
        }

        CheckTime(FailoverTime, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10), nameof(FailoverTime));
        CheckTime(ShardSyncInterval, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1), nameof(ShardSyncInterval));
        CheckTime(LeaseTakingInterval, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(10), nameof(LeaseTakingInterval));
        CheckTime(GracefulHandOverTime, TimeSpan.Zero, TimeSpan.FromMinutes(10), nameof(GracefulHandOverTime));
        CheckTime(IdleTimeBetweenReads, TimeSpan.Zero, TimeSpan.FromMinutes(4), nameof(IdleTimeBetweenReads));
        CheckTime(ReadIntervalMin, TimeSpan.Zero, TimeSpan.FromMinutes(4), nameof(ReadIntervalMin));
        CheckTime(RetryDelayMax, TimeSpan.FromMilliseconds(1), TimeSpan.FromHours(1), nameof(RetryDelayMax));
        CheckNumber(LeasesMax, int.MaxValue, nameof(LeasesMax));
        CheckNumber(LeasesAskedAtOneTimeMax, int.MaxValue, nameof(LeasesAskedAtOneTimeMax));
        CheckNumber(RecordsPerReadMax, 10_000, nameof(RecordsPerReadMax));
        CheckNumber(PrefetchedRecordsMax, int.MaxValue, nameof(PrefetchedRecordsMax));
        CheckNumber(PrefetchedBytesMax, long.MaxValue, nameof(PrefetchedBytesMax));
        CheckNumber(AttemptsMax, int.MaxValue, nameof(AttemptsMax));
    }

    private static void CheckTime(TimeSpan value, TimeSpan min, TimeSpan max, string name)
    {
        if (value < min || value > max)
        {
            throw new ArgumentOutOfRangeException(name, value, $"{name} is {min} to {max}.");
        }
    }

    private static void CheckNumber(long value, long max, string name)
    {
        if (value < 1 || value > max)
        {
            throw new ArgumentOutOfRangeException(name, value, $"{name} is 1 to {max}.");
        }
    }
}
