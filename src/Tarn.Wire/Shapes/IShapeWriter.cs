using System.Text.Json;

namespace Tarn.Wire.Shapes;

/// <summary>One protocol's way of writing shapes; the counterpart of <see cref="IShapeReader"/>. Generated code pushes what is not null.</summary>
public interface IShapeWriter
{
    void BeginStructure(StructureSchema schema);

    /// <summary>Announces a member whose value follows. False where this pass does not write it (a header in the body, a body member among headers).</summary>
    bool Member(StructureSchema schema, int index);

    void EndStructure();

    void BeginList(CollectionSchema schema);

    /// <summary>Announces a list entry whose value follows.</summary>
    void Element();

    void EndList();

    void BeginMap(CollectionSchema schema);

    /// <summary>Announces a map entry whose value follows.</summary>
    void Key(string key);

    /// <summary>Ends the entry that <see cref="Key"/> began.</summary>
    void EndEntry();

    void EndMap();

    void WriteString(string value);

    void WriteBoolean(bool value);

    void WriteInt32(int value);

    void WriteInt64(long value);

    void WriteSingle(float value);

    void WriteDouble(double value);

    void WriteTimestamp(DateTimeOffset value, TimestampFormat format);

    void WriteBlob(ReadOnlyMemory<byte> value);

    void WriteDocument(JsonElement value);

    /// <summary>Gives the body as a stream; only for raw payloads. The stream is disposed when it has been sent.</summary>
    void WriteStream(Stream value);
}
