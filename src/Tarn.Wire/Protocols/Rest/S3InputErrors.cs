using Microsoft.AspNetCore.Http;
using Tarn.Contracts;
using Tarn.Wire.Shapes;

namespace Tarn.Wire.Protocols.Rest;

/// <summary>S3's answers to inputs that break the model.</summary>
internal static class S3InputErrors
{
    public static AwsException MalformedXml() => new("MalformedXML", "The XML you provided was not well-formed or did not validate against our published schema");

    /// <param name="message">The list of validation errors that another service would send.</param>
    public static AwsException From(StructureSchema input, string message)
    {
        // The path of the first error begins with the member that holds it.
        var start = message.IndexOf("at '", StringComparison.Ordinal) + 4;
        var path = message[start..message.IndexOf('\'', start)];
        var name = path.Split('.')[0];
        var member = input.Members.FirstOrDefault(candidate => candidate.PathName == name);
        if (path.EndsWith("ocationConstraint", StringComparison.Ordinal))
        {
            return new AwsException("InvalidLocationConstraint", "The specified location-constraint is not valid") { Members = [new("LocationConstraint", ValueOf(message))] };
        }

        if (member is null || member.Location is MemberLocation.Body or MemberLocation.Payload or MemberLocation.RawPayload)
        {
            return member is not null && path == name && message.Contains("must not be null", StringComparison.Ordinal)
                ? new AwsException("MissingRequestBodyError", "Request Body is empty")
                : MalformedXml();
        }

        var value = ValueOf(message);
        switch (member.WireName)
        {
            case "encoding-type":
                return InvalidArgument(member, value, "Invalid Encoding Method specified in Request");
            case "x-amz-storage-class":
                return new AwsException("InvalidStorageClass", "The storage class you specified is not valid") { Members = [new("StorageClassRequested", value)] };
            case "x-amz-checksum-algorithm" or "x-amz-sdk-checksum-algorithm":
                return new AwsException("InvalidRequest", "Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]");
            case "x-amz-server-side-encryption":
                return InvalidArgument(member, value, "The encryption method specified is not supported");
            case "x-amz-metadata-directive":
                return InvalidArgument(member, value, "Unknown metadata directive.");
            case "x-amz-tagging-directive":
                return InvalidArgument(member, value, "Unknown tagging directive.");
            case "x-amz-object-attributes":
                return InvalidArgument(member, value, "Invalid attribute name specified.");
        }

        var reason = message[(message.IndexOf(": ", message.IndexOf("failed", StringComparison.Ordinal), StringComparison.Ordinal) + 2)..];
        return InvalidArgument(member, value, $"Invalid argument {member.WireName}: {reason}");
    }

    /// <summary>The preflight of a browser: no bucket has CORS rules (docs/adr/0023).</summary>
    public static AwsException NoCors(HttpRequest request) => request.Headers.Origin.Count == 0
        ? new AwsException("BadRequest", "Insufficient information. Origin request header needed.")
        : new AwsException("AccessForbidden", "CORSResponse: CORS is not enabled for this bucket.", StatusCodes.Status403Forbidden)
        {
            Members = [new("Method", request.Headers.AccessControlRequestMethod.ToString())],
        };

    /// <summary>The value that the first error is about; empty where there was none.</summary>
    private static string ValueOf(string message)
    {
        const string Before = "Value '", After = "' at '";
        var start = message.IndexOf(Before, StringComparison.Ordinal);
        var end = message.IndexOf(After, StringComparison.Ordinal);
        return start < 0 || end < start + Before.Length ? "" : message[(start + Before.Length)..end];
    }

    public static AwsException InvalidArgument(MemberSchema member, string value, string message) => new("InvalidArgument", message)
    {
        Members = [new("ArgumentName", member.WireName), new("ArgumentValue", value)],
    };
}
