using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace Tarn.Sql.Scans.Parquet;

/// <summary>The physical types, with Parquet's numbers.</summary>
public enum ParquetType
{
    Boolean = 0,
    Int32 = 1,
    Int64 = 2,
    Int96 = 3,
    Float = 4,
    Double = 5,
    ByteArray = 6,
    FixedLenByteArray = 7,
}

/// <summary>The members of the union LogicalType, with their field ids.</summary>
public enum ParquetLogicalType
{
    None = 0,
    String = 1,
    Map = 2,
    List = 3,
    Enum = 4,
    Decimal = 5,
    Date = 6,
    Time = 7,
    Timestamp = 8,
    Integer = 10,
    Unknown = 11,
    Json = 12,
    Bson = 13,
    Uuid = 14,
    Float16 = 15,
    Variant = 16,
    Geometry = 17,
    Geography = 18,
}

public enum ParquetRepetition
{
    Required = 0,
    Optional = 1,
    Repeated = 2,
}

/// <summary>A column or group of a Parquet schema, with its children.</summary>
public sealed class ParquetNode
{
    public string Name { get; set; } = "";

    /// <summary>Null for a group.</summary>
    public ParquetType? Type { get; set; }

    public ParquetRepetition Repetition { get; set; }

    /// <summary>The old annotation (ConvertedType), with Parquet's number; null for none.</summary>
    public int? ConvertedType { get; set; }

    public ParquetLogicalType LogicalType { get; set; }

    public int IntegerBits { get; set; }

    public bool IntegerIsSigned { get; set; } = true;

    public int Precision { get; set; }

    public int Scale { get; set; }

    public int ChildCount { get; set; }

    public List<ParquetNode> Children { get; } = [];
}

/// <summary>
/// The schema and row count from the end of a Parquet file: <c>footer, u32 length little-endian, "PAR1"</c>, the footer in Thrift's compact protocol. Nothing else of the
/// file is read. Damage is an <see cref="InvalidDataException"/>.
/// </summary>
public sealed record ParquetFooter(ParquetNode Root, long RowCount)
{
    /// <summary>A footer of more bytes is refused: it would be held in memory whole.</summary>
    private const int FooterBytesMax = 64 * 1024 * 1024;

    private const int DepthMax = 64;

    private const int TailBytes = 8;

    public static async ValueTask<ParquetFooter> ReadAsync(Stream stored, long storedBytes, CancellationToken cancellationToken)
    {
        CheckLength(storedBytes);
        var tail = new byte[TailBytes];
        stored.Position = storedBytes - TailBytes;
        await stored.ReadExactlyAsync(tail, cancellationToken).ConfigureAwait(false);
        var footer = new byte[FooterLength(tail, storedBytes)];
        stored.Position = storedBytes - TailBytes - footer.Length;
        await stored.ReadExactlyAsync(footer, cancellationToken).ConfigureAwait(false);
        return Parse(footer);
    }

    /// <summary>The same of a file at hand.</summary>
    /// <param name="guessBytes">Read from the end at first: a footer that fits in them costs one read.</param>
    public static ParquetFooter Read(SafeFileHandle stored, int guessBytes)
    {
        var storedBytes = RandomAccess.GetLength(stored);
        CheckLength(storedBytes);
        var end = new byte[Math.Min(guessBytes, storedBytes)];
        ReadExactly(stored, end, storedBytes - end.Length);
        var length = FooterLength(end.AsSpan(^TailBytes..), storedBytes);
        if (length + TailBytes <= end.Length)
        {
            return Parse(end.AsSpan(end.Length - TailBytes - length, length));
        }

        var footer = new byte[length];
        ReadExactly(stored, footer, storedBytes - TailBytes - length);
        return Parse(footer);
    }

    private static void ReadExactly(SafeFileHandle stored, Span<byte> bytes, long offset)
    {
        while (!bytes.IsEmpty)
        {
            var read = RandomAccess.Read(stored, bytes, offset);
            if (read == 0)
            {
                throw new InvalidDataException("The file ends too early.");
            }

            bytes = bytes[read..];
            offset += read;
        }
    }

    private static void CheckLength(long storedBytes)
    {
        if (storedBytes < 12)
        {
            throw new InvalidDataException($"A file of {storedBytes} bytes is too short for Parquet.");
        }
    }

    private static int FooterLength(ReadOnlySpan<byte> tail, long storedBytes)
    {
        if (tail[4..].SequenceEqual("PARE"u8))
        {
            throw new InvalidDataException("The footer is encrypted.");
        }

        if (!tail[4..].SequenceEqual("PAR1"u8))
        {
            throw new InvalidDataException($"Expected PAR1 at offset {storedBytes - 4}, found {Convert.ToHexString(tail[4..])}.");
        }

        var length = BinaryPrimitives.ReadUInt32LittleEndian(tail);
        return length <= storedBytes - TailBytes - 4 && length <= FooterBytesMax
            ? (int)length
            : throw new InvalidDataException($"A footer of {length} bytes does not fit in a file of {storedBytes} bytes, or is more than {FooterBytesMax}.");
    }

