using System.Buffers;
using System.Text.Json;
using Tarn.Wire.Dispatch;
using Tarn.Wire.Shapes;

namespace Tarn.Wire.Protocols.Cbor;

/// <summary>Writes shapes as CBOR. Maps and lists end with a break, as AWS's own do: how many members are not null is not known before.</summary>
internal readonly ref struct CborShapeWriter(IBufferWriter<byte> buffer, BodyEncoding encoding) : IShapeWriter
{
    private readonly CborWriter cbor = new(buffer);

    public void BeginStructure(StructureSchema schema) => cbor.WriteMapStart();

    public bool Member(StructureSchema schema, int index)
    {
        cbor.WriteText(schema[index].Utf8Name);
        return true;
    }

    public void EndStructure() => cbor.WriteBreak();

    public void BeginList(CollectionSchema schema) => cbor.WriteArrayStart();

    public void Element()
    {
    }

    public void EndList() => cbor.WriteBreak();

    public void BeginMap(CollectionSchema schema) => cbor.WriteMapStart();

    public void Key(string key) => cbor.WriteText(key);

    public void EndEntry()
    {
    }

    public void EndMap() => cbor.WriteBreak();

    public void WriteString(string value) => cbor.WriteText(value);

    public void WriteBoolean(bool value) => cbor.WriteBoolean(value);

    public void WriteInt32(int value) => cbor.WriteInt64(value);

    public void WriteInt64(long value) => cbor.WriteInt64(value);

    public void WriteSingle(float value) => cbor.WriteSingle(value);

    public void WriteDouble(double value) => cbor.WriteDouble(value);

    public void WriteTimestamp(DateTimeOffset value, TimestampFormat format) => cbor.WriteTimestamp(value, encoding);

    public void WriteBlob(ReadOnlyMemory<byte> value) => cbor.WriteBytes(value.Span);

    public void WriteDocument(JsonElement value) => throw new NotSupportedException("no service that speaks CBOR has documents");

    public void WriteStream(Stream value) => throw new NotSupportedException("a streamed member is not part of a CBOR document");
}
