using System.Runtime.CompilerServices;
using System.Text;
using Tarn.DuckDb.Native;
using Tarn.DuckDb.Types;

namespace Tarn.DuckDb.Values;

/// <summary>
/// One column of a chunk, or the elements of a nested one, read in place. Valid as long as its chunk. Rows are not checked against the
/// chunk's size: staying below it is the caller's part, as in every loop over <see cref="DuckDbChunk.RowCount"/>.
/// </summary>
public readonly unsafe struct DuckDbVector
{
    private readonly nint vector;
    private readonly void* data;
    private readonly ulong* validity;

    internal DuckDbVector(nint vector, DuckDbType type)
    {
        this.vector = vector;
        Type = type;
        data = NativeMethods.duckdb_vector_get_data(vector);
        validity = NativeMethods.duckdb_vector_get_validity(vector);
    }

    public DuckDbType Type { get; }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsNull(int row) => validity != null && ((validity[row >> 6] >> (row & 63)) & 1) == 0;

    /// <summary>
    /// The raw value: <see cref="byte"/> for BOOLEAN, the integer types, <see cref="float"/>, <see cref="double"/>, <see cref="int"/> days for DATE, <see cref="long"/> for times
    /// and timestamps in their unit. What is read where <see cref="IsNull"/> is true means nothing.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Raw<T>(int row)
        where T : unmanaged => Unsafe.ReadUnaligned<T>((byte*)data + ((long)row * sizeof(T)));

    /// <summary>The first <paramref name="count"/> raw values; see <see cref="Raw{T}"/>.</summary>
    public ReadOnlySpan<T> RawSpan<T>(int count)
        where T : unmanaged => new(data, count);

    /// <summary>The bytes of a VARCHAR, BLOB or BIT; valid as long as the chunk.</summary>
    public ReadOnlySpan<byte> Bytes(int row)
    {
        var text = (NativeString*)data + row;
        return text->Length <= NativeString.InlineBytesMax
            ? new ReadOnlySpan<byte>(text->Inlined, (int)text->Length)
            : new ReadOnlySpan<byte>(text->Pointer, (int)text->Length);
    }

    public string Text(int row) => Encoding.UTF8.GetString(Bytes(row));

    public Int128 HugeInt(int row) => Raw<NativeHugeInt>(row).ToInt128();

    /// <summary>A DECIMAL of any width.</summary>
    public DuckDbDecimal Decimal(int row) => new(
        Type.Precision switch
        {
            <= 4 => Raw<short>(row),
            <= 9 => Raw<int>(row),
            <= 18 => Raw<long>(row),
            _ => HugeInt(row),
        },
        Type.Scale);

    public DuckDbInterval Interval(int row)
    {
        var value = Raw<NativeInterval>(row);
        return new DuckDbInterval(value.Months, value.Days, value.Microseconds);
    }

    /// <summary>Where the elements of the LIST, MAP or ARRAY of this row lie in <see cref="Elements"/>.</summary>
    public Range ElementRange(int row)
    {
        if (Type.Kind == DuckDbKind.Array)
        {
            return (row * Type.ArraySize)..((row + 1) * Type.ArraySize);
        }

        var entry = Raw<NativeListEntry>(row);
        return (int)entry.Offset..(int)(entry.Offset + entry.Length);
    }

    /// <summary>The elements of all rows of a LIST or ARRAY. A MAP is a list of STRUCT(key, value).</summary>
    public DuckDbVector Elements() => Type.Kind switch
    {
        DuckDbKind.Array => new DuckDbVector(NativeMethods.duckdb_array_vector_get_child(vector), Type.Element!),
        DuckDbKind.Map => new DuckDbVector(
            NativeMethods.duckdb_list_vector_get_child(vector),
            DuckDbType.StructOf(new DuckDbField("key", Type.Key!), new DuckDbField("value", Type.Element!))),
        _ => new DuckDbVector(NativeMethods.duckdb_list_vector_get_child(vector), Type.Element!),
    };

    /// <summary>A field of a STRUCT, of all rows.</summary>
    public DuckDbVector Field(int index) => new(NativeMethods.duckdb_struct_vector_get_child(vector, (ulong)index), Type.Fields[index].Type);

    /// <summary>A member of a UNION: child 0 of the vector is the tag.</summary>
    internal DuckDbVector UnionMember(int index) => new(NativeMethods.duckdb_struct_vector_get_child(vector, (ulong)index + 1), Type.Fields[index].Type);

    internal byte UnionTag(int row) =>
        new DuckDbVector(NativeMethods.duckdb_struct_vector_get_child(vector, 0), DuckDbType.Simple(DuckDbKind.UTinyInt)).Raw<byte>(row);

    /// <summary>
    /// The value as an object, null for NULL: <see cref="bool"/>, the integers, <see cref="Int128"/>, <see cref="UInt128"/>, <see cref="System.Numerics.BigInteger"/>, <see cref="float"/>,
    /// <see cref="double"/>, <see cref="DuckDbDecimal"/>, <see cref="string"/>, <see cref="T:byte[]"/>, <see cref="DateOnly"/>, <see cref="TimeSpan"/> (TIME), <see cref="DateTime"/>, <see cref="DateTimeOffset"/>
    /// (in UTC), <see cref="DuckDbTimestampNs"/>, <see cref="DuckDbTimeTz"/>, <see cref="DuckDbInterval"/>, <see cref="Guid"/>, <see cref="T:object?[]"/> (LIST, ARRAY), <see cref="DuckDbStruct"/>, <see cref="DuckDbMap"/>.
    /// </summary>
    /// <exception cref="DuckDbException"><see cref="DuckDbErrorKind.NotRepresentable"/>: a date or time that .NET cannot hold, such as <c>infinity</c>.</exception>
    public object? Value(int row) => IsNull(row) ? null : VectorValue.Read(this, row);
}
