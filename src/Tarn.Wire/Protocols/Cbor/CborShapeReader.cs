using System.Runtime.CompilerServices;
using System.Text.Json;
using Tarn.Contracts;
using Tarn.Wire.Dispatch;
using Tarn.Wire.Shapes;

namespace Tarn.Wire.Protocols.Cbor;

/// <summary>Reads shapes from CBOR as it comes, without a tree. Between calls the reader stands before a value.</summary>
internal ref struct CborShapeReader : IShapeReader
{
    private readonly BodyEncoding encoding;
    private CborReader cbor;
    private Counts left;
    private int depth;
    private int hint;

    /// <param name="encoding">Either kind of CBOR.</param>
    public CborShapeReader(ReadOnlySpan<byte> body, BodyEncoding encoding)
    {
        this.encoding = encoding;
        cbor = new CborReader(body);
        if (cbor.PeekValue() is not (CborKind.Map or CborKind.Array))
        {
            throw SerializationErrors.Malformed();
        }
    }

    /// <summary>After the last value nothing may follow.</summary>
    public readonly void End() => cbor.ReadEnd();

    public void BeginStructure(StructureSchema schema) => Push(cbor.ReadMapStart());

    public int NextMember(StructureSchema schema)
    {
        while (NextEntry())
        {
            var index = schema.Find(cbor.ReadTextUtf8(), hint);
            if (index >= 0 && !cbor.TryReadNull())
            {
                hint = index + 1;
                return index;
            }

            if (index < 0)
            {
                cbor.Skip();
            }
        }

        return -1;
    }

    public void BeginList(CollectionSchema schema) => Push(cbor.ReadArrayStart());

    public bool NextElement() => NextEntry() && NotNull();

    public void BeginMap(CollectionSchema schema) => Push(cbor.PeekValue() is CborKind.Map or CborKind.Array or CborKind.Break or CborKind.End
        ? cbor.ReadMapStart()
        : throw SerializationErrors.ExpectedMap());

    public bool NextKey(out string key)
    {
        key = "";
        if (!NextEntry())
        {
            return false;
        }

        key = cbor.ReadText();
        return NotNull();
    }

    public string ReadString() => cbor.ReadText();

    public bool ReadBoolean() => cbor.ReadBoolean();

    public int ReadInt32() => (int)Math.Clamp(cbor.ReadInt64("an Integer"), int.MinValue, int.MaxValue);

    public long ReadInt64() => cbor.ReadInt64();

    public float ReadSingle() => (float)cbor.ReadDouble("a Float");

    public double ReadDouble() => cbor.ReadDouble();

    public DateTimeOffset ReadTimestamp(TimestampFormat format) => cbor.ReadTimestamp(encoding);

    public ReadOnlyMemory<byte> ReadBlob() => cbor.ReadBytes().ToArray();

    public readonly JsonElement ReadDocument() => throw new NotSupportedException("no service that speaks CBOR has documents");

    public readonly Stream ReadStream() => throw new NotSupportedException("a streamed member is not part of a CBOR document");

    private void Push(long count)
    {
        if (depth == CborReader.DepthMax)
        {
            throw SerializationErrors.Malformed();
        }

        left[depth++] = count;
    }

    /// <summary>Whether the innermost array or map has another entry; at its end it is left.</summary>
    private bool NextEntry()
    {
        ref var count = ref left[depth - 1];
        if (count == CborReader.Indefinite ? !cbor.TryReadBreak() : count-- > 0)
        {
            return true;
        }

        depth--;
        return false;
    }

    /// <summary>Collections hold no nulls.</summary>
    private bool NotNull() => cbor.PeekValue() != CborKind.Null ? true : throw SerializationErrors.Malformed();

    /// <summary>How many entries the arrays and maps around the current value still have.</summary>
    [InlineArray(CborReader.DepthMax)]
    private struct Counts
    {
        private long first;
    }
}
