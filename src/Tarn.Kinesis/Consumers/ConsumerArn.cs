using System.Globalization;
using Tarn.Contracts;
using Tarn.Kinesis.Streams;

namespace Tarn.Kinesis.Consumers;

/// <summary>ARNs of consumers: the stream's ARN, then <c>/consumer/name:1700000000</c>, the number being the creation in seconds since 1970.</summary>
internal static class ConsumerArn
{
    private const string Marker = "consumer/";

    public static string Format(StreamSnapshot stream, ConsumerRecord consumer) => Format(stream.Arn, consumer);

    public static string Format(string streamArn, ConsumerRecord consumer) =>
        string.Create(CultureInfo.InvariantCulture, $"{streamArn}/{Marker}{consumer.Name}:{consumer.CreatedAt.ToUnixTimeSeconds()}");

    /// <summary>The parts of a consumer's ARN; false for the ARN of anything else.</summary>
    public static bool TryParse(string arn, out AwsScope scope, out string stream, out string name)
    {
        name = "";
        if (!StreamArn.TryParse(arn, out scope, out stream, out var below) || !below.StartsWith(Marker, StringComparison.Ordinal))
        {
            return false;
        }

        var colon = below.LastIndexOf(':');
        name = colon < 0 ? "" : below[Marker.Length..colon];
        return name.Length > 0;
    }
}
