using Microsoft.AspNetCore.Http;

namespace Tarn.Wire.Protocols.Rest;

/// <summary>
/// Dates in headers of S3 that are none. HTTP says to pass over a condition whose date cannot be read; <c>Expires</c> is text of the object, such as <c>0</c>, and
/// comes back as it was sent.
/// </summary>
public static class LenientDates
{
    private static readonly string[] Conditions =
        ["If-Modified-Since", "If-Unmodified-Since", "x-amz-copy-source-if-modified-since", "x-amz-copy-source-if-unmodified-since"];

    private static readonly object ExpiresKey = new();

    /// <summary>The <c>Expires</c> header of a request where it is no date of HTTP; null for none.</summary>
    public static string? ExpiresText(HttpContext http) => http.Items.TryGetValue(ExpiresKey, out var text) ? (string)text! : null;

    /// <summary>Takes them out of the request, which has been verified already.</summary>
    internal static void TakeOut(HttpContext http)
    {
        var headers = http.Request.Headers;
        foreach (var name in Conditions)
        {
            if (headers.TryGetValue(name, out var date) && !Timestamps.TryParse(date.ToString(), out _))
            {
                headers.Remove(name);
            }
        }

        if (headers.Expires is { Count: > 0 } expires
            && !(Timestamps.TryParse(expires.ToString(), out var time) && Timestamps.Format(time, Shapes.TimestampFormat.Rfc822) == expires.ToString()))
        {
            http.Items[ExpiresKey] = expires.ToString();
            headers.Remove("Expires");
        }
    }
}
