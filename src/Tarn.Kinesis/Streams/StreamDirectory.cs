using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Tarn.Contracts;

namespace Tarn.Kinesis.Streams;

/// <summary>
/// Every stream by name, ARN and id, in memory. Any thread may look; only <see cref="StreamStore"/> changes it, after the store's commit. A stream's snapshot is
/// replaced with one write, so a reader sees the stream before or after a change, never between.
/// </summary>
internal sealed class StreamDirectory
{
    private readonly ConcurrentDictionary<(AwsScope Scope, string Name), Slot> byName = new();
    private readonly ConcurrentDictionary<string, Slot> byArn = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Slot> byId = new(StringComparer.Ordinal);

    public IEnumerable<StreamSnapshot> All => byId.Values.Select(slot => slot.Current);

    public bool TryFind(AwsScope scope, string name, [NotNullWhen(true)] out StreamSnapshot? stream) => Out(byName.TryGetValue((scope, name), out var slot), slot, out stream);

    public bool TryFindByArn(string arn, [NotNullWhen(true)] out StreamSnapshot? stream) => Out(byArn.TryGetValue(arn, out var slot), slot, out stream);

    public bool TryFindById(string id, [NotNullWhen(true)] out StreamSnapshot? stream) => Out(byId.TryGetValue(id, out var slot), slot, out stream);

    /// <summary>Adds a stream, or replaces the snapshot of the one with its id.</summary>
    public void Publish(StreamSnapshot stream)
    {
        if (byId.TryGetValue(stream.Id, out var slot))
        {
            var old = slot.Current;
            slot.Current = stream;
            old.MarkReplaced();
            return;
        }

        slot = new Slot(stream);
        byId[stream.Id] = slot;
        byArn[stream.Arn] = slot;
        byName[(stream.Scope, stream.Name)] = slot;
    }

    public void Remove(StreamSnapshot stream)
    {
        byName.TryRemove((stream.Scope, stream.Name), out _);
        byArn.TryRemove(stream.Arn, out _);
        if (byId.TryRemove(stream.Id, out var slot))
        {
            slot.Current.MarkReplaced();
        }
    }

    private static bool Out(bool isFound, Slot? slot, [NotNullWhen(true)] out StreamSnapshot? stream)
    {
        stream = isFound ? slot!.Current : null;
        return isFound;
    }

    private sealed class Slot(StreamSnapshot stream)
    {
        private volatile StreamSnapshot current = stream;

        public StreamSnapshot Current
        {
            get => current;
            set => current = value;
        }
    }
}
