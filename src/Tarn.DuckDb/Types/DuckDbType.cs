using System.Collections.Immutable;
using System.Text;
using Tarn.DuckDb.Native;

namespace Tarn.DuckDb.Types;

/// <summary>A field of a STRUCT or a member of a UNION, or a column of a table function.</summary>
public sealed record DuckDbField(string Name, DuckDbType Type);

/// <summary>A type of DuckDB, as a value: equal when it means the same. <see cref="ToString"/> is its SQL.</summary>
public sealed class DuckDbType : IEquatable<DuckDbType>
{
    public static readonly DuckDbType Boolean = new(DuckDbKind.Boolean);
    public static readonly DuckDbType TinyInt = new(DuckDbKind.TinyInt);
    public static readonly DuckDbType SmallInt = new(DuckDbKind.SmallInt);
    public static readonly DuckDbType Integer = new(DuckDbKind.Integer);
    public static readonly DuckDbType BigInt = new(DuckDbKind.BigInt);
    public static readonly DuckDbType UBigInt = new(DuckDbKind.UBigInt);
    public static readonly DuckDbType HugeInt = new(DuckDbKind.HugeInt);
    public static readonly DuckDbType Float = new(DuckDbKind.Float);
    public static readonly DuckDbType Double = new(DuckDbKind.Double);
    public static readonly DuckDbType Varchar = new(DuckDbKind.Varchar);
    public static readonly DuckDbType Blob = new(DuckDbKind.Blob);
    public static readonly DuckDbType Date = new(DuckDbKind.Date);
    public static readonly DuckDbType Time = new(DuckDbKind.Time);
    public static readonly DuckDbType Timestamp = new(DuckDbKind.Timestamp);
    public static readonly DuckDbType TimestampTz = new(DuckDbKind.TimestampTz);
    public static readonly DuckDbType TimestampNanoseconds = new(DuckDbKind.TimestampNanoseconds);
    public static readonly DuckDbType Interval = new(DuckDbKind.Interval);
    public static readonly DuckDbType Uuid = new(DuckDbKind.Uuid);
    public static readonly DuckDbType Any = new(DuckDbKind.Any);
    public static readonly DuckDbType SqlNull = new(DuckDbKind.SqlNull);

    private DuckDbType? entry;

    private DuckDbType(DuckDbKind kind)
    {
        Kind = kind;
    }

    public DuckDbKind Kind { get; }

    /// <summary>Digits of a DECIMAL, 1 to 38; 0 for other kinds.</summary>
    public byte Precision { get; private init; }

    /// <summary>Digits of a DECIMAL behind the point; 0 for other kinds.</summary>
    public byte Scale { get; private init; }

    /// <summary>Of a LIST, ARRAY or MAP (its values); null for other kinds.</summary>
    public DuckDbType? Element { get; private init; }

    /// <summary>Of a MAP; null for other kinds.</summary>
    public DuckDbType? Key { get; private init; }

    /// <summary>What a MAP is a list of: STRUCT(key, value).</summary>
    internal DuckDbType Entry => entry ??= StructOf(new DuckDbField("key", Key!), new DuckDbField("value", Element!));

    /// <summary>How many elements each value of an ARRAY has; 0 for other kinds.</summary>
    public int ArraySize { get; private init; }

    /// <summary>Of a STRUCT or UNION; empty for other kinds.</summary>
    public ImmutableArray<DuckDbField> Fields { get; private init; } = [];

    /// <summary>The values of an ENUM in order; empty for other kinds.</summary>
    public ImmutableArray<string> EnumValues { get; private init; } = [];

    /// <summary><c>JSON</c> for text that DuckDB treats as JSON, or another name; null mostly.</summary>
    public string? Alias { get; private init; }

    /// <summary>A type without parameters.</summary>
    public static DuckDbType Simple(DuckDbKind kind) => new(kind);

    public static DuckDbType DecimalOf(int precision, int scale) => new(DuckDbKind.Decimal) { Precision = (byte)precision, Scale = (byte)scale };

    public static DuckDbType ListOf(DuckDbType element) => new(DuckDbKind.List) { Element = element };

    public static DuckDbType ArrayOf(DuckDbType element, int size) => new(DuckDbKind.Array) { Element = element, ArraySize = size };

    public static DuckDbType MapOf(DuckDbType key, DuckDbType value) => new(DuckDbKind.Map) { Key = key, Element = value };

    public static DuckDbType StructOf(params IEnumerable<DuckDbField> fields) => new(DuckDbKind.Struct) { Fields = [.. fields] };

    public static DuckDbType EnumOf(params IEnumerable<string> values) => new(DuckDbKind.Enum) { EnumValues = [.. values] };

    public bool Equals(DuckDbType? other) =>
        other is not null && Kind == other.Kind && Precision == other.Precision && Scale == other.Scale && ArraySize == other.ArraySize
        && Alias == other.Alias && Equals(Element, other.Element) && Equals(Key, other.Key)
        && Fields.SequenceEqual(other.Fields) && EnumValues.SequenceEqual(other.EnumValues);

    public override bool Equals(object? obj) => Equals(obj as DuckDbType);

