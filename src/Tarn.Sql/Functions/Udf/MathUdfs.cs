using System.Globalization;
using System.Numerics;

namespace Tarn.Sql.Functions.Udf;

/// <summary>Arithmetic that DuckDB does otherwise: Java's functions, rounding, bits, bases.</summary>
internal static class MathUdfs
{
    public static void Register(UdfTable udfs)
    {
        udfs.Add("trino_exp", (double x) => Math.Exp(x));
        udfs.Add("trino_cbrt", (double x) => Math.Cbrt(x));
        udfs.Add("trino_sin", (double x) => Math.Sin(x));
        udfs.Add("trino_cos", (double x) => Math.Cos(x));
        udfs.Add("trino_tan", (double x) => Math.Tan(x));
        udfs.Add("trino_asin", (double x) => Math.Asin(x));
        udfs.Add("trino_acos", (double x) => Math.Acos(x));
        udfs.Add("trino_atan", (double x) => Math.Atan(x));
        udfs.Add("trino_sinh", (double x) => Math.Sinh(x));
        udfs.Add("trino_cosh", (double x) => Math.Cosh(x));
        udfs.Add("trino_tanh", (double x) => Math.Tanh(x));
        udfs.Add("trino_sqrt", (double x) => Math.Sqrt(x));
        udfs.Add("trino_ln", (double x) => Math.Log(x));
        udfs.Add("trino_log2", (double x) => Math.Log(x) / Math.Log(2));
        udfs.Add("trino_log10", (double x) => Math.Log10(x));
        udfs.Add("trino_log", (double b, double x) => Math.Log(x) / Math.Log(b));
        udfs.Add("trino_degrees", (double x) => x * (180.0 / Math.PI));
        udfs.Add("trino_radians", (double x) => x * (Math.PI / 180.0));
        udfs.Add("trino_atan2", (double y, double x) => Math.Atan2(y, x));
        udfs.Add("trino_power", (double x, double y) => Power(x, y));
        udfs.Add("trino_round", (double x, int digits) => Round(x, digits));
        udfs.Add("trino_round_real", (float x, int digits) => RoundReal(x, digits));
        udfs.Add("trino_round_integer", (sbyte x, int digits, string type) => (sbyte)RoundInteger(x, digits, type, sbyte.MinValue, sbyte.MaxValue));
        udfs.Add("trino_round_integer", (short x, int digits, string type) => (short)RoundInteger(x, digits, type, short.MinValue, short.MaxValue));
        udfs.Add("trino_round_integer", (int x, int digits, string type) => (int)RoundInteger(x, digits, type, int.MinValue, int.MaxValue));
        udfs.Add("trino_round_integer", (long x, int digits, string type) => RoundInteger(x, digits, type, long.MinValue, long.MaxValue));
        udfs.Add("trino_truncate_integer", (long x, int digits) => digits >= 0 ? x : digits <= -19 ? 0 : x / Power10(-digits) * Power10(-digits));
        udfs.Add("trino_round_decimal", (string x, int digits) => RoundDecimal(x, digits, truncates: false));
        udfs.Add("trino_truncate_decimal", (string x, int digits) => RoundDecimal(x, digits, truncates: true));
        udfs.Add("trino_decimal_divide", (string sum, long count, int scale) => Divide(sum, count, scale));
        udfs.Add("trino_decimal_modulo", (string a, string b, int scale) => Modulo(a, b, scale));
        udfs.Add("trino_bit_count", (long x, long bits) => BitCount(x, bits));
        udfs.Add("trino_shift", (long x, long shift, int bits, int kind) => Shift(x, shift, bits, kind));
        udfs.Add("trino_from_base", (string text, long radix) => FromBase(text, radix));
        udfs.Add("trino_to_base", (long value, long radix) => ToBase(value, radix));
        udfs.Add("trino_width_bucket", (double x, double low, double high, long count) => WidthBucket(x, low, high, count));
        udfs.Add("trino_width_bucket_bins", (double x, double?[] bins) => WidthBucket(x, bins));
        udfs.Add("trino_dot_product", (double?[] a, double?[] b) => Vectors.Dot(a, b));
        udfs.Add("trino_euclidean_distance", (double?[] a, double?[] b) => Vectors.Distance(a, b));
        udfs.Add("trino_cosine_similarity", (double?[] a, double?[] b) => Vectors.Cosine(a, b));
        udfs.Add("trino_normal_cdf", (double mean, double deviation, double x) => NormalDistribution.Cdf(mean, deviation, x));
        udfs.Add("trino_inverse_normal_cdf", (double mean, double deviation, double p) => NormalDistribution.Inverse(mean, deviation, p));
        udfs.Add("trino_wilson", (long successes, long trials, double z, int side) => NormalDistribution.Wilson(successes, trials, z, side));
        udfs.Add("trino_combinations", (long count, long size) => Combinations(count, size));
    }

    public static SqlException Argument(string message) => new("INVALID_FUNCTION_ARGUMENT", message);

