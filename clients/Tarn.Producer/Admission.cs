using Tarn.Clients.Producer.Streams;

namespace Tarn.Clients.Producer;

/// <summary>
/// Lets in as many records and bytes as may be outstanding. Who finds no room waits, and is let in by those who leave, in the order of the calls: a small record never passes a large one that
/// came before it. Safe for all threads.
/// </summary>
internal sealed class Admission(int recordsMax, long bytesMax, int waitingMax)
{
    private readonly Lock gate = new();
    private readonly LinkedList<(PendingRecord Record, TaskCompletionSource Admitted)> waiting = [];
    private int records;
    private long bytes;

    /// <summary>Accepts the record if there is room now and nobody waits.</summary>
    public bool TryEnter(PendingRecord record)
    {
        lock (gate)
        {
            if (waiting.Count > 0 || !HasRoom(record))
            {
                return false;
            }

            Enter(record);
            return true;
        }
    }

    /// <summary>Accepts the record as soon as there is room; cancelled until then.</summary>
    /// <exception cref="ProducerFullException">Too many wait.</exception>
    public async ValueTask EnterAsync(PendingRecord record, CancellationToken cancellationToken)
    {
        LinkedListNode<(PendingRecord Record, TaskCompletionSource Admitted)> place;
        lock (gate)
        {
            if (waiting.Count == 0 && HasRoom(record))
            {
                Enter(record);
                return;
            }

            if (waiting.Count >= waitingMax)
            {
                throw new ProducerFullException(waitingMax);
            }

            place = waiting.AddLast((record, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)));
        }

        await using (cancellationToken.Register(() => Cancel(place, cancellationToken)).ConfigureAwait(false))
        {
            await place.Value.Admitted.Task.ConfigureAwait(false);
        }
    }

    /// <summary>The record has its result.</summary>
    public void Leave(PendingRecord record)
    {
        lock (gate)
        {
            records--;
            bytes -= record.Bytes;
            EnterWaiting();
        }
    }

    private void Cancel(LinkedListNode<(PendingRecord Record, TaskCompletionSource Admitted)> place, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            if (place.List is null)
            {
                return;
            }

            waiting.Remove(place);
            // What waited behind it may fit.
            EnterWaiting();
        }

        place.Value.Admitted.TrySetCanceled(cancellationToken);
    }

    private void EnterWaiting()
    {
        while (waiting.First is { } first && HasRoom(first.Value.Record))
        {
            waiting.RemoveFirst();
            Enter(first.Value.Record);
            first.Value.Admitted.TrySetResult();
        }
    }

    private bool HasRoom(PendingRecord record) => records == 0 || (records < recordsMax && bytes + record.Bytes <= bytesMax);

    /// <summary>Under the lock, so that the stream's order is that of the calls.</summary>
    private void Enter(PendingRecord record)
    {
        if (record.Pipeline.Accept(record))
        {
            records++;
            bytes += record.Bytes;
        }
    }
}
