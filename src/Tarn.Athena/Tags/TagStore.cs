using Tarn.Contracts;
using Tarn.Store;

namespace Tarn.Athena.Tags;

/// <summary>Tags of Athena's resources by ARN: at most 50 each.</summary>
internal static class TagStore
{
    private const int TagsPerResourceMax = 50;

    public static void Set(IStoreWriter writer, AwsScope scope, string arn, IReadOnlyList<KeyValuePair<string, string>> tags)
    {
        foreach (var (key, value) in tags)
        {
            writer.Execute(
                "INSERT INTO athena_tag (account, region, arn, tag_key, tag_value) VALUES (@p0, @p1, @p2, @p3, @p4) ON CONFLICT (account, region, arn, tag_key) DO UPDATE SET tag_value = excluded.tag_value",
                scope.AccountId, scope.Region, arn, key, value);
        }

        if (tags.Count > 0 && List(writer, scope, arn, "", TagsPerResourceMax + 1).Count > TagsPerResourceMax)
        {
            throw AthenaErrors.InvalidRequest($"A resource can have at most {TagsPerResourceMax} tags.");
        }
    }

    public static void Remove(IStoreWriter writer, AwsScope scope, string arn, IReadOnlyList<string> keys)
    {
        foreach (var key in keys)
        {
            writer.Execute("DELETE FROM athena_tag WHERE account = @p0 AND region = @p1 AND arn = @p2 AND tag_key = @p3", scope.AccountId, scope.Region, arn, key);
        }
    }

    public static void RemoveAll(IStoreWriter writer, AwsScope scope, string arn) =>
        writer.Execute("DELETE FROM athena_tag WHERE account = @p0 AND region = @p1 AND arn = @p2", scope.AccountId, scope.Region, arn);

    /// <summary>Tags in order of their keys, at most <paramref name="limit"/>, after <paramref name="after"/>.</summary>
    public static List<KeyValuePair<string, string>> List(IStoreReader reader, AwsScope scope, string arn, string after, int limit) =>
        reader.Query(
            "SELECT tag_key, tag_value FROM athena_tag WHERE account = @p0 AND region = @p1 AND arn = @p2 AND tag_key > @p3 ORDER BY tag_key LIMIT @p4",
            row => KeyValuePair.Create(row.Text(0), row.Text(1)),
            scope.AccountId, scope.Region, arn, after, (long)limit);
}
