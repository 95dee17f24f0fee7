using System.Text.Json.Nodes;
using Tarn.Wire.Protocols.Cbor;

namespace Tarn.Wire.Tests.Protocols.Cbor;

/// <summary>Any CBOR as JSON, for comparing by what it says: bytes as text in Latin-1, timestamps as their number, NaN and infinities as text.</summary>
internal static class CborJson
{
    public static JsonNode? Parse(ReadOnlySpan<byte> cbor)
    {
        var reader = new CborReader(cbor);
        var node = Value(ref reader);
        reader.ReadEnd();
        return node;
    }

    private static JsonNode? Value(ref CborReader reader)
    {
        switch (reader.PeekValue())
        {
            case CborKind.Map:
                var map = new JsonObject();
                var pairs = reader.ReadMapStart();
                for (long i = 0; pairs < 0 ? !reader.TryReadBreak() : i < pairs; i++)
                {
                    map[reader.PeekValue() == CborKind.Text ? reader.ReadText() : reader.ReadInt64().ToString()] = Value(ref reader);
                }

                return map;
            case CborKind.Array:
                var array = new JsonArray();
                var count = reader.ReadArrayStart();
                for (long i = 0; count < 0 ? !reader.TryReadBreak() : i < count; i++)
                {
                    array.Add(Value(ref reader));
                }

                return array;
            case CborKind.Text: return reader.ReadText();
            case CborKind.Bytes: return System.Text.Encoding.Latin1.GetString(reader.ReadBytes());
            case CborKind.Boolean: return reader.ReadBoolean();
            case CborKind.UnsignedInteger or CborKind.NegativeInteger: return reader.ReadInt64();
            case CborKind.Float:
                var number = reader.ReadDouble();
                return double.IsNaN(number) ? "NaN" : double.IsInfinity(number) ? number > 0 ? "Infinity" : "-Infinity" : number;
            default: return reader.TryReadNull() ? null : throw new InvalidOperationException($"{reader.Peek()} at {reader.Position}");
        }
    }
}
