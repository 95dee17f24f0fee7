using System.Text.RegularExpressions;
using Tarn.Contracts;

namespace Tarn.Kinesis.Encryption;

/// <summary>
/// How a request names a KMS key: key id, ARN of a key, alias, ARN of an alias. There is no KMS here, so every name that could be a key's is one; it is kept and shown as it was
/// given, as AWS does.
/// </summary>
internal static partial class KmsKeyName
{
    /// <summary>Throws what KMS says of a name that is none, or that is of another region.</summary>
    /// <exception cref="AwsException"><c>KMSNotFoundException</c>.</exception>
    public static void Check(AwsScope scope, string name)
    {
        var match = Form().Match(name);
        if (!match.Success)
        {
            throw KinesisErrors.InvalidKmsKey(name);
        }

        if (match.Groups["region"] is { Success: true } region && region.Value != scope.Region)
        {
            throw KinesisErrors.KmsKeyOfOtherRegion(region.Value);
        }
    }

    /// <summary>Whether two names certainly name two keys: ids that differ, or aliases that differ. Which key an alias stands for only KMS could say.</summary>
    public static bool AreDifferent(string one, string other)
    {
        var (a, b) = (Short(one), Short(other));
        return a != b && IsAlias(a) == IsAlias(b);
    }

    /// <summary>Without what stands before it in an ARN: <c>alias/orders</c>, or a key's id.</summary>
    private static string Short(string name) => Form().Match(name) is { Success: true } match ? match.Groups["alias"].Value + match.Groups["id"].Value : name;

    private static bool IsAlias(string name) => name.StartsWith("alias/", StringComparison.Ordinal);

    [GeneratedRegex(
        "^(?:(?<alias>alias/[a-zA-Z0-9/_-]{1,250})|(?<id>(?:[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|mrk-[0-9a-f]{32}))|" +
        "arn:aws[a-z-]*:kms:(?<region>[a-z0-9-]+):[0-9]{12}:(?:(?<alias>alias/[a-zA-Z0-9/_-]{1,250})|key/(?<id>(?:[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|mrk-[0-9a-f]{32}))))\\z",
        RegexOptions.ExplicitCapture)]
    private static partial Regex Form();
}
