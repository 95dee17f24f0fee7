using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;

namespace Tarn.Sql.Functions.Udf;

/// <summary>The pieces of which casts from and to JSON are made.</summary>
internal static class JsonCastUdfs
{
    public static void Register(UdfTable udfs)
    {
        udfs.Add("trino_json_quote", (string text) => JsonText.Quote(text));
        udfs.Add("trino_double_json", (double value) => double.IsFinite(value) ? NumberTexts.Double(value) : $"\"{NumberTexts.Double(value)}\"");
        udfs.Add("trino_real_json", (float value) => float.IsFinite(value) ? NumberTexts.Real(value) : $"\"{NumberTexts.Real(value)}\"");
        udfs.Add("trino_json_array", (string?[] items) => $"[{string.Join(",", items.Select(item => item ?? "null"))}]");
        udfs.Add("trino_json_object", (string?[] keys, string?[] values, bool isSorted) => Object(keys, values, isSorted));
        udfs.Add("trino_json_kind", (string json) => Read(json, "json").ValueKind == JsonValueKind.Null ? "null" : "value");
        udfs.Add("trino_json_elements", (string json, string type) => Elements(json, type));
        udfs.Add("trino_json_keys", (string json, string type) => Members(json, type).Select(member => (string?)member.Name).ToArray());
        udfs.Add("trino_json_values", (string json, string type) => Members(json, type).Select(member => (string?)JsonText.Canonical(member.Value)).ToArray());
        udfs.Add("trino_json_fields", (string json, string?[] names, string type) => Fields(json, names, type));
        udfs.Add("trino_json_to_text", (string json) => Text(json));
        udfs.Add("trino_json_to_boolean", (string json) => Boolean(json));
        udfs.Add("trino_json_to_integer", (string json, string type) => Integer(json, type));
        udfs.Add("trino_json_to_double", (string json, string type) => Double(json, type));
        udfs.Add("trino_json_to_decimal", (string json, int precision, int scale) => Decimal(json, precision, scale));
    }

    private static string Object(string?[] keys, string?[] values, bool isSorted)
    {
        var members = keys.Zip(values);
        var text = new StringBuilder("{");
        foreach (var (key, value) in isSorted ? members.OrderBy(member => member.First, StringComparer.Ordinal) : members)
        {
            text.Append(text.Length == 1 ? "" : ",");
            JsonText.Quote(text, key ?? "");
            text.Append(':').Append(value ?? "null");
        }

        return text.Append('}').ToString();
    }

    private static JsonElement Read(string json, string type) => JsonText.TryParse(json) ?? throw NumberTexts.Invalid($"Cannot cast to {type}.\n{json}");

    private static string?[]? Elements(string json, string type)
    {
        var value = Read(json, type);
        return value.ValueKind switch
        {
            JsonValueKind.Null => null,
            JsonValueKind.Array => [.. value.EnumerateArray().Select(JsonText.Canonical)],
            _ => throw NumberTexts.Invalid($"Cannot cast to {type}. Expected a json array, but got {First(value)}\n{json}"),
        };
    }

    private static IEnumerable<(string Name, JsonElement Value)> Members(string json, string type)
    {
        var value = Read(json, type);
        if (value.ValueKind == JsonValueKind.Null)
        {
            return [];
        }

        return value.ValueKind == JsonValueKind.Object
            ? value.EnumerateObject().Select(property => (property.Name, property.Value))
            : throw NumberTexts.Invalid($"Cannot cast to {type}. Expected a json object, but got {First(value)}\n{json}");
    }

    private static string?[]? Fields(string json, string?[] names, string type)
    {
        var value = Read(json, type);
        switch (value.ValueKind)
        {
            case JsonValueKind.Null:
                return null;
            case JsonValueKind.Array when value.GetArrayLength() == names.Length:
                return [.. value.EnumerateArray().Select(JsonText.Canonical)];
            case JsonValueKind.Array:
                throw NumberTexts.Invalid($"Cannot cast to {type}. Expected {names.Length} elements, but got {value.GetArrayLength()}\n{json}");
            case JsonValueKind.Object:
                var fields = new string?[names.Length];
                foreach (var property in value.EnumerateObject())
                {
                    var at = Array.FindIndex(names, name => string.Equals(name, property.Name, StringComparison.OrdinalIgnoreCase));
                    if (at >= 0)
                    {
                        fields[at] = JsonText.Canonical(property.Value);
                    }
                }

                return fields;
            default:
                throw NumberTexts.Invalid($"Cannot cast to {type}. Expected a json array or object, but got {First(value)}\n{json}");
        }
    }

