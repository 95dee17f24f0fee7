using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Tarn.Contracts.Lake;

namespace Tarn.Glue.Catalog.Partitions;

/// <summary>
/// How the values of one partition key compare, by the Hive type of its column. Glue filters keys of the types string, date, timestamp, int,
/// bigint, long, tinyint, smallint and decimal; a key of another type is stored and listed, but not filtered.
/// </summary>
internal abstract class PartitionKeyType
{
    /// <summary>What Hive writes as the folder of rows whose key is null.</summary>
    public const string HiveNull = PartitionFolders.NullValue;

    public static readonly PartitionKeyType String = new StringKeyType();

    private static readonly PartitionKeyType Integer = new IntegerKeyType();
    private static readonly PartitionKeyType Decimal = new DecimalKeyType();
    private static readonly PartitionKeyType Date = new DateKeyType();
    private static readonly PartitionKeyType Timestamp = new TimestampKeyType();

    /// <summary>The type of a column; never null. An unknown one is kept as text.</summary>
    public static PartitionKeyType Of(string? hiveType)
    {
        var name = (hiveType ?? "string").Trim().ToLowerInvariant();
        var parenthesis = name.IndexOf('(', StringComparison.Ordinal);
        return (parenthesis < 0 ? name : name[..parenthesis].TrimEnd()) switch
        {
            "string" or "varchar" or "char" => String,
            "int" or "integer" or "bigint" or "long" or "tinyint" or "smallint" => Integer,
            "decimal" => Decimal,
            "date" => Date,
            "timestamp" => Timestamp,
            _ => new UnfilteredKeyType(name),
        };
    }

    /// <summary>True when the encoded value gives the text back by itself; otherwise the text follows it.</summary>
    public virtual bool IsText => false;

    /// <summary>Glue's refusal to filter by this type; null when it filters.</summary>
    public virtual string? Refusal => null;

    /// <summary>Glue's refusal of LIKE on this type; null where LIKE works.</summary>
    public abstract string? LikeRefusal { get; }

    /// <summary>
    /// Appends bytes that sort as the values do, and tell where they end. False, with nothing appended, when the text is no value of the type.
    /// </summary>
    public abstract bool TryEncode(string text, List<byte> output);

    /// <summary>The length of an encoded value at the start of <paramref name="bytes"/>, and the text that the encoding stands for by itself.</summary>
    public abstract int Decode(ReadOnlySpan<byte> bytes, out string canonical);

    /// <summary>True for one whole encoded value; false for bytes that several values may begin with, such as the bound of a range.</summary>
    public abstract bool IsWhole(ReadOnlySpan<byte> bytes);

    /// <summary>What Glue says of a text that is no value of the type.</summary>
    public abstract string Complaint(string text);

    private class StringKeyType : PartitionKeyType
    {
        public override bool IsText => true;

        public override string? LikeRefusal => null;

        public override bool TryEncode(string text, List<byte> output)
        {
            PartitionKeyBytes.AppendText(text, output);
            return true;
        }

        public override int Decode(ReadOnlySpan<byte> bytes, out string canonical) => PartitionKeyBytes.ReadText(bytes, out canonical);

        public override bool IsWhole(ReadOnlySpan<byte> bytes) => bytes.Length > 0 && bytes[^1] == 0;

        public override string Complaint(string text) => $"{text} is not a string.";
    }

    private sealed class UnfilteredKeyType(string name) : StringKeyType
    {
        public override string? Refusal => $"Unknown type : '{name}'";
    }

    private sealed class IntegerKeyType : PartitionKeyType
    {
        public override string LikeRefusal => "Integral data type doesn't support operation 'LIKE'";

        public override bool TryEncode(string text, List<byte> output)
        {
            if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
            {
                return false;
            }

            Span<byte> bytes = stackalloc byte[8];
            BinaryPrimitives.WriteUInt64BigEndian(bytes, (ulong)number ^ (1UL << 63));
            output.AddRange(bytes);
            return true;
        }

