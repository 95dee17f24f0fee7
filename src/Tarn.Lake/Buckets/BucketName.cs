using System.Net;

namespace Tarn.Lake.Buckets;

/// <summary>The naming rules of general purpose buckets.</summary>
internal static class BucketName
{
    public const int LengthMin = 3, LengthMax = 63;

    private static readonly string[] ReservedPrefixes = ["xn--", "sthree-"];

    private static readonly string[] ReservedSuffixes = ["-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"];

    /// <summary>3 to 63 of <c>a-z 0-9 . -</c>, a letter or digit at both ends, no two dots in a row, not like an IPv4 address, no reserved beginning or end.</summary>
    public static bool IsValid(string name)
    {
        if (name.Length is < LengthMin or > LengthMax || !char.IsAsciiLetterOrDigit(name[0]) || !char.IsAsciiLetterOrDigit(name[^1]))
        {
            return false;
        }

        foreach (var character in name)
        {
            if (!char.IsAsciiLetterLower(character) && !char.IsAsciiDigit(character) && character is not ('.' or '-'))
            {
                return false;
            }
        }

        return !name.Contains("..", StringComparison.Ordinal)
            && !(name.Count(character => character == '.') == 3 && IPAddress.TryParse(name, out _))
            && !ReservedPrefixes.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal))
            && !ReservedSuffixes.Any(suffix => name.EndsWith(suffix, StringComparison.Ordinal));
    }
}
