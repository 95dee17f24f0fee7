using Tarn.Contracts;
using Tarn.Wire.Shapes;

namespace Tarn.Wire.Protocols.Rest;

/// <summary>S3's answers to inputs that break the model.</summary>
internal static class S3InputErrors
{
    /// <param name="message">The list of validation errors that another service would send.</param>
    public static AwsException From(StructureSchema input, string message)
    {
        // The path of the first error begins with the member that holds it.
        var start = message.IndexOf("at '", StringComparison.Ordinal) + 4;
        var path = message[start..message.IndexOf('\'', start)];
        var name = path.Split('.')[0];
        var member = input.Members.FirstOrDefault(candidate => candidate.PathName == name);
        if (member is null || member.Location is MemberLocation.Body or MemberLocation.Payload or MemberLocation.RawPayload)
        {
            return member is not null && path == name && message.Contains("must not be null", StringComparison.Ordinal)
                ? new AwsException("MissingRequestBodyError", "Request Body is empty")
                : new AwsException("MalformedXML", "The XML you provided was not well-formed or did not validate against our published schema");
        }

        if (member.WireName == "encoding-type")
        {
            return InvalidArgument(member, "", "Invalid Encoding Method specified in Request");
        }

        var reason = message[(message.IndexOf(": ", message.IndexOf("failed", StringComparison.Ordinal), StringComparison.Ordinal) + 2)..];
        return InvalidArgument(member, "", $"Invalid argument {member.WireName}: {reason}");
    }

    public static AwsException InvalidArgument(MemberSchema member, string value, string message) => new("InvalidArgument", message)
    {
        Members = [new("ArgumentName", member.WireName), new("ArgumentValue", value)],
    };
}
