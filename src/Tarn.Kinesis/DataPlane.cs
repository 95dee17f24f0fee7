using Microsoft.Extensions.Logging;
using Tarn.Api.Kinesis;
using Tarn.Kinesis.Consumers;
using Tarn.Kinesis.Fanout;
using Tarn.Kinesis.Limits;
using Tarn.Kinesis.Log;
using Tarn.Kinesis.Records;
using Tarn.Kinesis.Resharding;
using Tarn.Kinesis.Streams;
using Tarn.Kinesis.Traffic;
using Tarn.Wire.Dispatch;

namespace Tarn.Kinesis;

/// <summary>What AWS calls the data plane: the operations that put and read records over the log, with what watches their traffic. Closes the log.</summary>
internal sealed class DataPlane : IAsyncDisposable
{
    private readonly StreamStore streams;
    private readonly StreamLog log;
    private readonly Faults faults;
    private readonly OnDemandScaling scaling;
    private readonly TrafficMetrics metrics;
    private readonly PutOperations puts;
    private readonly ReadOperations reads;

    public DataPlane(KinesisOptions options, StreamStore streams, ConsumerStore consumers, ShardLogs logs, ShardIteratorCodec iterators, TimeProvider time, ILoggerFactory logging)
    {
        this.streams = streams;
        log = logs.Log;
        faults = new Faults(options.Faults, time, logging.CreateLogger<Faults>());
        scaling = new OnDemandScaling(streams, options, time, logging.CreateLogger<OnDemandScaling>());
        metrics = new TrafficMetrics(streams.Directory, options);
        var limits = new ShardLimits(faults, time);
        puts = new PutOperations(streams, logs, limits, faults, time);
        reads = new ReadOperations(streams, log, iterators, limits, faults, options, time);
        Fanout = new FanoutOperations(streams, consumers, log, options, time);
    }

    public FanoutOperations Fanout { get; }

    public void AddTo(OperationTable operations) => operations
        .On(KinesisModel.GetShardIterator, reads.GetShardIterator)
        .OnRaw(KinesisModel.GetRecords, reads.GetRecords)
        .OnRaw(KinesisModel.PutRecord, puts.PutRecord)
        .OnRaw(KinesisModel.PutRecords, puts.PutRecords)
        .OnEventStream(KinesisModel.SubscribeToShard, Fanout.SubscribeToShard);

    /// <summary>When the streams have been loaded.</summary>
    public void Start()
    {
        faults.Announce([.. streams.Directory.All]);
        scaling.Start();
    }

    /// <summary>While the streams can still be changed, for a reshard that is under way needs them and the log.</summary>
    public async ValueTask DisposeAsync()
    {
        metrics.Dispose();
        await scaling.DisposeAsync();
        await log.DisposeAsync();
    }
}
