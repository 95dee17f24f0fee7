using Tarn.Kinesis.Streams;

namespace Tarn.Kinesis.Limits;

/// <summary>
/// Who may put and read now: AWS's limits of a shard, and throttling on purpose. Asked only of streams whose <see cref="TrafficRules.Throttles"/> is set. What is refused
/// is counted in the shard's traffic, and nothing else was done. Any thread.
/// </summary>
internal sealed class ShardLimits(Faults faults, TimeProvider time)
{
    /// <summary>Takes a record's place in its shard; false: it is to be answered with <see cref="KinesisErrors.RateExceeded"/>.</summary>
    /// <param name="bytes">Data and partition key.</param>
    public bool TryTakePut(StreamSnapshot stream, Shard shard, int bytes)
    {
        var traffic = stream.Traffic.Of(shard);
        if (!faults.Throttles(stream) && (!stream.Rules.EnforcesShardLimits || traffic.Buckets.TryTakePut(bytes, time.GetUtcNow())))
        {
            return true;
        }

        traffic.CountWriteThrottle();
        return false;
    }

    /// <summary>Begins a GetRecords, whose answer is said to <see cref="TookRead"/>; false: it is to be answered with <see cref="KinesisErrors.RateExceeded"/>.</summary>
    public bool TryTakeRead(StreamSnapshot stream, Shard shard)
    {
        var traffic = stream.Traffic.Of(shard);
        if (!faults.Throttles(stream) && (!stream.Rules.EnforcesShardLimits || traffic.Buckets.TryTakeRead(time.GetUtcNow())))
        {
            return true;
        }

        traffic.CountReadThrottle();
        return false;
    }

    /// <param name="bytes">Data and partition keys of the records that a GetRecords answers.</param>
    public void TookRead(StreamSnapshot stream, Shard shard, long bytes)
    {
        if (stream.Rules.EnforcesShardLimits)
        {
            stream.Traffic.Of(shard).Buckets.TookRead(bytes, time.GetUtcNow());
        }
    }

    /// <summary>Takes a GetShardIterator; false: it is to be answered with <see cref="KinesisErrors.RateExceeded"/>.</summary>
    public bool TryTakeIterator(StreamSnapshot stream, Shard shard)
    {
        var traffic = stream.Traffic.Of(shard);
        if (!faults.Throttles(stream) && (!stream.Rules.EnforcesShardLimits || traffic.Buckets.TryTakeIterator(time.GetUtcNow())))
        {
            return true;
        }

        traffic.CountReadThrottle();
        return false;
    }
}
