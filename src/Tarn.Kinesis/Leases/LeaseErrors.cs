using Tarn.Contracts;

namespace Tarn.Kinesis.Leases;

/// <summary>Each failure that the lease operations can answer. Codes are DynamoDB's, where consumers keep their leases on AWS.</summary>
internal static class LeaseErrors
{
    public static AwsException Exists(string key) => ConditionalCheckFailed($"Lease {key} exists.");

    public static AwsException CounterDiffers(string key, long expected, long found) =>
        ConditionalCheckFailed($"Lease {key} has counter {found}, not the expected {expected}: it was changed by another worker.");

    public static AwsException NotFound(string application, string key) => new("ResourceNotFoundException", $"Lease {key} of application {application} not found.");

    public static AwsException TooMany(string application, int max) => new("LimitExceededException", $"Application {application} has {max} leases, which is the limit.");

    public static AwsException InvalidNextToken() => new("InvalidArgumentException", "NextToken is invalid.");

    private static AwsException ConditionalCheckFailed(string reason) => new("ConditionalCheckFailedException", $"The conditional request failed: {reason}");
}
