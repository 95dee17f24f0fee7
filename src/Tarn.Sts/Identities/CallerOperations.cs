using Tarn.Api.Sts;
using Tarn.Wire.Dispatch;

namespace Tarn.Sts.Identities;

/// <summary>Operations about the caller.</summary>
internal sealed class CallerOperations
{
    public ValueTask<GetCallerIdentityResponse> GetCallerIdentity(GetCallerIdentityRequest request, RequestContext context, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new GetCallerIdentityResponse
        {
            UserId = UniqueId.OfCaller(context.CallerArn, context.Scope.AccountId),
            Account = context.Scope.AccountId,
            Arn = context.CallerArn,
        });
}
