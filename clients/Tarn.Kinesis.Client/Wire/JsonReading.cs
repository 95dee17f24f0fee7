using System.Text.Json;

namespace Tarn.Clients.Kinesis.Wire;

/// <summary>Walks a JSON answer. Members that are not known are skipped, so that a service may add some.</summary>
internal static class JsonReading
{
    /// <summary>Reads one value that the reader stands on.</summary>
    public delegate T ValueReader<out T>(ref Utf8JsonReader json);

    /// <summary>Goes to the next member's name of the object that the reader is in; false at the object's end.</summary>
    public static bool NextMember(ref Utf8JsonReader json)
    {
        Read(ref json);
        return json.TokenType == JsonTokenType.PropertyName;
    }

    /// <summary>Goes to the object that begins here; a JSON null or another kind of value is refused.</summary>
    public static void EnterObject(ref Utf8JsonReader json)
    {
        if (json.TokenType == JsonTokenType.None)
        {
            Read(ref json);
        }

        if (json.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException($"an object was expected, not {json.TokenType}");
        }
    }

    /// <summary>Passes the value of a member that is not wanted.</summary>
    public static void SkipValue(ref Utf8JsonReader json)
    {
        Read(ref json);
        json.Skip();
    }

    public static string? StringOrNull(ref Utf8JsonReader json)
    {
        Read(ref json);
        return json.GetString();
    }

    public static long Number(ref Utf8JsonReader json)
    {
        Read(ref json);
        return json.GetInt64();
    }

    /// <summary>Seconds since 1970 with a fraction, or null.</summary>
    public static DateTimeOffset? TimeOrNull(ref Utf8JsonReader json)
    {
        Read(ref json);
        return json.TokenType == JsonTokenType.Null ? null : DateTimeOffset.FromUnixTimeMilliseconds((long)Math.Round(json.GetDouble() * 1000));
    }

    public static byte[] Base64(ref Utf8JsonReader json)
    {
        Read(ref json);
        return json.GetBytesFromBase64();
    }

    /// <summary>The list after a member's name; empty for null.</summary>
    public static List<T> List<T>(ref Utf8JsonReader json, ValueReader<T> item)
    {
        var items = new List<T>();
        Read(ref json);
        if (json.TokenType == JsonTokenType.Null)
        {
            return items;
        }

        if (json.TokenType != JsonTokenType.StartArray)
        {
            throw new JsonException($"a list was expected, not {json.TokenType}");
        }

        while (true)
        {
            Read(ref json);
            if (json.TokenType == JsonTokenType.EndArray)
            {
                return items;
            }

            items.Add(item(ref json));
        }
    }

    /// <summary>The value after a member's name.</summary>
    public static T Value<T>(ref Utf8JsonReader json, ValueReader<T> item)
    {
        Read(ref json);
        return item(ref json);
    }

    public static T Required<T>(T? value, string member) where T : class => value ?? throw new JsonException($"{member} is missing");

    private static void Read(ref Utf8JsonReader json)
    {
        if (!json.Read())
        {
            throw new JsonException("the answer ends early");
        }
    }
}
