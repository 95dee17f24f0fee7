using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Tarn.Wire.Shapes;

namespace Tarn.Wire.Protocols.RestXml;

/// <summary>
/// Writes shapes as XML, for REST-XML and query. The name of an element is announced (by a member, a list, a map) before its value
/// is written; the start tag stays open until the first child, because attributes come as members.
/// </summary>
internal struct XmlShapeWriter : IShapeWriter
{
    /// <summary>The one shape of any model whose only member is not an element but the text of the root.</summary>
    private const string BucketLocation = "GetBucketLocationOutput";

    private readonly IBufferWriter<byte> buffer;
    private readonly string? rootNamespace;
    private readonly bool isHttpBound;
    private readonly Stack<Frame> open = new();
    private string name;
    private string? xmlNamespace;
    private string? xmlPrefix;
    private bool isFlattened;
    private bool isAttribute;
    private bool isRootText;
    private bool isTagOpen;
    private bool payloadOnly;

    /// <summary>An element that is not closed, and for lists and maps what its entries are called.</summary>
    private readonly record struct Frame(string? Element, string? Entry, CollectionSchema? Collection, string? Namespace, string? Prefix);

    /// <param name="isHttpBound">The outermost structure has members elsewhere, and may be all payload.</param>
    public XmlShapeWriter(IBufferWriter<byte> buffer, string rootName, string? rootNamespace, bool isHttpBound)
    {
        this.buffer = buffer;
        this.rootNamespace = rootNamespace;
        this.isHttpBound = isHttpBound;
        name = rootName;
        xmlNamespace = rootNamespace;
    }

    public void BeginStructure(StructureSchema schema)
    {
        if (open.Count == 0 && isHttpBound && schema.Payload >= 0)
        {
            payloadOnly = true;
            open.Push(default);
            return;
        }

        StartTag();
        if (xmlNamespace is null && schema.XmlNamespace is not null)
        {
            buffer.Namespace(schema.XmlNamespace, schema.XmlPrefix);
        }

        isTagOpen = true;
        open.Push(new Frame(name, null, null, null, null));
    }

    public bool Member(StructureSchema schema, int index)
    {
        var member = schema[index];
        if (open.Count == 1 && isHttpBound && (member.Location is not (MemberLocation.Body or MemberLocation.Payload)
            || payloadOnly != (member.Location == MemberLocation.Payload)))
        {
            return false;
        }

        isAttribute = member.IsXmlAttribute;
        isRootText = open.Count == 1 && member.Name == name && schema.Name == BucketLocation;
        if (!isAttribute)
        {
            CloseStartTag();
        }

        // The payload's element is the root: it has the root's namespace unless it brings its own.
        var isRoot = payloadOnly && open.Count == 1;
        Announce(member.WireName, member.XmlNamespace ?? (isRoot ? rootNamespace : null), member.XmlNamespace is null ? null : member.XmlPrefix);
        isFlattened = member.IsFlattened;
        return true;
    }

    public void EndStructure()
    {
        if (open.Pop().Element is { } element)
        {
            CloseStartTag();
            buffer.EndTag(element);
        }
    }

    public void BeginList(CollectionSchema schema) =>
        BeginCollection(schema, isFlattened ? name : schema.ItemName ?? "member", schema.XmlNamespace, schema.XmlPrefix);

    public void Element()
    {
        var list = open.Peek();
        Announce(list.Entry!, list.Namespace, list.Prefix);
    }

    public void EndList() => EndStructure();

    public void BeginMap(CollectionSchema schema) => BeginCollection(schema, isFlattened ? name : "entry", null, null);

    public void Key(string key)
    {
        var map = open.Peek();
        Announce(map.Entry!, map.Namespace, map.Prefix);
        StartTag();
        buffer.Raw(">"u8);
        Announce(map.Collection!.KeyName, map.Collection.KeyNamespace, null);
        WriteString(key);
        Announce(map.Collection.ValueName, map.Collection.ValueNamespace, null);
    }

    public readonly void EndEntry() => buffer.EndTag(open.Peek().Entry!);

    public void EndMap() => EndStructure();

    public readonly void WriteString(string value)
    {
        if (isAttribute)
        {
            buffer.Raw(" ");
            buffer.Raw(name);
            buffer.Raw("=\""u8);
            buffer.EscapedAttribute(value);
            buffer.Raw("\""u8);
            return;
        }

        if (isRootText)
        {
            buffer.Escaped(value);
            return;
        }

        StartTag();
        buffer.Raw(">"u8);
        buffer.Escaped(value);
        buffer.EndTag(name);
    }

    public readonly void WriteBoolean(bool value) => WriteString(value ? "true" : "false");

    public readonly void WriteInt32(int value) => WriteString(value.ToString(CultureInfo.InvariantCulture));

    public readonly void WriteInt64(long value) => WriteString(value.ToString(CultureInfo.InvariantCulture));

    public readonly void WriteSingle(float value) => WriteString(ScalarText.Of(value));

    public readonly void WriteDouble(double value) => WriteString(ScalarText.Of(value));

    public readonly void WriteTimestamp(DateTimeOffset value, TimestampFormat format) =>
        WriteString(Timestamps.Format(value, format == TimestampFormat.Default ? TimestampFormat.Iso8601 : format));

    public readonly void WriteBlob(ReadOnlyMemory<byte> value) => WriteString(Convert.ToBase64String(value.Span));

    public readonly void WriteDocument(JsonElement value) => throw new NotSupportedException("XML protocols have no documents");

    public readonly void WriteStream(Stream value) => throw new NotSupportedException("a streamed member is not part of an XML document");

    private void BeginCollection(CollectionSchema schema, string entry, string? entryNamespace, string? entryPrefix)
    {
        if (isFlattened)
        {
            // Entries stand where the collection would: they have its name and its namespace.
            open.Push(new Frame(null, entry, schema, xmlNamespace ?? entryNamespace, xmlNamespace is null ? entryPrefix : xmlPrefix));
            return;
        }

        StartTag();
        buffer.Raw(">"u8);
        open.Push(new Frame(name, entry, schema, entryNamespace, entryPrefix));
    }

    private void Announce(string element, string? elementNamespace, string? prefix)
    {
        name = element;
        xmlNamespace = elementNamespace;
        xmlPrefix = prefix;
        isFlattened = false;
    }

    /// <summary>The start tag without its closing bracket.</summary>
    private readonly void StartTag()
    {
        buffer.Raw("<"u8);
        buffer.Raw(name);
        buffer.Namespace(xmlNamespace, xmlPrefix);
    }

    private void CloseStartTag()
    {
        if (isTagOpen)
        {
            buffer.Raw(">"u8);
            isTagOpen = false;
        }
    }
}
