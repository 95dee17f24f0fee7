using Tarn.Api.Sts;
using Tarn.Sts.Identities;
using Tarn.Wire.Dispatch;
using Tarn.Wire.Signing;

namespace Tarn.Sts.Sessions;

/// <summary>Operations that issue temporary credentials.</summary>
internal sealed class SessionOperations(TemporaryCredentials temporary, StsOptions options, TimeProvider time)
{
    public ValueTask<AssumeRoleResponse> AssumeRole(AssumeRoleRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var arnText = request.RoleArn!;
        if (!RoleArn.TryParse(arnText, out var role))
        {
            throw StsErrors.InvalidRoleArn(arnText);
        }

        if (request.Policy is not null || request.PolicyArns is { Count: > 0 })
        {
            throw StsErrors.SessionPolicyNotSupported(request.Policy is not null ? "Policy" : "PolicyArns");
        }

        RefuseMfa(request.SerialNumber, request.TokenCode);
        if (role.AccountId != context.Scope.AccountId && !options.AllowsRolesOfOtherAccounts)
        {
            throw StsErrors.NotAuthorizedToAssume(context.CallerArn, role.Text);
        }

        var lifetime = Lifetime(request.DurationSeconds, options.RoleLifetimeDefault);
        if (IsRoleSession(context) && lifetime > options.ChainedLifetimeMax)
        {
            throw StsErrors.ChainedSessionTooLong();
        }

        var sessionName = request.RoleSessionName!;
        var sessionArn = role.SessionArn(sessionName);
        return ValueTask.FromResult(new AssumeRoleResponse
        {
            Credentials = Issue(role.AccountId, sessionArn, lifetime),
            AssumedRoleUser = new AssumedRoleUser
            {
                Arn = sessionArn,
                AssumedRoleId = UniqueId.OfSession(role.AccountId, role.Name, sessionName),
            },
            SourceIdentity = request.SourceIdentity,
        });
    }

    public ValueTask<GetSessionTokenResponse> GetSessionToken(GetSessionTokenRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        if (context.AccessKeyId.StartsWith(TemporaryCredentials.AccessKeyPrefix, StringComparison.Ordinal))
        {
            throw StsErrors.SessionForSession();
        }

        RefuseMfa(request.SerialNumber, request.TokenCode);
        var lifetime = Lifetime(request.DurationSeconds, options.SessionLifetimeDefault);
        if (context.CallerArn.EndsWith(":root", StringComparison.Ordinal) && lifetime > options.ChainedLifetimeMax)
        {
            // AWS gives the root of an account an hour, whatever it asked for.
            lifetime = options.ChainedLifetimeMax;
        }

        return ValueTask.FromResult(new GetSessionTokenResponse { Credentials = Issue(context.Scope.AccountId, context.CallerArn, lifetime) });
    }

    private static TimeSpan Lifetime(int? seconds, TimeSpan otherwise) => seconds is { } given ? TimeSpan.FromSeconds(given) : otherwise;

    private static bool IsRoleSession(RequestContext context) => context.CallerArn.Contains(":assumed-role/", StringComparison.Ordinal);

    private static void RefuseMfa(string? serialNumber, string? tokenCode)
    {
        if (serialNumber is not null || tokenCode is not null)
        {
            throw StsErrors.MfaNotSupported();
        }
    }

    private Credentials Issue(string accountId, string callerArn, TimeSpan lifetime)
    {
        var issued = temporary.Issue(accountId, callerArn, time.GetUtcNow() + lifetime);
        return new Credentials
        {
            AccessKeyId = issued.AccessKeyId,
            SecretAccessKey = issued.SecretAccessKey,
            SessionToken = issued.SessionToken,
            Expiration = issued.Expiration,
        };
    }
}