    /// <summary>Java's pow(1, NaN) and pow(-1, Infinity) are NaN, those of IEEE 754 are 1.</summary>
    private static double Power(double x, double y) => double.IsNaN(y) || (Math.Abs(x) == 1 && double.IsInfinity(y)) ? double.NaN : Math.Pow(x, y);

    /// <summary>Half away from zero in decimal digits, as Trino does it: through the exact decimal value where the product would not be exact.</summary>
    private static double Round(double x, int digits)
    {
        if (!double.IsFinite(x) || x == 0)
        {
            return x;
        }

        if (digits == 0)
        {
            return Math.Round(x, MidpointRounding.AwayFromZero);
        }

        return NumberTexts.TryParseDecimal(NumberTexts.Double(x), out var unscaled, out var exponent) && digits < 400
            ? double.Parse(RoundText(unscaled, exponent, digits, truncates: false), NumberStyles.Float, CultureInfo.InvariantCulture)
            : x;
    }

    private static float RoundReal(float x, int digits) =>
        float.IsFinite(x) && digits < 400 && NumberTexts.TryParseDecimal(NumberTexts.Real(x), out var unscaled, out var exponent)
            ? float.Parse(RoundText(unscaled, exponent, digits, truncates: false), NumberStyles.Float, CultureInfo.InvariantCulture)
            : x;

    private static long RoundInteger(long x, int digits, string type, long min, long max)
    {
        if (digits >= 0)
        {
            return x;
        }

        if (digits < -18)
        {
            throw new SqlException("NUMERIC_VALUE_OUT_OF_RANGE", $"numerical overflow for {type}: {x}");
        }

        var unit = BigInteger.Pow(10, -digits);
        var rounded = x >= 0 ? (x + (unit / 2)) / unit * unit : (x - (unit / 2)) / unit * unit;
        return rounded >= min && rounded <= max ? (long)rounded : throw new SqlException("NUMERIC_VALUE_OUT_OF_RANGE", $"numerical overflow for {type}: {x}");
    }

    private static string RoundDecimal(string text, int digits, bool truncates)
    {
        NumberTexts.TryParseDecimal(text, out var unscaled, out var exponent);
        return digits >= -exponent ? text : RoundText(unscaled, exponent, digits, truncates);
    }

    /// <summary>A plain number rounded to <paramref name="digits"/> behind the point, or before it when negative.</summary>
    private static string RoundText(BigInteger unscaled, int exponent, int digits, bool truncates)
    {
        var drop = -exponent - digits;
        if (drop <= 0)
        {
            return $"{unscaled}E{exponent}";
        }

        if (drop > 800)
        {
            return "0";
        }

        var unit = BigInteger.Pow(10, drop);
        var half = truncates ? BigInteger.Zero : unit / 2;
        var rounded = unscaled.Sign >= 0 ? (unscaled + half) / unit : (unscaled - half) / unit;
        return digits >= 0 ? NumberTexts.Plain(rounded, digits) : (rounded * BigInteger.Pow(10, -digits)).ToString(CultureInfo.InvariantCulture);
    }

    private static string? Divide(string sum, long count, int scale)
    {
        if (count == 0)
        {
            return null;
        }

        NumberTexts.TryParseDecimal(sum, out var unscaled, out _);
        var (quotient, rest) = (BigInteger.Divide(BigInteger.Abs(unscaled), count), BigInteger.Remainder(BigInteger.Abs(unscaled), count));
        if (rest * 2 >= count)
        {
            quotient++;
        }

        return NumberTexts.Plain(unscaled.Sign < 0 ? -quotient : quotient, scale);
    }

    private static string Modulo(string a, string b, int scale)
    {
        NumberTexts.TryParseDecimal(a, out var x, out var xExponent);
        NumberTexts.TryParseDecimal(b, out var y, out var yExponent);
        x *= BigInteger.Pow(10, scale + xExponent);
        y *= BigInteger.Pow(10, scale + yExponent);
        return y.IsZero ? throw new SqlException("DIVISION_BY_ZERO", "Division by zero") : NumberTexts.Plain(BigInteger.Remainder(x, y), scale);
    }

    private static long Power10(int exponent)
    {
        var power = 1L;
        for (var i = 0; i < exponent; i++)
        {
            power *= 10;
        }

        return power;
    }

    private static long BitCount(long x, long bits)
    {
        if (bits is < 2 or > 64)
        {
            throw Argument($"Bits specified in bit_count must be between 2 and 64, got {bits}");
        }

        var lowest = bits == 64 ? long.MinValue : -(1L << (int)(bits - 1));
        var highest = bits == 64 ? long.MaxValue : (1L << (int)(bits - 1)) - 1;
        if (x < lowest || x > highest)
        {
            throw Argument($"Number must be representable with the bits specified. {x} cannot be represented with {bits} bits");
        }

        return BitOperations.PopCount(bits == 64 ? (ulong)x : (ulong)x & ((1UL << (int)bits) - 1));
    }

