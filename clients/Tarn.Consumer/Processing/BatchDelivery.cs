using Tarn.Clients.Consumer.Leases;
using Tarn.Clients.Consumer.Reading;
using Tarn.Clients.Kinesis;
using Tarn.Clients.Kinesis.Aggregation;

namespace Tarn.Clients.Consumer.Processing;

/// <summary>
/// Gives what was read to the processor: de-aggregated, behind the checkpoint, and again until it is processed. First all records together; when that failed too often one by one, so that
/// the record that fails is known and parked alone. Nothing is passed over.
/// </summary>
internal sealed class BatchDelivery(ConsumerSettings settings, HeldLease lease, IRecordProcessor processor, Checkpointer checkpointer, ProcessorCalls calls, ConsumerMetrics metrics)
{
    private const string Name = "ProcessRecords";

    /// <exception cref="OperationCanceledException">Between two attempts the worker was asked to leave the shard.</exception>
    /// <exception cref="LeaseLostException">The lease was lost.</exception>
    public async Task DeliverAsync(ShardAnswer answer, CancellationToken waits)
    {
        var users = new List<UserRecord>(answer.Records.Count);
        foreach (var record in answer.Records)
        {
            Deaggregator.Deaggregate(record, lease.Row.HashKeyRange ?? HashKeyRange.All, users);
        }

        var records = users.Select(user => new ConsumerRecord(user.PartitionKey, user.Data, user.SequenceNumber, user.SubSequenceNumber, user.ApproximateArrival)).ToList();
        if (await TryAsync(records, answer.MillisBehindLatest, waits) is null)
        {
            return;
        }

        foreach (var record in records)
        {
            if (await TryAsync([record], answer.MillisBehindLatest, waits) is { } reason)
            {
                await ParkAsync(record, reason, answer.MillisBehindLatest, waits);
            }
        }
    }

    /// <summary>Null when the records are processed; what was thrown last when the attempts are used up. What the processor has checkpointed meanwhile is not given again.</summary>
    private async Task<Exception?> TryAsync(List<ConsumerRecord> records, long millisBehind, CancellationToken waits)
    {
        Exception? failure = null;
        for (var attempt = 1; attempt <= settings.AttemptsMax; attempt++)
        {
            if (failure is not null)
            {
                await calls.WaitAsync(Name, attempt - 1, waits);
            }

            var left = Left(records);
            if (left.Count == 0)
            {
                return null;
            }

            failure = await CallAsync(left, millisBehind, attempt);
            if (failure is null)
            {
                return null;
            }
        }

        return failure;
    }

    private async Task<Exception?> CallAsync(List<ConsumerRecord> records, long millisBehind, int attempt)
    {
        checkpointer.Begin(records[^1]);
        var batch = new RecordBatch(lease.Key, records, millisBehind, attempt);
        var failure = await calls.TryAsync(Name, token => processor.ProcessRecordsAsync(batch, checkpointer, token));
        if (failure is null)
        {
            checkpointer.Succeed();
            metrics.Processed(records);
        }
        else
        {
            checkpointer.Fail();
        }

        return failure;
    }

    /// <summary>Puts the record away, or, where there is no place for it, tries it until it is processed or the shard is left.</summary>
    private async Task ParkAsync(ConsumerRecord record, Exception reason, long millisBehind, CancellationToken waits)
    {
        for (var attempts = settings.AttemptsMax; Left([record]).Count > 0; attempts++)
        {
            if (settings.ParkedRecords is { } parked)
            {
                var parking = new ParkedRecord(lease.Key, record, attempts, reason);
                if (await calls.TryAsync("Park", token => parked.ParkAsync(parking, token)) is null)
                {
                    checkpointer.Begin(record);
                    checkpointer.Succeed();
                    metrics.Parked();
                    return;
                }
            }

            await calls.WaitAsync(Name, attempts, waits);
            if (await CallAsync([record], millisBehind, attempts + 1) is not { } again)
            {
                return;
            }

            reason = again;
        }
    }

    /// <summary>Without what is checkpointed: before this worker had the shard (the first records of an aggregate), or in an attempt that failed later.</summary>
    private List<ConsumerRecord> Left(List<ConsumerRecord> records) =>
        records.Count > 0 && checkpointer.Stored is { IsRecord: true } stored && records[0].Position <= stored ? records.FindAll(record => record.Position > stored) : records;
}
