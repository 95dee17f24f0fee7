using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml.Linq;

namespace Tarn.Wire.Tests.Protocols;

/// <summary>Compares bodies by what they say: JSON and XML without regard to spaces and to the order of members, anything else as text.</summary>
internal static class Bodies
{
    public static void AssertSame(string expected, string actual)
    {
        var (left, right) = (Canonical(expected), Canonical(actual));
        Assert.True(left == right, $"expected {left}\nactual   {right}");
    }

    private static string Canonical(string body)
    {
        var text = body.Trim();
        if (text is "{}")
        {
            // No members and no body are the same to a client.
            return "";
        }

        if (text.StartsWith('{') || text.StartsWith('['))
        {
            var normal = ShapeValues.Normal(JsonNode.Parse(text))!.ToJsonString(new JsonSerializerOptions { WriteIndented = false });
            return normal is "{}" ? "" : normal;
        }

        if (text.StartsWith('<'))
        {
            var root = XElement.Parse(text);
            root.Descendants().Where(element => element.Name.LocalName == "ResponseMetadata").Remove();
            return Canonical(root).ToString(SaveOptions.DisableFormatting);
        }

        return text;
    }

    /// <summary>Children in the order of their names; those of one name (a list) stay in theirs.</summary>
    private static XElement Canonical(XElement element) => new(
        element.Name,
        element.Attributes().Where(attribute => !attribute.IsNamespaceDeclaration).OrderBy(attribute => attribute.Name.ToString(), StringComparer.Ordinal),
        element.HasElements
            ? element.Elements().Select(Canonical).OrderBy(child => child.Name.ToString(), StringComparer.Ordinal)
            : element.Value);
}
