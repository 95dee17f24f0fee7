namespace Tarn.Lake.Objects;

/// <summary>The parameters <c>response-content-type</c> and its kin, by which the client of a read chooses headers of the answer.</summary>
internal static class ResponseOverrides
{
    /// <summary>Throws <c>InvalidArgument</c> for a value that no header can hold: S3's headers are ISO-8859-1, and none has a line break.</summary>
    public static void Require(string? contentType, string? cacheControl, string? contentDisposition, string? contentEncoding, string? contentLanguage)
    {
        foreach (var (name, value) in (ReadOnlySpan<(string, string?)>)
            [
                ("response-content-type", contentType), ("response-cache-control", cacheControl), ("response-content-disposition", contentDisposition),
                ("response-content-encoding", contentEncoding), ("response-content-language", contentLanguage),
            ])
        {
            if (value is not null && value.Any(character => character > 0xFF || char.IsControl(character)))
            {
                throw LakeErrors.InvalidHeaderValue(name, value);
            }
        }
    }
}
