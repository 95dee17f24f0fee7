using Microsoft.Extensions.Logging;
using Tarn.Api.Kinesis;
using Tarn.Kinesis.Accounts;
using Tarn.Kinesis.Consumers;
using Tarn.Kinesis.Encryption;
using Tarn.Kinesis.Fanout;
using Tarn.Kinesis.Limits;
using Tarn.Kinesis.Log;
using Tarn.Kinesis.Policies;
using Tarn.Kinesis.Records;
using Tarn.Kinesis.Resharding;
using Tarn.Kinesis.Streams;
using Tarn.Kinesis.Tags;
using Tarn.Kinesis.Traffic;
using Tarn.Store;
using Tarn.Wire.Dispatch;

namespace Tarn.Kinesis;

/// <summary>
/// Amazon Kinesis Data Streams: what streams there are and how they are cut into shards. Streams are records in the store, and immutable snapshots in memory
/// that requests are answered from; a change is one transaction, after which the snapshot is swapped. Changes that take their time (CREATING, UPDATING, DELETING) are
/// records too, so that a restart in the middle ends where it should. Records, their iterators and their log are in <c>Records</c> and <c>Log</c>; what they need of a
/// stream is a <see cref="StreamSnapshot"/>, and what streams need of them is <see cref="IShardLogs"/>.
/// </summary>
public sealed class KinesisService : IAsyncDisposable
{
    private readonly StreamStore streams;
    private readonly ConsumerStore consumers;
    private readonly StreamTransitions transitions;

    // What records need; null for the control plane alone.
    private readonly StreamLog? log;
    private readonly Faults? faults;
    private readonly OnDemandScaling? scaling;
    private readonly TrafficMetrics? metrics;

    /// <summary>The whole service over a log that is open, which it closes.</summary>
    internal KinesisService(KinesisOptions options, IMetadataStore store, ShardLogs logs, DataKeys keys, ShardIteratorCodec iterators, TimeSpan stateDelay, TimeProvider time, ILoggerFactory logging)
        : this(options, store, logs, keys, stateDelay, time, logging)
    {
        log = logs.Log;
        faults = new Faults(options.Faults, time, logging.CreateLogger<Faults>());
        scaling = new OnDemandScaling(streams, options, time, logging.CreateLogger<OnDemandScaling>());
        metrics = new TrafficMetrics(streams.Directory, options);
        var limits = new ShardLimits(faults, time);
        var puts = new PutOperations(streams, logs, limits, faults, time);
        var reads = new ReadOperations(streams, log, iterators, limits, faults, options, time);
        Fanout = new FanoutOperations(streams, consumers, log, options, time);
        Operations
            .OnEventStream(KinesisModel.SubscribeToShard, Fanout.SubscribeToShard)
            .OnRaw(KinesisModel.PutRecord, puts.PutRecord)
            .OnRaw(KinesisModel.PutRecords, puts.PutRecords)
            .On(KinesisModel.GetShardIterator, reads.GetShardIterator)
            .OnRaw(KinesisModel.GetRecords, reads.GetRecords);
    }

    /// <summary>The control plane alone, over any log.</summary>
    internal KinesisService(KinesisOptions options, IMetadataStore store, IShardLogs logs, DataKeys keys, TimeSpan stateDelay, TimeProvider time, ILoggerFactory logging)
    {
        streams = new StreamStore(store, logs, keys, options, stateDelay, time);
        consumers = new ConsumerStore(store, options, stateDelay, time);
        var accounts = new AccountStore(store, options, time);
        transitions = new StreamTransitions(streams, consumers, options, time, logging.CreateLogger<StreamTransitions>());
        Operations = Table(
            options,
            new StreamOperations(streams, consumers, accounts, options),
            new ShardListOperations(streams, options, time),
            new StreamSettingsOperations(streams, accounts, options),
            new EncryptionOperations(streams, options),
            new ReshardOperations(streams, options),
            new ConsumerOperations(streams, consumers, options, time),
            new TagOperations(store, streams, consumers, options),
            new PolicyOperations(store, streams, consumers, options),
            new AccountOperations(accounts, time));
    }

    /// <summary>Opens the log of a folder, and the service over it.</summary>
    /// <param name="folder">Absolute; records are in <c>log/</c> below it.</param>
    /// <param name="stateDelay">How long streams and consumers show CREATING, UPDATING and DELETING; zero: they are ready at once.</param>
    /// <exception cref="StreamLogException">The log is damaged, or its end cannot be written: docs/operating says what to do.</exception>
    public static KinesisService Open(string folder, KinesisOptions options, IMetadataStore store, TimeSpan stateDelay, TimeProvider time, ILoggerFactory logging)
    {
        // The log makes its folders, because their names must be on disk before a record is acknowledged.
        var keys = new DataKeys(store, new MasterKeySource(options, Path.Combine(folder, "master.key")));
        var log = StreamLog.Open(Path.Combine(folder, "log"), new StreamLogOptions { Clock = time, DataKey = keys.Find, Logger = logging.CreateLogger<StreamLog>() });
        var iterators = ShardIteratorCodec.FromFile(Path.Combine(folder, "iterator.key"));
        return new KinesisService(options, store, new ShardLogs(log), keys, iterators, stateDelay, time, logging);
    }

