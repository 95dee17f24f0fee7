namespace Tarn.Clients.Consumer.Leases;

/// <summary>
/// How far a shard has been processed: everything up to and including this record, which is a sequence number and the place in an aggregated record. Or a word of the
/// KCL's: where reading begins when nothing was checkpointed yet, or that the shard was read to its end. Ordered: the beginnings, records, the end.
/// </summary>
public sealed record Checkpoint : IComparable<Checkpoint>
{
    private const string ShardEndWord = "SHARD_END";

    private Checkpoint(string position, long subSequence)
    {
        Position = position;
        SubSequence = subSequence;
    }

    /// <summary>Nothing yet: from the oldest record that the stream has.</summary>
    public static Checkpoint TrimHorizon { get; } = new("TRIM_HORIZON", 0);

    /// <summary>Nothing yet: from the record that comes next.</summary>
    public static Checkpoint Latest { get; } = new("LATEST", 0);

    /// <summary>Nothing yet: from the time in the settings.</summary>
    public static Checkpoint AtTimestamp { get; } = new("AT_TIMESTAMP", 0);

    /// <summary>All of a closed shard.</summary>
    public static Checkpoint ShardEnd { get; } = new(ShardEndWord, 0);

    /// <summary>A sequence number in decimal, or one of the words.</summary>
    public string Position { get; }

    /// <summary>0 and up; 0 for a record that is no aggregate.</summary>
    public long SubSequence { get; }

    public bool IsEnd => Position == ShardEndWord;

    /// <summary>Whether no record was checkpointed.</summary>
    public bool IsBeginning => !IsEnd && !IsRecord;

    /// <summary>Whether it is a record's.</summary>
    public bool IsRecord => char.IsAsciiDigit(Position[0]);

    public static Checkpoint At(string sequenceNumber, long subSequence)
    {
        ArgumentException.ThrowIfNullOrEmpty(sequenceNumber);
        ArgumentOutOfRangeException.ThrowIfNegative(subSequence);
        return sequenceNumber.All(char.IsAsciiDigit) ? new Checkpoint(sequenceNumber, subSequence) : throw new ArgumentException($"'{sequenceNumber}' is not a sequence number.");
    }

    /// <summary>As lease tables hold it.</summary>
    /// <exception cref="FormatException">It is neither a number nor one of the words.</exception>
    public static Checkpoint Parse(string position, long subSequence) => position switch
    {
        "TRIM_HORIZON" => TrimHorizon,
        "LATEST" => Latest,
        "AT_TIMESTAMP" => AtTimestamp,
        ShardEndWord => ShardEnd,
        { Length: > 0 } when position.All(char.IsAsciiDigit) && subSequence >= 0 => new Checkpoint(position, subSequence),
        _ => throw new FormatException($"'{position}' with sub-sequence {subSequence} is not a checkpoint."),
    };

    public int CompareTo(Checkpoint? other)
    {
        if (other is null)
        {
            return 1;
        }

        if (Rank != other.Rank || !IsRecord)
        {
            return Rank.CompareTo(other.Rank);
        }

        // Decimal numbers without leading zeros: the longer one is larger.
        var order = Position.Length.CompareTo(other.Position.Length);
        order = order == 0 ? string.CompareOrdinal(Position, other.Position) : order;
        return order == 0 ? SubSequence.CompareTo(other.SubSequence) : order;
    }

    public static bool operator <(Checkpoint left, Checkpoint right) => left.CompareTo(right) < 0;

    public static bool operator >(Checkpoint left, Checkpoint right) => left.CompareTo(right) > 0;

    public static bool operator <=(Checkpoint left, Checkpoint right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Checkpoint left, Checkpoint right) => left.CompareTo(right) >= 0;

    public override string ToString() => IsRecord ? $"{Position}/{SubSequence}" : Position;

    private int Rank => IsEnd ? 2 : IsRecord ? 1 : 0;
}
