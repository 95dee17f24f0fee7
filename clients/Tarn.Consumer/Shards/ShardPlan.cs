using Tarn.Clients.Consumer.Leases;
using Tarn.Clients.Kinesis;

namespace Tarn.Clients.Consumer.Shards;

/// <summary>
/// Which leases a stream's shards need. Parents come before their children in <see cref="Create"/>, and are to be created in that order: a lease that has a child's lease beside it and is
/// not there was read to its end and deleted.
/// </summary>
internal sealed record ShardPlan(IReadOnlyList<Lease> Create, IReadOnlyList<Lease> Delete)
{
    /// <param name="leases">Listed before the shards, so that a lease whose shard is not listed is of one that has expired.</param>
    /// <param name="shards">All of the stream that have not expired.</param>
    public static ShardPlan Make(IReadOnlyList<Lease> leases, IReadOnlyList<Shard> shards, Checkpoint initial)
    {
        if (shards.Count == 0)
        {
            // No stream is without shards: an answer like this is no reason to delete anything.
            return new ShardPlan([], []);
        }

        var family = new ShardFamily(shards);
        var known = leases.ToDictionary(lease => lease.Key, StringComparer.Ordinal);
        var hasExpired = leases.Any(lease => !family.Contains(lease.Key));
        var create = new List<Lease>();
        foreach (var shard in family.ParentsFirst)
        {
            // A shard before one that has a lease was read to its end.
            if (!known.ContainsKey(shard.ShardId) && !family.Descendants(shard.ShardId).Any(known.ContainsKey) && Beginning(shard, family, known, initial, hasExpired) is { } checkpoint)
            {
                var lease = new Lease { Key = shard.ShardId, Checkpoint = checkpoint, Parents = ShardFamily.Parents(shard), HashKeyRange = shard.HashKeyRange };
                create.Add(lease);
                known.Add(lease.Key, lease);
            }
        }

        return new ShardPlan(create, [.. leases.Where(lease => IsOver(lease, family, known))]);
    }

    /// <summary>Where a shard without a lease begins; null when it is not read at all.</summary>
    private static Checkpoint? Beginning(Shard shard, ShardFamily family, Dictionary<string, Lease> leases, Checkpoint initial, bool hasExpired)
    {
        if (initial != Checkpoint.Latest)
        {
            return initial;
        }

        if (family.Ancestors(shard.ShardId).Any(leases.ContainsKey))
        {
            return Checkpoint.TrimHorizon;
        }

        // Between the shards that were read and this one are some that came and expired while no worker ran: what is left of their children was never read.
        if (hasExpired && family.Ancestors(shard.ShardId).Any(ancestor => !family.Contains(ancestor)))
        {
            return Checkpoint.TrimHorizon;
        }

        return shard.IsOpen ? Checkpoint.Latest : null;
    }

    /// <summary>The shard has expired, or was read to its end and its children have begun, so that they do not need to know.</summary>
    private static bool IsOver(Lease lease, ShardFamily family, Dictionary<string, Lease> leases)
    {
        if (!family.Contains(lease.Key))
        {
            return true;
        }

        var children = family.Children(lease.Key);
        return lease.Checkpoint.IsEnd && children.Count > 0 && children.All(child =>
            leases.TryGetValue(child, out var found) ? !found.Checkpoint.IsBeginning : family.Descendants(child).Any(leases.ContainsKey));
    }
}

/// <summary>Who comes of whom among the shards of a stream.</summary>
internal sealed class ShardFamily
{
    private readonly Dictionary<string, Shard> shards;
    private readonly ILookup<string, string> children;

    public ShardFamily(IReadOnlyList<Shard> shards)
    {
        this.shards = shards.ToDictionary(shard => shard.ShardId, StringComparer.Ordinal);
        children = shards.SelectMany(shard => Parents(shard).Select(parent => (Parent: parent, shard.ShardId))).ToLookup(pair => pair.Parent, pair => pair.ShardId, StringComparer.Ordinal);
        var ordered = new List<Shard>();
        var visited = new HashSet<string>(StringComparer.Ordinal);
        foreach (var shard in shards)
        {
            Visit(shard, visited, ordered);
        }

        ParentsFirst = ordered;
    }

    public IReadOnlyList<Shard> ParentsFirst { get; }

    public static IReadOnlyList<string> Parents(Shard shard) => [.. new[] { shard.ParentShardId, shard.AdjacentParentShardId }.OfType<string>()];

    public bool Contains(string shardId) => shards.ContainsKey(shardId);

    public IReadOnlyCollection<string> Children(string shardId) => [.. children[shardId]];

    public IEnumerable<string> Descendants(string shardId) => Walk(shardId, id => children[id]);

    /// <summary>Also the nearest that are not listed any more.</summary>
    public IEnumerable<string> Ancestors(string shardId) => Walk(shardId, id => shards.TryGetValue(id, out var shard) ? Parents(shard) : []);

    private static IEnumerable<string> Walk(string start, Func<string, IEnumerable<string>> next)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal) { start };
        var open = new Queue<string>(next(start));
        while (open.TryDequeue(out var id))
        {
            if (seen.Add(id))
            {
                yield return id;
                foreach (var further in next(id))
                {
                    open.Enqueue(further);
                }
            }
        }
    }

    /// <summary>Generations can be deep where a stream is split and merged all day, so the way to the oldest is a list and not the call stack.</summary>
    private void Visit(Shard shard, HashSet<string> visited, List<Shard> ordered)
    {
        var path = new Stack<Shard>([shard]);
        while (path.TryPeek(out var top))
        {
            var before = Parents(top).Where(parent => shards.ContainsKey(parent) && !visited.Contains(parent)).ToList();
            if (visited.Contains(top.ShardId))
            {
                path.Pop();
            }
            else if (before.Count > 0)
            {
                before.ForEach(parent => path.Push(shards[parent]));
            }
            else
            {
                visited.Add(top.ShardId);
                ordered.Add(path.Pop());
            }
        }
    }
}
