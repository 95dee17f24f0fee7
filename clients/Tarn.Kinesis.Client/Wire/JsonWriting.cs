using System.Text.Encodings.Web;
using System.Text.Json;

namespace Tarn.Clients.Kinesis.Wire;

/// <summary>What requests have in common as JSON 1.1.</summary>
internal static class JsonWriting
{
    /// <summary>The service reads any UTF-8, so nothing is escaped that need not be.</summary>
    public static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <param name="stream">A name, or an ARN.</param>
    public static void WriteStream(this Utf8JsonWriter json, string stream)
    {
        if (stream.StartsWith("arn:", StringComparison.Ordinal))
        {
            json.WriteString("StreamARN"u8, stream);
        }
        else
        {
            json.WriteString("StreamName"u8, stream);
        }
    }

    /// <summary>Writes a member that has a value; a null is left out, as AWS's own clients do.</summary>
    public static void WriteOptional(this Utf8JsonWriter json, ReadOnlySpan<byte> name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }

    /// <summary>Seconds since 1970 with three digits, which is what the service keeps.</summary>
    public static void WriteOptional(this Utf8JsonWriter json, ReadOnlySpan<byte> name, DateTimeOffset? time)
    {
        if (time is { } value)
        {
            json.WriteNumber(name, value.ToUnixTimeMilliseconds() / 1000m);
        }
    }

    public static void WriteEntry(this Utf8JsonWriter json, in PutRecordsEntry entry)
    {
        json.WriteString("PartitionKey"u8, entry.PartitionKey);
        if (entry.ExplicitHashKey is { } hashKey)
        {
            Span<char> digits = stackalloc char[39];
            hashKey.TryFormat(digits, out var length);
            json.WriteString("ExplicitHashKey"u8, digits[..length]);
        }

        json.WriteBase64String("Data"u8, entry.Data.Span);
    }

    public static void WriteFilter(this Utf8JsonWriter json, ShardFilter filter)
    {
        json.WriteStartObject("ShardFilter"u8);
        json.WriteString("Type"u8, filter.Type);
        json.WriteOptional("ShardId"u8, filter.ShardId);
        json.WriteOptional("Timestamp"u8, filter.Timestamp);
        json.WriteEndObject();
    }

    public static void WritePosition(this Utf8JsonWriter json, StartingPosition position)
    {
        json.WriteStartObject("StartingPosition"u8);
        json.WriteString("Type"u8, position.Type);
        json.WriteOptional("SequenceNumber"u8, position.SequenceNumber);
        json.WriteOptional("Timestamp"u8, position.Timestamp);
        json.WriteEndObject();
    }
}
