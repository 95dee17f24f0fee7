using Tarn.Contracts;
using Tarn.Store;

namespace Tarn.Kinesis.Policies;

/// <summary>Resource policies of streams and consumers by ARN.</summary>
internal static class PolicyStore
{
    public static string? Find(IStoreReader reader, AwsScope scope, string arn) =>
        reader.QueryFirst("SELECT policy FROM kinesis_policy WHERE account = @p0 AND region = @p1 AND arn = @p2", row => row.Text(0), scope.AccountId, scope.Region, arn);

    public static void Set(IStoreWriter writer, AwsScope scope, string arn, string policy) =>
        writer.Execute(
            "INSERT INTO kinesis_policy (account, region, arn, policy) VALUES (@p0, @p1, @p2, @p3) ON CONFLICT (account, region, arn) DO UPDATE SET policy = excluded.policy",
            scope.AccountId, scope.Region, arn, policy);

    /// <summary>Whether there was one.</summary>
    public static bool Remove(IStoreWriter writer, AwsScope scope, string arn) =>
        writer.Execute("DELETE FROM kinesis_policy WHERE account = @p0 AND region = @p1 AND arn = @p2", scope.AccountId, scope.Region, arn) > 0;
}
