using System.Text;
using System.Text.Json;

namespace Tarn.Wire.Shapes;

/// <summary>Where a member travels. The protocols without HTTP bindings (AWS JSON, query) put everything in the body.</summary>
public enum MemberLocation : byte
{
    Body,
    Header,

    /// <summary>A map: every header whose name begins with the wire name.</summary>
    PrefixHeaders,

    /// <summary>A label of the request path.</summary>
    Uri,
    Query,
    StatusCode,

    /// <summary>The member is the body: a document of its own.</summary>
    Payload,

    /// <summary>The member is the body: its bytes or text as they are.</summary>
    RawPayload,
}

[Flags]
public enum MemberTraits : byte
{
    None = 0,
    Required = 1,
    XmlAttribute = 2,

    /// <summary>XML and query: entries of the list or map are repeated without an element around them.</summary>
    Flattened = 4,

    /// <summary>The value never appears in a message.</summary>
    Sensitive = 8,

    /// <summary>A string that is base64 in its header.</summary>
    JsonValue = 16,

    /// <summary>A raw payload that is passed on while it is read, never held whole.</summary>
    Streaming = 32,

    /// <summary>A map of all query parameters.</summary>
    QueryMap = 64,
}

/// <summary>What protocols must know of a member. Immutable but for encoded names, which are made on first use.</summary>
public sealed class MemberSchema(string name, MemberTraits traits = MemberTraits.None)
{
    private byte[]? utf8Name;
    private JsonEncodedText? jsonName;
    private string? pathName;

    /// <summary>The name in the model.</summary>
    public string Name { get; } = name;

    public MemberTraits Traits { get; } = traits;

    public MemberLocation Location { get; init; }

    /// <summary>The name on the wire.</summary>
    public string WireName { get; init; } = name;

    /// <summary>The namespace of the element; null for none of its own.</summary>
    public string? XmlNamespace { get; init; }

    /// <summary>The prefix that <see cref="XmlNamespace"/> is bound to; null for the default namespace.</summary>
    public string? XmlPrefix { get; init; }

    public bool IsFlattened => (Traits & MemberTraits.Flattened) != 0;

    public bool IsQueryMap => (Traits & MemberTraits.QueryMap) != 0;

    public bool IsXmlAttribute => (Traits & MemberTraits.XmlAttribute) != 0;

    internal ReadOnlySpan<byte> Utf8Name => utf8Name ??= Encoding.UTF8.GetBytes(WireName);

    internal JsonEncodedText JsonName => jsonName ??= JsonEncodedText.Encode(WireName, System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping);

    /// <summary>The name in validation messages: the model's with a small first letter.</summary>
    internal string PathName => pathName ??= char.ToLowerInvariant(Name[0]) + Name[1..];
}
