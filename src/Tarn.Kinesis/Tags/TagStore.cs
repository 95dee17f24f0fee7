using System.Globalization;
using System.Text;
using Tarn.Contracts;
using Tarn.Store;

namespace Tarn.Kinesis.Tags;

/// <summary>Tags of streams and consumers by ARN.</summary>
internal static class TagStore
{
    /// <summary>Refuses keys and values with characters that AWS does not take, and more tags than one resource may have.</summary>
    /// <param name="kind"><c>stream</c> or <c>consumer</c>, for the message.</param>
    public static void Check(IReadOnlyDictionary<string, string> tags, string kind, string name, AwsScope scope, int max)
    {
        CheckTexts(tags.Keys.Concat(tags.Values), $"add tags to {kind} {name}", scope);
        if (tags.Count > max)
        {
            throw KinesisErrors.TooManyTags(kind, name, scope, max);
        }
    }

    /// <summary>Refuses characters that AWS does not take in keys and values.</summary>
    /// <param name="change">What they are for, such as <c>add tags to stream orders</c>.</param>
    public static void CheckTexts(IEnumerable<string> texts, string change, AwsScope scope)
    {
        var all = texts.ToList();
        if (all.Exists(text => text.EnumerateRunes().Any(rune => !IsTaken(rune))))
        {
            throw KinesisErrors.TagCharacters();
        }

        if (all.Exists(text => text.Contains('%', StringComparison.Ordinal)))
        {
            throw KinesisErrors.TagPercent(change, scope);
        }
    }

    public static void Set(IStoreWriter writer, AwsScope scope, string arn, IReadOnlyDictionary<string, string> tags)
    {
        foreach (var (key, value) in tags)
        {
            writer.Execute(
                "INSERT INTO kinesis_tag (account, region, arn, tag_key, tag_value) VALUES (@p0, @p1, @p2, @p3, @p4) ON CONFLICT (account, region, arn, tag_key) DO UPDATE SET tag_value = excluded.tag_value",
                scope.AccountId, scope.Region, arn, key, value);
        }
    }

    public static void Remove(IStoreWriter writer, AwsScope scope, string arn, IReadOnlyList<string> keys)
    {
        foreach (var key in keys)
        {
            writer.Execute("DELETE FROM kinesis_tag WHERE account = @p0 AND region = @p1 AND arn = @p2 AND tag_key = @p3", scope.AccountId, scope.Region, arn, key);
        }
    }

    public static void RemoveAll(IStoreWriter writer, AwsScope scope, string arn) =>
        writer.Execute("DELETE FROM kinesis_tag WHERE account = @p0 AND region = @p1 AND arn = @p2", scope.AccountId, scope.Region, arn);

    /// <summary>Tags in order of their keys, at most <paramref name="limit"/>, after <paramref name="after"/>.</summary>
    public static List<KeyValuePair<string, string>> List(IStoreReader reader, AwsScope scope, string arn, string after, int limit) =>
        reader.Query(
            "SELECT tag_key, tag_value FROM kinesis_tag WHERE account = @p0 AND region = @p1 AND arn = @p2 AND tag_key > @p3 ORDER BY tag_key LIMIT @p4",
            row => KeyValuePair.Create(row.Text(0), row.Text(1)),
            scope.AccountId, scope.Region, arn, after, (long)limit);

    /// <summary>Of all resources, the tags whose keys begin with <paramref name="prefix"/>, by scope and ARN.</summary>
    /// <param name="prefix">Taken letter by letter; its last sign is not the greatest that there is.</param>
    public static Dictionary<(AwsScope Scope, string Arn), Dictionary<string, string>> ListPrefixed(IStoreReader reader, string prefix)
    {
        var end = prefix[..^1] + (char)(prefix[^1] + 1);
        return reader
            .Query(
                "SELECT account, region, arn, tag_key, tag_value FROM kinesis_tag WHERE tag_key >= @p0 AND tag_key < @p1",
                row => (Resource: (new AwsScope(row.Text(0), row.Text(1)), row.Text(2)), Key: row.Text(3), Value: row.Text(4)),
                prefix, end)
            .GroupBy(tag => tag.Resource)
            .ToDictionary(tags => tags.Key, tags => tags.ToDictionary(tag => tag.Key, tag => tag.Value, StringComparer.Ordinal));
    }

    /// <summary>Letters with their marks, digits, spaces (no tabs or line ends) and a few signs.</summary>
    private static bool IsTaken(Rune rune) =>
        Rune.IsLetterOrDigit(rune)
        || Rune.GetUnicodeCategory(rune) is UnicodeCategory.SpaceSeparator or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark
        || (rune.IsAscii && "_./=+-%@:".Contains((char)rune.Value, StringComparison.Ordinal));
}
