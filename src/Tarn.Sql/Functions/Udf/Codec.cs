using System.Text;
using Tarn.DuckDb.Types;
using Tarn.DuckDb.Values;

namespace Tarn.Sql.Functions.Udf;

/// <summary>A timestamp with time zone as DuckDB holds it (see <see cref="Types.DuckDbTypes"/>).</summary>
/// <param name="Instant">Microseconds since 1970 in UTC.</param>
/// <param name="Zone">A tz name, <c>UTC</c>, or <c>+hh:mm</c>.</param>
internal readonly record struct ZonedTimestamp(long Instant, string Zone);

/// <param name="Local">Microseconds of the local day.</param>
/// <param name="Minutes">Offset east of UTC.</param>
internal readonly record struct ZonedTime(long Local, short Minutes);

/// <param name="Days">Since 1970-01-01.</param>
internal readonly record struct Day(int Days);

/// <param name="Micros">Since 1970-01-01, local.</param>
internal readonly record struct Moment(long Micros);

/// <param name="Micros">Since midnight.</param>
internal readonly record struct TimeOfDay(long Micros);

/// <summary>A map of texts to texts, its keys distinct.</summary>
internal sealed record TextMap(IReadOnlyList<KeyValuePair<string, string?>> Entries);

/// <summary>A map of texts to lists of texts, its keys distinct.</summary>
internal sealed record TextMultimap(IReadOnlyList<KeyValuePair<string, string?[]>> Entries);

/// <summary>How values of a .NET type are read from and written to DuckDB's vectors.</summary>
internal static class Codec<T>
{
    public static readonly DuckDbType Type;
    public static readonly Func<DuckDbVector, int, T> Read;
    public static readonly Action<DuckDbVectorWriter, int, T> Write;

    static Codec()
    {
        var codec = (Codecs.Entry<T>)Codecs.Find(typeof(T));
        (Type, Read, Write) = (codec.Type, codec.Read, codec.Write);
    }
}

internal static class Codecs
{
    private static readonly DuckDbType Zoned = DuckDbType.StructOf(new DuckDbField("instant", DuckDbType.Timestamp), new DuckDbField("zone", DuckDbType.Varchar));
    private static readonly DuckDbType ZonedClock = DuckDbType.StructOf(new DuckDbField("local", DuckDbType.Time), new DuckDbField("minutes", DuckDbType.SmallInt));
    private static readonly DuckDbType TextList = DuckDbType.ListOf(DuckDbType.Varchar);

    internal sealed record Entry<T>(DuckDbType Type, Func<DuckDbVector, int, T> Read, Action<DuckDbVectorWriter, int, T> Write);

    public static object Find(Type type) =>
        type == typeof(string) ? new Entry<string?>(DuckDbType.Varchar, (v, r) => v.Text(r), WriteText)
        : type == typeof(byte[]) ? new Entry<byte[]?>(DuckDbType.Blob, (v, r) => v.Bytes(r).ToArray(), WriteBytes)
        : type == typeof(bool) ? new Entry<bool>(DuckDbType.Boolean, (v, r) => v.Raw<byte>(r) != 0, (w, r, x) => w.Raw(r, x ? (byte)1 : (byte)0))
        : type == typeof(bool?) ? new Entry<bool?>(DuckDbType.Boolean, (v, r) => v.Raw<byte>(r) != 0, (w, r, x) => Optional(w, r, x is { } y ? y ? (byte)1 : (byte)0 : (byte?)null))
        : type == typeof(sbyte) ? Raw<sbyte>(DuckDbType.TinyInt)
        : type == typeof(short) ? Raw<short>(DuckDbType.SmallInt)
        : type == typeof(int) ? Raw<int>(DuckDbType.Integer)
        : type == typeof(long) ? Raw<long>(DuckDbType.BigInt)
        : type == typeof(long?) ? new Entry<long?>(DuckDbType.BigInt, (v, r) => v.Raw<long>(r), Optional)
        : type == typeof(int?) ? new Entry<int?>(DuckDbType.Integer, (v, r) => v.Raw<int>(r), Optional)
        : type == typeof(float) ? Raw<float>(DuckDbType.Float)
        : type == typeof(double) ? Raw<double>(DuckDbType.Double)
        : type == typeof(double?) ? new Entry<double?>(DuckDbType.Double, (v, r) => v.Raw<double>(r), Optional)
        : type == typeof(Day) ? Raw<Day>(DuckDbType.Date)
        : type == typeof(Day?) ? new Entry<Day?>(DuckDbType.Date, (v, r) => v.Raw<Day>(r), Optional)
        : type == typeof(Moment) ? Raw<Moment>(DuckDbType.Timestamp)
        : type == typeof(Moment?) ? new Entry<Moment?>(DuckDbType.Timestamp, (v, r) => v.Raw<Moment>(r), Optional)
        : type == typeof(TimeOfDay) ? Raw<TimeOfDay>(DuckDbType.Time)
        : type == typeof(ZonedTimestamp) ? new Entry<ZonedTimestamp>(Zoned, ReadZoned, WriteZoned)
        : type == typeof(ZonedTime) ? new Entry<ZonedTime>(ZonedClock, ReadZonedTime, WriteZonedTime)
        : type == typeof(string?[]) ? new Entry<string?[]?>(TextList, ReadTexts, WriteTexts)
        : type == typeof(long[]) ? new Entry<long[]>(DuckDbType.ListOf(DuckDbType.BigInt), ReadLongs, WriteLongs)
        : type == typeof(double?[]) ? new Entry<double?[]>(DuckDbType.ListOf(DuckDbType.Double), ReadDoubles, (_, _, _) => throw new NotSupportedException())
        : type == typeof(string?[][]) ? new Entry<string?[][]>(DuckDbType.ListOf(TextList), (_, _) => throw new NotSupportedException(), WriteTextLists)
        : type == typeof(TextMap) ? new Entry<TextMap>(DuckDbType.MapOf(DuckDbType.Varchar, DuckDbType.Varchar), (_, _) => throw new NotSupportedException(), WriteMap)
        : type == typeof(TextMultimap) ? new Entry<TextMultimap>(DuckDbType.MapOf(DuckDbType.Varchar, TextList), (_, _) => throw new NotSupportedException(), WriteMultimap)
        : throw new NotSupportedException($"No DuckDB type is known for {type}");

