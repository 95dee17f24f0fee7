using System.Text;
using Tarn.Api.Kinesis;
using Tarn.Kinesis.Log;
using Tarn.Kinesis.Streams;
using Tarn.Wire.Dispatch;

namespace Tarn.Kinesis.Records;

/// <summary>PutRecord and PutRecords: a record goes to the shard that holds its hash key, and is acknowledged when the log has it on disk.</summary>
internal sealed class PutOperations(StreamStore streams, ShardLogs shards, TimeProvider time)
{
    /// <summary>Data and partition keys of one PutRecords.</summary>
    private const int RequestBytesMax = 10 << 20;

    public async ValueTask<PutRecordOutput> PutRecord(PutRecordInput request, RequestContext context, CancellationToken cancellationToken)
    {
        var stream = await WritableAsync(StreamReference.Of(context, request.StreamName, request.StreamARN, request.StreamId), cancellationToken);
        if (request.SequenceNumberForOrdering is { } earlier && (!SequenceNumber.TryParse(Encoding.ASCII.GetBytes(earlier), out var number) || IsInFuture(stream, number)))
        {
            throw KinesisErrors.InvalidOrdering(stream, earlier);
        }

        var record = NewRecord.Of(request.PartitionKey!, request.ExplicitHashKey, request.Data!.Value);
        Check(stream, record);
        using var put = await EnterAsync(stream, [record], cancellationToken);
        await put.AppendAsync(cancellationToken);
        var (shard, sequence) = put.Result(0) ?? throw KinesisErrors.InternalFailure();
        return new PutRecordOutput { ShardId = shard, SequenceNumber = sequence };
    }

    public async ValueTask<PutRecordsOutput> PutRecords(PutRecordsInput request, RequestContext context, CancellationToken cancellationToken)
    {
        var stream = await WritableAsync(StreamReference.Of(context, request.StreamName, request.StreamARN, request.StreamId), cancellationToken);
        NewRecord[] records = [.. request.Records!.Select(record => NewRecord.Of(record.PartitionKey!, record.ExplicitHashKey, record.Data!.Value))];
        Array.ForEach(records, record => Check(stream, record));
        if (records.Sum(record => (long)record.Length) > RequestBytesMax)
        {
            throw KinesisErrors.InvalidArgument($"Records size exceeds {RequestBytesMax / (1 << 20)} MB limit");
        }

        using var put = await EnterAsync(stream, records, cancellationToken);
        try
        {
            await put.AppendAsync(cancellationToken);
        }
        catch (LogFullException)
        {
            // Which shards had no room is said record by record.
        }

        var results = new List<PutRecordsResultEntry>(records.Length);
        var failed = 0;
        for (var i = 0; i < records.Length; i++)
        {
            if (put.Result(i) is var (shard, sequence))
            {
                results.Add(new PutRecordsResultEntry { ShardId = shard, SequenceNumber = sequence });
            }
            else
            {
                failed++;
                results.Add(new PutRecordsResultEntry { ErrorCode = "InternalFailure", ErrorMessage = "Internal Service Failure." });
            }
        }

        return new PutRecordsOutput { FailedRecordCount = failed, Records = results };
    }

    private async ValueTask<StreamSnapshot> WritableAsync(StreamReference reference, CancellationToken cancellationToken)
    {
        var stream = await streams.GetAsync(reference, cancellationToken);
        if (stream.IsEncrypted)
        {
            throw KinesisErrors.NoKeys(stream);
        }

        return stream.OpenShards.IsEmpty ? throw KinesisErrors.StreamNotFound(stream.Scope, stream.Name) : stream;
    }

    /// <summary>Numbers of a shard that was just made are ahead of the clock, as its creation is.</summary>
    private bool IsInFuture(StreamSnapshot stream, SequenceNumber number) =>
        number.ArrivalSeconds > time.GetUtcNow().ToUnixTimeSeconds() && number.ArrivalSeconds > stream.OpenShards.Max(shard => shard.CreateSeconds);

    private static void Check(StreamSnapshot stream, NewRecord record)
    {
        if (record.Length > stream.MaxRecordBytes)
        {
            throw KinesisErrors.RecordTooLarge(stream, record.Length);
        }
    }

    /// <summary>Routes records to shards that will stay open until the put is disposed. A shard that was closed since the stream was looked at sends all back to look again.</summary>
    private async ValueTask<RecordPut> EnterAsync(StreamSnapshot stream, NewRecord[] records, CancellationToken cancellationToken)
    {
        var current = stream;
        while (true)
        {
            var put = new RecordPut(shards, current);
            var isReady = false;
            try
            {
                isReady = put.TryAdd(records);
            }
            finally
            {
                if (!isReady)
                {
                    put.Dispose();
                }
            }

            if (isReady)
            {
                return put;
            }

            current = await streams.NextAsync(current, cancellationToken) ?? throw KinesisErrors.StreamNotFound(stream.Scope, stream.Name);
        }
    }
}
