using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Tarn.Glue;

/// <summary>
/// The NextToken of every list of Glue: opaque, and good only for the request that it came from. It carries where the next page begins and a check
/// over that and the request, so that a token of another request, or one that was touched, is refused instead of giving a wrong page.
/// </summary>
internal static class PageToken
{
    private const int CheckLength = 8;

    /// <param name="request">What makes two requests the same list: operation, names, filters.</param>
    /// <param name="position">Where the next page begins.</param>
    public static string Encode(string request, ReadOnlySpan<byte> position)
    {
        var bytes = new byte[CheckLength + position.Length];
        Check(request, position).CopyTo(bytes, 0);
        position.CopyTo(bytes.AsSpan(CheckLength));
        return Base64Url.EncodeToString(bytes);
    }

    public static string Encode(string request, string position) => Encode(request, Encoding.UTF8.GetBytes(position));

    /// <summary>The position in a token; null for no token, which is the first page. Throws InvalidInputException for a token that is not of this request.</summary>
    public static byte[]? Decode(string request, string? token)
    {
        if (string.IsNullOrEmpty(token))
        {
            return null;
        }

        if (!Base64Url.IsValid(token))
        {
            throw GlueErrors.InvalidToken();
        }

        var bytes = Base64Url.DecodeFromChars(token);
        if (bytes.Length < CheckLength || !Check(request, bytes.AsSpan(CheckLength)).AsSpan().SequenceEqual(bytes.AsSpan(0, CheckLength)))
        {
            throw GlueErrors.InvalidToken();
        }

        return bytes[CheckLength..];
    }

    public static string? DecodeText(string request, string? token) => Decode(request, token) is { } position ? Encoding.UTF8.GetString(position) : null;

    private static byte[] Check(string request, ReadOnlySpan<byte> position)
    {
        var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(request));
        hash.AppendData([0]);
        hash.AppendData(position);
        return hash.GetHashAndReset()[..CheckLength];
    }
}