    /// <summary>FileMetaData: 2 schema, 3 num_rows, 4 row_groups. The row groups are only read when the count is 0: some writers leave it so.</summary>
    public static ParquetFooter Parse(ReadOnlySpan<byte> footer)
    {
        var reader = new ThriftCompactReader(footer);
        List<ParquetNode>? elements = null;
        long? rows = null;
        var fieldId = 0;
        while (elements is null || rows is null)
        {
            var type = reader.ReadField(ref fieldId);
            if (type == ThriftType.Stop)
            {
                throw new InvalidDataException("The footer has no schema or no row count.");
            }

            if (fieldId == 2 && type == ThriftType.List)
            {
                elements = ReadElements(ref reader);
            }
            else if (fieldId == 3 && type == ThriftType.Int64)
            {
                rows = reader.ReadInt64();
            }
            else
            {
                reader.Skip(type);
            }
        }

        if (rows == 0)
        {
            rows = CountRowGroups(ref reader, fieldId);
        }

        if (rows < 0)
        {
            throw new InvalidDataException($"The footer counts {rows} rows.");
        }

        var next = 0;
        return new ParquetFooter(Nest(elements, ref next, depth: 0), rows.Value);
    }

    /// <summary>RowGroup: 3 num_rows.</summary>
    private static long CountRowGroups(ref ThriftCompactReader reader, int fieldId)
    {
        var rows = 0L;
        for (var type = reader.ReadField(ref fieldId); type != ThriftType.Stop; type = reader.ReadField(ref fieldId))
        {
            if (fieldId != 4 || type != ThriftType.List)
            {
                reader.Skip(type);
                continue;
            }

            var (_, count) = reader.ReadListHead();
            for (var index = 0; index < count; index++)
            {
                var groupField = 0;
                for (var field = reader.ReadField(ref groupField); field != ThriftType.Stop; field = reader.ReadField(ref groupField))
                {
                    if (groupField == 3 && field == ThriftType.Int64)
                    {
                        rows += reader.ReadInt64();
                    }
                    else
                    {
                        reader.Skip(field);
                    }
                }
            }
        }

        return rows;
    }

    private static List<ParquetNode> ReadElements(ref ThriftCompactReader reader)
    {
        var (_, count) = reader.ReadListHead();
        var elements = new List<ParquetNode>();
        for (var index = 0; index < count; index++)
        {
            elements.Add(ReadElement(ref reader));
        }

        return elements.Count > 0 ? elements : throw new InvalidDataException("The schema is empty.");
    }

    /// <summary>SchemaElement: 1 type, 3 repetition_type, 4 name, 5 num_children, 6 converted_type, 7 scale, 8 precision, 10 logicalType.</summary>
    private static ParquetNode ReadElement(ref ThriftCompactReader reader)
    {
        var node = new ParquetNode();
        var fieldId = 0;
        for (var type = reader.ReadField(ref fieldId); type != ThriftType.Stop; type = reader.ReadField(ref fieldId))
        {
            switch (fieldId, type)
            {
                case (1, ThriftType.Int32):
                    node.Type = (ParquetType)reader.ReadInt32();
                    break;
                case (3, ThriftType.Int32):
                    node.Repetition = (ParquetRepetition)reader.ReadInt32();
                    break;
                case (4, ThriftType.Binary):
                    node.Name = reader.ReadString();
                    break;
                case (5, ThriftType.Int32):
                    node.ChildCount = reader.ReadInt32();
                    break;
                case (6, ThriftType.Int32):
                    node.ConvertedType = reader.ReadInt32();
                    break;
                case (7, ThriftType.Int32):
                    node.Scale = reader.ReadInt32();
                    break;
                case (8, ThriftType.Int32):
                    node.Precision = reader.ReadInt32();
                    break;
                case (10, ThriftType.Struct):
                    ReadLogicalType(ref reader, node);
                    break;
                default:
                    reader.Skip(type);
                    break;
            }
        }

        return node;
    }

    private static void ReadLogicalType(ref ThriftCompactReader reader, ParquetNode node)
    {
        var unionId = 0;
        for (var type = reader.ReadField(ref unionId); type != ThriftType.Stop; type = reader.ReadField(ref unionId))
        {
            node.LogicalType = Enum.IsDefined((ParquetLogicalType)unionId) ? (ParquetLogicalType)unionId : ParquetLogicalType.None;
            if (type != ThriftType.Struct || node.LogicalType is not (ParquetLogicalType.Decimal or ParquetLogicalType.Integer))
            {
                reader.Skip(type);
                continue;
            }

            // DecimalType: 1 scale, 2 precision. IntType: 1 bitWidth (a byte), 2 isSigned.
            var fieldId = 0;
            for (var field = reader.ReadField(ref fieldId); field != ThriftType.Stop; field = reader.ReadField(ref fieldId))
            {
                switch (node.LogicalType, fieldId, field)
                {
                    case (ParquetLogicalType.Decimal, 1, ThriftType.Int32):
                        node.Scale = reader.ReadInt32();
                        break;
                    case (ParquetLogicalType.Decimal, 2, ThriftType.Int32):
                        node.Precision = reader.ReadInt32();
                        break;
                    case (ParquetLogicalType.Integer, 1, ThriftType.Byte):
                        node.IntegerBits = reader.ReadByteValue();
                        break;
                    case (ParquetLogicalType.Integer, 2, ThriftType.True or ThriftType.False):
                        node.IntegerIsSigned = field == ThriftType.True;
                        break;
                    default:
                        reader.Skip(field);
                        break;
                }
            }
        }
    }

    /// <summary>The schema is written flat, depth first: each group says how many children follow.</summary>
    private static ParquetNode Nest(List<ParquetNode> elements, ref int next, int depth)
    {
        if (next >= elements.Count || depth > DepthMax)
        {
            throw new InvalidDataException(depth > DepthMax ? "The schema is nested too deeply." : "The schema ends too early.");
        }

        var node = elements[next++];
        for (var index = 0; index < node.ChildCount; index++)
        {
            node.Children.Add(Nest(elements, ref next, depth + 1));
        }

        return node;
    }
}
