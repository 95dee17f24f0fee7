using System.Diagnostics.CodeAnalysis;

namespace Tarn.Kinesis.Records;

/// <summary>
/// A sequence number in AWS's layout, version 2: 47 hexadecimal digits that clients see as a decimal number of 56 digits. From the highest digit on: <c>2</c>, second of the
/// shard's creation (9), last digit of the shard's number (1), index (16), a byte that is 0 in numbers of records (2), second of arrival (9), number of the shard (8),
/// <c>2</c>. Numbers of one shard ascend with the index; consumers compare them as numbers.
/// </summary>
/// <param name="ShardCreatedSeconds">Seconds since 1970 UTC, up to 36 bits.</param>
/// <param name="ShardNumber">The number in <c>shardId-000000000007</c>, below 2^31.</param>
/// <param name="Index">Of the record in its shard, below 2^63.</param>
/// <param name="ArrivalSeconds">Seconds since 1970 UTC, up to 36 bits.</param>
public readonly record struct SequenceNumber(long ShardCreatedSeconds, uint ShardNumber, ulong Index, long ArrivalSeconds) : IComparable<SequenceNumber>
{
    /// <summary>Decimal digits of every sequence number.</summary>
    public const int Digits = 56;

    /// <summary>Whether the number is that of a place and not of a record: above the record with this index, below the next. The byte after the index is then 1.</summary>
    public bool IsBetween { get; init; }

    private const long SecondsMax = (1L << 36) - 1;
    private const ulong TenTo19 = 10_000_000_000_000_000_000;

    /// <summary>What a sequence number grows by when only the index grows by one: 2^80, 25 digits, the lowest first.</summary>
    private static ReadOnlySpan<byte> IndexStep => [6, 7, 1, 6, 0, 7, 4, 7, 1, 9, 2, 6, 4, 1, 6, 9, 1, 8, 5, 2, 9, 8, 0, 2, 1];

    /// <summary>Writes the 56 ASCII digits.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A time does not fit 36 bits.</exception>
    public void Format(Span<byte> target)
    {
        var (high, middle, low) = Limbs();
        // 186 bits are three groups of 18, 19 and 19 decimal digits.
        (var rest, var last) = DivRem(high, middle, low, TenTo19);
        (rest, var second) = DivRem(rest.High, rest.Middle, rest.Low, TenTo19);
        WriteDigits(rest.Low, target[..18]);
        WriteDigits(second, target.Slice(18, 19));
        WriteDigits(last, target.Slice(37, 19));
    }

    /// <summary>Makes the digits of a record those of the next one of the same shard and second. For batches: a tenth of <see cref="Format"/>.</summary>
    public static void Advance(Span<byte> digits)
    {
        var carry = 0;
        var at = Digits - 1;
        foreach (var step in IndexStep)
        {
            var digit = digits[at] - '0' + step + carry;
            carry = digit >= 10 ? 1 : 0;
            digits[at--] = (byte)('0' + digit - (10 * carry));
        }

        for (; carry != 0; at--)
        {
            carry = digits[at] == '9' ? 1 : 0;
            digits[at] = carry != 0 ? (byte)'0' : (byte)(digits[at] + 1);
        }
    }

    /// <summary>Reads the digits of a sequence number; false for anything that this server cannot have given, such as <c>0</c>.</summary>
    public static bool TryParse(ReadOnlySpan<byte> digits, [MaybeNullWhen(false)] out SequenceNumber number)
    {
        number = default;
        if (digits.Length != Digits)
        {
            return false;
        }

        ulong high = 0, middle = 0, low = 0;
        foreach (var digit in digits)
        {
            if (digit is < (byte)'0' or > (byte)'9')
            {
                return false;
            }

            var sum = ((UInt128)low * 10) + (uint)(digit - '0');
            low = (ulong)sum;
            sum = ((UInt128)middle * 10) + (ulong)(sum >> 64);
            middle = (ulong)sum;
            high = (high * 10) + (ulong)(sum >> 64);
        }

        var shard = (uint)(low >> 4);
        var index = (high << 48) | (middle >> 16);
        if (high >> 56 != 2 || (low & 0xF) != 2 || ((high >> 16) & 0xF) != (shard & 0xF) || ((middle >> 8) & 0xFF) > 1 || index > long.MaxValue || shard > int.MaxValue)
        {
            return false;
        }

        number = new SequenceNumber(
            ShardCreatedSeconds: (long)((high >> 20) & (ulong)SecondsMax),
            ShardNumber: shard,
            Index: index,
            ArrivalSeconds: (long)((low >> 36) | ((middle & 0xFF) << 28)))
        {
            IsBetween = ((middle >> 8) & 0xFF) == 1,
        };
        return true;
    }

    /// <summary>The order of the numbers.</summary>
    public int CompareTo(SequenceNumber other)
    {
        var (high, middle, low) = Limbs();
        var (otherHigh, otherMiddle, otherLow) = other.Limbs();
        return high != otherHigh ? high.CompareTo(otherHigh) : middle != otherMiddle ? middle.CompareTo(otherMiddle) : low.CompareTo(otherLow);
    }

    public static bool operator <(SequenceNumber left, SequenceNumber right) => left.CompareTo(right) < 0;

    public static bool operator >(SequenceNumber left, SequenceNumber right) => left.CompareTo(right) > 0;

    public static bool operator <=(SequenceNumber left, SequenceNumber right) => left.CompareTo(right) <= 0;

    public static bool operator >=(SequenceNumber left, SequenceNumber right) => left.CompareTo(right) >= 0;

    public override string ToString()
    {
        Span<byte> digits = stackalloc byte[Digits];
        Format(digits);
        return System.Text.Encoding.ASCII.GetString(digits);
    }

    /// <summary>The number as bits 128 to 191, 64 to 127 and 0 to 63.</summary>
    private (ulong High, ulong Middle, ulong Low) Limbs()
    {
        if (ShardCreatedSeconds is < 0 or > SecondsMax || ArrivalSeconds is < 0 or > SecondsMax)
        {
            throw new ArgumentOutOfRangeException(nameof(ArrivalSeconds), $"A sequence number holds times up to {SecondsMax} seconds; these are {ShardCreatedSeconds} and {ArrivalSeconds}.");
        }

        return (
            (2UL << 56) | ((ulong)ShardCreatedSeconds << 20) | ((ulong)(ShardNumber & 0xF) << 16) | (Index >> 48),
            (Index << 16) | (IsBetween ? 1UL << 8 : 0) | ((ulong)ArrivalSeconds >> 28),
            ((ulong)ArrivalSeconds << 36) | ((ulong)ShardNumber << 4) | 2);
    }

    private static ((ulong High, ulong Middle, ulong Low) Quotient, ulong Remainder) DivRem(ulong high, ulong middle, ulong low, ulong divisor)
    {
        var highQuotient = high / divisor;
        var rest = ((UInt128)(high % divisor) << 64) | middle;
        var middleQuotient = (ulong)(rest / divisor);
        rest = ((rest - ((UInt128)middleQuotient * divisor)) << 64) | low;
        var lowQuotient = (ulong)(rest / divisor);
        return ((highQuotient, middleQuotient, lowQuotient), (ulong)(rest - ((UInt128)lowQuotient * divisor)));
    }

    private static void WriteDigits(ulong value, Span<byte> target)
    {
        for (var at = target.Length - 1; at >= 0; at--)
        {
            (value, var digit) = Math.DivRem(value, 10);
            target[at] = (byte)('0' + digit);
        }
    }
}
