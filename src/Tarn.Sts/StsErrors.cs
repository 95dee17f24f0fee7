using Tarn.Contracts;

namespace Tarn.Sts;

/// <summary>Each error that STS returns, in AWS's code and words; those of what this server does not do say so.</summary>
internal static class StsErrors
{
    public static AwsException InvalidRoleArn(string arn) => new("ValidationError", $"{arn} is invalid");

    public static AwsException NotAuthorizedToAssume(string callerArn, string roleArn) => new(
        "AccessDenied", $"User: {callerArn} is not authorized to perform: sts:AssumeRole on resource: {roleArn}", 403);

    public static AwsException ChainedSessionTooLong() => new(
        "ValidationError", "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining");

    public static AwsException SessionForSession() => new("AccessDenied", "Cannot call GetSessionToken with session credentials", 403);

    public static AwsException SessionPolicyNotSupported(string member) => new(
        "ValidationError", $"{member} is not supported: this server does not evaluate policies, and a session must not have more rights than were asked for.");

    public static AwsException MfaNotSupported() => new(
        "AccessDenied", "MultiFactorAuthentication failed: this server has no MFA devices, so SerialNumber and TokenCode cannot be checked.", 403);
}
