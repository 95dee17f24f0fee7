using System.Security.Cryptography;
using System.Text;

namespace Tarn.Lake.Buckets;

/// <summary>The 64 hexadecimal digits by which S3 names an account in owners and grants; made from the account id, so it never changes.</summary>
internal static class CanonicalUser
{
    public static string IdOf(string accountId) => Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes("tarn canonical user " + accountId)));
}
