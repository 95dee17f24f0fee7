namespace Tarn.Clients.Consumer.Leases;

/// <summary>What a worker does about leases next.</summary>
/// <param name="Take">To be made its own.</param>
/// <param name="Ask">Of other workers who have more; they are asked to hand over.</param>
internal sealed record LeasePlan(IReadOnlyList<Lease> Take, IReadOnlyList<Lease> Ask);

/// <summary>
/// Decides which leases a worker takes, so that each worker that is alive has its fair share: the leases divided by the workers, rounded up. What it knows of others are the rows. A lease
/// whose counter was seen unchanged for the failover time, by this worker's own clock, has lost its owner. One caller at a time.
/// </summary>
internal sealed class LeaseBalancer(string worker, LeaseBalancerSettings settings, TimeProvider time, Random random)
{
    private readonly Dictionary<string, (long Counter, long SeenAt)> seen = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> askedAt = new(StringComparer.Ordinal);

    /// <param name="leases">All rows, as they were listed just now.</param>
    /// <param name="busy">Keys that this worker has to do with already.</param>
    public LeasePlan Plan(IReadOnlyList<Lease> leases, IReadOnlySet<string> busy)
    {
        Observe(leases);
        var byKey = leases.ToDictionary(lease => lease.Key, StringComparer.Ordinal);
        var active = leases.Where(lease => !lease.Checkpoint.IsEnd && ParentsAreRead(lease, byKey)).ToList();
        var reserved = active.Where(lease => !busy.Contains(lease.Key) && IsReserved(lease)).ToList();
        var free = active.Where(lease => !busy.Contains(lease.Key) && !IsReserved(lease) && IsFree(lease)).ToList();
        var loads = Loads(active, free);
        var share = (active.Count + loads.Count - 1) / loads.Count;
        var room = Math.Max(0, settings.LeasesMax - busy.Count);
        var missing = Math.Min(room, share - loads[worker]);
        random.Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(free));
        var taken = free.Take(Math.Max(0, missing)).ToList();
        var asked = taken.Count == free.Count ? ToAsk(active, loads, share, missing - taken.Count) : [];
        return new LeasePlan([.. reserved.Take(room), .. taken], asked);
    }

    /// <summary>Whether an owner was asked who has not handed over yet, as far as is known.</summary>
    public bool IsWaiting => askedAt.Count > 0;

    /// <summary>To be called when an owner has been asked, after the row was written.</summary>
    public void Asked(string key) => askedAt[key] = time.GetTimestamp();

    /// <summary>Whether nothing more comes before the shard's records: its parents are at their end, or not there any more, which is so only when they were read or have expired.</summary>
    public static bool ParentsAreRead(Lease lease, IReadOnlyDictionary<string, Lease> leases) =>
        lease.Parents.All(parent => !leases.TryGetValue(parent, out var found) || found.Checkpoint.IsEnd);

    private void Observe(IReadOnlyList<Lease> leases)
    {
        var now = time.GetTimestamp();
        foreach (var lease in leases)
        {
            if (!seen.TryGetValue(lease.Key, out var known) || known.Counter != lease.Counter)
            {
                seen[lease.Key] = (lease.Counter, now);
            }
        }

        if (seen.Count > leases.Count || askedAt.Count > 0)
        {
            var keys = leases.Select(lease => lease.Key).ToHashSet(StringComparer.Ordinal);
            var mine = leases.Where(lease => lease.RequestedBy == worker).Select(lease => lease.Key).ToHashSet(StringComparer.Ordinal);
            foreach (var key in seen.Keys.Where(key => !keys.Contains(key)).ToList())
            {
                seen.Remove(key);
            }

            foreach (var key in askedAt.Keys.Where(key => !mine.Contains(key)).ToList())
            {
                askedAt.Remove(key);
            }
        }
    }

    private bool IsExpired(Lease lease) => time.GetElapsedTime(seen[lease.Key].SeenAt) >= settings.FailoverTime;

    /// <summary>
    /// The owner was asked by this worker and has released it, or had the time to: he sees the request no later than the failover time after it was written, or has lost the lease by then,
    /// and from there he has the time of a graceful hand-over.
    /// </summary>
    private bool IsReserved(Lease lease) =>
        lease.RequestedBy == worker && (lease.Owner is null || (askedAt.TryGetValue(lease.Key, out var at) && time.GetElapsedTime(at) >= settings.FailoverTime + settings.HandOverTime));

    /// <summary>Nobody reads it: it has no owner and nobody is to get it, or its owner is gone, or it is this worker's own that was lost by a pause.</summary>
    private bool IsFree(Lease lease) => (lease.Owner is null && lease.RequestedBy is null) || lease.Owner == worker || IsExpired(lease);

    /// <summary>Leases per worker that is alive. What was asked for counts to whom asked.</summary>
    private Dictionary<string, int> Loads(List<Lease> active, List<Lease> free)
    {
        var nobodys = free.Select(lease => lease.Key).ToHashSet(StringComparer.Ordinal);
        var loads = new Dictionary<string, int>(StringComparer.Ordinal) { [worker] = 0 };
        foreach (var lease in active.Where(lease => !nobodys.Contains(lease.Key)))
        {
            // This worker's own that it has just released have neither.
            if ((lease.RequestedBy ?? lease.Owner) is { } holder)
            {
                loads[holder] = loads.GetValueOrDefault(holder) + 1;
                loads.TryAdd(lease.Owner ?? holder, 0);
            }
        }

        return loads;
    }

    private List<Lease> ToAsk(List<Lease> active, Dictionary<string, int> loads, int share, int missing)
    {
        var (heaviest, load) = loads.Where(entry => entry.Key != worker).OrderByDescending(entry => entry.Value).FirstOrDefault();
        if (missing <= 0 || heaviest is null || load == 0)
        {
            return [];
        }

        // Rounding up can leave a worker without a lease though nobody has more than his share: then one is moved where that makes it even.
        var count = Math.Min(missing, load - share);
        count = count <= 0 && load - loads[worker] > 1 ? 1 : count;
        var candidates = active.Where(lease => lease.Owner == heaviest && lease.RequestedBy is null && !IsExpired(lease)).ToArray();
        random.Shuffle(candidates);
        return [.. candidates.Take(Math.Clamp(count, 0, settings.AskedPerRoundMax))];
    }
}

/// <param name="FailoverTime">After which a lease that is not renewed is taken.</param>
/// <param name="HandOverTime">What an owner who was asked has for his last records and checkpoint.</param>
/// <param name="LeasesMax">That a worker holds at most.</param>
/// <param name="AskedPerRoundMax">Leases that are asked for in a round.</param>
internal sealed record LeaseBalancerSettings(TimeSpan FailoverTime, TimeSpan HandOverTime, int LeasesMax, int AskedPerRoundMax);
