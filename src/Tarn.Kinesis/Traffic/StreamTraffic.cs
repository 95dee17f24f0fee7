using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Tarn.Kinesis.Streams;

namespace Tarn.Kinesis.Traffic;

/// <summary>
/// What goes through a stream's shards: the one part of a <see cref="StreamSnapshot"/> that lives, the same in all snapshots of a stream, and gone with it. It holds one entry for each
/// shard that was written or read and has not been freed. Any thread.
/// </summary>
internal sealed class StreamTraffic
{
    private readonly ConcurrentDictionary<int, ShardTraffic> shards = new(concurrencyLevel: 1, capacity: 4);
    private ulong choices;

    public ShardTraffic Of(Shard shard) => shards.TryGetValue(shard.Index, out var traffic) ? traffic : shards.GetOrAdd(shard.Index, static _ => new ShardTraffic());

    /// <summary>False when nothing has gone through the shard.</summary>
    public bool TryFind(Shard shard, [NotNullWhen(true)] out ShardTraffic? traffic) => shards.TryGetValue(shard.Index, out traffic);

    /// <summary>Drops shards that are freed.</summary>
    public void Forget(IEnumerable<Shard> freed)
    {
        foreach (var shard in freed)
        {
            shards.TryRemove(shard.Index, out _);
        }
    }

    /// <summary>1, 2, 3 and so on: how many choices of <see cref="Limits.Faults"/> the stream has had.</summary>
    public ulong NextChoice() => Interlocked.Increment(ref choices);
}
