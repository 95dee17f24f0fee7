using System.Text.Json;
using Tarn.Contracts;
using Tarn.Wire.Shapes;

namespace Tarn.Wire.Protocols;

/// <summary>
/// Reads shapes from a tree, for XML and query: members may come in any order and entries of a flattened list lie between them, so
/// the model's members are looked up in the tree rather than the other way round.
/// </summary>
internal struct TreeShapeReader : IShapeReader
{
    private readonly Stack<Frame> open = new();
    private readonly bool isQuery;
    private readonly bool isHttpBound;
    private readonly Func<string, AwsException> malformed;
    private WireNode current;
    private bool isFlattened;
    private WireNode? flattenedParent;

    /// <param name="isQuery">Entries of lists are numbered, as in forms; otherwise repeated, as in XML.</param>
    /// <param name="isHttpBound">The outermost structure has members elsewhere, and may be all payload.</param>
    /// <param name="malformed">Makes the error for a value of the wrong kind from a few words about it.</param>
    public TreeShapeReader(WireNode root, bool isQuery, bool isHttpBound, Func<string, AwsException> malformed)
    {
        current = root;
        this.isQuery = isQuery;
        this.isHttpBound = isHttpBound;
        this.malformed = malformed;
    }

    /// <summary>A structure whose members are being looked up, or a collection whose entries are being given.</summary>
    private sealed class Frame(WireNode node, List<WireNode>? entries, CollectionSchema? collection)
    {
        public WireNode Node { get; } = node;

        public List<WireNode>? Entries { get; } = entries;

        public CollectionSchema? Collection { get; } = collection;

        public int Next { get; set; }
    }

    public readonly void BeginStructure(StructureSchema schema) => open.Push(new Frame(current, null, null));

    public int NextMember(StructureSchema schema)
    {
        var frame = open.Peek();
        var isRoot = open.Count == 1 && isHttpBound;
        while (frame.Next < schema.Count)
        {
            var index = frame.Next++;
            var member = schema[index];
            if (isRoot && member.Location == MemberLocation.Payload)
            {
                current = frame.Node;
                isFlattened = false;
                return index;
            }

            if ((!isRoot || (member.Location == MemberLocation.Body && schema.Payload < 0)) && frame.Node.Child(member.WireName) is { } node)
            {
                // Entries of a flattened XML list are siblings of the other members: the list finds them through its first one's name.
                current = node;
                flattenedParent = frame.Node;
                isFlattened = member.IsFlattened;
                return index;
            }
        }

        open.Pop();
        return -1;
    }

    public void BeginList(CollectionSchema schema)
    {
        var entries = (isQuery, isFlattened) switch
        {
            (true, true) => current.Numbered(),
            (true, false) => current.Child(schema.ItemName ?? "member")?.Numbered() ?? [],
            (false, true) => Siblings(),
            (false, false) => Named(schema.ItemName ?? "member"),
        };
        open.Push(new Frame(current, entries.ToList(), schema));
    }

    public bool NextElement()
    {
        isFlattened = false;
        var frame = open.Peek();
        if (frame.Next < frame.Entries!.Count)
        {
            current = frame.Entries[frame.Next++];
            return true;
        }

        open.Pop();
        return false;
    }

    public void BeginMap(CollectionSchema schema)
    {
        var entries = (isQuery, isFlattened) switch
        {
            (true, true) => current.Numbered(),
            (true, false) => current.Child("entry")?.Numbered() ?? [],
            (false, true) => Siblings(),
            (false, false) => Named("entry"),
        };
        open.Push(new Frame(current, entries.ToList(), schema));
    }

    public bool NextKey(out string key)
    {
        key = "";
        if (!NextElement())
        {
            return false;
        }

        var collection = open.Peek().Collection!;
        key = current.Child(collection.KeyName)?.Text ?? throw malformed($"an entry has no {collection.KeyName}");
        current = current.Child(collection.ValueName) ?? throw malformed($"an entry has no {collection.ValueName}");
        return true;
    }

    public readonly string ReadString() => current.Text;

    public readonly bool ReadBoolean() => current.Text.Trim() switch
    {
        "true" or "True" or "TRUE" or "1" => true,
        "false" or "False" or "FALSE" or "0" => false,
        _ => throw Invalid("a boolean"),
    };

    public readonly int ReadInt32() => (int)Math.Clamp(ReadInt64(), int.MinValue, int.MaxValue);

    public readonly long ReadInt64() => ScalarText.TryWhole(current.Text.Trim(), out var value) ? value : throw Invalid("an integer");

    public readonly float ReadSingle() => (float)ReadDouble();

    public readonly double ReadDouble() => ScalarText.TryDouble(current.Text.Trim(), out var value) ? value : throw Invalid("a number");

    public readonly DateTimeOffset ReadTimestamp(TimestampFormat format) =>
        Timestamps.TryParse(current.Text.Trim(), out var value) ? value : throw Invalid("a timestamp");

    public readonly ReadOnlyMemory<byte> ReadBlob()
    {
        try
        {
            return Convert.FromBase64String(current.Text.Trim());
        }
        catch (FormatException)
        {
            throw Invalid("base64");
        }
    }

    public readonly JsonElement ReadDocument() => throw new NotSupportedException("XML and query have no documents");

    public readonly Stream ReadStream() => throw new NotSupportedException("a streamed member is not part of a document");

    private readonly IEnumerable<WireNode> Named(string entryName)
    {
        var parent = current;
        return parent.Children.Where(child => child.Name == entryName);
    }

    private readonly IEnumerable<WireNode> Siblings()
    {
        var first = current;
        return flattenedParent!.Children.Where(child => child.Name == first.Name);
    }

    private readonly AwsException Invalid(string wanted) => malformed($"{current.Name} is not {wanted}");
}
