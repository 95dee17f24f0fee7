using System.Collections;

namespace Tarn.DuckDb.Values;

/// <summary>A value of type STRUCT: its fields in the order of the type.</summary>
public sealed class DuckDbStruct(IReadOnlyList<string> names, IReadOnlyList<object?> values) : IReadOnlyList<KeyValuePair<string, object?>>
{
    public IReadOnlyList<string> Names { get; } = names;

    public IReadOnlyList<object?> Values { get; } = values;

    public int Count => Names.Count;

    public KeyValuePair<string, object?> this[int index] => new(Names[index], Values[index]);

    /// <summary>The value of a field by its name, matched without regard to case as DuckDB does.</summary>
    public object? this[string name]
    {
        get
        {
            for (var i = 0; i < Names.Count; i++)
            {
                if (string.Equals(Names[i], name, StringComparison.OrdinalIgnoreCase))
                {
                    return Values[i];
                }
            }

            throw new KeyNotFoundException($"The struct has no field {name}; it has {string.Join(", ", Names)}.");
        }
    }

    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator()
    {
        for (var i = 0; i < Names.Count; i++)
        {
            yield return this[i];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

/// <summary>A value of type MAP: its entries in order; keys may repeat across values but not within one.</summary>
public sealed class DuckDbMap(IReadOnlyList<KeyValuePair<object, object?>> entries) : IReadOnlyList<KeyValuePair<object, object?>>
{
    public int Count => entries.Count;

    public KeyValuePair<object, object?> this[int index] => entries[index];

    public IEnumerator<KeyValuePair<object, object?>> GetEnumerator() => entries.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
