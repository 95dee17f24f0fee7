namespace Tarn.Kinesis.Limits;

/// <summary>What one shard has left of AWS's throughput of a shard. Made when a limit is first asked for. Any thread; the lock is held for some additions.</summary>
internal sealed class ShardBuckets
{
    private const int RecordsInPerSecond = 1_000;
    private const int BytesInPerSecond = 1 << 20;

    /// <summary>Bytes that may come at once: AWS lets a record of 10 MiB in, and then nothing until its bytes have come back at the steady rate.</summary>
    private const int BytesInBurst = 10 << 20;

    private const int BytesOutPerSecond = 2 << 20;
    private const int CallsPerSecond = 5;

    private readonly Lock gate = new();
    private TokenBucket recordsIn = new(RecordsInPerSecond, RecordsInPerSecond);
    private TokenBucket bytesIn = new(BytesInPerSecond, BytesInBurst);
    private TokenBucket bytesOut = new(BytesOutPerSecond, BytesOutPerSecond);
    private TokenBucket reads = new(CallsPerSecond, CallsPerSecond);
    private TokenBucket iterators = new(CallsPerSecond, CallsPerSecond);

    /// <summary>Whether reads wait until the bytes of a whole second are there again, because an answer took more than were left.</summary>
    private bool isOverdrawn;

    /// <summary>Takes a record in: all of it or, when false, nothing.</summary>
    /// <param name="bytes">Data and partition key.</param>
    public bool TryTakePut(int bytes, DateTimeOffset now)
    {
        lock (gate)
        {
            recordsIn.Refill(now);
            bytesIn.Refill(now);
            if (!recordsIn.Has(1) || !bytesIn.Has(bytes))
            {
                return false;
            }

            recordsIn.Take(1);
            bytesIn.Take(bytes);
            return true;
        }
    }

    /// <summary>
    /// Begins a GetRecords; what it answers is said to <see cref="TookRead"/>. An answer may be larger than what is left, as on AWS: then calls are refused until a whole second's bytes
    /// are there, which after 10 MiB takes 5 seconds.
    /// </summary>
    public bool TryTakeRead(DateTimeOffset now)
    {
        lock (gate)
        {
            reads.Refill(now);
            bytesOut.Refill(now);
            isOverdrawn &= !bytesOut.IsFull;
            if (isOverdrawn || !reads.Has(1))
            {
                return false;
            }

            reads.Take(1);
            return true;
        }
    }

    public void TookRead(long bytes, DateTimeOffset now)
    {
        lock (gate)
        {
            bytesOut.Refill(now);
            bytesOut.Take(bytes);
            isOverdrawn |= !bytesOut.Has(0);
        }
    }

    public bool TryTakeIterator(DateTimeOffset now)
    {
        lock (gate)
        {
            iterators.Refill(now);
            if (!iterators.Has(1))
            {
                return false;
            }

            iterators.Take(1);
            return true;
        }
    }
}
