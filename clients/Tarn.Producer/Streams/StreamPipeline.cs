using Tarn.Clients.Kinesis;

namespace Tarn.Clients.Producer.Streams;

/// <summary>
/// All that is put into one stream. One loop owns what waits: it takes records in, gives them their shards, sends requests, and deals with the answers. <see cref="Accept"/>,
/// <see cref="Wake"/> and <see cref="StopAsync"/> are for any thread, all else is the loop's.
/// </summary>
/// <remarks>
/// Records wait one by one, and are aggregated when a request is made: so what failed, and what is to go to another shard than was thought, is only put back into its place.
/// </remarks>
internal sealed class StreamPipeline
{
    /// <summary>Bytes that the loop is woken for before anything is due.</summary>
    private const int WakeBytes = 50_000;

    private readonly string stream;
    private readonly ProducerOptions options;
    private readonly ProducerClock clock;
    private readonly Wakeup wakeup;
    private readonly Router router;
    private readonly ShardMapLoader shards;
    private readonly RequestSender sender;
    private readonly Outcomes outcomes;
    private readonly CancellationTokenSource stop = new();
    private readonly Task loop;

    private readonly Lock inboxGate = new();
    private List<PendingRecord> inbox = [];
    private List<PendingRecord> inboxSpare = [];
    private long inboxBytes;
    private long lastOrdinal;
    private TimeSpan wakesAt = TimeSpan.MaxValue;
    private string? closedBecause;

    /// <summary>With PreserveOrder: nothing is sent until all is back that was sent when the shards were others.</summary>
    private bool isDraining;

    public StreamPipeline(string stream, KinesisClient client, ProducerOptions options, ProducerClock clock, Admission admission, ProducerMetrics metrics)
    {
        this.stream = stream;
        this.options = options;
        this.clock = clock;
        var random = options.Seed is { } seed ? new Random(seed) : new Random();
        wakeup = new Wakeup(options.TimeProvider);
        router = new Router(options);
        shards = new ShardMapLoader(client, stream, wakeup, options.RetryBackoff, random);
        sender = new RequestSender(client, stream, clock, wakeup, metrics);
        outcomes = new Outcomes(stream, options, router, shards, admission, metrics, random);
        loop = Task.Run(RunAsync);
    }

    /// <summary>Takes a record; its result comes with its task. The caller's lock makes the order of calls the order of records.</summary>
    /// <returns>False when the stream's loop has ended: then the record has failed, and takes no room.</returns>
    public bool Accept(PendingRecord record)
    {
        bool wake;
        lock (inboxGate)
        {
            if (closedBecause is { } reason)
            {
                outcomes.Refuse(record, RecordFailedException.StoppedCode, reason);
                return false;
            }

            record.Ordinal = ++lastOrdinal;
            record.AcceptedAt = clock.Now;
            inbox.Add(record);
            inboxBytes += record.Bytes;
            var dueAt = record.AcceptedAt + options.RecordMaxBufferedTime;
            wake = dueAt < wakesAt || record.Generation.IsFlushing || inboxBytes >= WakeBytes || inbox.Count >= options.CollectionMaxCount;
            wakesAt = dueAt < wakesAt ? dueAt : wakesAt;
        }

        if (wake)
        {
            wakeup.Set();
        }

        return true;
    }

    /// <summary>Something has changed that decides what is due.</summary>
    public void Wake() => wakeup.Set();

    /// <summary>Ends the requests on their way, and fails all that has no result.</summary>
    public async Task StopAsync()
    {
        await stop.CancelAsync().ConfigureAwait(false);
        wakeup.Set();
        await loop.ConfigureAwait(false);
        stop.Dispose();
    }

