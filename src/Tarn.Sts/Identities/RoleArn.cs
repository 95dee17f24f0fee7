using System.Diagnostics.CodeAnalysis;
using Tarn.Wire.Signing;

namespace Tarn.Sts.Identities;

/// <summary>The ARN of an IAM role: <c>arn:aws:iam::123456789012:role/path/Name</c>.</summary>
/// <param name="Text">The ARN as given.</param>
/// <param name="Name">The role's name, without its path.</param>
internal sealed record RoleArn(string Text, string AccountId, string Name)
{
    public static bool TryParse(string text, [NotNullWhen(true)] out RoleArn? arn)
    {
        arn = null;
        if (text.Split(':') is not ["arn", "aws", "iam", "", var account, var resource] || !CallerNames.IsAccountId(account))
        {
            return false;
        }

        var name = resource[(resource.LastIndexOf('/') + 1)..];
        if (!resource.StartsWith("role/", StringComparison.Ordinal) || name.Length is 0 or > 64)
        {
            return false;
        }

        arn = new RoleArn(text, account, name);
        return true;
    }

    /// <summary>The ARN of a session of this role.</summary>
    public string SessionArn(string sessionName) => $"arn:aws:sts::{AccountId}:assumed-role/{Name}/{sessionName}";
}