    /// <summary>Kinesis's tables in the metadata store.</summary>
    public static StoreSchema Schema => KinesisSchema.Schema;

    /// <summary>The operations that are built.</summary>
    public OperationTable Operations { get; }

    /// <summary>Null for the control plane alone.</summary>
    internal FanoutOperations? Fanout { get; }

    /// <summary>Loads the streams and goes on with what an earlier process had begun.</summary>
    /// <exception cref="EncryptionKeyException">Streams are encrypted, and the master key is not the right one or not there.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await LoadAsync(cancellationToken);
        transitions.Start();
        faults?.Announce([.. streams.Directory.All]);
        scaling?.Start();
    }

    public async ValueTask DisposeAsync()
    {
        metrics?.Dispose();
        if (scaling is not null)
        {
            await scaling.DisposeAsync();
        }

        await transitions.DisposeAsync();
        streams.Dispose();
        if (log is not null)
        {
            await log.DisposeAsync();
        }
    }

    /// <summary>For simulations: loads the streams; what is due is done by requests, and by <see cref="TurnAsync"/>.</summary>
    internal ValueTask LoadAsync(CancellationToken cancellationToken) => streams.StartAsync(cancellationToken);

    /// <summary>For simulations: does what the loop does in one turn; false when some of it failed.</summary>
    internal Task<bool> TurnAsync() => transitions.RunOnceAsync();

    private static OperationTable Table(
        KinesisOptions options,
        StreamOperations streams,
        ShardListOperations shards,
        StreamSettingsOperations settings,
        EncryptionOperations encryption,
        ReshardOperations reshards,
        ConsumerOperations consumers,
        TagOperations tags,
        PolicyOperations policies,
        AccountOperations accounts) => new OperationTable(KinesisModel.Service) { RequestBodyBytesMax = options.RequestBodyBytesMax }
        .On(KinesisModel.CreateStream, streams.CreateStream)
        .On(KinesisModel.DeleteStream, streams.DeleteStream)
        .On(KinesisModel.DescribeStream, streams.DescribeStream)
        .On(KinesisModel.DescribeStreamSummary, streams.DescribeStreamSummary)
        .On(KinesisModel.ListStreams, streams.ListStreams)
        .On(KinesisModel.DescribeLimits, streams.DescribeLimits)
        .On(KinesisModel.ListShards, shards.ListShards)
        .On(KinesisModel.IncreaseStreamRetentionPeriod, settings.IncreaseStreamRetentionPeriod)
        .On(KinesisModel.DecreaseStreamRetentionPeriod, settings.DecreaseStreamRetentionPeriod)
        .On(KinesisModel.StartStreamEncryption, encryption.StartStreamEncryption, partly: "records are encrypted; the key that is named is not looked up, as there is no KMS")
        .On(KinesisModel.StopStreamEncryption, encryption.StopStreamEncryption)
        .On(KinesisModel.EnableEnhancedMonitoring, settings.EnableEnhancedMonitoring, partly: "the setting is kept and shown; metrics of shards are at /_tarn/metrics with it and without")
        .On(KinesisModel.DisableEnhancedMonitoring, settings.DisableEnhancedMonitoring, partly: "as EnableEnhancedMonitoring")
        .On(KinesisModel.UpdateStreamMode, settings.UpdateStreamMode)
        .On(KinesisModel.UpdateMaxRecordSize, settings.UpdateMaxRecordSize)
        .On(KinesisModel.UpdateStreamWarmThroughput, settings.UpdateStreamWarmThroughput)
        .On(KinesisModel.SplitShard, reshards.SplitShard)
        .On(KinesisModel.MergeShards, reshards.MergeShards)
        .On(KinesisModel.UpdateShardCount, reshards.UpdateShardCount)
        .On(KinesisModel.RegisterStreamConsumer, consumers.RegisterStreamConsumer)
        .On(KinesisModel.DeregisterStreamConsumer, consumers.DeregisterStreamConsumer)
        .On(KinesisModel.DescribeStreamConsumer, consumers.DescribeStreamConsumer)
        .On(KinesisModel.ListStreamConsumers, consumers.ListStreamConsumers)
        .On(KinesisModel.AddTagsToStream, tags.AddTagsToStream)
        .On(KinesisModel.RemoveTagsFromStream, tags.RemoveTagsFromStream)
        .On(KinesisModel.ListTagsForStream, tags.ListTagsForStream)
        .On(KinesisModel.TagResource, tags.TagResource)
        .On(KinesisModel.UntagResource, tags.UntagResource)
        .On(KinesisModel.ListTagsForResource, tags.ListTagsForResource)
        .On(KinesisModel.PutResourcePolicy, policies.PutResourcePolicy, partly: "kept and shown; other accounts are not let in by it")
        .On(KinesisModel.GetResourcePolicy, policies.GetResourcePolicy)
        .On(KinesisModel.DeleteResourcePolicy, policies.DeleteResourcePolicy)
        .On(KinesisModel.DescribeAccountSettings, accounts.DescribeAccountSettings)
        .On(KinesisModel.UpdateAccountSettings, accounts.UpdateAccountSettings);
}