    private async Task RunAsync()
    {
        var reason = "The producer was stopped before the record had a result.";
        try
        {
            while (!stop.IsCancellationRequested)
            {
                var next = await StepAsync().ConfigureAwait(false);
                await wakeup.WaitAsync(next is { } time ? time - clock.Now : null).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // StopAsync.
        }
        catch (Exception exception)
        {
            // A defect of this library: nobody else can be told than those who wait for their records.
            reason = $"The producer failed: {exception}";
            await stop.CancelAsync().ConfigureAwait(false);
        }

        await EndAsync(reason).ConfigureAwait(false);
    }

    /// <summary>Does all that can be done now.</summary>
    /// <returns>When there will be more to do by itself; null when only an event brings more.</returns>
    private async ValueTask<TimeSpan?> StepAsync()
    {
        var now = clock.Now;
        await TakeShardsAsync(now).ConfigureAwait(false);
        while (await sender.TakeAnswerAsync().ConfigureAwait(false) is { } answer)
        {
            outcomes.Settle(answer, now);
        }

        TakeInbox();
        foreach (var record in router.TakeExpired(now))
        {
            outcomes.Fail(record, RecordFailedException.ExpiredCode, $"The record has reached its RecordTtl of {options.RecordTtl.TotalSeconds} s.", inner: null);
        }

        isDraining &= sender.InFlight + outcomes.HeldCount > 0;
        var sendAt = isDraining ? null : Send(now);
        var readAt = router.IsEmpty && outcomes.HeldCount == 0 ? null : shards.Start(now, stop.Token);
        return PlanToWake(Earliest(Earliest(sendAt, readAt), router.NextExpiry()));
    }

    /// <summary>What came in meanwhile may be due before.</summary>
    private TimeSpan? PlanToWake(TimeSpan? next)
    {
        lock (inboxGate)
        {
            next = Earliest(next, inbox.Count > 0 ? inbox[0].AcceptedAt + options.RecordMaxBufferedTime : null);
            wakesAt = next ?? TimeSpan.MaxValue;
            return next;
        }
    }

    private async ValueTask TakeShardsAsync(TimeSpan now)
    {
        try
        {
            if (await shards.TakeAsync(now).ConfigureAwait(false) is { } map)
            {
                isDraining = (router.Use(map, now) && options.PreserveOrder && router.Queues.Count > 0) || isDraining;
                outcomes.SettleHeld();
            }
        }
        catch (KinesisException exception) when (exception.MayBeRetried)
        {
            outcomes.CountRetry(exception.Code);
        }
        catch (KinesisException exception)
        {
            outcomes.ReleaseHeld();
            TakeInbox();
            foreach (var record in router.TakeAll())
            {
                outcomes.Fail(record, exception.Code, $"The shards of {stream} cannot be listed: {exception.Message}", exception);
            }
        }
    }

    private void TakeInbox()
    {
        List<PendingRecord> taken;
        lock (inboxGate)
        {
            taken = inbox;
            inbox = inboxSpare;
            inboxBytes = 0;
        }

        foreach (var record in taken)
        {
            router.Add(record);
        }

        taken.Clear();
        inboxSpare = taken;
    }

    /// <summary>When a record of any shard is due, sends the records of all shards that may be sent to: they share the request.</summary>
    /// <returns>When the next is due; null when that depends on an answer.</returns>
    private TimeSpan? Send(TimeSpan now)
    {
        while (sender.InFlight < options.MaxConnections)
        {
            TimeSpan? next = null;
            foreach (var queue in router.Queues)
            {
                if (queue.Count > 0 && queue.SendableAt(now) is { } sendableAt)
                {
                    var dueAt = queue.DueAt(now);
                    next = Earliest(next, dueAt > sendableAt ? dueAt : sendableAt);
                }
            }

            if (next is null || next > now)
            {
                return next;
            }

            sender.Send(Collect(now), now, stop.Token);
        }

        return null;
    }

    /// <summary>The Kinesis records of one request: of each shard in turn, until the request is full or nothing may be sent.</summary>
    private List<Batch> Collect(TimeSpan now)
    {
        var batches = new List<Batch>();
        long bytes = 0;
        bool isMore;
        do
        {
            isMore = false;
            foreach (var queue in router.Queues)
            {
                if (queue.Count == 0 || queue.SendableAt(now) is not { } sendableAt || sendableAt > now)
                {
                    continue;
                }

                // What the next one takes at most, so that none has to be put back.
                queue.TryPeek(out var oldest);
                var bytesMax = options.AggregationEnabled ? Math.Max(options.AggregationMaxSize, oldest!.Bytes) : oldest!.Bytes;
                if (batches.Count == options.CollectionMaxCount || (batches.Count > 0 && bytes + bytesMax > options.CollectionMaxSize))
                {
                    return batches;
                }

                var batch = queue.TakeBatch();
                batches.Add(batch);
                bytes += batch.Aggregator.SizeInBytes;
                isMore = true;
            }
        }
        while (isMore);
        return batches;
    }

    private async Task EndAsync(string reason)
    {
        lock (inboxGate)
        {
            closedBecause = reason;
        }

        foreach (var answer in await sender.EndAsync().ConfigureAwait(false))
        {
            outcomes.Settle(answer, clock.Now);
        }

        await shards.EndAsync().ConfigureAwait(false);
        TakeInbox();
        foreach (var record in router.TakeAll().Concat(outcomes.TakeHeld()).Concat(sender.TakeUnanswered()))
        {
            outcomes.Fail(record, RecordFailedException.StoppedCode, reason, inner: null);
        }
    }

    private static TimeSpan? Earliest(TimeSpan? one, TimeSpan? other) => one is null || other < one ? other : one;
}
