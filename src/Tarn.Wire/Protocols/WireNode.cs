using System.Xml;
using Microsoft.AspNetCore.WebUtilities;

namespace Tarn.Wire.Protocols;

/// <summary>A node of a body that has to be seen whole: an XML element, or a part of a dotted query parameter name.</summary>
internal sealed class WireNode(string name)
{
    /// <summary>XML and parameter names nest no deeper than this.</summary>
    private const int DepthMax = 64;

    private List<WireNode>? children;

    /// <summary>Without its prefix.</summary>
    public string Name { get; } = name;

    public string Text { get; private set; } = "";

    public IReadOnlyList<WireNode> Children => children ?? (IReadOnlyList<WireNode>)[];

    public WireNode? Child(string childName) => children?.Find(child => child.Name == childName);

    /// <exception cref="XmlException">Not well formed, a document type, or nested too deep.</exception>
    public static WireNode FromXml(ReadOnlyMemory<byte> body)
    {
        using var stream = new MemoryStream(body.ToArray(), writable: false);
        using var xml = XmlReader.Create(stream, new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, IgnoreComments = true, IgnoreProcessingInstructions = true });
        xml.MoveToContent();
        return FromElement(xml, depth: 0);
    }

    /// <summary>A form body as a tree: <c>Tags.member.1.Key=a</c> is the node Tags, in it member, in it 1, in it Key with the text a.</summary>
    public static WireNode FromForm(string form)
    {
        var root = new WireNode("");
        foreach (var pair in new QueryStringEnumerable(form))
        {
            var node = root;
            var path = pair.DecodeName().ToString().Split('.', DepthMax);
            foreach (var part in path)
            {
                node = node.GetOrAdd(part);
            }

            node.Text = pair.DecodeValue().ToString();
        }

        return root;
    }

    /// <summary>The children in the order of their numeric names: the entries of a list in a form.</summary>
    public IEnumerable<WireNode> Numbered() => Children
        .Where(child => int.TryParse(child.Name, out _))
        .OrderBy(child => int.Parse(child.Name, System.Globalization.CultureInfo.InvariantCulture));

    private static WireNode FromElement(XmlReader xml, int depth)
    {
        if (depth > DepthMax)
        {
            throw new XmlException($"elements nest deeper than {DepthMax}");
        }

        var node = new WireNode(xml.LocalName);
        for (var more = xml.MoveToFirstAttribute(); more; more = xml.MoveToNextAttribute())
        {
            // Attribute members are named with their prefix, such as xsi:type.
            node.Add(new WireNode(xml.Name) { Text = xml.Value });
        }

        xml.MoveToElement();
        if (xml.IsEmptyElement)
        {
            xml.Read();
            return node;
        }

        xml.Read();
        while (xml.NodeType != XmlNodeType.EndElement)
        {
            if (xml.NodeType == XmlNodeType.Element)
            {
                node.Add(FromElement(xml, depth + 1));
                continue;
            }

            node.Text += xml.NodeType is XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.SignificantWhitespace or XmlNodeType.Whitespace ? xml.Value : "";
            if (!xml.Read())
            {
                break;
            }
        }

        xml.Read();
        return node;
    }

    private WireNode GetOrAdd(string childName)
    {
        if (Child(childName) is { } child)
        {
            return child;
        }

        child = new WireNode(childName);
        Add(child);
        return child;
    }

    private void Add(WireNode child) => (children ??= []).Add(child);
}
