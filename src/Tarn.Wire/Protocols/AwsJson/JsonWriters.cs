using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Tarn.Wire.Protocols.AwsJson;

/// <summary>One JSON writer per thread, used again: encoding is synchronous, so a thread never needs two. What it wrote is to be flushed before it is given back.</summary>
public static class JsonWriters
{
    /// <summary>Clients decode JSON, nobody pastes it into HTML: only what JSON itself asks for is escaped. Depth is the model's concern.</summary>
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    [ThreadStatic]
    private static Utf8JsonWriter? spare;

    public static Lease Rent(IBufferWriter<byte> buffer)
    {
        var writer = spare;
        spare = null;
        if (writer is null)
        {
            return new Lease(new Utf8JsonWriter(buffer, Options));
        }

        writer.Reset(buffer);
        return new Lease(writer);
    }

    /// <summary>Gives the writer back when it is disposed.</summary>
    public readonly struct Lease(Utf8JsonWriter writer) : IDisposable
    {
        public Utf8JsonWriter Writer { get; } = writer;

        public void Dispose()
        {
            // Nothing of this exchange may be kept alive, or be flushed into it later.
            Writer.Reset(Stream.Null);
            spare = Writer;
        }
    }
}
