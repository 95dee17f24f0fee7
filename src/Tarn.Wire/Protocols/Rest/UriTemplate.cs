using Tarn.Contracts;

namespace Tarn.Wire.Protocols.Rest;

/// <summary>A path and query template such as <c>/{Bucket}/{Key+}?uploads</c>, and how a request's raw path is read by it.</summary>
internal sealed class UriTemplate
{
    private static readonly System.Text.UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly string[] segments;

    public UriTemplate(string template)
    {
        var question = template.IndexOf('?', StringComparison.Ordinal);
        var path = question < 0 ? template : template[..question];
        segments = path.Trim('/').Split('/', StringSplitOptions.RemoveEmptyEntries);
        Query = question < 0 ? [] : [.. template[(question + 1)..].Split('&').Select(ParsePair)];
        LiteralSegments = segments.Count(segment => segment[0] != '{');
    }

    /// <summary>Query parameters that must be there; a null value asks for the name only.</summary>
    public IReadOnlyList<KeyValuePair<string, string?>> Query { get; }

    /// <summary>How many path segments are text rather than labels.</summary>
    public int LiteralSegments { get; }

    /// <summary>Whether a path (raw, without query) has this form. A slash at the end is no segment of its own.</summary>
    public bool MatchesPath(ReadOnlySpan<char> path) => Walk(path, null);

    /// <summary>The decoded labels of a path that matches.</summary>
    /// <exception cref="AwsException">A label is not percent-encoded UTF-8.</exception>
    public Dictionary<string, string> Labels(string path)
    {
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        Walk(path, labels);
        return labels;
    }

    private bool Walk(ReadOnlySpan<char> path, Dictionary<string, string>? labels)
    {
        var rest = path.StartsWith('/') ? path[1..] : path;
        for (var i = 0; i < segments.Length; i++)
        {
            var segment = segments[i];
            var isGreedy = segment.EndsWith("+}", StringComparison.Ordinal);
            var length = isGreedy ? GreedyLength(rest, segments.Length - i - 1) : rest.IndexOf('/');
            length = length < 0 ? rest.Length : length;
            if (length == 0 || (segment[0] != '{' && !rest[..length].SequenceEqual(segment)))
            {
                return false;
            }

            if (segment[0] == '{')
            {
                labels?.Add(segment[1..^(isGreedy ? 2 : 1)], Decode(rest[..length]));
            }

            rest = length < rest.Length ? rest[(length + 1)..] : [];
        }

        return rest.IsEmpty;
    }

    /// <summary>A greedy label takes everything but the segments that follow it in the template.</summary>
    private static int GreedyLength(ReadOnlySpan<char> rest, int segmentsAfter)
    {
        var length = rest.Length;
        for (var i = 0; i < segmentsAfter && length >= 0; i++)
        {
            length = rest[..length].LastIndexOf('/');
        }

        return Math.Max(length, 0);
    }

    /// <summary>Percent-decoding only: a plus is a plus in a path.</summary>
    private static string Decode(ReadOnlySpan<char> text)
    {
        if (!text.ContainsAny('%', '\0') && !text.ContainsAnyExceptInRange('\0', '\x7f'))
        {
            return text.ToString();
        }

        var bytes = new byte[StrictUtf8.GetByteCount(text)];
        var count = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '%')
            {
                var width = char.IsHighSurrogate(text[i]) && i + 1 < text.Length ? 2 : 1;
                count += StrictUtf8.GetBytes(text.Slice(i, width), bytes.AsSpan(count));
                i += width - 1;
                continue;
            }

            if (i + 2 >= text.Length || !byte.TryParse(text.Slice(i + 1, 2), System.Globalization.NumberStyles.AllowHexSpecifier, null, out bytes[count++]))
            {
                throw InvalidUri();
            }

            i += 2;
        }

        try
        {
            return StrictUtf8.GetString(bytes, 0, count);
        }
        catch (System.Text.DecoderFallbackException)
        {
            throw InvalidUri();
        }
    }

    private static AwsException InvalidUri() => new("InvalidURI", "Couldn't parse the specified URI.");

    private static KeyValuePair<string, string?> ParsePair(string pair)
    {
        var equals = pair.IndexOf('=', StringComparison.Ordinal);
        return equals < 0 ? new(pair, null) : new(pair[..equals], pair[(equals + 1)..]);
    }
}
