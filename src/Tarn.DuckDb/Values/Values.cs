using System.Globalization;
using System.Numerics;

namespace Tarn.DuckDb.Values;

/// <summary>A DECIMAL of up to 38 digits, more than <see cref="decimal"/> holds.</summary>
/// <param name="Unscaled">The digits without the point.</param>
/// <param name="Scale">How many of the digits stand behind the point, 0 to 38.</param>
public readonly record struct DuckDbDecimal(Int128 Unscaled, byte Scale)
{
    public static DuckDbDecimal From(decimal value)
    {
        var bits = decimal.GetBits(value);
        var digits = new Int128((uint)bits[2], ((ulong)(uint)bits[1] << 32) | (uint)bits[0]);
        return new DuckDbDecimal(value < 0 ? -digits : digits, value.Scale);
    }

    /// <summary>The value as <see cref="decimal"/>; <see cref="OverflowException"/> when it has more than 28 to 29 digits.</summary>
    public decimal ToDecimal()
    {
        var magnitude = Unscaled < 0 ? (UInt128)(-Unscaled) : (UInt128)Unscaled;
        if (magnitude >> 96 != 0 || Scale > 28)
        {
            // Trailing zeros may save it: 1.000...0 of scale 38 is still 1.
            var (digits, scale) = (magnitude, (int)Scale);
            while (digits % 10 == 0 && scale > 0)
            {
                (digits, scale) = (digits / 10, scale - 1);
            }

            return digits >> 96 != 0 || scale > 28 ? throw new OverflowException($"{this} does not fit System.Decimal") : Make(digits, scale, Unscaled < 0);
        }

        return Make(magnitude, Scale, Unscaled < 0);
    }

    /// <summary>All digits, with as many behind the point as the scale says: <c>-0.50</c>.</summary>
    public override string ToString()
    {
        var digits = BigInteger.Abs(Unscaled).ToString(CultureInfo.InvariantCulture);
        if (Scale > 0)
        {
            digits = digits.PadLeft(Scale + 1, '0');
            digits = string.Concat(digits.AsSpan(0, digits.Length - Scale), ".", digits.AsSpan(digits.Length - Scale));
        }

        return Unscaled < 0 ? "-" + digits : digits;
    }

    private static decimal Make(UInt128 magnitude, int scale, bool isNegative) =>
        new((int)(uint)magnitude, (int)(uint)(magnitude >> 32), (int)(uint)(magnitude >> 64), isNegative, (byte)scale);
}

/// <summary>An INTERVAL: its three parts are kept apart because months and days have no fixed length.</summary>
public readonly record struct DuckDbInterval(int Months, int Days, long Microseconds);

/// <summary>A TIMESTAMP_NS, finer than <see cref="DateTime"/>.</summary>
/// <param name="Nanoseconds">Since 1970, without time zone.</param>
public readonly record struct DuckDbTimestampNs(long Nanoseconds);

/// <summary>A TIME WITH TIME ZONE.</summary>
/// <param name="Microseconds">Local time of the day.</param>
/// <param name="OffsetSeconds">East of UTC.</param>
public readonly record struct DuckDbTimeTz(long Microseconds, int OffsetSeconds);
