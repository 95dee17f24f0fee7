using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Tarn.Wire.Signing;

/// <summary>Version 2's string to sign for S3 and its signature. Pure. It covers neither the body nor most of the query.</summary>
internal static class SigV2StringToSign
{
    private const int SignatureSizeBytes = HMACSHA1.HashSizeInBytes;

    /// <summary>
    /// The query parameters that enter the string. The list is the one that AWS published for version 2, with what its SDKs signed later;
    /// it does not grow, and subresources that are newer cannot be presigned in this version.
    /// </summary>
    private static readonly FrozenSet<string> SignedParameters = FrozenSet.Create(
        StringComparer.Ordinal,
        "accelerate", "acl", "analytics", "cors", "defaultObjectAcl", "delete", "inventory", "lifecycle", "location", "logging", "metrics",
        "notification", "object-lock", "partNumber", "policy", "replication", "requestPayment", "restore", "select", "select-type", "storageClass",
        "tagging", "torrent", "uploadId", "uploads", "versionId", "versioning", "versions", "website",
        "response-cache-control", "response-content-disposition", "response-content-encoding", "response-content-language",
        "response-content-type", "response-expires");

    public static bool IsSigned(string parameter) => SignedParameters.Contains(parameter);

    /// <param name="rawTarget">The request target as it was on the wire.</param>
    /// <param name="hostBucket">The bucket in the host name, which is part of the resource; null for path style.</param>
    /// <param name="slashAfterBucket">
    /// Takes <c>/bucket</c> for <c>/bucket/</c>: botocore signs a bucket as it stands in a host name, with the slash, and sends it in the path without.
    /// </param>
    public static string Build(HttpRequest request, ReadOnlySpan<char> rawTarget, string? hostBucket, bool slashAfterBucket, in SigV2Parameters parameters)
    {
        CanonicalRequest.SplitTarget(rawTarget, out var path, out var query);
        var text = new StringBuilder();
        text.Append(request.Method).Append('\n');
        text.Append(Standard(request, "content-md5", query, parameters.IsPresigned)).Append('\n');
        text.Append(Standard(request, "content-type", query, parameters.IsPresigned)).Append('\n');
        text.Append(parameters.DateLine).Append('\n');
        AppendAmzHeaders(text, request.Headers);
        if (hostBucket is not null)
        {
            text.Append('/').Append(hostBucket);
        }

        text.Append(path.IsEmpty ? "/" : path);
        if (slashAfterBucket && path.Length > 1 && path[1..].IndexOf('/') < 0)
        {
            text.Append('/');
        }

        AppendSubresources(text, query);
        return text.ToString();
    }

    /// <summary>The HMAC-SHA1 of a text, in base64.</summary>
    public static string Sign(string secret, string text) => Convert.ToBase64String(HMACSHA1.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(text)));

    /// <summary>Compares a signature with the one a client sent, in a time that does not depend on where they differ.</summary>
    public static bool Matches(string secret, string text, string provided)
    {
        Span<byte> expected = stackalloc byte[SignatureSizeBytes];
        Span<byte> sent = stackalloc byte[SignatureSizeBytes + 3];
        HMACSHA1.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(text), expected);
        return Convert.TryFromBase64String(provided, sent, out var length)
            && length == SignatureSizeBytes
            && CryptographicOperations.FixedTimeEquals(expected, sent[..SignatureSizeBytes]);
    }

    /// <summary>A header; of a presigned URL also the parameter of that name, where botocore puts what it signed and the client need not send.</summary>
    private static string Standard(HttpRequest request, string name, ReadOnlySpan<char> query, bool isPresigned)
    {
        if (request.Headers.TryGetValue(name, out var header) || !isPresigned)
        {
            return header.ToString().Trim();
        }

        foreach (var range in query.Split('&'))
        {
            var parameter = query[range];
            if (parameter.Length > name.Length && parameter[name.Length] == '=' && parameter.StartsWith(name, StringComparison.OrdinalIgnoreCase))
            {
                return Uri.UnescapeDataString(parameter[(name.Length + 1)..]).Trim();
            }
        }

        return "";
    }

    private static void AppendAmzHeaders(StringBuilder text, IHeaderDictionary headers)
    {
        var names = headers.Keys.Where(name => name.StartsWith("x-amz-", StringComparison.OrdinalIgnoreCase)).Select(name => name.ToLowerInvariant());
        foreach (var name in names.Order(StringComparer.Ordinal))
        {
            text.Append(name).Append(':').AppendJoin(',', headers[name].Select(value => value?.Trim())).Append('\n');
        }
    }

    private static void AppendSubresources(StringBuilder text, ReadOnlySpan<char> query)
    {
        var signed = new List<(string Name, string? Value)>();
        foreach (var range in query.Split('&'))
        {
            var parameter = query[range];
            var equals = parameter.IndexOf('=');
            var name = (equals < 0 ? parameter : parameter[..equals]).ToString();
            if (SignedParameters.Contains(name))
            {
                signed.Add((name, equals < 0 ? null : Uri.UnescapeDataString(parameter[(equals + 1)..])));
            }
        }

        var mark = '?';
        foreach (var (name, value) in signed.OrderBy(parameter => parameter.Name, StringComparer.Ordinal))
        {
            text.Append(mark).Append(name);
            if (value is not null)
            {
                text.Append('=').Append(value);
            }

            mark = '&';
        }
    }
}
