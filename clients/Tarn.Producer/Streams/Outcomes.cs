using Tarn.Clients.Kinesis;

namespace Tarn.Clients.Producer.Streams;

/// <summary>Decides what an answer means for each user record: done, once more, or failed. Only its stream's loop uses it, but for <see cref="Refuse"/>.</summary>
internal sealed class Outcomes(string stream, ProducerOptions options, Router router, ShardMapLoader shards, Admission admission, ProducerMetrics metrics, Random random)
{
    /// <summary>Aggregates in a shard that is not known yet: whether all of their records belong there says the next list of shards.</summary>
    private List<Landed> held = [];

    public int HeldCount => held.Count;

    public void Settle(Answer answer, TimeSpan now)
    {
        metrics.Answered(stream, answer);
        for (var index = 0; index < answer.Batches.Count; index++)
        {
            var batch = answer.Batches[index];
            batch.Queue.InFlight--;
            if (answer.Failure is { } failure)
            {
                Refused(batch, Attempt(answer, failure.Code, failure.Message), failure.MayBeRetried, failure.IsThrottling, failure, now);
            }
            else if (answer.Response!.Records[index] is { ErrorCode: { } code } refused)
            {
                // Records fail alone when their shard is throttled or the service has an inner failure: both pass.
                Refused(batch, Attempt(answer, code, refused.ErrorMessage), mayBeRetried: true, KinesisException.IsThrottlingCode(code), null, now);
            }
            else
            {
                batch.Queue.Worked();
                Decide(new Landed(batch, answer, answer.Response.Records[index]), isLast: false);
            }
        }
    }

    /// <summary>The shards are known anew.</summary>
    public void SettleHeld()
    {
        var landed = held;
        held = [];
        foreach (var one in landed)
        {
            Decide(one, isLast: true);
        }
    }

    /// <summary>Nobody can say: they are put again.</summary>
    public void ReleaseHeld()
    {
        foreach (var one in held)
        {
            PutAgain(one);
        }

        held = [];
    }

    /// <summary>The records of <see cref="HeldCount"/>, for whoever ends them otherwise.</summary>
    public IEnumerable<PendingRecord> TakeHeld()
    {
        var records = held.SelectMany(one => one.Batch.Records).ToList();
        held = [];
        return records;
    }

    /// <summary>Fails a record that was never let in. Any thread.</summary>
    public void Refuse(PendingRecord record, string code, string message)
    {
        metrics.Failed(stream, code);
        record.Generation.Leave();
        record.Fail(code, message, inner: null);
    }

    /// <summary>Fails a record for good.</summary>
    public void Fail(PendingRecord record, string code, string message, Exception? inner)
    {
        metrics.Failed(stream, code);
        Leave(record);
        record.Fail(code, message, inner);
    }

    public void CountRetry(string code) => metrics.Retried(stream, code, 1);

    /// <param name="isLast">The shards were read after the answer: what is not known now will not be.</param>
    private void Decide(Landed landed, bool isLast)
    {
        var (batch, _, entry) = landed;
        var isElsewhere = entry.ShardId != batch.Queue.ShardId;
        if (isElsewhere && router.Map!.IsOpen(batch.Queue.ShardId))
        {
            shards.Want();
        }

        if (!isElsewhere || batch.Records.Count == 1)
        {
            Succeed(landed);
        }
        else if (router.Map!.TryGetRange(entry.ShardId!, out var range))
        {
            if (batch.Records.All(record => range.Contains(record.Hash)))
            {
                Succeed(landed);
            }
            else
            {
                PutAgain(landed);
            }
        }
        else if (isLast)
        {
            PutAgain(landed);
        }
        else
        {
            shards.Want();
            held.Add(landed);
        }
    }

    private void Succeed(Landed landed)
    {
        var attempt = Attempt(landed.Answer, null, null);
        metrics.Put(stream, landed.Batch);
        for (var index = 0; index < landed.Batch.Records.Count; index++)
        {
            var record = landed.Batch.Records[index];
            record.AddAttempt(attempt);
            Leave(record);
            record.Succeed(landed.Entry.ShardId!, landed.Entry.SequenceNumber!, index);
        }
    }

    private void PutAgain(Landed landed)
    {
        var attempt = Attempt(
            landed.Answer, PutAttempt.WrongShardCode, $"The record landed in {landed.Entry.ShardId} with records that do not belong there, and not in {landed.Batch.Queue.ShardId}.");
        Requeue(landed.Batch, attempt);
    }

    private void Refused(Batch batch, PutAttempt attempt, bool mayBeRetried, bool isThrottling, Exception? exception, TimeSpan now)
    {
        if (mayBeRetried && !(isThrottling && options.FailIfThrottled))
        {
            batch.Queue.Rest(now, random);
            Requeue(batch, attempt);
            return;
        }

        foreach (var record in batch.Records)
        {
            record.AddAttempt(attempt);
            Fail(record, attempt.ErrorCode!, attempt.ErrorMessage ?? attempt.ErrorCode!, exception);
        }
    }

    private void Requeue(Batch batch, PutAttempt attempt)
    {
        metrics.Retried(stream, attempt.ErrorCode!, batch.Records.Count);
        foreach (var record in batch.Records)
        {
            record.AddAttempt(attempt);
            router.AddAgain(record);
        }
    }

    private void Leave(PendingRecord record)
    {
        record.Generation.Leave();
        admission.Leave(record);
    }

    private static PutAttempt Attempt(Answer answer, string? code, string? message) => new(answer.StartedAt, answer.Duration, code, message);

    private readonly record struct Landed(Batch Batch, Answer Answer, PutRecordsResultEntry Entry);
}
