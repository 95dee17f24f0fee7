namespace Tarn.Lake.Objects;

/// <summary>The rules of tags, and the form in which a header carries them.</summary>
internal static class TagSet
{
    public const int ObjectTagsMax = 10, BucketTagsMax = 50;

    private const int KeyCharactersMax = 128, ValueCharactersMax = 256;

    /// <summary>Reads <c>x-amz-tagging: k=v&amp;k2=v2</c>, which is URL-encoded.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> FromHeader(string? header)
    {
        if (string.IsNullOrEmpty(header))
        {
            return [];
        }

        var tags = header.Split('&', StringSplitOptions.RemoveEmptyEntries).Select(pair =>
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            return KeyValuePair.Create(Decode(equals < 0 ? pair : pair[..equals]), equals < 0 ? "" : Decode(pair[(equals + 1)..]));
        });
        try
        {
            return Check([.. tags], ObjectTagsMax);
        }
        catch (Tarn.Contracts.AwsException failure) when (failure.Code == "InvalidTag" && failure.Message.StartsWith("Cannot", StringComparison.Ordinal))
        {
            throw LakeErrors.InvalidArgument("The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag name duplicates.", "x-amz-tagging", header);
        }
    }

    public static IReadOnlyList<KeyValuePair<string, string>> From(Tarn.Api.S3.Tagging tagging, int countMax) =>
        Check([.. (tagging.TagSet ?? []).Select(tag => KeyValuePair.Create(tag.Key!, tag.Value ?? ""))], countMax);

    public static IReadOnlyList<Tarn.Api.S3.Tag> ToShape(IReadOnlyList<KeyValuePair<string, string>> tags) =>
        [.. tags.Select(tag => new Tarn.Api.S3.Tag { Key = tag.Key, Value = tag.Value })];

    private static IReadOnlyList<KeyValuePair<string, string>> Check(IReadOnlyList<KeyValuePair<string, string>> tags, int countMax)
    {
        if (tags.Count > countMax)
        {
            throw countMax == ObjectTagsMax ? LakeErrors.TooManyTags(countMax) : LakeErrors.InvalidTag($"Bucket tag count cannot be greater than {countMax}");
        }

        var keys = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (key, value) in tags)
        {
            if (key.Length is 0 or > KeyCharactersMax || !IsAllowed(key))
            {
                throw LakeErrors.InvalidTag("The TagKey you have provided is invalid");
            }

            if (value.Length > ValueCharactersMax || !IsAllowed(value))
            {
                throw LakeErrors.InvalidTag("The TagValue you have provided is invalid");
            }

            if (key.StartsWith("aws:", StringComparison.OrdinalIgnoreCase))
            {
                throw LakeErrors.InvalidTag("System tags cannot be added/updated by requester");
            }

            if (!keys.Add(key))
            {
                throw LakeErrors.InvalidTag("Cannot provide multiple Tags with the same key");
            }
        }

        return tags;
    }

    /// <summary>Letters, digits and spaces of Unicode, and <c>_ . : / = + - @</c>.</summary>
    private static bool IsAllowed(string text) =>
        text.All(character => char.IsLetterOrDigit(character) || char.IsSurrogate(character) || char.GetUnicodeCategory(character) is System.Globalization.UnicodeCategory.NonSpacingMark or System.Globalization.UnicodeCategory.SpacingCombiningMark || character is ' ' or '_' or '.' or ':' or '/' or '=' or '+' or '-' or '@');

    private static string Decode(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));
}
