using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;

namespace Tarn.Wire.Protocols.Rest;

/// <summary>
/// Where a request to S3 names its bucket. Path style: <c>host/bucket/key</c>. Virtual-host style: <c>bucket.s3.region.amazonaws.com/key</c>,
/// <c>bucket.s3.localhost/key</c> or <c>bucket.localhost/key</c>. An address without a name, such as 127.0.0.1, is always path style.
/// </summary>
internal static partial class BucketAddress
{
    /// <summary>The bucket in the host name; null for path style.</summary>
    /// <param name="domains">Domains of this server, such as <c>localhost</c>.</param>
    public static string? FromHost(HostString host, IReadOnlyList<string> domains)
    {
        var name = host.Host;
        if (string.IsNullOrEmpty(name) || IPAddress.TryParse(name, out _))
        {
            return null;
        }

        foreach (var domain in domains)
        {
            if (name.Length > domain.Length + 1 && name.EndsWith(domain, StringComparison.OrdinalIgnoreCase) && name[^(domain.Length + 1)] == '.')
            {
                return Bucket(name[..^(domain.Length + 1)]);
            }
        }

        return AwsHost().Match(name) is { Success: true } match ? Bucket(match.Groups[1].Value) : null;
    }

    /// <param name="labels">What stands before the domain: <c>bucket</c>, <c>bucket.s3</c>, <c>bucket.s3.eu-west-1</c>, or these without a bucket.</param>
    private static string? Bucket(string labels)
    {
        var endpoint = Endpoint().Match(labels);
        var bucket = endpoint.Success ? endpoint.Groups[1].Value : labels;
        return bucket.Length > 0 ? bucket : null;
    }

    [GeneratedRegex(@"^(?:(.+)\.)?s3(?:[.-](?:dualstack\.)?[a-z]{2}(?:-[a-z]+)+-\d)?$")]
    private static partial Regex Endpoint();

    [GeneratedRegex(@"^(.*\bs3(?:[.-][a-z0-9.-]+)?)\.amazonaws\.com(?:\.cn)?$")]
    private static partial Regex AwsHost();
}