    private static string First(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => "[",
        JsonValueKind.Object => "{",
        JsonValueKind.String => value.GetString()!,
        _ => value.GetRawText(),
    };

    private static string? Text(string json)
    {
        var value = Read(json, "varchar");
        return value.ValueKind switch
        {
            JsonValueKind.Null => null,
            JsonValueKind.String => value.GetString(),
            JsonValueKind.Array or JsonValueKind.Object => throw NumberTexts.Invalid($"Cannot cast '{json}' to varchar"),
            JsonValueKind.Number when value.GetRawText().AsSpan().IndexOfAny('.', 'e', 'E') >= 0 => NumberTexts.Scientific(value.GetDouble(), NumberTexts.Double(value.GetDouble()), 20),
            _ => JsonText.Canonical(value),
        };
    }

    private static bool? Boolean(string json)
    {
        var value = Read(json, "boolean");
        return value.ValueKind switch
        {
            JsonValueKind.Null => null,
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            JsonValueKind.Number => value.GetDouble() != 0,
            JsonValueKind.String when value.GetString()!.ToLowerInvariant() is "t" or "true" or "1" => true,
            JsonValueKind.String when value.GetString()!.ToLowerInvariant() is "f" or "false" or "0" => false,
            _ => throw NumberTexts.Invalid($"Cannot cast '{json}' to BOOLEAN"),
        };
    }

    private static long? Integer(string json, string type)
    {
        var value = Read(json, type);
        var (min, max) = type switch
        {
            "tinyint" => (sbyte.MinValue, sbyte.MaxValue),
            "smallint" => (short.MinValue, short.MaxValue),
            "integer" => (int.MinValue, int.MaxValue),
            _ => (long.MinValue, long.MaxValue),
        };
        BigInteger? whole = value.ValueKind switch
        {
            JsonValueKind.Null => null,
            JsonValueKind.True => 1,
            JsonValueKind.False => 0,
            JsonValueKind.Number when value.GetRawText().AsSpan().IndexOfAny('.', 'e', 'E') >= 0 && Math.Abs(value.GetDouble()) < 1e19 => new BigInteger(Math.Round(value.GetDouble(), MidpointRounding.AwayFromZero)),
            JsonValueKind.Number when BigInteger.TryParse(value.GetRawText(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var digits) => digits,
            JsonValueKind.String when BigInteger.TryParse(value.GetString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var parsed) => parsed,
            _ => throw NumberTexts.Invalid($"Cannot cast '{json}' to {type.ToUpperInvariant()}"),
        };
        return whole is { } number && (number < min || number > max) ? throw NumberTexts.Invalid($"Cannot cast '{json}' to {type.ToUpperInvariant()}") : (long?)whole;
    }

    private static double? Double(string json, string type)
    {
        var value = Read(json, type);
        return value.ValueKind switch
        {
            JsonValueKind.Null => null,
            JsonValueKind.True => 1,
            JsonValueKind.False => 0,
            JsonValueKind.Number => value.GetDouble(),
            JsonValueKind.String when NumberTexts.JavaFloating(value.GetString()!) is { } digits => double.Parse(digits, NumberStyles.Float, CultureInfo.InvariantCulture),
            _ => throw NumberTexts.Invalid($"Cannot cast '{json}' to {type.ToUpperInvariant()}"),
        };
    }

    private static string? Decimal(string json, int precision, int scale)
    {
        var value = Read(json, "decimal");
        var text = value.ValueKind switch
        {
            JsonValueKind.Null => null,
            JsonValueKind.True => "1",
            JsonValueKind.False => "0",
            JsonValueKind.Number => value.GetRawText(),
            JsonValueKind.String => value.GetString(),
            _ => "",
        };
        if (text is null)
        {
            return null;
        }

        return (NumberTexts.TryParseDecimal(text, out var unscaled, out var exponent) ? NumberTexts.Rescale(unscaled, exponent, precision, scale) : null)
            ?? throw NumberTexts.Invalid($"Cannot cast '{json}' to DECIMAL({precision},{scale})");
    }
}
