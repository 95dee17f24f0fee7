using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Tarn.Contracts;

namespace Tarn.Wire.Dispatch;

/// <summary>
/// The NextToken of every list: opaque, and good only for the request that it came from. It carries where the next page begins and a check
/// over that and the request, so that a token of another request, or one that was touched, is refused instead of giving a wrong page. The check is no secret:
/// a position says nothing that its owner may not know.
/// </summary>
public static class PageToken
{
    private const int CheckLength = 8;

    /// <param name="request">What makes two requests the same list: operation, account and region, names, filters; not the size of the page.</param>
    /// <param name="position">Where the next page begins.</param>
    public static string Encode(string request, ReadOnlySpan<byte> position)
    {
        var bytes = new byte[CheckLength + position.Length];
        Check(request, position).CopyTo(bytes, 0);
        position.CopyTo(bytes.AsSpan(CheckLength));
        return Base64Url.EncodeToString(bytes);
    }

    public static string Encode(string request, string position) => Encode(request, Encoding.UTF8.GetBytes(position));

    /// <summary>The position in a token; null for no token, which is the first page.</summary>
    /// <param name="invalid">What to throw for a token that is not of this request, in the words of the service.</param>
    public static byte[]? Decode(string request, string? token, Func<AwsException> invalid)
    {
        if (string.IsNullOrEmpty(token))
        {
            return null;
        }

        if (!Base64Url.IsValid(token))
        {
            throw invalid();
        }

        var bytes = Base64Url.DecodeFromChars(token);
        return bytes.Length >= CheckLength && Check(request, bytes.AsSpan(CheckLength)).AsSpan().SequenceEqual(bytes.AsSpan(0, CheckLength)) ? bytes[CheckLength..] : throw invalid();
    }

    /// <summary>As <see cref="Decode"/>, for positions that are text.</summary>
    public static string? DecodeText(string request, string? token, Func<AwsException> invalid) => Decode(request, token, invalid) is { } position ? Encoding.UTF8.GetString(position) : null;

    /// <summary>Cuts a list that was read one longer than the page: the page, and the token of the next one.</summary>
    public static (List<T> Page, string? NextToken) Cut<T>(List<T> rows, int pageSize, string request, Func<T, string> position)
    {
        if (rows.Count <= pageSize)
        {
            return (rows, null);
        }

        rows.RemoveRange(pageSize, rows.Count - pageSize);
        return (rows, Encode(request, position(rows[^1])));
    }

    private static byte[] Check(string request, ReadOnlySpan<byte> position)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(request));
        hash.AppendData([0]);
        hash.AppendData(position);
        return hash.GetHashAndReset()[..CheckLength];
    }
}
