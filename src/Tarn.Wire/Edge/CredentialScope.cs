using Microsoft.AspNetCore.Http;

namespace Tarn.Wire.Edge;

/// <summary>The service in <c>Credential=AKID/20260101/us-east-1/glue/aws4_request</c>, to find the service. Nothing is verified here.</summary>
internal static class CredentialScope
{
    /// <summary>Null where the request is not signed, or the credential is not of that form.</summary>
    public static string? ServiceName(HttpRequest request)
    {
        var authorization = request.Headers.Authorization.ToString();
        if (authorization.Length > 0)
        {
            const string Marker = "Credential=";
            var start = authorization.IndexOf(Marker, StringComparison.Ordinal);
            return start < 0 ? null : FourthPart(authorization.AsSpan(start + Marker.Length));
        }

        return request.Query.TryGetValue("X-Amz-Credential", out var credential) ? FourthPart(credential.ToString()) : null;
    }

    private static string? FourthPart(ReadOnlySpan<char> credential)
    {
        var end = credential.IndexOfAny(',', ' ');
        Span<Range> parts = stackalloc Range[6];
        var scope = end < 0 ? credential : credential[..end];
        var count = scope.Split(parts, '/');

        // Access keys hold no slash, so a credential has five parts.
        return count == 5 ? scope[parts[3]].ToString() : null;
    }
}
