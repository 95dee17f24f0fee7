using System.Numerics;
using System.Security.Cryptography;
using System.Text;

namespace Tarn.Kinesis.Tests.Simulation;

/// <summary>A record that was acknowledged, or was found after a crash.</summary>
/// <param name="Ms">Its arrival, in milliseconds since 1970 UTC.</param>
internal sealed record ModelRecord(BigInteger Number, string Key, byte[] Data, long Ms, bool IsEncrypted);

/// <summary>A shard as it must be: a list of records, of which those before the horizon have expired.</summary>
internal sealed class ModelShard
{
    public required string Id { get; init; }

    public required UInt128 Start { get; init; }

    /// <summary>Inclusive.</summary>
    public required UInt128 End { get; init; }

    public required string[] Parents { get; init; }

    /// <summary>The shard's own first number, before that of every record.</summary>
    public required BigInteger First { get; init; }

    public List<ModelRecord> Records { get; } = [];

    public int Horizon { get; private set; }

    public long? ClosedMs { get; set; }

    public bool Holds(UInt128 hash) => Start <= hash && hash <= End;

    /// <summary>What has expired stays gone, whatever becomes of the retention.</summary>
    public void Expire(long beforeMs)
    {
        while (Horizon < Records.Count && Records[Horizon].Ms < beforeMs)
        {
            Horizon++;
        }
    }
}

/// <summary>What becomes of a stream: members that are null stay.</summary>
/// <param name="Status">What the stream shows until it is done.</param>
internal sealed record ModelChange(string Status, Reshard? Reshard = null, long? RetentionHours = null, bool? Encrypts = null)
{
    /// <summary>When it is done, in milliseconds since 1970 UTC.</summary>
    public long DueMs { get; init; }

    public bool Deletes => Status == "DELETING";
}

/// <summary>What becomes of a stream's shards.</summary>
internal abstract record Reshard
{
    private Reshard()
    {
    }

    internal sealed record Split(string Shard, UInt128 At) : Reshard;

    internal sealed record Merge(string Lower, string Upper) : Reshard;

    /// <summary>Also that of a new stream, which has none before.</summary>
    internal sealed record Scale(long Target) : Reshard;
}

/// <summary>A stream as it must be.</summary>
internal sealed class ModelStream(string name)
{
    public string Name => name;

    public string Id { get; set; } = "";

    /// <summary>The stream by name, by ARN or by both.</summary>
    public Members Named(Random random)
    {
        var members = new Members();
        var draw = random.Next(3);
        if (draw != 0)
        {
            members["StreamName"] = Name;
        }

        if (draw != 1)
        {
            members["StreamARN"] = Arn;
        }

        return members;
    }

    public string Arn => $"arn:aws:kinesis:us-east-1:000000000000:stream/{name}";

    public Dictionary<string, ModelShard> Shards { get; } = [];

    public long RetentionHours { get; set; } = 24;

    public bool IsEncrypted { get; set; }

    public ModelChange? Pending { get; set; }

    /// <summary>The last number of each hash key, in whatever shard.</summary>
    public Dictionary<UInt128, BigInteger> LastNumbers { get; } = [];

    /// <summary>By hash key.</summary>
    public IReadOnlyList<ModelShard> Open => [.. Shards.Values.Where(shard => shard.ClosedMs is null).OrderBy(shard => shard.Start)];

    /// <summary>Lets go what has expired by now: records, and closed shards with all theirs.</summary>
    public void Expire(long nowMs)
    {
        var beforeMs = nowMs - (RetentionHours * 3_600_000);
        foreach (var shard in Shards.Values.Where(shard => shard.ClosedMs <= beforeMs).ToList())
        {
            Shards.Remove(shard.Id);
        }

        foreach (var shard in Shards.Values)
        {
            shard.Expire(beforeMs);
        }
    }
}

/// <summary>One record of a request.</summary>
internal sealed record Draft(string Key, string? ExplicitHash, byte[] Data)
{
    public UInt128 Hash { get; } = ExplicitHash is null
        ? System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(MD5.HashData(Encoding.UTF8.GetBytes(Key)))
        : UInt128.Parse(ExplicitHash, System.Globalization.CultureInfo.InvariantCulture);

    public Members Entry()
    {
        var entry = new Members { ["PartitionKey"] = Key, ["Data"] = Data };
        if (ExplicitHash is not null)
        {
            entry["ExplicitHashKey"] = ExplicitHash;
        }

        return entry;
    }
}
