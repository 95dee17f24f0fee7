using Microsoft.AspNetCore.Http;
using Tarn.Wire.Signing;

namespace Tarn.Wire.Protocols.Rest;

/// <summary>
/// Headers that a presigned URL carries in its query, as signers put them there (<c>x-amz-meta-owner=me</c>, <c>x-amz-copy-source=...</c>): S3 takes
/// them for headers of the request.
/// </summary>
internal static class PresignedHeaders
{
    /// <summary>What belongs to the signature itself, and checksums: S3 passes over these in a query, where SDKs put the checksum of the body that they did not have.</summary>
    private static readonly string[] Excluded =
    [
        "x-amz-algorithm", "x-amz-credential", "x-amz-date", "x-amz-expires", "x-amz-signature", "x-amz-signedheaders", "x-amz-sdk-checksum-algorithm",
        "x-amz-trailer", "x-amz-decoded-content-length",
    ];

    private static readonly HashSet<string> None = [];

    /// <summary>Makes headers of them, where the request has none of that name.</summary>
    /// <returns>The names of those made, in small letters.</returns>
    public static IReadOnlySet<string> Apply(HttpRequest request)
    {
        var query = request.QueryString.Value;
        if (string.IsNullOrEmpty(query) || request.Headers.Authorization.Count > 0)
        {
            return None;
        }

        var isVersion4 = query.Contains("X-Amz-Signature=", StringComparison.Ordinal);
        if (!isVersion4 && !SigV2Parameters.IsPresignedQuery(query.AsSpan(1)))
        {
            return None;
        }

        var made = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in request.Query)
        {
            // Version 4 takes its token from the query; version 2 signs it as the header that it stands for.
            if (name.StartsWith("x-amz-", StringComparison.OrdinalIgnoreCase)
                && !Excluded.Contains(name, StringComparer.OrdinalIgnoreCase)
                && !name.StartsWith("x-amz-checksum-crc", StringComparison.OrdinalIgnoreCase)
                && !name.StartsWith("x-amz-checksum-sha", StringComparison.OrdinalIgnoreCase)
                && !(isVersion4 && name.Equals("x-amz-security-token", StringComparison.OrdinalIgnoreCase))
                && !request.Headers.ContainsKey(name))
            {
                request.Headers[name] = value;
                made.Add(name);
            }
        }

        return made;
    }
}