        public override int Decode(ReadOnlySpan<byte> bytes, out string canonical)
        {
            canonical = ((long)(BinaryPrimitives.ReadUInt64BigEndian(bytes) ^ (1UL << 63))).ToString(CultureInfo.InvariantCulture);
            return 8;
        }

        public override bool IsWhole(ReadOnlySpan<byte> bytes) => bytes.Length == 8;

        public override string Complaint(string text) => $"\"{text}\" is not an integer.";
    }

    private sealed class DateKeyType : PartitionKeyType
    {
        public override string LikeRefusal => "Date data type doesn't support operation 'LIKE'";

        public override bool TryEncode(string text, List<byte> output)
        {
            if (!DateOnly.TryParseExact(text, ["yyyy-MM-dd", "yyyy-M-d"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
            {
                return false;
            }

            Span<byte> bytes = stackalloc byte[4];
            BinaryPrimitives.WriteInt32BigEndian(bytes, date.DayNumber);
            output.AddRange(bytes);
            return true;
        }

        public override int Decode(ReadOnlySpan<byte> bytes, out string canonical)
        {
            canonical = DateOnly.FromDayNumber(BinaryPrimitives.ReadInt32BigEndian(bytes)).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
            return 4;
        }

        public override bool IsWhole(ReadOnlySpan<byte> bytes) => bytes.Length == 4;

        public override string Complaint(string text) => $"{text} is not a date.";
    }

    private sealed class TimestampKeyType : PartitionKeyType
    {
        private const int SecondsLength = 19;
        private const string Format = "yyyy-MM-dd HH:mm:ss";

        public override string LikeRefusal => "Timestamp data type doesn't support operation 'LIKE'";

        public override bool TryEncode(string text, List<byte> output)
        {
            // yyyy-mm-dd hh:mm:ss[.fffffffff]
            if (text.Length < SecondsLength
                || !DateTime.TryParseExact(text.AsSpan(0, SecondsLength), Format, CultureInfo.InvariantCulture, DateTimeStyles.None, out var seconds)
                || !TryParseNanoseconds(text.AsSpan(SecondsLength), out var nanoseconds))
            {
                return false;
            }

            Span<byte> bytes = stackalloc byte[12];
            BinaryPrimitives.WriteInt64BigEndian(bytes, seconds.Ticks / TimeSpan.TicksPerSecond);
            BinaryPrimitives.WriteInt32BigEndian(bytes[8..], nanoseconds);
            output.AddRange(bytes);
            return true;
        }

        public override int Decode(ReadOnlySpan<byte> bytes, out string canonical)
        {
            var seconds = new DateTime(BinaryPrimitives.ReadInt64BigEndian(bytes) * TimeSpan.TicksPerSecond).ToString(Format, CultureInfo.InvariantCulture);
            var nanoseconds = BinaryPrimitives.ReadInt32BigEndian(bytes[8..]);
            canonical = nanoseconds == 0 ? seconds : $"{seconds}.{nanoseconds:000000000}".TrimEnd('0');
            return 12;
        }

        public override bool IsWhole(ReadOnlySpan<byte> bytes) => bytes.Length == 12;

        public override string Complaint(string text) => $"Timestamp format must be yyyy-mm-dd hh:mm:ss[.fffffffff] {text} is not a timestamp.";

        private static bool TryParseNanoseconds(ReadOnlySpan<char> fraction, out int nanoseconds)
        {
            nanoseconds = 0;
            if (fraction.IsEmpty)
            {
                return true;
            }

            if (fraction[0] != '.' || fraction.Length is < 2 or > 10 || !int.TryParse(fraction[1..], NumberStyles.None, CultureInfo.InvariantCulture, out nanoseconds))
            {
                return false;
            }

            for (var digits = fraction.Length - 1; digits < 9; digits++)
            {
                nanoseconds *= 10;
            }

            return true;
        }
    }

    /// <summary>
    /// Sign, then the power of ten of the first digit, then the digits without zeros at either end; for a negative number the complement of it all.
    /// Any number of digits, because Hive's decimals have 38.
    /// </summary>
    private sealed class DecimalKeyType : PartitionKeyType
    {
        private const byte Negative = 0x7F;
        private const byte Zero = 0x80;
        private const byte Positive = 0x81;

        public override string LikeRefusal => "Decimal data type doesn't support operation 'LIKE'";

        public override bool TryEncode(string text, List<byte> output)
        {
            var negative = text.StartsWith('-');
            var number = text.AsSpan(negative || text.StartsWith('+') ? 1 : 0);
            if (!TryTakePower(ref number, out var power))
            {
                return false;
            }

            var point = number.IndexOf('.');
            var whole = point < 0 ? number : number[..point];
            var fraction = point < 0 ? [] : number[(point + 1)..];
            if (whole.Length + fraction.Length == 0 || whole.ContainsAnyExceptInRange('0', '9') || fraction.ContainsAnyExceptInRange('0', '9'))
            {
                return false;
            }

            var digits = string.Concat(whole, fraction);
            var significant = digits.AsSpan().TrimStart('0');
            if (significant.IsEmpty)
            {
                output.Add(Zero);
                return true;
            }

            var exponent = power + whole.Length - (digits.Length - significant.Length);
            if (exponent is < short.MinValue or > short.MaxValue)
            {
                return false;
            }

            output.Add(negative ? Negative : Positive);
            var flip = (byte)(negative ? 0xFF : 0);
            var biased = (ushort)(exponent + 0x8000);
            output.Add((byte)((biased >> 8) ^ flip));
            output.Add((byte)((biased & 0xFF) ^ flip));
            foreach (var digit in significant.TrimEnd('0'))
            {
                output.Add((byte)((byte)digit ^ flip));
            }

            output.Add(flip);
            return true;
        }

        public override int Decode(ReadOnlySpan<byte> bytes, out string canonical)
        {
            // The text always follows a decimal: 1.0 and 1.00 are one number and two texts.
            canonical = "";
            if (bytes[0] == Zero)
            {
                return 1;
            }

            var end = bytes[0] == Negative ? (byte)0xFF : (byte)0;
            return 3 + bytes[3..].IndexOf(end) + 1;
        }

        public override bool IsWhole(ReadOnlySpan<byte> bytes) => bytes.Length > 0 && (bytes[0] == Zero ? bytes.Length == 1 : bytes.Length > 3 && bytes[^1] == (bytes[0] == Negative ? 0xFF : 0));

        public override string Complaint(string text) => $"{text} is not a decimal.";

        /// <summary>Cuts the <c>e14</c> off a number as Java writes it. False when what follows the letter is no power of up to four digits.</summary>
        private static bool TryTakePower(ref ReadOnlySpan<char> number, out int power)
        {
            power = 0;
            var letter = number.IndexOfAny('e', 'E');
            if (letter < 0)
            {
                return true;
            }

            var text = number[(letter + 1)..];
            number = number[..letter];
            return text.TrimStart("+-").Length <= 4 && int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out power);
        }
    }
}

/// <summary>Text inside a key: UTF-8 in which a zero byte is written <c>00 FF</c>, ended by a zero byte. Sorts as the text does, prefixes first.</summary>
internal static class PartitionKeyBytes
{
    public static void AppendText(string text, List<byte> output)
    {
        foreach (var value in Encoding.UTF8.GetBytes(text))
        {
            output.Add(value);
            if (value == 0)
            {
                output.Add(0xFF);
            }
        }

        output.Add(0);
    }

    public static int ReadText(ReadOnlySpan<byte> bytes, out string text)
    {
        var zero = bytes.IndexOf((byte)0);
        if (zero + 1 == bytes.Length || bytes[zero + 1] != 0xFF)
        {
            text = Encoding.UTF8.GetString(bytes[..zero]);
            return zero + 1;
        }

        var plain = new List<byte>();
        for (var i = 0; ; i++)
        {
            if (bytes[i] != 0)
            {
                plain.Add(bytes[i]);
            }
            else if (i + 1 < bytes.Length && bytes[i + 1] == 0xFF)
            {
                plain.Add(0);
                i++;
            }
            else
            {
                text = Encoding.UTF8.GetString(plain.ToArray());
                return i + 1;
            }
        }
    }
}
