using System.Text.Json;
using Tarn.Contracts;
using Tarn.Wire.Shapes;

namespace Tarn.Wire.Protocols.AwsJson;

/// <summary>
/// Reads shapes from JSON as it comes, without a tree. Between calls the reader stands on the first token of a value. Messages are
/// those that AWS gives (measured on Athena in 2026; Kinesis phrases scalars in Java's class names).
/// </summary>
internal ref struct JsonShapeReader : IShapeReader
{
    private Utf8JsonReader json;
    private int hint;
    private int structures;
    private readonly bool isHttpBound;
    private readonly bool javaClassNames;

    /// <param name="isHttpBound">REST-JSON: the outermost structure has members elsewhere, and may be all payload.</param>
    /// <param name="javaClassNames">Values of the wrong kind are described by Java's class names.</param>
    /// <exception cref="AwsException">The body is no JSON value.</exception>
    public JsonShapeReader(ReadOnlySpan<byte> body, bool isHttpBound, bool javaClassNames)
    {
        json = new Utf8JsonReader(body);
        this.isHttpBound = isHttpBound;
        this.javaClassNames = javaClassNames;
        if (!System.Text.Unicode.Utf8.IsValid(body))
        {
            throw SerializationErrors.Malformed();
        }

        Read();
        if (json.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray) && !isHttpBound)
        {
            throw SerializationErrors.Malformed();
        }
    }

    /// <summary>After the last value nothing may follow.</summary>
    public void End()
    {
        if (Read())
        {
            throw SerializationErrors.Malformed();
        }
    }

    public void BeginStructure(StructureSchema schema)
    {
        if (structures++ == 0 && isHttpBound && schema.Payload >= 0)
        {
            return;
        }

        Begin(JsonTokenType.StartObject, SerializationErrors.ExpectedStructure);
    }

    public int NextMember(StructureSchema schema)
    {
        if (isHttpBound && structures == 1 && schema.Payload >= 0)
        {
            // The document is one member's value: it is given once, and the structure is over.
            structures = int.MinValue / 2;
            return json.TokenType == JsonTokenType.Null ? -1 : schema.Payload;
        }

        while (Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var index = FindMember(schema);
            Read();
            if (index >= 0 && json.TokenType != JsonTokenType.Null)
            {
                hint = index + 1;
                return index;
            }

            Skip();
        }

        structures--;
        return -1;
    }

    public void BeginList(CollectionSchema schema) => Begin(JsonTokenType.StartArray, SerializationErrors.ExpectedList);

    public bool NextElement()
    {
        Read();
        return json.TokenType != JsonTokenType.EndArray && (json.TokenType != JsonTokenType.Null ? true : throw SerializationErrors.Malformed());
    }

    public void BeginMap(CollectionSchema schema) => Begin(JsonTokenType.StartObject, SerializationErrors.ExpectedMap);

    public bool NextKey(out string key)
    {
        Read();
        if (json.TokenType == JsonTokenType.EndObject)
        {
            key = "";
            return false;
        }

        key = Text();
        Read();
        return json.TokenType != JsonTokenType.Null ? true : throw SerializationErrors.Malformed();
    }

    public string ReadString() => json.TokenType == JsonTokenType.String ? Text() : throw Mismatch("a String");

    public bool ReadBoolean() => json.TokenType switch
    {
        JsonTokenType.True => true,
        JsonTokenType.False => false,
        _ => throw Mismatch("a Boolean"),
    };

    public int ReadInt32() => (int)Math.Clamp(ReadWhole("an Integer"), int.MinValue, int.MaxValue);

    public long ReadInt64() => ReadWhole("a Long");

    public float ReadSingle() => (float)ReadNumber("a Float");

    public double ReadDouble() => ReadNumber("a Double");

    public DateTimeOffset ReadTimestamp(TimestampFormat format)
    {
        DateTimeOffset value;
        if (json.TokenType == JsonTokenType.Number)
        {
            return json.TryGetDouble(out var seconds) && Timestamps.TryFromUnixSeconds(seconds, out value)
                ? value
                : throw Mismatch("milliseconds since epoch");
        }

        var isText = format is TimestampFormat.Iso8601 or TimestampFormat.Rfc822 && json.TokenType == JsonTokenType.String;
        return isText && Timestamps.TryParse(Text(), out value) ? value : throw Mismatch("milliseconds since epoch");
    }

    public ReadOnlyMemory<byte> ReadBlob()
    {
        if (json.TokenType != JsonTokenType.String)
        {
            throw Mismatch("a Blob");
        }

        if (json.TryGetBytesFromBase64(out var bytes))
        {
            return bytes;
        }

        var text = Text();
        throw SerializationErrors.Of($"'{text}' can not be converted to a Blob: {Base64Fault(text)}");
    }

    public JsonElement ReadDocument()
    {
        try
        {
            return JsonElement.ParseValue(ref json);
        }
        catch (JsonException)
        {
            throw SerializationErrors.Malformed();
        }
    }

    public Stream ReadStream() => throw new NotSupportedException("a streamed member is not part of a JSON document");

    private void Begin(JsonTokenType start, Func<AwsException> scalarFound)
    {
        if (json.TokenType != start)
        {
            throw json.TokenType switch
            {
                JsonTokenType.StartArray => SerializationErrors.ListNotExpected(),
                JsonTokenType.StartObject => SerializationErrors.StructureNotExpected(),
                _ => scalarFound(),
            };
        }
    }

    private readonly int FindMember(StructureSchema schema)
    {
        if (!json.ValueIsEscaped)
        {
            return schema.Find(json.ValueSpan, hint);
        }

        Span<byte> name = stackalloc byte[256];
        return json.ValueSpan.Length <= name.Length ? schema.Find(name[..json.CopyString(name)], hint) : -1;
    }

    private long ReadWhole(string wanted)
    {
        if (json.TokenType != JsonTokenType.Number)
        {
            throw Mismatch(wanted);
        }

        if (json.TryGetInt64(out var whole))
        {
            return whole;
        }

        var number = json.GetDouble();
        return number >= long.MaxValue ? long.MaxValue : number <= long.MinValue ? long.MinValue : (long)number;
    }

    private double ReadNumber(string wanted)
    {
        if (json.TokenType == JsonTokenType.Number)
        {
            return json.GetDouble();
        }

        return json.TokenType != JsonTokenType.String ? throw Mismatch(wanted) : Text() switch
        {
            "NaN" => double.NaN,
            "Infinity" => double.PositiveInfinity,
            "-Infinity" => double.NegativeInfinity,
            _ => throw Mismatch(wanted),
        };
    }

    /// <summary>What Java's decoder says: the length first, then the first character that may not be where it is, then bits left over at the end.</summary>
    private static string Base64Fault(string text)
    {
        if (text.Length % 4 != 0)
        {
            return $"Base64 encoded length is expected a multiple of 4 bytes but found: {text.Length}";
        }

        for (var i = 0; i < text.Length; i++)
        {
            var isPadding = text[i] == '=' && text.AsSpan(i).TrimEnd('=').IsEmpty;
            if (!char.IsAsciiLetterOrDigit(text[i]) && text[i] is not ('+' or '/') && !isPadding)
            {
                return $"Invalid Base64 character: '{text[i]}'";
            }
        }

        return "Invalid last non-pad Base64 character dectected";
    }

    private readonly AwsException Mismatch(string wanted) => json.TokenType switch
    {
        JsonTokenType.StartArray => SerializationErrors.ListNotExpected(),
        JsonTokenType.StartObject => SerializationErrors.StructureNotExpected(),
        _ when javaClassNames => SerializationErrors.JavaCannotConvert(json.TokenType, json.TokenType == JsonTokenType.String ? Text() : "", wanted),
        JsonTokenType.True => SerializationErrors.CannotConvert("TRUE_VALUE", wanted),
        JsonTokenType.False => SerializationErrors.CannotConvert("FALSE_VALUE", wanted),
        JsonTokenType.String => SerializationErrors.CannotConvert("STRING_VALUE", wanted),
        _ => SerializationErrors.CannotConvert(json.ValueSpan.ContainsAny((byte)'.', (byte)'e', (byte)'E') ? "DECIMAL_VALUE" : "NUMBER_VALUE", wanted),
    };

    /// <summary>The text of a string or name; refuses half surrogates, which JSON can write and Unicode text cannot hold.</summary>
    private readonly string Text()
    {
        try
        {
            return json.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw SerializationErrors.Malformed();
        }
    }

    private bool Read()
    {
        try
        {
            return json.Read();
        }
        catch (JsonException)
        {
            throw SerializationErrors.Malformed();
        }
    }

    private void Skip()
    {
        try
        {
            json.Skip();
        }
        catch (JsonException)
        {
            throw SerializationErrors.Malformed();
        }
    }
}
