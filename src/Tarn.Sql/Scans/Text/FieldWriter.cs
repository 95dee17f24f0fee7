using System.Buffers;
using System.Buffers.Text;
using System.Runtime.CompilerServices;
using System.Text.Unicode;
using Tarn.DuckDb.Values;
using Tarn.Sql.Types;

namespace Tarn.Sql.Scans.Text;

/// <summary>Writes texts of one type into a column, as Hive's text SerDes read them.</summary>
internal abstract class FieldWriter
{
    /// <summary>False when the text does not read as the type; nothing is written then.</summary>
    public abstract bool TryWrite(ReadOnlySpan<byte> text, DuckDbVectorWriter writer, int row);

    /// <exception cref="SqlException"><c>NOT_SUPPORTED</c></exception>
    public static FieldWriter Of(SqlType type) => type switch
    {
        VarcharType varchar => new TextWriter(varchar.Length ?? int.MaxValue, trims: false),
        CharType character => new TextWriter(character.Length, trims: true),
        DecimalType d => new DecimalWriter(d.Precision, d.Scale),
        TimestampType { WithTimeZone: false } => new TimestampWriter(),
        SimpleType { Kind: SimpleKind.TinyInt } => new IntegerWriter<sbyte>(sbyte.MinValue, sbyte.MaxValue),
        SimpleType { Kind: SimpleKind.SmallInt } => new IntegerWriter<short>(short.MinValue, short.MaxValue),
        SimpleType { Kind: SimpleKind.Integer } => new IntegerWriter<int>(int.MinValue, int.MaxValue),
        SimpleType { Kind: SimpleKind.BigInt } => new IntegerWriter<long>(long.MinValue, long.MaxValue),
        SimpleType { Kind: SimpleKind.Real } => new RealWriter(),
        SimpleType { Kind: SimpleKind.Double } => new DoubleWriter(),
        SimpleType { Kind: SimpleKind.Boolean } => new BooleanWriter(),
        SimpleType { Kind: SimpleKind.Date } => new DateWriter(),
        SimpleType { Kind: SimpleKind.Varbinary } => new BinaryWriter(),
        _ => throw new SqlException("NOT_SUPPORTED", $"Type {type} cannot be read from text"),
    };

    private sealed class TextWriter(int length, bool trims) : FieldWriter
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public override bool TryWrite(ReadOnlySpan<byte> text, DuckDbVectorWriter writer, int row)
        {
            if (!Utf8.IsValid(text))
            {
                throw new SqlException("HIVE_BAD_DATA", "Text is not UTF-8; the SerDe property serialization.encoding says what it is");
            }

            if (text.Length > length)
            {
                text = Cut(text, length);
            }

            writer.Bytes(row, trims ? text.TrimEnd((byte)' ') : text);
            return true;
        }

        /// <summary>The first code points.</summary>
        private static ReadOnlySpan<byte> Cut(ReadOnlySpan<byte> text, int length)
        {
            for (var i = 0; i < text.Length; i++)
            {
                if ((text[i] & 0xC0) != 0x80 && length-- == 0)
                {
                    return text[..i];
                }
            }

            return text;
        }
    }

    private sealed class IntegerWriter<T>(long min, long max) : FieldWriter
        where T : unmanaged, System.Numerics.IBinaryInteger<T>
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public override bool TryWrite(ReadOnlySpan<byte> text, DuckDbVectorWriter writer, int row)
        {
            if (!FieldText.TryInteger(text, out var value) || value < min || value > max)
            {
                return false;
            }

            writer.Raw(row, T.CreateTruncating(value));
            return true;
        }
    }

    private sealed class DoubleWriter : FieldWriter
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public override bool TryWrite(ReadOnlySpan<byte> text, DuckDbVectorWriter writer, int row)
        {
            var isNumber = FieldText.TryDouble(text, out var value);
            writer.Raw(row, value);
            return isNumber;
        }
    }

    private sealed class RealWriter : FieldWriter
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public override bool TryWrite(ReadOnlySpan<byte> text, DuckDbVectorWriter writer, int row)
        {
            var isNumber = FieldText.TryReal(text, out var value);
            writer.Raw(row, value);
            return isNumber;
        }
    }

    private sealed class BooleanWriter : FieldWriter
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public override bool TryWrite(ReadOnlySpan<byte> text, DuckDbVectorWriter writer, int row)
        {
            var isBoolean = FieldText.TryBoolean(text, out var value);
            writer.Raw(row, value ? (byte)1 : (byte)0);
            return isBoolean;
        }
    }

    private sealed class DateWriter : FieldWriter
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public override bool TryWrite(ReadOnlySpan<byte> text, DuckDbVectorWriter writer, int row)
        {
            var isDate = FieldText.TryDate(text, out var days);
            writer.Raw(row, days);
            return isDate;
        }
    }

    private sealed class TimestampWriter : FieldWriter
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public override bool TryWrite(ReadOnlySpan<byte> text, DuckDbVectorWriter writer, int row)
        {
            var isTimestamp = FieldText.TryTimestamp(text, out var micros);
            writer.Raw(row, micros);
            return isTimestamp;
        }
    }

    private sealed class DecimalWriter(int precision, int scale) : FieldWriter
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public override bool TryWrite(ReadOnlySpan<byte> text, DuckDbVectorWriter writer, int row)
        {
            if (!FieldText.TryDecimal(text, precision, scale, out var value))
            {
                return false;
            }

            writer.Decimal(row, new DuckDbDecimal(value, (byte)scale));
            return true;
        }
    }

    private sealed class BinaryWriter : FieldWriter
    {
        /// <summary>base64; bytes that are not are taken as they stand.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public override bool TryWrite(ReadOnlySpan<byte> text, DuckDbVectorWriter writer, int row)
        {
            var decoded = new byte[Base64.GetMaxDecodedFromUtf8Length(text.Length) + 3];
            writer.Bytes(row, Base64.DecodeFromUtf8(text, decoded, out _, out var written) == OperationStatus.Done ? decoded.AsSpan(0, written) : text);
            return true;
        }
    }
}
