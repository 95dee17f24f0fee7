using Tarn.Clients.Consumer.Waiting;

namespace Tarn.Clients.Consumer.Reading;

/// <summary>
/// Answers of a shard that were read ahead of its processor. Holds records and bytes up to its limits; beside what is in it, the reader holds one answer that waits for room, and an answer
/// that is larger than the limits is let in alone. One reader puts, one processor takes.
/// </summary>
internal sealed class PrefetchBuffer(int recordsMax, long bytesMax)
{
    private readonly Lock gate = new();
    private readonly Signal changed = new();
    private readonly Queue<ShardAnswer> answers = new();
    private Exception? failure;
    private long records;
    private long bytes;

    public async Task PutAsync(ShardAnswer answer, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task wait;
            lock (gate)
            {
                if (answers.Count == 0 || (records + answer.Records.Count <= recordsMax && bytes + answer.Bytes <= bytesMax))
                {
                    answers.Enqueue(answer);
                    records += answer.Records.Count;
                    bytes += answer.Bytes;
                    break;
                }

                wait = changed.NextAsync(cancellationToken);
            }

            await wait;
        }

        changed.Pulse();
    }

    /// <exception cref="ReadingFailedException">The reader failed; what it had put before was taken.</exception>
    public async Task<ShardAnswer> TakeAsync(CancellationToken cancellationToken)
    {
        ShardAnswer? taken;
        while (true)
        {
            Task wait;
            lock (gate)
            {
                if (answers.TryDequeue(out taken))
                {
                    records -= taken.Records.Count;
                    bytes -= taken.Bytes;
                    break;
                }

                if (failure is not null)
                {
                    throw new ReadingFailedException(failure);
                }

                wait = changed.NextAsync(cancellationToken);
            }

            await wait;
        }

        changed.Pulse();
        return taken;
    }

    /// <summary>The reader cannot go on.</summary>
    public void Fail(Exception reason)
    {
        lock (gate)
        {
            failure = reason;
        }

        changed.Pulse();
    }
}

/// <summary>A reader ended with a failure that is not the service's: a bug.</summary>
internal sealed class ReadingFailedException(Exception reason) : Exception("The shard cannot be read any further.", reason);
