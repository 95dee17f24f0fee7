using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Tarn.Api.Glue;
using Tarn.Contracts;
using Tarn.Store;
using Tarn.Wire.Dispatch;

namespace Tarn.Glue.Catalog.Policies;

/// <summary>
/// The resource policy of a catalog: kept, versioned by its hash and given back. Accounts do not see each other's catalogs, so there is no access for a
/// policy to grant yet.
/// </summary>
internal sealed class ResourcePolicyOperations(IMetadataStore store, TimeProvider time)
{
    public async ValueTask<GetResourcePolicyResponse> GetResourcePolicy(GetResourcePolicyRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var policy = await store.ReadAsync(reader => Find(reader, context.Scope, Arn(context.Scope, request.ResourceArn)), cancellationToken) ?? throw NotFound();
        return new GetResourcePolicyResponse { PolicyInJson = policy.Json, PolicyHash = policy.Hash, CreateTime = policy.Created, UpdateTime = policy.Updated };
    }

    public async ValueTask<GetResourcePoliciesResponse> GetResourcePolicies(GetResourcePoliciesRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var list = $"GetResourcePolicies/{context.Scope}";
        var after = PageToken.DecodeText(list, request.NextToken, GlueErrors.InvalidToken) ?? "";
        var countMax = request.MaxResults ?? CatalogLimits.PageDefault;
        var found = await store.ReadAsync(
            reader => reader.Query(
                "SELECT policy, hash, created_at, updated_at, arn FROM glue_resource_policies WHERE account = @p0 AND region = @p1 AND arn > @p2 ORDER BY arn LIMIT @p3",
                row => (Policy: Map(row), Arn: row.Text(4)), context.Scope.AccountId, context.Scope.Region, after, countMax + 1),
            cancellationToken);
        var page = found.Take(countMax).ToList();
        return new GetResourcePoliciesResponse
        {
            GetResourcePoliciesResponseList =
            [
                .. page.Select(item => new GluePolicy { PolicyInJson = item.Policy.Json, PolicyHash = item.Policy.Hash, CreateTime = item.Policy.Created, UpdateTime = item.Policy.Updated }),
            ],
            NextToken = found.Count > countMax ? PageToken.Encode(list, page[^1].Arn) : null,
        };
    }

    public async ValueTask<PutResourcePolicyResponse> PutResourcePolicy(PutResourcePolicyRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        RequireJson(request.PolicyInJson!);
        var arn = Arn(context.Scope, request.ResourceArn);
        var hash = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(request.PolicyInJson!)));
        await store.WriteAsync(
            writer =>
            {
                var old = Find(writer, context.Scope, arn);
                if ((request.PolicyExistsCondition == ExistCondition.MUST_EXIST && old is null) || (request.PolicyExistsCondition == ExistCondition.NOT_EXIST && old is not null))
                {
                    throw GlueErrors.ConditionCheckFailure("Condition check failed: PolicyExistsCondition is not met");
                }

                RequireHash(request.PolicyHashCondition, old);
                var now = time.GetUtcNow();
                return writer.Execute(
                    """
                    INSERT INTO glue_resource_policies (account, region, arn, policy, hash, created_at, updated_at) VALUES (@p0, @p1, @p2, @p3, @p4, @p5, @p5)
                    ON CONFLICT (account, region, arn) DO UPDATE SET policy = excluded.policy, hash = excluded.hash, updated_at = excluded.updated_at
                    """,
                    context.Scope.AccountId, context.Scope.Region, arn, request.PolicyInJson, hash, now);
            },
            cancellationToken);
        return new PutResourcePolicyResponse { PolicyHash = hash };
    }

    public async ValueTask<DeleteResourcePolicyResponse> DeleteResourcePolicy(DeleteResourcePolicyRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var arn = Arn(context.Scope, request.ResourceArn);
        await store.WriteAsync(
            writer =>
            {
                RequireHash(request.PolicyHashCondition, Find(writer, context.Scope, arn) ?? throw NotFound());
                return writer.Execute(
                    "DELETE FROM glue_resource_policies WHERE account = @p0 AND region = @p1 AND arn = @p2", context.Scope.AccountId, context.Scope.Region, arn);
            },
            cancellationToken);
        return new DeleteResourcePolicyResponse();
    }

    private static string Arn(AwsScope scope, string? resourceArn) => resourceArn ?? scope.Arn("glue", "catalog");

    private static Policy? Find(IStoreReader reader, AwsScope scope, string arn) =>
        reader.QueryFirst(
            "SELECT policy, hash, created_at, updated_at FROM glue_resource_policies WHERE account = @p0 AND region = @p1 AND arn = @p2", Map, scope.AccountId, scope.Region, arn);

    private static Policy Map(StoreRow row) => new(row.Text(0), row.Text(1), row.Time(2), row.Time(3));

    private static void RequireHash(string? condition, Policy? policy)
    {
        if (condition is not null && condition != policy?.Hash)
        {
            throw GlueErrors.ConditionCheckFailure("Condition check failed: PolicyHashCondition does not match the hash of the policy");
        }
    }

    private static void RequireJson(string policy)
    {
        try
        {
            using var document = JsonDocument.Parse(policy);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                return;
            }
        }
        catch (JsonException)
        {
            // The same answer as for JSON that is no object.
        }

        throw GlueErrors.InvalidInput("The policy is not a JSON object");
    }

    private static AwsException NotFound() => GlueErrors.EntityNotFound("Policy not found");

    private sealed record Policy(string Json, string Hash, DateTimeOffset Created, DateTimeOffset Updated);
}
