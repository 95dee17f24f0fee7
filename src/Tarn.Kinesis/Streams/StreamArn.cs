using Tarn.Contracts;

namespace Tarn.Kinesis.Streams;

/// <summary>ARNs of streams, and of what is below a stream: <c>arn:aws:kinesis:us-east-1:123456789012:stream/orders</c>.</summary>
internal static class StreamArn
{
    public static string Format(AwsScope scope, string name) => scope.Arn("kinesis", "stream/" + name);

    /// <summary>The scope and the stream's name in an ARN of a stream, or of something below it, which <paramref name="below"/> is then (empty otherwise).</summary>
    public static bool TryParse(string arn, out AwsScope scope, out string name, out string below)
    {
        var parts = arn.Split(':', 6);
        if (parts.Length != 6 || parts[2] != "kinesis" || !parts[5].StartsWith("stream/", StringComparison.Ordinal))
        {
            (scope, name, below) = (default, "", "");
            return false;
        }

        scope = new AwsScope(parts[4], parts[3]);
        var resource = parts[5]["stream/".Length..];
        var slash = resource.IndexOf('/', StringComparison.Ordinal);
        (name, below) = slash < 0 ? (resource, "") : (resource[..slash], resource[(slash + 1)..]);
        return true;
    }
}