    /// <param name="kind">0 left, 1 right, 2 right with the sign.</param>
    private static long Shift(long x, long shift, int bits, int kind)
    {
        if (shift < 0)
        {
            throw Argument("Specified shift must be positive");
        }

        if (shift >= bits)
        {
            return kind == 2 && x < 0 ? -1 : 0;
        }

        var mask = bits == 64 ? ulong.MaxValue : (1UL << bits) - 1;
        var unsigned = kind switch
        {
            0 => (ulong)x << (int)shift,
            1 => ((ulong)x & mask) >> (int)shift,
            _ => (ulong)(x >> (int)shift),
        } & mask;
        var unused = 64 - bits;
        return (long)(unsigned << unused) >> unused;
    }

    private static long FromBase(string text, long radix)
    {
        CheckRadix(radix);
        BigInteger value = 0;
        var negative = text.StartsWith('-');
        var digits = text.AsSpan(text.Length > 0 && text[0] is '-' or '+' ? 1 : 0);
        foreach (var c in digits)
        {
            var digit = char.IsAsciiDigit(c) ? c - '0' : char.IsAsciiLetter(c) ? (c | 32) - 'a' + 10 : 99;
            if (digit >= radix)
            {
                throw Argument($"Not a valid base-{radix} number: {text}");
            }

            value = (value * radix) + digit;
        }

        value = negative ? -value : value;
        return digits.Length > 0 && value >= long.MinValue && value <= long.MaxValue ? (long)value : throw Argument($"Not a valid base-{radix} number: {text}");
    }

    private static string ToBase(long value, long radix)
    {
        CheckRadix(radix);
        var digits = new Stack<char>();
        var rest = BigInteger.Abs(value);
        do
        {
            digits.Push("0123456789abcdefghijklmnopqrstuvwxyz"[(int)(rest % radix)]);
            rest /= radix;
        }
        while (rest > 0);
        return (value < 0 ? "-" : "") + string.Concat(digits);
    }

    private static void CheckRadix(long radix)
    {
        if (radix is < 2 or > 36)
        {
            throw Argument("Radix must be between 2 and 36");
        }
    }

    private static long WidthBucket(double x, double low, double high, long count)
    {
        if (count <= 0)
        {
            throw Argument("bucketCount must be greater than 0");
        }

        if (double.IsNaN(x))
        {
            throw Argument("operand must not be NaN");
        }

        if (!double.IsFinite(low) || !double.IsFinite(high))
        {
            throw Argument(double.IsFinite(low) ? "second bound must be finite" : "first bound must be finite");
        }

        if (low == high)
        {
            throw Argument("bounds cannot equal each other");
        }

        var (bottom, top) = (Math.Min(low, high), Math.Max(low, high));
        if (x >= bottom && x < top)
        {
            var bucket = (long)(count * (low > high ? (low - x) : (x - low)) / (top - bottom)) + 1;
            return low > high ? Math.Min(bucket, count + 1) : bucket;
        }

        var isBelow = x < bottom;
        if (low > high && x == top)
        {
            return 1;
        }

        return isBelow == low < high ? 0 : count == long.MaxValue ? throw new SqlException("NUMERIC_VALUE_OUT_OF_RANGE", $"Bucket for value {NumberTexts.Double(x)} is out of range") : count + 1;
    }

    private static long WidthBucket(double x, double?[] bins)
    {
        if (bins.Length == 0)
        {
            throw Argument("Bins cannot be an empty array");
        }

        if (double.IsNaN(x))
        {
            throw Argument("Operand cannot be NaN");
        }

        var (lower, upper) = (0, bins.Length);
        while (lower < upper)
        {
            if (bins[lower]! > bins[upper - 1]!)
            {
                throw Argument("Bin values are not sorted in ascending order");
            }

            var index = (lower + upper) / 2;
            if (bins[index] is not { } bin || !double.IsFinite(bin))
            {
                throw Argument("Bin value must be finite, got null or infinite");
            }

            if (x < bin)
            {
                upper = index;
            }
            else
            {
                lower = index + 1;
            }
        }

        return lower;
    }

    /// <summary>Index lists, such as <c>1,3</c>, of all choices of <paramref name="size"/> among <paramref name="count"/> in Trino's order.</summary>
    private static string[] Combinations(long count, long size)
    {
        if (size is < 0 or > 5)
        {
            throw Argument(size < 0 ? $"combination size must not be negative: {size}" : $"combination size must not exceed 5: {size}");
        }

        if (size > count)
        {
            return [];
        }

        var total = BigInteger.One;
        for (var i = 0; i < size; i++)
        {
            total = total * (count - i) / (i + 1);
        }

        if (total > 100_000)
        {
            throw Argument("combinations exceed max size");
        }

        // The last index moves slowest: {1,2} {1,3} {2,3} {1,4} ...
        var results = new List<string>((int)total);
        var chosen = Enumerable.Range(1, (int)size).ToArray();
        while (true)
        {
            results.Add(string.Join(',', chosen));
            var at = 0;
            while (at < size && chosen[at] + 1 > (at + 1 < size ? chosen[at + 1] - 1 : count))
            {
                at++;
            }

            if (at >= size)
            {
                return [.. results];
            }

            chosen[at]++;
            for (var i = 0; i < at; i++)
            {
                chosen[i] = i + 1;
            }
        }
    }
}