    private static Entry<T> Raw<T>(DuckDbType type)
        where T : unmanaged => new(type, (v, r) => v.Raw<T>(r), (w, r, x) => w.Raw(r, x));

    private static void Optional<T>(DuckDbVectorWriter writer, int row, T? value)
        where T : unmanaged
    {
        if (value is { } some)
        {
            writer.Raw(row, some);
        }
        else
        {
            writer.Null(row);
        }
    }

    private static void WriteText(DuckDbVectorWriter writer, int row, string? value)
    {
        if (value is null)
        {
            writer.Null(row);
        }
        else
        {
            writer.Text(row, value);
        }
    }

    private static void WriteBytes(DuckDbVectorWriter writer, int row, byte[]? value)
    {
        if (value is null)
        {
            writer.Null(row);
        }
        else
        {
            writer.Bytes(row, value);
        }
    }

    private static ZonedTimestamp ReadZoned(DuckDbVector vector, int row)
    {
        var zone = vector.Field(1).Bytes(row);
        return new ZonedTimestamp(vector.Field(0).Raw<long>(row), zone.SequenceEqual("UTC"u8) ? "UTC" : Encoding.UTF8.GetString(zone));
    }

    private static void WriteZoned(DuckDbVectorWriter writer, int row, ZonedTimestamp value)
    {
        writer.Field(0).Raw(row, value.Instant);
        writer.Field(1).Text(row, value.Zone);
    }

    private static ZonedTime ReadZonedTime(DuckDbVector vector, int row) => new(vector.Field(0).Raw<long>(row), vector.Field(1).Raw<short>(row));

    private static void WriteZonedTime(DuckDbVectorWriter writer, int row, ZonedTime value)
    {
        writer.Field(0).Raw(row, value.Local);
        writer.Field(1).Raw(row, value.Minutes);
    }

    private static string?[] ReadTexts(DuckDbVector vector, int row)
    {
        var (offset, length) = vector.ElementRange(row).GetOffsetAndLength(int.MaxValue);
        var elements = vector.Elements();
        var texts = new string?[length];
        for (var i = 0; i < length; i++)
        {
            texts[i] = elements.IsNull(offset + i) ? null : elements.Text(offset + i);
        }

        return texts;
    }

    private static void WriteTexts(DuckDbVectorWriter writer, int row, string?[]? values)
    {
        if (values is null)
        {
            writer.Null(row);
            return;
        }

        var elements = writer.List(row, values.Length, out var offset);
        for (var i = 0; i < values.Length; i++)
        {
            WriteText(elements, offset + i, values[i]);
        }
    }

    private static void WriteTextLists(DuckDbVectorWriter writer, int row, string?[][] lists)
    {
        var elements = writer.List(row, lists.Length, out var offset);
        for (var i = 0; i < lists.Length; i++)
        {
            WriteTexts(elements, offset + i, lists[i]);
        }
    }

    private static long[] ReadLongs(DuckDbVector vector, int row)
    {
        var (offset, length) = vector.ElementRange(row).GetOffsetAndLength(int.MaxValue);
        var elements = vector.Elements();
        var values = new long[length];
        for (var i = 0; i < length; i++)
        {
            values[i] = elements.Raw<long>(offset + i);
        }

        return values;
    }

    private static void WriteLongs(DuckDbVectorWriter writer, int row, long[] values)
    {
        var elements = writer.List(row, values.Length, out var offset);
        for (var i = 0; i < values.Length; i++)
        {
            elements.Raw(offset + i, values[i]);
        }
    }

    private static double?[] ReadDoubles(DuckDbVector vector, int row)
    {
        var (offset, length) = vector.ElementRange(row).GetOffsetAndLength(int.MaxValue);
        var elements = vector.Elements();
        var values = new double?[length];
        for (var i = 0; i < length; i++)
        {
            values[i] = elements.IsNull(offset + i) ? null : elements.Raw<double>(offset + i);
        }

        return values;
    }

    private static void WriteMap(DuckDbVectorWriter writer, int row, TextMap map)
    {
        var entries = writer.List(row, map.Entries.Count, out var offset);
        var (keys, values) = (entries.Field(0), entries.Field(1));
        for (var i = 0; i < map.Entries.Count; i++)
        {
            keys.Text(offset + i, map.Entries[i].Key);
            WriteText(values, offset + i, map.Entries[i].Value);
        }
    }

    private static void WriteMultimap(DuckDbVectorWriter writer, int row, TextMultimap map)
    {
        var entries = writer.List(row, map.Entries.Count, out var offset);
        var (keys, values) = (entries.Field(0), entries.Field(1));
        for (var i = 0; i < map.Entries.Count; i++)
        {
            keys.Text(offset + i, map.Entries[i].Key);
            WriteTexts(values, offset + i, map.Entries[i].Value);
        }
    }
}
