using Microsoft.AspNetCore.Http;
using Tarn.Contracts;
using Tarn.Wire.Authentication;

namespace Tarn.Wire.Signing;

/// <summary>
/// Whom requests stand for with <c>--auth open</c>, where nothing is verified: known keys and temporary ones for themselves, others for the
/// root of the account that their id names or of the default one; the region comes from the scope where there is one. Thread-safe.
/// </summary>
internal sealed class OpenCallers(AccessKeys keys, TemporaryCredentials temporary)
{
    public CallerIdentity Of(HttpRequest request, string query)
    {
        var authorization = request.Headers.Authorization.ToString();
        var headerToken = request.Headers["X-Amz-Security-Token"].ToString();
        if (SigV2Parameters.IsUsedBy(request, query))
        {
            return Of(SigV2Parameters.AccessKeyIdOf(authorization, query), CallerNames.DefaultRegion, headerToken);
        }

        return authorization.Length == 0
            ? OfCredential(ValueAfter(query, "X-Amz-Credential="), ValueAfter(query, "X-Amz-Security-Token="))
            : OfCredential(ValueAfter(authorization, "Credential="), headerToken);
    }

    public CallerIdentity Of(PostForm form)
    {
        var token = form["x-amz-security-token"] ?? "";
        return form["AWSAccessKeyId"] is { } id ? Of(id, CallerNames.DefaultRegion, token) : OfCredential(form["x-amz-credential"] ?? "", token);
    }

    /// <param name="credential">As <c>AKID/20260101/us-east-1/s3/aws4_request</c>; anything else is nobody.</param>
    public CallerIdentity OfCredential(string credential, string token) =>
        CredentialScope.TryParse(credential, out var scope) && CallerNames.IsRegion(scope.Region)
            ? Of(scope.AccessKeyId.ToString(), scope.Region.ToString(), token)
            : new CallerIdentity(
                new AwsScope(CallerNames.DefaultAccountId, CallerNames.DefaultRegion), CallerNames.Anonymous, CallerNames.Arn(CallerNames.DefaultAccountId, user: null));

    public CallerIdentity Of(string id, string region, string token)
    {
        if ((keys.Find(id) ?? (temporary.TryOpen(id, token, out var issued, out _) ? issued : null)) is { } key)
        {
            return new CallerIdentity(new AwsScope(key.AccountId, region), key.Id, key.CallerArn);
        }

        var account = CallerNames.IsAccountId(id) ? id : CallerNames.DefaultAccountId;
        return new CallerIdentity(new AwsScope(account, region), id, CallerNames.Arn(account, user: null));
    }

    /// <summary>What stands after a name in a query string or an Authorization header, decoded; empty when the name is not there.</summary>
    private static string ValueAfter(string text, string name)
    {
        var start = text.IndexOf(name, StringComparison.Ordinal);
        if (start < 0)
        {
            return "";
        }

        var value = text.AsSpan(start + name.Length);
        var end = value.IndexOfAny("&, ");
        return Uri.UnescapeDataString(end < 0 ? value : value[..end]);
    }
}
