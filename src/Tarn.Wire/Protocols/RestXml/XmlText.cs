using System.Buffers;
using System.Globalization;
using System.Text;

namespace Tarn.Wire.Protocols.RestXml;

/// <summary>XML by the byte: tags, attributes and escaped text.</summary>
internal static class XmlText
{
    private static readonly SearchValues<char> SpecialInAttributes = SearchValues.Create(
        "&<>\"\u0085\u2028" + string.Concat(Enumerable.Range(0, 32).Select(code => (char)code)));

    private static readonly SearchValues<char> Special = SearchValues.Create(
        "&<>\"\u0085\u2028" + string.Concat(Enumerable.Range(0, 32).Select(code => (char)code).Where(c => c is not ('\t' or '\n'))));

    public static void Raw(this IBufferWriter<byte> buffer, string text) => Encoding.UTF8.GetBytes(text, buffer);

    public static void Raw(this IBufferWriter<byte> buffer, ReadOnlySpan<byte> text) => buffer.Write(text);

    /// <summary>
    /// Characters that XML 1.0 has no way to write (an object key may hold them) are written as references, as S3 does: clients that
    /// may meet them ask for <c>encoding-type=url</c>.
    /// </summary>
    public static void Escaped(this IBufferWriter<byte> buffer, string text) => Escape(buffer, text, Special);

    /// <summary>In attributes, readers turn tabs and line ends into spaces unless they are references.</summary>
    public static void EscapedAttribute(this IBufferWriter<byte> buffer, string text) => Escape(buffer, text, SpecialInAttributes);

    public static void Element(this IBufferWriter<byte> buffer, string name, string text)
    {
        buffer.Raw("<"u8);
        buffer.Raw(name);
        buffer.Raw(">"u8);
        buffer.Escaped(text);
        buffer.EndTag(name);
    }

    public static void EndTag(this IBufferWriter<byte> buffer, string name)
    {
        buffer.Raw("</"u8);
        buffer.Raw(name);
        buffer.Raw(">"u8);
    }

    /// <summary>An attribute that binds a prefix, or the default namespace where that is null.</summary>
    public static void Namespace(this IBufferWriter<byte> buffer, string? uri, string? prefix)
    {
        if (uri is not null)
        {
            buffer.Raw(prefix is null ? " xmlns=\"" : $" xmlns:{prefix}=\"");
            buffer.Escaped(uri);
            buffer.Raw("\""u8);
        }
    }

    private static void Escape(IBufferWriter<byte> buffer, string text, SearchValues<char> special)
    {
        var rest = text.AsSpan();
        for (int at; (at = rest.IndexOfAny(special)) >= 0; rest = rest[(at + 1)..])
        {
            Encoding.UTF8.GetBytes(rest[..at], buffer);
            buffer.Raw(rest[at] switch
            {
                '&' => "&amp;",
                '<' => "&lt;",
                '>' => "&gt;",
                '"' => "&quot;",
                var c => string.Create(CultureInfo.InvariantCulture, $"&#x{(int)c:X};"),
            });
        }

        Encoding.UTF8.GetBytes(rest, buffer);
    }
}
