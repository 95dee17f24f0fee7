using Microsoft.Extensions.Logging;
using Tarn.Api.Kinesis;
using Tarn.Kinesis.Accounts;
using Tarn.Kinesis.Consumers;
using Tarn.Kinesis.Encryption;
using Tarn.Kinesis.Fanout;
using Tarn.Kinesis.Log;
using Tarn.Kinesis.Policies;
using Tarn.Kinesis.Records;
using Tarn.Kinesis.Resharding;
using Tarn.Kinesis.Streams;
using Tarn.Kinesis.Tags;
using Tarn.Store;
using Tarn.Wire.Dispatch;

namespace Tarn.Kinesis;

/// <summary>
/// Amazon Kinesis Data Streams: what streams there are and how they are cut into shards. Streams are records in the store, and immutable snapshots in memory
/// that requests are answered from; a change is one transaction, after which the snapshot is swapped. Changes that take their time (CREATING, UPDATING, DELETING) are
/// records too, so that a restart in the middle ends where it should. The operations that put and read records are in <see cref="DataPlane"/>; what they need of a
/// stream is a <see cref="StreamSnapshot"/>, and what streams need of them is <see cref="IShardLogs"/>.
/// </summary>
public sealed class KinesisService : IAsyncDisposable
{
    private readonly StreamStore streams;
    private readonly ConsumerStore consumers;
    private readonly StreamTransitions transitions;

    /// <summary>Null for the control plane alone.</summary>
    private readonly DataPlane? data;

    /// <summary>The whole service over a log that is open, which it closes.</summary>
    internal KinesisService(KinesisOptions options, IMetadataStore store, ShardLogs logs, DataKeys keys, ShardIteratorCodec iterators, TimeSpan stateDelay, TimeProvider time, ILoggerFactory logging)
        : this(options, store, logs, keys, stateDelay, time, logging)
    {
        data = new DataPlane(options, streams, consumers, logs, iterators, time, logging);
        data.AddTo(Operations);
    }

    /// <summary>The control plane alone, over any log.</summary>
    internal KinesisService(KinesisOptions options, IMetadataStore store, IShardLogs logs, DataKeys keys, TimeSpan stateDelay, TimeProvider time, ILoggerFactory logging)
    {
        streams = new StreamStore(store, logs, keys, options, stateDelay, time);
        consumers = new ConsumerStore(store, options, stateDelay, time);
        transitions = new StreamTransitions(streams, consumers, options, time, logging.CreateLogger<StreamTransitions>());
        Operations = new OperationTable(KinesisModel.Service) { RequestBodyBytesMax = options.RequestBodyBytesMax };
        AddControlPlane(store, options, time);
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
    internal FanoutOperations? Fanout => data?.Fanout;

    /// <summary>Loads the streams and goes on with what an earlier process had begun.</summary>
    /// <exception cref="EncryptionKeyException">Streams are encrypted, and the master key is not the right one or not there.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await LoadAsync(cancellationToken);
        transitions.Start();
        data?.Start();
    }

    public async ValueTask DisposeAsync()
    {
        await transitions.DisposeAsync();
        if (data is not null)
        {
            await data.DisposeAsync();
        }

        streams.Dispose();
    }

    /// <summary>For simulations: loads the streams; what is due is done by requests, and by <see cref="TurnAsync"/>.</summary>
    internal ValueTask LoadAsync(CancellationToken cancellationToken) => streams.StartAsync(cancellationToken);

    /// <summary>For simulations: does what the loop does in one turn; false when some of it failed.</summary>
    internal Task<bool> TurnAsync() => transitions.RunOnceAsync();

    private void AddControlPlane(IMetadataStore store, KinesisOptions options, TimeProvider time)
    {
        var accounts = new AccountStore(store, options, time);
        var streamOperations = new StreamOperations(streams, consumers, accounts, options);
        var shards = new ShardListOperations(streams, options, time);
        var settings = new StreamSettingsOperations(streams, accounts, options);
        var encryption = new EncryptionOperations(streams, options);
        var reshards = new ReshardOperations(streams, options);
        var consumerOperations = new ConsumerOperations(streams, consumers, options, time);
        var tags = new TagOperations(store, streams, consumers, options);
        var policies = new PolicyOperations(store, streams, consumers, options);
        var accountOperations = new AccountOperations(accounts, time);
        Operations
            .On(KinesisModel.CreateStream, streamOperations.CreateStream)
            .On(KinesisModel.DeleteStream, streamOperations.DeleteStream)
            .On(KinesisModel.DescribeStream, streamOperations.DescribeStream)
            .On(KinesisModel.DescribeStreamSummary, streamOperations.DescribeStreamSummary)
            .On(KinesisModel.ListStreams, streamOperations.ListStreams)
            .On(KinesisModel.DescribeLimits, streamOperations.DescribeLimits)
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
            .On(KinesisModel.RegisterStreamConsumer, consumerOperations.RegisterStreamConsumer)
            .On(KinesisModel.DeregisterStreamConsumer, consumerOperations.DeregisterStreamConsumer)
            .On(KinesisModel.DescribeStreamConsumer, consumerOperations.DescribeStreamConsumer)
            .On(KinesisModel.ListStreamConsumers, consumerOperations.ListStreamConsumers)
            .On(KinesisModel.AddTagsToStream, tags.AddTagsToStream)
            .On(KinesisModel.RemoveTagsFromStream, tags.RemoveTagsFromStream)
            .On(KinesisModel.ListTagsForStream, tags.ListTagsForStream)
            .On(KinesisModel.TagResource, tags.TagResource)
            .On(KinesisModel.UntagResource, tags.UntagResource)
            .On(KinesisModel.ListTagsForResource, tags.ListTagsForResource)
            .On(KinesisModel.PutResourcePolicy, policies.PutResourcePolicy, partly: "kept and shown; other accounts are not let in by it")
            .On(KinesisModel.GetResourcePolicy, policies.GetResourcePolicy)
            .On(KinesisModel.DeleteResourcePolicy, policies.DeleteResourcePolicy)
            .On(KinesisModel.DescribeAccountSettings, accountOperations.DescribeAccountSettings)
            .On(KinesisModel.UpdateAccountSettings, accountOperations.UpdateAccountSettings);
    }
}
