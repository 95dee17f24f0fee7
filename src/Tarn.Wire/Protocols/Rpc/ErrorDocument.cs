using System.Buffers;
using System.Text.Json;
using Tarn.Contracts;
using Tarn.Wire.Dispatch;
using Tarn.Wire.Protocols.AwsJson;
using Tarn.Wire.Protocols.Cbor;

namespace Tarn.Wire.Protocols.Rpc;

/// <summary>An error as a document: its name in <c>__type</c>, members, the message last, which is left out when there is none.</summary>
internal static class ErrorDocument
{
    /// <param name="named">False for an event, whose headers hold the name.</param>
    public static void Write(IBufferWriter<byte> buffer, AwsException error, string messageName, BodyEncoding encoding, bool named)
    {
        if (encoding == BodyEncoding.Json)
        {
            WriteJson(buffer, error, messageName, named);
        }
        else
        {
            WriteCbor(new CborWriter(buffer), error, messageName, named);
        }
    }

    private static void WriteJson(IBufferWriter<byte> buffer, AwsException error, string messageName, bool named)
    {
        using var json = JsonWriters.Rent(buffer);
        json.Writer.WriteStartObject();
        if (named)
        {
            json.Writer.WriteString("__type"u8, error.Code);
        }

        JsonErrors.WriteMembers(json.Writer, error, messageName);
        json.Writer.WriteEndObject();
        json.Writer.Flush();
    }

    private static void WriteCbor(CborWriter cbor, AwsException error, string messageName, bool named)
    {
        cbor.WriteMapStart();
        if (named)
        {
            cbor.WriteText("__type"u8);
            cbor.WriteText(error.Code);
        }

        foreach (var member in error.Members ?? [])
        {
            cbor.WriteText(member.Key);
            cbor.WriteText(member.Value);
        }

        if (error.Message.Length > 0)
        {
            cbor.WriteText(messageName);
            cbor.WriteText(error.Message);
        }

        cbor.WriteBreak();
    }
}
