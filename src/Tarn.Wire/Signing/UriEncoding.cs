using System.Text;

namespace Tarn.Wire.Signing;

/// <summary>Percent-encoding as SigV4 defines it: unreserved characters of RFC 3986 as they are, everything else as <c>%XX</c> in upper case.</summary>
internal static class UriEncoding
{
    public static bool IsUnreserved(byte value) =>
        char.IsAsciiLetterOrDigit((char)value) || value is (byte)'-' or (byte)'.' or (byte)'_' or (byte)'~';

    public static void WriteEncoded(ref ByteWriter writer, byte value)
    {
        if (IsUnreserved(value))
        {
            writer.Write(value);
            return;
        }

        const string Digits = "0123456789ABCDEF";
        writer.Write((byte)'%');
        writer.Write((byte)Digits[value >> 4]);
        writer.Write((byte)Digits[value & 15]);
    }

    /// <summary>Encodes every byte of the text; a percent sign becomes <c>%25</c>.</summary>
    public static void WriteEncoded(ref ByteWriter writer, ReadOnlySpan<char> text)
    {
        Span<byte> utf8 = stackalloc byte[4];
        foreach (var rune in text.EnumerateRunes())
        {
            var count = rune.EncodeToUtf8(utf8);
            foreach (var value in utf8[..count])
            {
                WriteEncoded(ref writer, value);
            }
        }
    }

    /// <summary>
    /// Brings text that is already percent-encoded into the one canonical form: what is encoded without need is decoded, what should
    /// be encoded is, hexadecimal digits are upper case. A percent sign without two digits stands for itself.
    /// </summary>
    /// <param name="plusIsSpace">Whether <c>+</c> stands for a space, as in query strings.</param>
    public static void WriteReencoded(ref ByteWriter writer, ReadOnlySpan<char> text, bool plusIsSpace)
    {
        while (!text.IsEmpty)
        {
            if (text[0] == '%' && text.Length >= 3 && char.IsAsciiHexDigit(text[1]) && char.IsAsciiHexDigit(text[2]))
            {
                WriteEncoded(ref writer, (byte)((HexValue(text[1]) << 4) | HexValue(text[2])));
                text = text[3..];
            }
            else if (text[0] == '+' && plusIsSpace)
            {
                WriteEncoded(ref writer, (byte)' ');
                text = text[1..];
            }
            else
            {
                Rune.DecodeFromUtf16(text, out _, out var consumed);
                WriteEncoded(ref writer, text[..consumed]);
                text = text[consumed..];
            }
        }
    }

    private static int HexValue(char digit) => char.IsAsciiDigit(digit) ? digit - '0' : (digit | 0x20) - 'a' + 10;
}
