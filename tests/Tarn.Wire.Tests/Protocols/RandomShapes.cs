using System.Collections;
using System.Text.Json;

namespace Tarn.Wire.Tests.Protocols;

/// <summary>Random values for generated shapes. Collections are never empty: XML has no way to write an empty flattened one.</summary>
internal static class RandomShapes
{
    private const int DepthMax = 5;
    private static readonly string[] Texts = ["", "a", "a&b<c>\"d'", " spaced ", "日本", "😀", "line\nbreak\ttab", "\\ \u2028"];

    public static object Make(Type type, Random random, int depth)
    {
        var shape = Activator.CreateInstance(type)!;
        foreach (var property in type.GetProperties())
        {
            if (random.Next(depth + 2) == 0 && Value(property.PropertyType, random, depth + 1) is { } value)
            {
                property.SetValue(shape, value);
            }
        }

        return shape;
    }

    private static object? Value(Type declared, Random random, int depth)
    {
        var type = Nullable.GetUnderlyingType(declared) ?? declared;
        return type switch
        {
            _ when type == typeof(string) => Texts[random.Next(Texts.Length)],
            _ when type == typeof(bool) => random.Next(2) == 0,
            _ when type == typeof(int) => random.Next(int.MinValue, int.MaxValue),
            _ when type == typeof(long) => random.NextInt64(-(1L << 53), 1L << 53),
            _ when type == typeof(float) => random.NextSingle() * 1e6f,
            _ when type == typeof(double) => random.NextDouble() * 1e9,
            _ when type == typeof(DateTimeOffset) => DateTimeOffset.FromUnixTimeMilliseconds(random.NextInt64(0, 4_000_000_000_000)),
            _ when type == typeof(ReadOnlyMemory<byte>) => new ReadOnlyMemory<byte>([65, 66, (byte)random.Next(97, 122)]),
            _ when type == typeof(JsonElement) || typeof(Stream).IsAssignableFrom(type) || depth > DepthMax => null,
            { IsGenericType: true } => Collection(type, random, depth),
            _ => Make(type, random, depth),
        };
    }

    private static object? Collection(Type type, Random random, int depth)
    {
        var arguments = type.GetGenericArguments();
        var isMap = arguments.Length == 2;
        if (!isMap && type.GetGenericTypeDefinition() != typeof(IReadOnlyList<>))
        {
            return null;
        }

        var collection = Activator.CreateInstance((isMap ? typeof(Dictionary<,>) : typeof(List<>)).MakeGenericType(arguments))!;
        for (var i = random.Next(1, 3); i > 0; i--)
        {
            if (Value(arguments[^1], random, depth + 1) is not { } value)
            {
                return null;
            }

            if (isMap)
            {
                ((IDictionary)collection)["key " + i] = value;
            }
            else
            {
                ((IList)collection).Add(value);
            }
        }

        return collection;
    }
}
