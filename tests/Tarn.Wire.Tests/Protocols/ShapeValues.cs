using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tarn.Wire.Tests.Protocols;

/// <summary>Between generated shapes and the JSON that vectors describe values with: timestamps are seconds, blobs are text.</summary>
internal static class ShapeValues
{
    public static object Make(Type type, JsonObject values)
    {
        var shape = RuntimeHelpers.GetUninitializedObject(type);
        foreach (var (name, value) in values)
        {
            var property = type.GetProperty(char.ToUpperInvariant(name[0]) + name[1..])
                ?? type.GetProperty(char.ToUpperInvariant(name[0]) + name[1..] + "Value")
                ?? throw new InvalidOperationException($"{type.Name} has no member {name}");
            property.SetValue(shape, value is null ? null : MakeValue(property.PropertyType, value));
        }

        return shape;
    }

    /// <summary>The members that are set, as the vectors would write them.</summary>
    public static JsonNode? Describe(object? value) => value switch
    {
        null => null,
        string text => JsonValue.Create(text),
        bool flag => JsonValue.Create(flag),
        int or long => JsonValue.Create(Convert.ToDouble(value, CultureInfo.InvariantCulture)),
        float number => float.IsFinite(number) ? JsonValue.Create(double.Parse(number.ToString("R"))) : JsonValue.Create(NonFinite(number)),
        double number => double.IsFinite(number) ? JsonValue.Create(number) : JsonValue.Create(NonFinite(number)),
        DateTimeOffset time => JsonValue.Create(time.ToUnixTimeMilliseconds() / 1000.0),
        ReadOnlyMemory<byte> bytes => JsonValue.Create(Encoding.UTF8.GetString(bytes.Span)),
        Stream stream => JsonValue.Create(new StreamReader(stream).ReadToEnd()),
        JsonElement element => JsonNode.Parse(element.GetRawText()),
        IDictionary map => new JsonObject(map.Keys.Cast<string>().Select(key => new KeyValuePair<string, JsonNode?>(key, Describe(map[key])))),
        IEnumerable list => new JsonArray([.. list.Cast<object?>().Select(Describe)]),
        _ => new JsonObject(value.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Select(property => (property, Value: property.GetValue(value)))
            .Where(entry => entry.Value is not null)
            .Select(entry => new KeyValuePair<string, JsonNode?>(entry.property.Name, Describe(entry.Value)))),
    };

    /// <summary>Both sides in one form: names of structure members are compared without regard to their first letter, numbers as doubles.</summary>
    public static JsonNode? Normal(JsonNode? node) => node switch
    {
        JsonObject source => new JsonObject(source
            .Where(member => member.Value is not null)
            .Select(member => new KeyValuePair<string, JsonNode?>(Lower(member.Key), Normal(member.Value)))
            .OrderBy(member => member.Key, StringComparer.Ordinal)),
        JsonArray array => new JsonArray([.. array.Select(Normal)]),
        JsonValue value when value.GetValueKind() == JsonValueKind.Number => JsonValue.Create(double.Parse(value.ToJsonString(), CultureInfo.InvariantCulture)),
        _ => node?.DeepClone(),
    };

    private static object MakeValue(Type declared, JsonNode value)
    {
        var type = Nullable.GetUnderlyingType(declared) ?? declared;
        if (type == typeof(string))
        {
            return value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : value.ToJsonString();
        }

        if (type == typeof(DateTimeOffset))
        {
            return DateTimeOffset.FromUnixTimeMilliseconds((long)Math.Round(Number(value) * 1000));
        }

        if (type == typeof(ReadOnlyMemory<byte>))
        {
            return new ReadOnlyMemory<byte>(Encoding.UTF8.GetBytes(value.GetValue<string>()));
        }

        if (type == typeof(Stream))
        {
            return new MemoryStream(Encoding.UTF8.GetBytes(value.GetValue<string>()));
        }

        if (type == typeof(JsonElement))
        {
            return JsonDocument.Parse(value.ToJsonString()).RootElement;
        }

        if (type.IsPrimitive)
        {
            return type == typeof(bool) ? value.GetValue<bool>() : Convert.ChangeType(Number(value), type, CultureInfo.InvariantCulture);
        }

        return type.IsGenericType ? MakeCollection(type.GetGenericArguments(), value) : Make(type, value.AsObject());
    }

    private static object MakeCollection(Type[] arguments, JsonNode value)
    {
        if (arguments.Length == 1)
        {
            var list = (IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(arguments))!;
            foreach (var item in value.AsArray())
            {
                list.Add(MakeValue(arguments[0], item!));
            }

            return list;
        }

        var map = (IDictionary)Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(arguments))!;
        foreach (var (key, item) in value.AsObject())
        {
            map.Add(key, MakeValue(arguments[1], item!));
        }

        return map;
    }

    private static double Number(JsonNode value) => value.GetValueKind() == JsonValueKind.Number
        ? value.GetValue<double>()
        : value.GetValue<string>() switch { "NaN" => double.NaN, "Infinity" => double.PositiveInfinity, "-Infinity" => double.NegativeInfinity, var text => double.Parse(text) };

    private static string NonFinite(double number) => double.IsNaN(number) ? "NaN" : number > 0 ? "Infinity" : "-Infinity";

    private static string Lower(string name) => name.Length == 0 ? name : char.ToLowerInvariant(name[0]) + name[1..];
}
