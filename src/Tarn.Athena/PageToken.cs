using System.Buffers.Text;
using System.Text;

namespace Tarn.Athena;

/// <summary>NextToken of the listings: the place where the next page starts, bound to the operation that made it.</summary>
internal static class PageToken
{
    public static string Encode(string operation, string place) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes($"{operation}\n{place}"));

    /// <summary>The place, or null for the first page; <c>InvalidRequestException</c> for a token of another operation or none at all.</summary>
    public static string? Decode(string operation, string? token)
    {
        if (token is null)
        {
            return null;
        }

        try
        {
            var text = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(token));
            return text.StartsWith(operation + "\n", StringComparison.Ordinal) ? text[(operation.Length + 1)..] : throw AthenaErrors.InvalidToken();
        }
        catch (FormatException)
        {
            throw AthenaErrors.InvalidToken();
        }
    }

    /// <summary>Cuts a list that was read one longer than the page: the page, and the token of the next one.</summary>
    public static (List<T> Page, string? NextToken) Cut<T>(List<T> rows, int pageSize, string operation, Func<T, string> place)
    {
        if (rows.Count <= pageSize)
        {
            return (rows, null);
        }

        rows.RemoveRange(pageSize, rows.Count - pageSize);
        return (rows, Encode(operation, place(rows[^1])));
    }
}
