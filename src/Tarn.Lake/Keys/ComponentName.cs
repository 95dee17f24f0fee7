using System.Text;

namespace Tarn.Lake.Keys;

/// <summary>
/// File names for one component of a key, and back (docs/formats/lake.md, "Names"). Pure. A component is what stands between two
/// slashes of a key; it may be empty and of any length up to 1,024 bytes.
/// </summary>
internal static class ComponentName
{
    /// <summary>Linux file systems take names of up to 255 bytes.</summary>
    public const int NameBytesMax = 255;

    /// <summary>Marks a name whose rest is the component with <c>%</c> and NUL escaped.</summary>
    public const string EscapedMark = "%~";

    /// <summary>Marks a folder that holds the continuation of a component too long for one name.</summary>
    public const string ContinuedMark = "%>";

    /// <summary>Marks an object whose plain place is a folder.</summary>
    public const string BesideMark = "%@";

    /// <summary>Staging of a mounted folder lives under this name, so no plain key may.</summary>
    public const string ReservedName = ".tarn";

    private const int EscapedBytesMax = NameBytesMax - 2;

    /// <summary>Appends the name, or names with slashes between them, of <paramref name="component"/>.</summary>
    /// <param name="beside">Makes the second place of an object: the last name gets <see cref="BesideMark"/>.</param>
    public static void Append(StringBuilder path, ReadOnlySpan<char> component, bool beside)
    {
        if (!beside && IsPlain(component))
        {
            path.Append(component);
            return;
        }

        while (EscapedPrefixLength(component) is var length && length < component.Length)
        {
            path.Append(ContinuedMark);
            AppendEscaped(path, component[..length]);
            path.Append('/');
            component = component[length..];
        }

        path.Append(beside ? BesideMark : EscapedMark);
        AppendEscaped(path, component);
    }

    /// <summary>Whether a component is its own file name.</summary>
    public static bool IsPlain(ReadOnlySpan<char> component) =>
        component.Length > 0
        && component is not ("." or ".." or ReservedName)
        && !HasMark(component)
        && !component.Contains('\0')
        && (component.Length <= NameBytesMax / 3 || Encoding.UTF8.GetByteCount(component) <= NameBytesMax);

    /// <summary>Whether a file name begins with one of the marks.</summary>
    public static bool HasMark(ReadOnlySpan<char> name) => name.Length >= 2 && name[0] == '%' && name[1] is '~' or '>' or '@';

    /// <summary>Takes the escapes out of what follows a mark; null when it is not something that <see cref="Append"/> writes.</summary>
    public static string? Unescape(ReadOnlySpan<char> escaped)
    {
        if (!escaped.Contains('%'))
        {
            return escaped.ToString();
        }

        var text = new StringBuilder(escaped.Length);
        for (var index = 0; index < escaped.Length; index++)
        {
            if (escaped[index] != '%')
            {
                text.Append(escaped[index]);
            }
            else if (escaped[index..].StartsWith("%25"))
            {
                text.Append('%');
                index += 2;
            }
            else if (escaped[index..].StartsWith("%00"))
            {
                text.Append('\0');
                index += 2;
            }
            else
            {
                return null;
            }
        }

        return text.ToString();
    }

    /// <summary>How many characters from the start fit, escaped, into one name; never cuts a surrogate pair.</summary>
    private static int EscapedPrefixLength(ReadOnlySpan<char> component)
    {
        var bytes = 0;
        for (var index = 0; index < component.Length;)
        {
            Rune.DecodeFromUtf16(component[index..], out var rune, out var consumed);
            bytes += rune.Value is 0 or '%' ? 3 : rune.Utf8SequenceLength;
            if (bytes > EscapedBytesMax)
            {
                return index;
            }

            index += consumed;
        }

        return component.Length;
    }

    private static void AppendEscaped(StringBuilder path, ReadOnlySpan<char> text)
    {
        foreach (var character in text)
        {
            _ = character switch
            {
                '%' => path.Append("%25"),
                '\0' => path.Append("%00"),
                _ => path.Append(character),
            };
        }
    }
}
