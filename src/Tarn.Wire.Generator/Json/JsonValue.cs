using System.Collections.Generic;

namespace Tarn.Wire.Generator.Json;

/// <summary>
/// A JSON value, read whole. Compilers load generators without their dependencies, so the generator brings its own small reader
/// rather than System.Text.Json. Objects keep the order of the source, because the order of members is the order of generated code.
/// </summary>
internal sealed class JsonValue
{
    private static readonly IReadOnlyList<KeyValuePair<string, JsonValue>> NoMembers = new KeyValuePair<string, JsonValue>[0];
    private static readonly IReadOnlyList<JsonValue> NoItems = new JsonValue[0];

    private readonly IReadOnlyList<KeyValuePair<string, JsonValue>>? members;
    private readonly IReadOnlyList<JsonValue>? items;
    private readonly string? scalar;

    private JsonValue(IReadOnlyList<KeyValuePair<string, JsonValue>>? members, IReadOnlyList<JsonValue>? items, string? scalar)
    {
        this.members = members;
        this.items = items;
        this.scalar = scalar;
    }

    public static JsonValue Object(IReadOnlyList<KeyValuePair<string, JsonValue>> members) => new JsonValue(members, null, null);

    public static JsonValue Array(IReadOnlyList<JsonValue> items) => new JsonValue(null, items, null);

    /// <summary>A string, or a number, <c>true</c>, <c>false</c> or <c>null</c> as the text that was read.</summary>
    public static JsonValue Scalar(string text) => new JsonValue(null, null, text);

    public IReadOnlyList<KeyValuePair<string, JsonValue>> Members => members ?? NoMembers;

    public IReadOnlyList<JsonValue> Items => items ?? NoItems;

    public string? Text => scalar;

    public bool IsTrue => scalar == "true";

    /// <summary>The member of that name; null when absent. Linear: model objects are small, and big ones are walked, not searched.</summary>
    public JsonValue? this[string name]
    {
        get
        {
            foreach (var member in Members)
            {
                if (member.Key == name)
                {
                    return member.Value;
                }
            }

            return null;
        }
    }
}
