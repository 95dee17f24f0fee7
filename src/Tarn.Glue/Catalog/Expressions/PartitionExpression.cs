using Tarn.Glue.Catalog.Partitions;

namespace Tarn.Glue.Catalog.Expressions;

/// <summary>
/// A filter over partitions, bound to the keys of a table: literals are encoded as the keys are, so comparing is comparing bytes. Null follows SQL:
/// a comparison with it is neither true nor false.
/// </summary>
internal abstract record PartitionExpression
{
    /// <summary>True, false, or null for unknown.</summary>
    public abstract bool? Evaluate(in PartitionKeyValues values);

    /// <summary>
    /// A superset of the values of the key at <paramref name="key"/> that can make this true (or, <paramref name="negated"/>, false).
    /// </summary>
    public abstract ByteRanges Ranges(int key, bool negated);
}

internal sealed record AndExpression(PartitionExpression Left, PartitionExpression Right) : PartitionExpression
{
    public override bool? Evaluate(in PartitionKeyValues values) =>
        Left.Evaluate(values) is var left && left == false ? false : Right.Evaluate(values) is var right && right == false ? false : left is null || right is null ? null : true;

    public override ByteRanges Ranges(int key, bool negated) =>
        negated ? Left.Ranges(key, true).Union(Right.Ranges(key, true)) : Left.Ranges(key, false).Intersect(Right.Ranges(key, false));
}

internal sealed record OrExpression(PartitionExpression Left, PartitionExpression Right) : PartitionExpression
{
    public override bool? Evaluate(in PartitionKeyValues values) =>
        Left.Evaluate(values) is var left && left == true ? true : Right.Evaluate(values) is var right && right == true ? true : left is null || right is null ? null : false;

    public override ByteRanges Ranges(int key, bool negated) =>
        negated ? Left.Ranges(key, true).Intersect(Right.Ranges(key, true)) : Left.Ranges(key, false).Union(Right.Ranges(key, false));
}

internal sealed record NotExpression(PartitionExpression Operand) : PartitionExpression
{
    public override bool? Evaluate(in PartitionKeyValues values) => !Operand.Evaluate(values);

    public override ByteRanges Ranges(int key, bool negated) => Operand.Ranges(key, !negated);
}

/// <summary>A condition on one key.</summary>
/// <param name="Key">Position of the key in the table.</param>
internal abstract record KeyExpression(int Key, PartitionKeyType Type) : PartitionExpression
{
    public override ByteRanges Ranges(int key, bool negated)
    {
        if (key != Key)
        {
            return ByteRanges.All;
        }

        // A value that the type cannot read is an error and not a row: keep it in sight, so that the filter comes across it.
        var ranges = OwnRanges(negated);
        return Type.IsText ? ranges : ranges.Union(ByteRanges.Prefix([PartitionKeyCodec.InvalidTag]));
    }

    protected abstract ByteRanges OwnRanges(bool negated);

    protected static ByteRanges Values { get; } = ByteRanges.Prefix([PartitionKeyCodec.ValueTag]);
}

/// <param name="Literal">Tag and value, without suffix.</param>
internal sealed record CompareExpression(int Key, PartitionKeyType Type, Comparison Comparison, byte[] Literal) : KeyExpression(Key, Type)
{
    public override bool? Evaluate(in PartitionKeyValues values)
    {
        if (!values.TryGet(Key, Type, out var value))
        {
            return null;
        }

        var order = value.SequenceCompareTo(Literal);
        return Comparison switch
        {
            Comparison.Equal => order == 0,
            Comparison.NotEqual => order != 0,
            Comparison.Less => order < 0,
            Comparison.LessOrEqual => order <= 0,
            Comparison.Greater => order > 0,
            _ => order >= 0,
        };
    }

    protected override ByteRanges OwnRanges(bool negated)
    {
        var equal = ByteRanges.Prefix(Literal);
        var less = ByteRanges.Between([PartitionKeyCodec.ValueTag], Literal);
        var greater = ByteRanges.Between(ByteRanges.After(Literal), [PartitionKeyCodec.ValueTag + 1]);
        return (negated ? Comparison.Opposite() : Comparison) switch
        {
            Comparison.Equal => equal,
            Comparison.NotEqual => less.Union(greater),
            Comparison.Less => less,
            Comparison.LessOrEqual => less.Union(equal),
            Comparison.Greater => greater,
            _ => greater.Union(equal),
        };
    }
}

internal sealed record InExpression(int Key, PartitionKeyType Type, IReadOnlyList<byte[]> Literals) : KeyExpression(Key, Type)
{
    public override bool? Evaluate(in PartitionKeyValues values)
    {
        if (!values.TryGet(Key, Type, out var value))
        {
            return null;
        }

        foreach (var literal in Literals)
        {
            if (value.SequenceEqual(literal))
            {
                return true;
            }
        }

        return false;
    }

    protected override ByteRanges OwnRanges(bool negated) =>
        negated ? Values : Literals.Aggregate(ByteRanges.None, (ranges, literal) => ranges.Union(ByteRanges.Prefix(literal)));
}

/// <param name="Pattern">SQL's pattern: <c>%</c> for any text, <c>_</c> for one character.</param>
internal sealed record LikeExpression(int Key, PartitionKeyType Type, string Pattern) : KeyExpression(Key, Type)
{
    public override bool? Evaluate(in PartitionKeyValues values) => LikePattern.Matches(Pattern, values.Text(Key));

    protected override ByteRanges OwnRanges(bool negated)
    {
        var literal = Pattern.AsSpan();
        var wildcard = literal.IndexOfAny('%', '_');
        if (negated || wildcard == 0)
        {
            return Values;
        }

        var output = new List<byte> { PartitionKeyCodec.ValueTag };
        PartitionKeyBytes.AppendText(Pattern[..(wildcard < 0 ? literal.Length : wildcard)], output);
        return ByteRanges.Prefix([.. wildcard < 0 ? output : output[..^1]]);
    }
}

internal sealed record IsNullExpression(int Key, PartitionKeyType Type) : KeyExpression(Key, Type)
{
    public override bool? Evaluate(in PartitionKeyValues values) => values.IsNull(Key);

    protected override ByteRanges OwnRanges(bool negated) => ByteRanges.All;
}

internal enum Comparison
{
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

internal static class Comparisons
{
    /// <summary>NOT (a op b).</summary>
    public static Comparison Opposite(this Comparison comparison) => comparison switch
    {
        Comparison.Equal => Comparison.NotEqual,
        Comparison.NotEqual => Comparison.Equal,
        Comparison.Less => Comparison.GreaterOrEqual,
        Comparison.LessOrEqual => Comparison.Greater,
        Comparison.Greater => Comparison.LessOrEqual,
        _ => Comparison.Less,
    };

    /// <summary>b op a for a op b.</summary>
    public static Comparison Mirrored(this Comparison comparison) => comparison switch
    {
        Comparison.Less => Comparison.Greater,
        Comparison.LessOrEqual => Comparison.GreaterOrEqual,
        Comparison.Greater => Comparison.Less,
        Comparison.GreaterOrEqual => Comparison.LessOrEqual,
        _ => comparison,
    };
}
