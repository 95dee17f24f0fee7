using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Tarn.Sql.Functions.Udf;

/// <summary>json_*: JSON is held as canonical text.</summary>
internal static class JsonUdfs
{
    public static void Register(UdfTable udfs)
    {
        udfs.Add("trino_json_parse", (string text) => ParseOrFail(text));
        udfs.Add("trino_json_extract", (string json, string path) => Find(json, path) is { } found ? JsonText.Canonical(found) : null);
        udfs.Add("trino_json_extract_scalar", (string json, string path) => Find(json, path) is { } found ? Scalar(found) : null);
        udfs.Add("trino_json_size", (string json, string path) => Find(json, path) is { } found ? Size(found) : (long?)null);
        udfs.Add("trino_json_array_length", (string json) => JsonText.TryParse(json) is { ValueKind: JsonValueKind.Array } array ? array.GetArrayLength() : (long?)null);
        udfs.Add("trino_json_array_get", (string json, long index) => ArrayGet(json, index));
        udfs.Add("trino_is_json_scalar", (string json) => JsonText.TryParse(json) is { } value ? value.ValueKind is not (JsonValueKind.Array or JsonValueKind.Object) : throw MathUdfs.Argument("Invalid JSON value: " + json));
        udfs.Add("trino_json_array_contains_boolean", (string json, bool wanted) => Contains(json, item => item.ValueKind == (wanted ? JsonValueKind.True : JsonValueKind.False)));
        udfs.Add("trino_json_array_contains_bigint", (string json, long wanted) => Contains(json, item => item.ValueKind == JsonValueKind.Number && item.TryGetInt64(out var value) && value == wanted));
        udfs.Add("trino_json_array_contains_double", (string json, double wanted) => double.IsFinite(wanted) ? Contains(json, item => item.ValueKind == JsonValueKind.Number && !IsInteger(item) && item.GetDouble() == wanted) : JsonText.TryParse(json) is { ValueKind: JsonValueKind.Array } ? false : null);
        udfs.Add("trino_json_array_contains_text", (string json, string wanted) => Contains(json, item => item.ValueKind == JsonValueKind.String && item.GetString() == wanted));
    }

    public static string ParseOrFail(string text) => JsonText.TryParse(text) is { } value ? JsonText.Canonical(value) : throw MathUdfs.Argument($"Cannot convert value to JSON: '{text}'");

    private static JsonElement? Find(string json, string path)
    {
        var steps = JsonPath.Parse(path);
        return JsonText.TryParse(json) is { } root ? JsonPath.Find(root, steps) : null;
    }

    private static string? Scalar(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number => value.GetRawText(),
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => null,
    };

    private static long Size(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => value.GetArrayLength(),
        JsonValueKind.Object => value.EnumerateObject().Count(),
        _ => 0,
    };

    private static string? ArrayGet(string json, long index)
    {
        if (JsonText.TryParse(json) is not { ValueKind: JsonValueKind.Array } array)
        {
            return null;
        }

        var length = array.GetArrayLength();
        var at = index < 0 ? length + index : index;
        if (at < 0 || at >= length)
        {
            return null;
        }

        // A text comes without its quotes, and null as NULL: odd, and Trino's documented bug.
        var item = array[(int)at];
        return item.ValueKind switch { JsonValueKind.Null => null, JsonValueKind.String => item.GetString(), _ => JsonText.Canonical(item) };
    }

    private static bool? Contains(string json, Func<JsonElement, bool> matches)
    {
        if (JsonText.TryParse(json) is not { ValueKind: JsonValueKind.Array } array)
        {
            return null;
        }

        foreach (var item in array.EnumerateArray())
        {
            if (matches(item))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsInteger(JsonElement number) => number.GetRawText().AsSpan().IndexOfAny('.', 'e', 'E') < 0;
}

/// <summary>The paths of json_extract: <c>$.a.b[0]["c d"]</c>.</summary>
internal static class JsonPath
{
    public static List<(string? Name, long Index)> Parse(string path)
    {
        var steps = new List<(string?, long)>();
        if (path.Length == 0 || path[0] != '$')
        {
            // Paths without the root are taken from it, as Trino's own engine does.
            path = "$." + path;
        }

        for (var i = 1; i < path.Length;)
        {
            if (path[i] == '.')
            {
                var end = i + 1;
                while (end < path.Length && (char.IsLetterOrDigit(path[end]) || path[end] is '_' or '$' or '@' or ':' or '-'))
                {
                    end++;
                }

                if (end == i + 1)
                {
                    throw Bad(path);
                }

                steps.Add((path[(i + 1)..end], -1));
                i = end;
            }
            else if (path[i] == '[')
            {
                i = Bracket(path, i, steps);
            }
            else
            {
                throw Bad(path);
            }
        }

        return steps;
    }

    public static JsonElement? Find(JsonElement root, List<(string? Name, long Index)> steps)
    {
        var at = root;
        foreach (var (name, index) in steps)
        {
            if (at.ValueKind == JsonValueKind.Array && (index >= 0 || long.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out _)))
            {
                var position = index >= 0 ? index : long.Parse(name!, CultureInfo.InvariantCulture);
                if (position >= at.GetArrayLength())
                {
                    return null;
                }

                at = at[(int)position];
            }
            else if (at.ValueKind == JsonValueKind.Object)
            {
                if (!at.TryGetProperty(name ?? index.ToString(CultureInfo.InvariantCulture), out at))
                {
                    return null;
                }
            }
            else
            {
                return null;
            }
        }

        return at;
    }

    private static int Bracket(string path, int i, List<(string?, long)> steps)
    {
        if (i + 1 < path.Length && path[i + 1] is '"' or '\'')
        {
            var quote = path[i + 1];
            var name = new StringBuilder();
            var at = i + 2;
            for (; at < path.Length && path[at] != quote; at++)
            {
                if (path[at] == '\\' && at + 1 < path.Length)
                {
                    at++;
                }

                name.Append(path[at]);
            }

            steps.Add((name.ToString(), -1));
            return at + 1 < path.Length && path[at + 1] == ']' ? at + 2 : throw Bad(path);
        }

        var close = path.IndexOf(']', i);
        if (close < 0)
        {
            throw Bad(path);
        }

        var inside = path[(i + 1)..close];
        if (inside.Length > 0 && inside.All(char.IsAsciiDigit) && long.TryParse(inside, CultureInfo.InvariantCulture, out var index))
        {
            steps.Add((null, index));
        }
        else if (inside.Length > 0 && inside.All(c => char.IsLetterOrDigit(c) || c == '_'))
        {
            steps.Add((inside, -1));
        }
        else
        {
            throw Bad(path);
        }

        return close + 1;
    }

    private static SqlException Bad(string path) => MathUdfs.Argument($"Invalid JSON path: '{path}'");
}