    public override int GetHashCode() => HashCode.Combine(Kind, Precision, Scale, ArraySize, Element, Key, Fields.Length, EnumValues.Length);

    public override string ToString() => Alias ?? Kind switch
    {
        DuckDbKind.Decimal => $"DECIMAL({Precision},{Scale})",
        DuckDbKind.List => $"{Element}[]",
        DuckDbKind.Array => $"{Element}[{ArraySize}]",
        DuckDbKind.Map => $"MAP({Key}, {Element})",
        DuckDbKind.Struct => Compound("STRUCT"),
        DuckDbKind.Union => Compound("UNION"),
        DuckDbKind.Enum => $"ENUM({string.Join(", ", EnumValues.Select(DuckDbText.Literal))})",
        DuckDbKind.TimestampSeconds => "TIMESTAMP_S",
        DuckDbKind.TimestampMilliseconds => "TIMESTAMP_MS",
        DuckDbKind.TimestampNanoseconds => "TIMESTAMP_NS",
        DuckDbKind.TimestampTz => "TIMESTAMP WITH TIME ZONE",
        DuckDbKind.TimeTz => "TIME WITH TIME ZONE",
        DuckDbKind.TimeNanoseconds => "TIME_NS",
        DuckDbKind.SqlNull => "\"NULL\"",
        _ => Kind.ToString().ToUpperInvariant(),
    };

    /// <summary>Reads a native type, which stays the caller's.</summary>
    internal static DuckDbType Read(nint type)
    {
        var kind = (DuckDbKind)NativeTypeMethods.duckdb_get_type_id(type);
        var alias = NativeText.Owned(NativeTypeMethods.duckdb_logical_type_get_alias(type)) is { Length: > 0 } name ? name : null;
        return kind switch
        {
            DuckDbKind.Decimal => new(kind) { Precision = NativeTypeMethods.duckdb_decimal_width(type), Scale = NativeTypeMethods.duckdb_decimal_scale(type), Alias = alias },
            DuckDbKind.List => new(kind) { Element = ReadOwned(NativeTypeMethods.duckdb_list_type_child_type(type)), Alias = alias },
            DuckDbKind.Array => new(kind)
            {
                Element = ReadOwned(NativeTypeMethods.duckdb_array_type_child_type(type)),
                ArraySize = (int)NativeTypeMethods.duckdb_array_type_array_size(type),
                Alias = alias,
            },
            DuckDbKind.Map => new(kind)
            {
                Key = ReadOwned(NativeTypeMethods.duckdb_map_type_key_type(type)),
                Element = ReadOwned(NativeTypeMethods.duckdb_map_type_value_type(type)),
                Alias = alias,
            },
            DuckDbKind.Struct => new(kind) { Fields = ReadStructFields(type), Alias = alias },
            DuckDbKind.Union => new(kind) { Fields = ReadUnionMembers(type), Alias = alias },
            DuckDbKind.Enum => new(kind) { EnumValues = ReadEnum(type), Alias = alias },
            _ => new(kind) { Alias = alias },
        };
    }

    /// <summary>Reads a native type and releases it.</summary>
    internal static DuckDbType ReadOwned(nint type)
    {
        using var handle = new TypeHandle(type);
        return Read(type);
    }

    /// <summary>Makes the native type.</summary>
    internal TypeHandle Create() => DuckDbTypeFactory.Create(this);

    private static ImmutableArray<DuckDbField> ReadStructFields(nint type)
    {
        var fields = new DuckDbField[(int)NativeTypeMethods.duckdb_struct_type_child_count(type)];
        for (var i = 0; i < fields.Length; i++)
        {
            fields[i] = new(
                NativeText.Owned(NativeTypeMethods.duckdb_struct_type_child_name(type, (ulong)i)),
                ReadOwned(NativeTypeMethods.duckdb_struct_type_child_type(type, (ulong)i)));
        }

        return [.. fields];
    }

    private static ImmutableArray<DuckDbField> ReadUnionMembers(nint type)
    {
        var fields = new DuckDbField[(int)NativeTypeMethods.duckdb_union_type_member_count(type)];
        for (var i = 0; i < fields.Length; i++)
        {
            fields[i] = new(
                NativeText.Owned(NativeTypeMethods.duckdb_union_type_member_name(type, (ulong)i)),
                ReadOwned(NativeTypeMethods.duckdb_union_type_member_type(type, (ulong)i)));
        }

        return [.. fields];
    }

    private static ImmutableArray<string> ReadEnum(nint type)
    {
        var values = new string[NativeTypeMethods.duckdb_enum_dictionary_size(type)];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = NativeText.Owned(NativeTypeMethods.duckdb_enum_dictionary_value(type, (ulong)i));
        }

        return [.. values];
    }

    private string Compound(string keyword)
    {
        var text = new StringBuilder(keyword).Append('(');
        foreach (var field in Fields)
        {
            text.Append(text[^1] == '(' ? "" : ", ").Append(DuckDbText.Identifier(field.Name)).Append(' ').Append(field.Type);
        }

        return text.Append(')').ToString();
    }
}
