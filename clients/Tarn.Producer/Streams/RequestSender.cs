using Tarn.Clients.Kinesis;

namespace Tarn.Clients.Producer.Streams;

/// <summary>The PutRecords of one stream that are on their way. Only its stream's loop uses it, which is woken by each answer.</summary>
internal sealed class RequestSender(KinesisClient client, string stream, ProducerClock clock, Wakeup wakeup, ProducerMetrics metrics)
{
    private readonly List<(IReadOnlyList<Batch> Batches, Task<Answer> Task)> requests = [];

    public int InFlight => requests.Count;

    /// <summary>Sends a request; its answer is among <see cref="TakeAnsweredAsync"/> later.</summary>
    public void Send(IReadOnlyList<Batch> batches, TimeSpan now, CancellationToken cancellationToken)
    {
        metrics.Sent(stream, batches, now);
        var call = CallAsync(batches, cancellationToken);
        requests.Add((batches, call));
        call.GetAwaiter().OnCompleted(wakeup.Set);
    }

    /// <summary>An answer that has come; null when there is no more.</summary>
    /// <exception cref="OperationCanceledException">A request was cancelled; it stays for <see cref="TakeUnanswered"/>.</exception>
    public async ValueTask<Answer?> TakeAnswerAsync()
    {
        var index = requests.FindIndex(request => request.Task.IsCompleted);
        if (index < 0)
        {
            return null;
        }

        var answer = await requests[index].Task.ConfigureAwait(false);
        requests.RemoveAt(index);
        return answer;
    }

    /// <summary>Waits for all that is on its way, and gives the answers that came.</summary>
    public async Task<IReadOnlyList<Answer>> EndAsync()
    {
        var answers = new List<Answer>();
        foreach (var (_, task) in requests)
        {
            await ((Task)task).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (task.IsCompletedSuccessfully)
            {
                answers.Add(await task.ConfigureAwait(false));
            }
        }

        requests.RemoveAll(request => request.Task.IsCompletedSuccessfully);
        return answers;
    }

    /// <summary>What was sent and will have no answer.</summary>
    public IEnumerable<PendingRecord> TakeUnanswered()
    {
        var records = requests.SelectMany(request => request.Batches).SelectMany(batch => batch.Records).ToList();
        requests.Clear();
        return records;
    }

    private async Task<Answer> CallAsync(IReadOnlyList<Batch> batches, CancellationToken cancellationToken)
    {
        var startedAt = clock.UtcNow;
        var started = clock.Now;
        PutRecordsResponse? response = null;
        KinesisException? failure = null;
        try
        {
            // Off the loop: much is done before the first wait.
            await Task.Yield();
            response = await client.PutRecordsAsync(stream, [.. batches.Select(batch => batch.Aggregator.ToEntry())], cancellationToken).ConfigureAwait(false);
        }
        catch (KinesisException exception)
        {
            failure = exception;
        }

        return new Answer(batches, response, failure, startedAt, clock.Now - started);
    }
}

/// <summary>What came of a request: a response, or a failure of all of it.</summary>
internal sealed record Answer(IReadOnlyList<Batch> Batches, PutRecordsResponse? Response, KinesisException? Failure, DateTimeOffset StartedAt, TimeSpan Duration);
