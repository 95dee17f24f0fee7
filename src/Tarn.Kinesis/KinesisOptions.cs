using System.ComponentModel;
using Tarn.Kinesis.Limits;

namespace Tarn.Kinesis;

/// <summary>Settings of Kinesis Data Streams, <c>kinesis....</c> in tarn.json. Quotas are AWS's where it has one.</summary>
public sealed class KinesisOptions
{
    /// <summary>Open shards per account and region, 1 and up; AWS's quota in its large regions.</summary>
    public int ShardsMax { get; set; } = 20_000;

    /// <summary>Open shards that UpdateShardCount and warm throughput may give a stream, 1 and up.</summary>
    public int ShardsPerStreamMax { get; set; } = 10_000;

    /// <summary>Streams in on-demand mode per account and region, 0 and up.</summary>
    public int OnDemandStreamsMax { get; set; } = 50;

    /// <summary>Open shards of a new stream in on-demand mode, 1 and up.</summary>
    public int OnDemandShards { get; set; } = 4;

    /// <summary>Open shards up to which a stream in on-demand mode is scaled by its load, 1 and up; AWS's 200 MiB/s.</summary>
    public int OnDemandShardsMax
    {
        get;
        set => field = value >= 1 ? value : throw new ArgumentException("it must be at least 1");
    } = 200;

    /// <summary>How often the load of streams in on-demand mode is looked at, and over which time it is averaged; 1 second and up.</summary>
    public TimeSpan OnDemandScalingInterval
    {
        get;
        set => field = value >= TimeSpan.FromSeconds(1) ? value : throw new ArgumentException("it must be at least a second");
    } = TimeSpan.FromMinutes(1);

    /// <summary>For how long two neighbours must have had little to do before they are merged, in on-demand mode.</summary>
    public TimeSpan OnDemandColdTime { get; set; } = TimeSpan.FromHours(24);

    /// <summary>Whether shards take and give no more than AWS's do. A stream's tag <c>tarn:enforceShardLimits</c> goes before it.</summary>
    public bool EnforceShardLimits { get; set; }

    /// <summary>Failures on purpose.</summary>
    public FaultOptions Faults { get; } = new();

    /// <summary>Shards that have series of their own in the metrics, 0 to 10,000; further ones are summed as shard <c>other</c> of their stream.</summary>
    public int MetricShardsMax
    {
        get;
        set => field = value is >= 0 and <= 10_000 ? value : throw new ArgumentException("it must be from 0 to 10000");
    } = 1_000;

    /// <summary>Streams per account and region that may be CREATING at the same time, 1 and up.</summary>
    public int CreatingStreamsMax { get; set; } = 5;

    /// <summary>Calls of UpdateShardCount per stream in 24 hours, 0 and up.</summary>
    public int ShardCountUpdatesPerDayMax { get; set; } = 10;

    /// <summary>Changes of mode per stream in 24 hours, 0 and up.</summary>
    public int ModeSwitchesPerDayMax { get; set; } = 2;

    /// <summary>Calls of StartStreamEncryption, and as many of StopStreamEncryption, per stream in 24 hours, 0 and up.</summary>
    public int EncryptionChangesPerDayMax { get; set; } = 25;

    /// <summary>
    /// The key that wraps the data keys of encrypted streams: 32 bytes in hexadecimal or base64. For the environment (<c>TARN_KINESIS_MASTER_KEY</c>): an option of the command
    /// line is seen by every user of the machine. Null: <see cref="MasterKeyFile"/>.
    /// </summary>
    [PasswordPropertyText(true)]
    public string? MasterKey { get; set; }

    /// <summary>The file that holds the key instead. Null for both: <c>streams/master.key</c> in the data folder, which is made when a stream is first encrypted.</summary>
    public string? MasterKeyFile { get; set; }

    /// <summary>Consumers with enhanced fan-out per stream, 0 and up.</summary>
    public int ConsumersPerStreamMax { get; set; } = 20;

    /// <summary>The same for on-demand streams of accounts that commit to a minimum of throughput (UpdateAccountSettings), 0 and up.</summary>
    public int ConsumersPerCommittedStreamMax { get; set; } = 50;

    /// <summary>Consumers per stream that may be CREATING at the same time, 1 and up.</summary>
    public int CreatingConsumersMax { get; set; } = 5;

    /// <summary>Tags per stream and per consumer, 0 and up.</summary>
    public int TagsPerResourceMax { get; set; } = 50;

    /// <summary>Size of a resource policy in bytes of UTF-8, 1 and up.</summary>
    public int PolicyBytesMax { get; set; } = 20_480;

    /// <summary>Warm throughput of an on-demand stream in MiB/s, 0 and up. A shard takes 1 MiB/s.</summary>
    public int WarmThroughputMiBpsMax { get; set; } = 10_000;

    /// <summary>How long the NextToken of a list is good.</summary>
    public TimeSpan NextTokenLifetime { get; set; } = TimeSpan.FromSeconds(300);

    /// <summary>How often closed shards whose retention has passed are freed, at least; lists leave them out from the moment it has.</summary>
    public TimeSpan SweepInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a shard iterator is good.</summary>
    public TimeSpan IteratorLifetime { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a call of SubscribeToShard sends events, 1 second and up.</summary>
    public TimeSpan SubscriptionLifetime
    {
        get;
        set => field = value >= TimeSpan.FromSeconds(1) ? value : throw new ArgumentException("it must be at least a second");
    } = TimeSpan.FromMinutes(5);

    /// <summary>How long after a call of SubscribeToShard another one for the same consumer and shard is refused, 0 and up; a later one takes over.</summary>
    public TimeSpan SubscriptionTakeOverDelay { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a subscription is quiet before it sends an event without records, 100 ms and up.</summary>
    public TimeSpan SubscriptionHeartbeat
    {
        get;
        set => field = value >= TimeSpan.FromMilliseconds(100) ? value : throw new ArgumentException("it must be at least 100 milliseconds");
    } = TimeSpan.FromSeconds(5);

    /// <summary>How long the client of a subscription that has ended may take to read the event that is on its way, 0 and up; then the connection is broken.</summary>
    public TimeSpan SubscriptionEndGrace
    {
        get;
        set => field = value >= TimeSpan.Zero ? value : throw new ArgumentException("it must not be negative");
    } = TimeSpan.FromSeconds(10);

    /// <summary>Memory for events that several consumers of a shard share, in bytes, 0 and up. An event that is being sent counts no more when a newer one has taken its place.</summary>
    public int SharedEventBytesMax { get; set; } = 32 << 20;

    /// <summary>The largest body of a request in bytes, 1 MiB and up: 10 MiB of records in base64, with their keys.</summary>
    public int RequestBodyBytesMax { get; set; } = 15 << 20;
}
