using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Tarn.DuckDb;
using Tarn.DuckDb.Functions;
using Tarn.DuckDb.Types;
using Tarn.DuckDb.Values;

namespace Tarn.Sql.Scans;

/// <summary>
/// Rewrites a JSON record so that its keys are found without case: nested keys in lower case, top-level keys that are wanted under new names, the
/// rest left out. Of keys that differ in case alone, who reads the text keeps one. The C# function that <see cref="JsonSerde"/>'s text calls.
/// </summary>
public sealed class JsonKeys
{
    internal const string Function = "trino_scan_json";

    private const int DepthMax = 512;
    private const int KeyCharsMax = 256;

    private readonly ArrayBufferWriter<byte> output = new(4096);
    private readonly Utf8JsonWriter writer;
    private readonly Dictionary<string, JsonEncodedText> renames;
    private readonly Dictionary<string, JsonEncodedText>.AlternateLookup<ReadOnlySpan<char>> lookup;
    private readonly bool wrapsArrays;

    /// <param name="renames">Lower-case key to new name.</param>
    /// <param name="wrapsArrays">Whether a record that is an array stands for an object with it under the first new name.</param>
    internal JsonKeys(IReadOnlyDictionary<string, string> renames, bool wrapsArrays)
    {
        this.renames = renames.ToDictionary(pair => pair.Key, pair => JsonEncodedText.Encode(pair.Value), StringComparer.Ordinal);
        this.wrapsArrays = wrapsArrays;
        lookup = this.renames.GetAlternateLookup<ReadOnlySpan<char>>();
        writer = new Utf8JsonWriter(output, new JsonWriterOptions { SkipValidation = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
    }

    /// <summary>Registers the function with the instance of a connection.</summary>
    public static void Register(DuckDbConnection connection) =>
        new DuckDbScalarFunction(Function, [DuckDbType.Varchar, DuckDbType.Varchar, DuckDbType.Boolean], DuckDbType.Varchar, Run).Register(connection);

    /// <summary>The rewritten record, valid until the next call; empty for a record that is no object (and no array where these are taken).</summary>
    internal ReadOnlySpan<byte> Fold(ReadOnlySpan<byte> json)
    {
        output.ResetWrittenCount();
        writer.Reset();
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = DepthMax });
        reader.Read();
        if (reader.TokenType == JsonTokenType.StartArray && wrapsArrays)
        {
            writer.WriteStartObject();
            writer.WritePropertyName(renames.Values.First());
            CopyValue(ref reader);
        }
        else if (reader.TokenType == JsonTokenType.StartObject)
        {
            writer.WriteStartObject();
            CopyWanted(ref reader);
        }
        else
        {
            return default;
        }

        writer.WriteEndObject();
        writer.Flush();
        return output.WrittenSpan;
    }

    private static void Run(DuckDbChunk arguments, DuckDbVectorWriter results)
    {
        if (arguments.RowCount == 0)
        {
            return;
        }

        var renames = JsonSerializer.Deserialize<Dictionary<string, string>>(arguments.Column(1).Text(0))!;
        var keys = new JsonKeys(renames, arguments.Column(2).Raw<byte>(0) != 0);
        var records = arguments.Column(0);
        for (var row = 0; row < arguments.RowCount; row++)
        {
            if (records.IsNull(row))
            {
                continue;
            }

            var folded = keys.Fold(records.Bytes(row));
            if (folded.IsEmpty)
            {
                throw new InvalidDataException($"HIVE_CURSOR_ERROR: Row is not a valid JSON Object: {Head(records.Bytes(row))}");
            }

            results.Bytes(row, folded);
        }
    }

    private static string Head(ReadOnlySpan<byte> record) => Encoding.UTF8.GetString(record[..Math.Min(record.Length, 100)]);

    private void CopyWanted(ref Utf8JsonReader reader)
    {
        Span<char> key = stackalloc char[KeyCharsMax];
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = Lower(ref reader, key);
            reader.Read();
            if (lookup.TryGetValue(name, out var renamed))
            {
                writer.WritePropertyName(renamed);
                CopyValue(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }
    }

    private void CopyValue(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                CopyObject(ref reader);
                break;
            case JsonTokenType.StartArray:
                writer.WriteStartArray();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    CopyValue(ref reader);
                }

                writer.WriteEndArray();
                break;
            case JsonTokenType.String when !reader.ValueIsEscaped:
                writer.WriteStringValue(reader.ValueSpan);
                break;
            case JsonTokenType.String:
                writer.WriteStringValue(reader.GetString());
                break;
            default:
                writer.WriteRawValue(reader.ValueSpan, skipInputValidation: true);
                break;
        }
    }

    private void CopyObject(ref Utf8JsonReader reader)
    {
        Span<char> key = stackalloc char[KeyCharsMax];
        writer.WriteStartObject();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            writer.WritePropertyName(Lower(ref reader, key));
            reader.Read();
            CopyValue(ref reader);
        }

        writer.WriteEndObject();
    }

    /// <summary>The current key in lower case, in <paramref name="buffer"/> when it fits.</summary>
    private static ReadOnlySpan<char> Lower(scoped ref Utf8JsonReader reader, Span<char> buffer)
    {
        if (reader.ValueSpan.Length > buffer.Length)
        {
            return reader.GetString()!.ToLowerInvariant();
        }

        var length = reader.CopyString(buffer);
        var key = buffer[..length];
        foreach (ref var c in key)
        {
            c = char.ToLowerInvariant(c);
        }

        return key;
    }
}
