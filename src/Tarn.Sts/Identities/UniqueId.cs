using System.Security.Cryptography;
using System.Text;

namespace Tarn.Sts.Identities;

/// <summary>
/// IAM's unique ids (<c>AIDA...</c> of users, <c>AROA...</c> of roles). AWS draws them when a user or role is made; here, where neither is
/// made, they are a function of the ARN, so that they are the same every time and on every node.
/// </summary>
internal static class UniqueId
{
    private const string UserPrefix = "AIDA";
    private const string RolePrefix = "AROA";
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    /// <summary><c>UserId</c> as GetCallerIdentity has it: of a root its account id, of a role's session the role's id and the session's name.</summary>
    public static string OfCaller(string callerArn, string accountId)
    {
        var resource = callerArn[(callerArn.LastIndexOf(':') + 1)..].Split('/');
        return resource switch
        {
            ["user", ..] => Of(UserPrefix, callerArn),
            ["assumed-role", var role, var session] => OfSession(accountId, role, session),
            _ => accountId,
        };
    }

    /// <summary><c>AssumedRoleId</c> of a role's session.</summary>
    public static string OfSession(string accountId, string roleName, string sessionName) =>
        $"{Of(RolePrefix, $"arn:aws:iam::{accountId}:role/{roleName}")}:{sessionName}";

    private static string Of(string prefix, string arn)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(arn), hash);
        Span<char> id = stackalloc char[21];
        prefix.CopyTo(id);
        for (var index = prefix.Length; index < id.Length; index++)
        {
            id[index] = Alphabet[hash[index] % Alphabet.Length];
        }

        return id.ToString();
    }
}
