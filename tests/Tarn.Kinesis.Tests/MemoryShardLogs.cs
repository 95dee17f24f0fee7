using Tarn.Kinesis.Streams;

namespace Tarn.Kinesis.Tests;

/// <summary>The log as the control plane sees it, in memory: which shards have room, and which of them take records. What the contract forbids fails.</summary>
internal sealed class MemoryShardLogs : IShardLogs
{
    /// <summary>Stream id and shard, and whether it takes records.</summary>
    private readonly Dictionary<(string Stream, int Shard), bool> shards = [];

    private readonly List<string> calls = [];

    /// <summary>Every call, such as <c>close 0,1</c>.</summary>
    public IReadOnlyList<string> Calls
    {
        get
        {
            lock (calls)
            {
                return [.. calls];
            }
        }
    }

    /// <summary>Makes the next call of this name fail; null for none.</summary>
    public string? FailsAt { get; set; }

    public bool HasCalled(string call) => Calls.Contains(call);

    public IEnumerable<int> Open(string stream) => shards.Where(shard => shard.Key.Stream == stream && shard.Value).Select(shard => shard.Key.Shard).Order();

    public IEnumerable<int> All(string stream) => shards.Keys.Where(shard => shard.Stream == stream).Select(shard => shard.Shard).Order();

    public ValueTask StartAsync(IReadOnlyCollection<StreamSnapshot> streams, CancellationToken cancellationToken)
    {
        Called("start", []);
        shards.Clear();
        foreach (var stream in streams)
        {
            foreach (var shard in stream.Shards)
            {
                shards.Add((stream.Id, shard.Index), shard.IsOpen);
            }
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask CloseAsync(StreamSnapshot stream, IReadOnlyList<Shard> closed, CancellationToken cancellationToken)
    {
        Called("close", closed);
        foreach (var shard in closed)
        {
            Assert.True(shards[(stream.Id, shard.Index)], $"{shard.Id} was closed already");
            shards[(stream.Id, shard.Index)] = false;
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask ReopenAsync(StreamSnapshot stream, IReadOnlyList<Shard> closed, CancellationToken cancellationToken)
    {
        Called("reopen", closed);
        foreach (var shard in closed)
        {
            shards[(stream.Id, shard.Index)] = true;
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask AddAsync(StreamSnapshot stream, IReadOnlyList<Shard> added, CancellationToken cancellationToken)
    {
        Called("add", added);
        foreach (var shard in added)
        {
            shards.Add((stream.Id, shard.Index), shard.IsOpen);
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask FreeAsync(StreamSnapshot stream, IReadOnlyList<Shard> freed, CancellationToken cancellationToken)
    {
        Called("free", freed);
        foreach (var shard in freed)
        {
            shards.Remove((stream.Id, shard.Index));
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask FreeAsync(StreamSnapshot stream, CancellationToken cancellationToken)
    {
        Called("free all", []);
        foreach (var shard in All(stream.Id).ToList())
        {
            shards.Remove((stream.Id, shard));
        }

        return ValueTask.CompletedTask;
    }

    private void Called(string name, IReadOnlyList<Shard> of)
    {
        lock (calls)
        {
            calls.Add(of.Count == 0 ? name : $"{name} {string.Join(',', of.Select(shard => shard.Index))}");
        }

        if (FailsAt == name)
        {
            FailsAt = null;
            throw new IOException($"{name} fails, as the test asked");
        }
    }
}
