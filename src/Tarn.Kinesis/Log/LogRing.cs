namespace Tarn.Kinesis.Log;

/// <summary>The newest frames of all shards in memory, bounded by the bytes they take. Only the writer adds and drops; readers go through the shards.</summary>
internal sealed class LogRing(long bytesMax)
{
    private readonly Queue<LogShard> order = new();
    private long bytes;

    public bool IsOn => bytesMax > 0;

    /// <summary>Counts a frame that was just put into the memory of a shard, and drops the oldest of all while there are too many.</summary>
    public void Added(LogShard shard, int length)
    {
        order.Enqueue(shard);
        bytes += length;
        while (bytes > bytesMax)
        {
            bytes -= order.Dequeue().DropOldest();
        }
    }

    public void Clear()
    {
        while (order.TryDequeue(out var shard))
        {
            shard.DropOldest();
        }

        bytes = 0;
    }
}
