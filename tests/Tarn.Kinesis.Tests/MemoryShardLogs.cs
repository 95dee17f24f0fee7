using Tarn.Kinesis.Streams;

namespace Tarn.Kinesis.Tests;

/// <summary>The log as the control plane sees it, in memory: which shards have room, and which of them take records. What the contract forbids fails. Thread-safe.</summary>
internal sealed class MemoryShardLogs : IShardLogs
{
    private readonly Lock gate = new();

    /// <summary>Stream id and shard, and whether it takes records.</summary>
    private readonly Dictionary<(string Stream, int Shard), bool> shards = [];
    private readonly List<string> calls = [];

    private readonly Dictionary<string, int> numbers = [];

    /// <summary>The numbers of the streams that have shards.</summary>
    public IReadOnlyList<int> Numbers => Read(() => shards.Keys.Select(shard => numbers[shard.Stream]).Distinct().Order().ToList());

    /// <summary>Every call, such as <c>close 0,1</c>.</summary>
    public IReadOnlyList<string> Calls => Read(() => calls.ToList());

    /// <summary>Makes the next call of this name fail; null for none.</summary>
    public string? FailsAt { get; set; }

    /// <summary>The shards of a stream that take records.</summary>
    public IReadOnlyList<int> Open(string stream) => Read(() => shards.Where(shard => shard.Key.Stream == stream && shard.Value).Select(shard => shard.Key.Shard).Order().ToList());

    public IReadOnlyList<int> All(string stream) => Read(() => shards.Keys.Where(shard => shard.Stream == stream).Select(shard => shard.Shard).Order().ToList());

    public ValueTask StartAsync(IReadOnlyCollection<StreamSnapshot> streams, CancellationToken cancellationToken) => Called("start", [], () =>
    {
        shards.Clear();
        foreach (var (stream, shard) in streams.SelectMany(stream => stream.Shards.Select(shard => (stream, shard))))
        {
            numbers[stream.Id] = stream.Record.Number;
            shards.Add((stream.Id, shard.Index), shard.IsOpen);
        }
    });

    public ValueTask CloseAsync(StreamSnapshot stream, IReadOnlyList<Shard> closed, CancellationToken cancellationToken) => Called("close", closed, () =>
    {
        foreach (var shard in closed)
        {
            Assert.True(shards[(stream.Id, shard.Index)], $"{shard.Id} was closed already");
            shards[(stream.Id, shard.Index)] = false;
        }
    });

    public ValueTask ReopenAsync(StreamSnapshot stream, IReadOnlyList<Shard> closed, CancellationToken cancellationToken) => Called("reopen", closed, () =>
    {
        foreach (var shard in closed)
        {
            shards[(stream.Id, shard.Index)] = true;
        }
    });

    public ValueTask AddAsync(StreamSnapshot stream, IReadOnlyList<Shard> added, CancellationToken cancellationToken) => Called("add", added, () =>
    {
        numbers[stream.Id] = stream.Record.Number;
        foreach (var shard in added)
        {
            shards[(stream.Id, shard.Index)] = shard.IsOpen;
        }
    });

    public ValueTask SetRetentionAsync(StreamSnapshot stream, CancellationToken cancellationToken) => Called($"retention {stream.Settings.RetentionHours}", [], () => { });

    public ValueTask FreeAsync(StreamSnapshot stream, IReadOnlyList<Shard> freed, CancellationToken cancellationToken) => Called("free", freed, () =>
    {
        foreach (var shard in freed)
        {
            shards.Remove((stream.Id, shard.Index));
        }
    });

    public ValueTask FreeAsync(StreamSnapshot stream, CancellationToken cancellationToken) => Called("free all", [], () =>
    {
        foreach (var shard in shards.Keys.Where(shard => shard.Stream == stream.Id).ToList())
        {
            shards.Remove(shard);
        }
    });

    private T Read<T>(Func<T> read)
    {
        lock (gate)
        {
            return read();
        }
    }

    private ValueTask Called(string name, IReadOnlyList<Shard> of, Action change)
    {
        lock (gate)
        {
            calls.Add(of.Count == 0 ? name : $"{name} {string.Join(',', of.Select(shard => shard.Index))}");
            if (FailsAt == name)
            {
                FailsAt = null;
                throw new IOException($"{name} fails, as the test asked");
            }

            change();
            return ValueTask.CompletedTask;
        }
    }
}
