namespace Tarn.Wire.Signing;

/// <summary>How callers, their accounts and their regions are named.</summary>
public static class CallerNames
{
    /// <summary>The access key id of callers that sent none.</summary>
    public const string Anonymous = "anonymous";

    public const string DefaultAccountId = "000000000000";

    public const string DefaultRegion = "us-east-1";

    /// <summary>The ARN of a user of an account; of its root where the user has no name.</summary>
    public static string Arn(string accountId, string? user) =>
        user is null ? $"arn:aws:iam::{accountId}:root" : $"arn:aws:iam::{accountId}:user/{user}";

    /// <summary>Whether an access key id names its own account: 12 decimal digits.</summary>
    public static bool IsAccountId(ReadOnlySpan<char> text) => text.Length == 12 && !text.ContainsAnyExceptInRange('0', '9');

    /// <summary>Whether text can be a region: up to 32 lower-case letters, digits and hyphens, a letter first. State is kept per region, so nothing else gets in.</summary>
    public static bool IsRegion(ReadOnlySpan<char> text)
    {
        if (text.Length is 0 or > 32 || !char.IsAsciiLetterLower(text[0]))
        {
            return false;
        }

        foreach (var character in text)
        {
            if (!char.IsAsciiLetterLower(character) && !char.IsAsciiDigit(character) && character != '-')
            {
                return false;
            }
        }

        return true;
    }
}
