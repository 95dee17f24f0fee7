using System.Text.Json;

namespace Tarn.Wire.Shapes;

/// <summary>
/// One protocol's way of reading shapes. Generated code pulls: it begins a structure, asks for the next member that is present, and
/// reads its value by the type that the model gives. A protocol is a struct, so that the just-in-time compiler makes one body of
/// each generated routine per protocol that is used, with every call direct.
/// <para>Members that are null on the wire are not returned: null and absent are the same.</para>
/// </summary>
/// <remarks>Every method throws the protocol's <c>AwsException</c> (such as <c>SerializationException</c>) when the value is of another kind.</remarks>
public interface IShapeReader
{
    void BeginStructure(StructureSchema schema);

    /// <summary>The index of the next member present, in any order; -1 at the end, which also ends the structure.</summary>
    int NextMember(StructureSchema schema);

    void BeginList(CollectionSchema schema);

    /// <summary>False at the end, which also ends the list.</summary>
    bool NextElement();

    void BeginMap(CollectionSchema schema);

    /// <summary>False at the end, which also ends the map.</summary>
    bool NextKey(out string key);

    string ReadString();

    bool ReadBoolean();

    /// <summary>Numbers beyond the type are cut to its limits, as AWS does, and fail validation rather than parsing.</summary>
    int ReadInt32();

    long ReadInt64();

    float ReadSingle();

    double ReadDouble();

    DateTimeOffset ReadTimestamp(TimestampFormat format);

    ReadOnlyMemory<byte> ReadBlob();

    JsonElement ReadDocument();

    /// <summary>The rest of the request as a stream; only for raw payloads.</summary>
    Stream ReadStream();
}

/// <summary>How a timestamp is written.</summary>
public enum TimestampFormat : byte
{
    /// <summary>What the protocol and the location ask for.</summary>
    Default,

    /// <summary>Seconds since 1970 with up to three decimals.</summary>
    UnixTimestamp,

    /// <summary><c>2024-05-06T07:08:09.123Z</c>.</summary>
    Iso8601,

    /// <summary><c>Mon, 06 May 2024 07:08:09 GMT</c>.</summary>
    Rfc822,
}
