using System.Globalization;
using Tarn.Contracts;

namespace Tarn.Wire.Signing;

/// <summary>Each refusal of a browser's form, in S3's code and words.</summary>
internal static class PostFormErrors
{
    public static AwsException NotMultipart() => new("PreconditionFailed", "At least one of the pre-conditions you specified did not hold", 412)
    {
        Members = [new("Condition", "Bucket POST must be of the enclosure-type multipart/form-data")],
    };

    public static AwsException Malformed() => new("MalformedPOSTRequest", "The body of your POST request is not well-formed multipart/form-data.");

    public static AwsException FieldsTooLarge(int bytesMax) => new(
        "MaxPostPreDataLengthExceeded", "Your POST request fields preceding the upload file were too large.")
    {
        Members = [new("MaxPostPreDataLengthBytes", bytesMax.ToString(CultureInfo.InvariantCulture))],
    };

    public static AwsException NoFile() => new("InvalidArgument", "POST requires exactly one file upload per request.")
    {
        Members = [new("ArgumentName", "file"), new("ArgumentValue", "0")],
    };

    public static AwsException MissingField(string name) => new(
        "InvalidArgument", $"Bucket POST must contain a field named '{name}'.  If it is specified, please check the order of the fields.")
    {
        Members = [new("ArgumentName", name), new("ArgumentValue", "")],
    };

    public static AwsException InvalidField(string name, string value, string message) => new("InvalidArgument", message)
    {
        Members = [new("ArgumentName", name), new("ArgumentValue", value)],
    };

    public static AwsException InvalidPolicy(string reason) => new("InvalidPolicyDocument", $"Invalid Policy: {reason}");

    public static AwsException AgainstPolicy(string reason) => new("AccessDenied", $"Invalid according to Policy: {reason}", 403);

    public static AwsException TooLarge(long proposed, long bytesMax) => new("EntityTooLarge", "Your proposed upload exceeds the maximum allowed size")
    {
        Members = [new("ProposedSize", Text(proposed)), new("MaxSizeAllowed", Text(bytesMax))],
    };

    public static AwsException TooSmall(long proposed, long bytesMin) => new("EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size")
    {
        Members = [new("ProposedSize", Text(proposed)), new("MinSizeAllowed", Text(bytesMin))],
    };

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
