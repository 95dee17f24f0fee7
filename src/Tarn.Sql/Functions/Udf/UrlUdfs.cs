using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Tarn.Sql.Functions.Udf;

/// <summary>url_*: parts as java.net.URI sees them; what it refuses is NULL.</summary>
internal static partial class UrlUdfs
{
    public static void Register(UdfTable udfs)
    {
        udfs.Add("trino_url_part", (string url, string part) => Part(url, part));
        udfs.Add("trino_url_port", (string url) => Parse(url) is { } uri && long.TryParse(uri.Groups["port"].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var port) ? port : (long?)null);
        udfs.Add("trino_url_parameter", (string url, string name) => Parameter(url, name));
        udfs.Add("trino_url_encode", (string text) => Encode(text));
        udfs.Add("trino_url_decode", (string text) => Decode(text));
    }

    private static Match? Parse(string url) => Url().Match(url) is { Success: true } match && IsLegal(url) ? match : null;

    private static string? Part(string url, string part)
    {
        if (Parse(url) is not { } uri)
        {
            return null;
        }

        var group = uri.Groups[part];
        return part switch
        {
            "path" => Unescape(group.Value),
            _ when !group.Success => part is "protocol" or "query" or "fragment" or "host" ? "" : null,
            "protocol" or "host" => group.Value,
            _ => Unescape(group.Value),
        };
    }

    private static string? Parameter(string url, string name)
    {
        if (Parse(url) is not { } uri || !uri.Groups["query"].Success)
        {
            return null;
        }

        foreach (var pair in uri.Groups["query"].Value.Split('&'))
        {
            var at = pair.IndexOf('=');
            if ((at < 0 ? pair : pair[..at]) == name)
            {
                return at < 0 ? "" : Unescape(pair[(at + 1)..]);
            }
        }

        return null;
    }

    private static bool IsLegal(string url)
    {
        for (var i = 0; i < url.Length; i++)
        {
            var c = url[i];
            if (c is ' ' or '"' or '<' or '>' or '\\' or '^' or '`' or '{' or '|' or '}' || c < 0x20 || c == 0x7f)
            {
                return false;
            }

            if (c == '%' && (i + 2 >= url.Length || !char.IsAsciiHexDigit(url[i + 1]) || !char.IsAsciiHexDigit(url[i + 2])))
            {
                return false;
            }
        }

        return true;
    }

    private static string Unescape(string text) => text.Contains('%') ? Encoding.UTF8.GetString(Bytes(text, plusIsSpace: false)) : text;

    /// <summary>application/x-www-form-urlencoded, as Java's URLEncoder with the extra that <c>*</c> stays.</summary>
    private static string Encode(string text)
    {
        var result = new StringBuilder(text.Length);
        foreach (var b in Encoding.UTF8.GetBytes(text))
        {
            if (char.IsAsciiLetterOrDigit((char)b) || b is (byte)'-' or (byte)'_' or (byte)'.' or (byte)'*')
            {
                result.Append((char)b);
            }
            else if (b == ' ')
            {
                result.Append('+');
            }
            else
            {
                result.Append('%').Append(b.ToString("X2", CultureInfo.InvariantCulture));
            }
        }

        return result.ToString();
    }

    private static string Decode(string text)
    {
        for (var i = text.IndexOf('%'); i >= 0; i = text.IndexOf('%', i + 1))
        {
            if (i + 2 >= text.Length || !char.IsAsciiHexDigit(text[i + 1]) || !char.IsAsciiHexDigit(text[i + 2]))
            {
                throw MathUdfs.Argument($"URLDecoder: Illegal hex characters in escape (%) pattern: {text}");
            }
        }

        return Encoding.UTF8.GetString(Bytes(text, plusIsSpace: true));
    }

    private static byte[] Bytes(string text, bool plusIsSpace)
    {
        var bytes = new List<byte>(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '%')
            {
                bytes.Add(byte.Parse(text.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
                i += 2;
            }
            else if (text[i] == '+' && plusIsSpace)
            {
                bytes.Add((byte)' ');
            }
            else
            {
                var length = char.IsHighSurrogate(text[i]) && i + 1 < text.Length ? 2 : 1;
                bytes.AddRange(Encoding.UTF8.GetBytes(text.Substring(i, length)));
                i += length - 1;
            }
        }

        return [.. bytes];
    }

    [GeneratedRegex(@"^(?:(?<protocol>[A-Za-z][A-Za-z0-9+.-]*):)?(?://(?:[^/?#@]*@)?(?<host>\[[^\]]*\]|[^/?#:@]*)(?::(?<port>[0-9]*))?)?(?<path>[^?#]*)(?:\?(?<query>[^#]*))?(?:#(?<fragment>.*))?$", RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex Url();
}
