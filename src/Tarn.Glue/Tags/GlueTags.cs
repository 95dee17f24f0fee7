using Tarn.Contracts;
using Tarn.Store;

namespace Tarn.Glue.Tags;

/// <summary>The tags of Glue's resources, by ARN. Called inside the transaction that makes or deletes the resource, so that tags come and go with it.</summary>
internal static class GlueTags
{
    /// <summary>Tags on one resource, in number.</summary>
    public const int CountMax = 50;

    /// <summary>The tags of a resource, in order of their keys; empty when it has none.</summary>
    public static IReadOnlyDictionary<string, string> Read(IStoreReader store, AwsScope scope, string arn) =>
        store.Query(
                "SELECT tag_key, tag_value FROM glue_tags WHERE account = @p0 AND region = @p1 AND arn = @p2 ORDER BY tag_key",
                row => (Key: row.Text(0), Value: row.Text(1)),
                scope.AccountId, scope.Region, arn)
            .ToDictionary(tag => tag.Key, tag => tag.Value, StringComparer.Ordinal);

    /// <summary>Adds tags, or gives those that are there a new value; null adds none. Throws InvalidInputException over <see cref="CountMax"/> or on a reserved key.</summary>
    public static void Add(IStoreWriter store, AwsScope scope, string arn, IReadOnlyDictionary<string, string>? tags)
    {
        if (tags is null || tags.Count == 0)
        {
            return;
        }

        foreach (var (key, value) in tags)
        {
            if (key.StartsWith("aws:", StringComparison.OrdinalIgnoreCase))
            {
                throw GlueErrors.InvalidInput("Tag keys cannot start with aws:");
            }

            store.Execute(
                """
                INSERT INTO glue_tags (account, region, arn, tag_key, tag_value) VALUES (@p0, @p1, @p2, @p3, @p4)
                ON CONFLICT (account, region, arn, tag_key) DO UPDATE SET tag_value = excluded.tag_value
                """,
                scope.AccountId, scope.Region, arn, key, value);
        }

        if (store.QueryFirst("SELECT count(*) FROM glue_tags WHERE account = @p0 AND region = @p1 AND arn = @p2", row => row.Int(0), scope.AccountId, scope.Region, arn) > CountMax)
        {
            throw GlueErrors.InvalidInput($"The number of tags on a resource cannot exceed {CountMax}");
        }
    }

    public static void Remove(IStoreWriter store, AwsScope scope, string arn, IReadOnlyList<string> keys)
    {
        foreach (var key in keys)
        {
            store.Execute("DELETE FROM glue_tags WHERE account = @p0 AND region = @p1 AND arn = @p2 AND tag_key = @p3", scope.AccountId, scope.Region, arn, key);
        }
    }

    /// <summary>Forgets the tags of a resource that is being deleted.</summary>
    public static void Delete(IStoreWriter store, AwsScope scope, string arn) =>
        store.Execute("DELETE FROM glue_tags WHERE account = @p0 AND region = @p1 AND arn = @p2", scope.AccountId, scope.Region, arn);
}
