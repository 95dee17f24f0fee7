using System.Buffers;
using Tarn.Wire.Dispatch;
using Tarn.Wire.Protocols.AwsJson;
using Tarn.Wire.Protocols.Cbor;
using Tarn.Wire.Shapes;

namespace Tarn.Wire.Protocols.Rpc;

/// <summary>One document, a whole body or an event, in each of the encodings.</summary>
internal static class BodyCodec
{
    /// <param name="javaClassNames">JSON: values of the wrong kind are described by Java's class names.</param>
    /// <exception cref="Contracts.AwsException">The document is malformed, or a value is of another kind than its member.</exception>
    public static TInput Read<TInput>(ReadOnlySpan<byte> document, BodyEncoding encoding, bool javaClassNames)
        where TInput : class, IInputShape<TInput>, new()
    {
        var input = new TInput();
        if (encoding == BodyEncoding.Json)
        {
            var json = new JsonShapeReader(document, isHttpBound: false, javaClassNames);
            TInput.Read(ref json, input);
            json.End();
            return input;
        }

        if (encoding == BodyEncoding.SmithyCbor && document.IsEmpty)
        {
            // An operation without input has no body.
            return input;
        }

        var cbor = new CborShapeReader(document, encoding);
        TInput.Read(ref cbor, input);
        cbor.End();
        return input;
    }

    public static void Write<TShape>(IBufferWriter<byte> buffer, TShape shape, BodyEncoding encoding)
        where TShape : class, IOutputShape<TShape>
    {
        if (encoding == BodyEncoding.Json)
        {
            using var json = JsonWriters.Rent(buffer);
            var writer = new JsonShapeWriter(json.Writer, isHttpBound: false);
            TShape.Write(ref writer, shape);
            json.Writer.Flush();
            return;
        }

        var cbor = new CborShapeWriter(buffer, encoding);
        TShape.Write(ref cbor, shape);
    }

    /// <summary>The content type of an event.</summary>
    public static string EventContentType(BodyEncoding encoding) => encoding switch
    {
        BodyEncoding.Json => "application/x-amz-json-1.1",
        BodyEncoding.AwsCbor => "application/x-amz-cbor-1.1",
        _ => "application/cbor",
    };
}
