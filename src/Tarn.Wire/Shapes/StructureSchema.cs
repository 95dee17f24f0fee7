using System.Text;

namespace Tarn.Wire.Shapes;

/// <summary>
/// The members of a structure in the order of the model; their index is what generated code switches on. One instance per shape,
/// made when the shape is first read, written or validated, never at start-up.
/// </summary>
public sealed class StructureSchema(string name, params MemberSchema[] members)
{
    private readonly int payload = Array.FindIndex(members, member => member.Location is MemberLocation.Payload or MemberLocation.RawPayload);

    /// <summary>The name in the model.</summary>
    public string Name { get; } = name;

    public IReadOnlyList<MemberSchema> Members => members;

    /// <summary>The element around the structure where it is the root of an XML body; null for none of its own.</summary>
    public string? XmlName { get; init; }

    public string? XmlNamespace { get; init; }

    /// <summary>The prefix that <see cref="XmlNamespace"/> is bound to; null for the default namespace.</summary>
    public string? XmlPrefix { get; init; }

    /// <summary>The index of the member that is the whole body, or -1.</summary>
    public int Payload => payload;

    /// <summary>Whether any member travels in the body.</summary>
    public bool HasBody => payload >= 0 || Array.Exists(members, member => member.Location == MemberLocation.Body);

    internal MemberSchema this[int index] => members[index];

    internal int Count => members.Length;

    /// <summary>
    /// The index of the member with that wire name, or -1. Clients write members in the order of the model or nearly so: the search
    /// begins at <paramref name="hint"/> and wraps around.
    /// </summary>
    internal int Find(ReadOnlySpan<byte> wireName, int hint)
    {
        for (var step = 0; step < members.Length; step++)
        {
            var index = hint + step;
            index = index < members.Length ? index : index % members.Length;
            if (wireName.SequenceEqual(members[index].Utf8Name))
            {
                return index;
            }
        }

        return -1;
    }

    public override string ToString() => Name;
}

/// <summary>The element names of a list or map in XML and query; JSON and CBOR need none.</summary>
public sealed class CollectionSchema
{
    /// <summary>The names that nearly every collection has.</summary>
    public static readonly CollectionSchema Default = new();

    /// <summary>The element around each list entry. Null for the usual <c>member</c>. Flattened lists do not use it: their entries have the name of the list.</summary>
    public string? ItemName { get; init; }

    public string KeyName { get; init; } = "key";

    public string ValueName { get; init; } = "value";

    /// <summary>The namespace of each entry, bound to <see cref="XmlPrefix"/>; null for none.</summary>
    public string? XmlNamespace { get; init; }

    public string? XmlPrefix { get; init; }

    /// <summary>Namespaces of a map's key and value elements; null for none.</summary>
    public string? KeyNamespace { get; init; }

    public string? ValueNamespace { get; init; }
}
