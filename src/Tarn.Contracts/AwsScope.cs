namespace Tarn.Contracts;

/// <summary>
/// Where state lives: every resource belongs to one account in one region. The account comes from the access key,
/// the region from the credential scope of the signature.
/// </summary>
/// <param name="AccountId">12 decimal digits; <c>000000000000</c> for the default key.</param>
/// <param name="Region">An AWS region name such as <c>us-east-1</c>.</param>
public readonly record struct AwsScope(string AccountId, string Region)
{
    /// <summary>An ARN of this scope: <c>arn:aws:service:region:account:resource</c>.</summary>
    public string Arn(string service, string resource) => $"arn:aws:{service}:{Region}:{AccountId}:{resource}";

    public override string ToString() => $"{AccountId}/{Region}";
}
