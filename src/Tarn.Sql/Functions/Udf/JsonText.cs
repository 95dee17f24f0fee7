using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;

namespace Tarn.Sql.Functions.Udf;

/// <summary>Reading JSON and writing it in the one form in which equal values have equal text: no blanks, keys in order, numbers as Java writes them.</summary>
internal static class JsonText
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 1000, AllowDuplicateProperties = true };

    /// <summary>Null for text that is not one JSON value.</summary>
    public static JsonElement? TryParse(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text, Options);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public static string Canonical(JsonElement value)
    {
        var text = new StringBuilder();
        Write(text, value);
        return text.ToString();
    }

    public static string Quote(string value)
    {
        var text = new StringBuilder(value.Length + 2);
        Quote(text, value);
        return text.ToString();
    }

    /// <summary>Escapes what JSON asks for and nothing else, as Jackson does.</summary>
    public static void Quote(StringBuilder text, string value)
    {
        text.Append('"');
        foreach (var c in value)
        {
            switch (c)
            {
                case '"': text.Append("\\\""); break;
                case '\\': text.Append("\\\\"); break;
                case '\b': text.Append("\\b"); break;
                case '\f': text.Append("\\f"); break;
                case '\n': text.Append("\\n"); break;
                case '\r': text.Append("\\r"); break;
                case '\t': text.Append("\\t"); break;
                case < ' ': text.Append("\\u").Append(((int)c).ToString("X4", CultureInfo.InvariantCulture)); break;
                default: text.Append(c); break;
            }
        }

        text.Append('"');
    }

    private static void Write(StringBuilder text, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                // The last of equal keys counts.
                var members = new SortedDictionary<string, JsonElement>(StringComparer.Ordinal);
                foreach (var property in value.EnumerateObject())
                {
                    members[property.Name] = property.Value;
                }

                var isFirst = true;
                text.Append('{');
                foreach (var (name, member) in members)
                {
                    text.Append(isFirst ? "" : ",");
                    isFirst = false;
                    Quote(text, name);
                    text.Append(':');
                    Write(text, member);
                }

                text.Append('}');
                break;
            case JsonValueKind.Array:
                text.Append('[');
                var index = 0;
                foreach (var item in value.EnumerateArray())
                {
                    text.Append(index++ == 0 ? "" : ",");
                    Write(text, item);
                }

                text.Append(']');
                break;
            case JsonValueKind.String:
                Quote(text, value.GetString()!);
                break;
            case JsonValueKind.Number:
                var raw = value.GetRawText();
                text.Append(raw.AsSpan().IndexOfAny('.', 'e', 'E') < 0 ? Integer(raw) : IsLong(raw) || !double.IsFinite(value.GetDouble()) ? raw : NumberTexts.Double(value.GetDouble()));
                break;
            default:
                text.Append(value.GetRawText());
                break;
        }
    }

    /// <summary>More digits than a double holds stay as they are: a cast to decimal wants them.</summary>
    private static bool IsLong(string raw) => raw.AsSpan().IndexOfAny('e', 'E') < 0 && raw.AsSpan().Trim("-0.").Length > 17;

    private static string Integer(string raw) => raw == "-0" ? "0" : raw.Length < 18 ? raw : BigInteger.Parse(raw, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture);
}
