using System.Collections.Concurrent;
using Tarn.Kinesis.Log;
using Tarn.Kinesis.Streams;

namespace Tarn.Kinesis.Records;

/// <summary>
/// The shards of all streams in the stream log: which of them take records now. A shard that is to be closed is closed for new puts first; those under way are awaited, so
/// that its last record is decided when <see cref="CloseAsync"/> returns. Any thread may put.
/// </summary>
internal sealed class ShardLogs(StreamLog log) : IShardLogs
{
    private readonly ConcurrentDictionary<long, Port> ports = new();

    /// <summary>The log that all shards are in.</summary>
    public StreamLog Log => log;

    /// <summary>Begins a put: until <see cref="Leave"/> the shard is not closed. False when it is closed already, or not there.</summary>
    public bool TryEnter(long shard) => ports.TryGetValue(shard, out var port) && port.TryEnter();

    public void Leave(long shard)
    {
        if (ports.TryGetValue(shard, out var port))
        {
            port.Leave();
        }
    }

    public async ValueTask StartAsync(IReadOnlyCollection<StreamSnapshot> streams, CancellationToken cancellationToken)
    {
        foreach (var stream in streams)
        {
            await AddAsync(stream, stream.Shards, cancellationToken);
        }

        // What a deletion that was committed, or an addition that was not, has left behind.
        await log.DeleteShardsAsync([.. log.Shards.Select(shard => shard.Shard).Where(shard => !ports.ContainsKey(shard))]);
    }

    public async ValueTask CloseAsync(StreamSnapshot stream, IReadOnlyList<Shard> shards, CancellationToken cancellationToken)
    {
        var draining = shards.Select(shard => ports[stream.LogNumber(shard.Index)].CloseAsync()).ToList();
        await Task.WhenAll(draining);
    }

    public ValueTask ReopenAsync(StreamSnapshot stream, IReadOnlyList<Shard> shards, CancellationToken cancellationToken)
    {
        foreach (var shard in shards)
        {
            ports[stream.LogNumber(shard.Index)].Reopen();
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask AddAsync(StreamSnapshot stream, IReadOnlyList<Shard> shards, CancellationToken cancellationToken)
    {
        if (!log.HasRoomFor(shards.Count(shard => !ports.ContainsKey(stream.LogNumber(shard.Index)))))
        {
            throw KinesisErrors.LogIsFull(stream);
        }

        foreach (var shard in shards)
        {
            var number = stream.LogNumber(shard.Index);
            log.OpenShard(number, stream.Retention);
            ports[number] = new Port(shard.IsOpen);
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>At once for all shards: what the log must write for them waits together and is synced together.</summary>
    public async ValueTask SetRetentionAsync(StreamSnapshot stream, CancellationToken cancellationToken) =>
        await Task.WhenAll(stream.Shards.Select(shard => stream.LogNumber(shard.Index)).Where(ports.ContainsKey).Select(number => log.SetRetentionAsync(number, stream.Retention).AsTask()));

    public async ValueTask FreeAsync(StreamSnapshot stream, IReadOnlyList<Shard> shards, CancellationToken cancellationToken)
    {
        long[] numbers = [.. shards.Select(shard => stream.LogNumber(shard.Index))];
        foreach (var number in numbers)
        {
            ports.TryRemove(number, out _);
        }

        await log.DeleteShardsAsync(numbers);
    }

    public ValueTask FreeAsync(StreamSnapshot stream, CancellationToken cancellationToken) => FreeAsync(stream, stream.Shards, cancellationToken);

    /// <summary>Counts the puts under way in one shard.</summary>
    private sealed class Port(bool isOpen)
    {
        private readonly Lock gate = new();
        private bool open = isOpen;
        private int inside;
        private TaskCompletionSource? empty;

        public bool TryEnter()
        {
            lock (gate)
            {
                inside += open ? 1 : 0;
                return open;
            }
        }

        public void Leave()
        {
            lock (gate)
            {
                inside--;
                if (inside == 0)
                {
                    empty?.TrySetResult();
                }
            }
        }

        public Task CloseAsync()
        {
            lock (gate)
            {
                open = false;
                if (inside == 0)
                {
                    return Task.CompletedTask;
                }

                empty = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                return empty.Task;
            }
        }

        public void Reopen()
        {
            lock (gate)
            {
                open = true;
            }
        }
    }
}
