using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using Tarn.Wire.Signing;

namespace Tarn.Wire.Protocols.Rest;

/// <summary>
/// Reads a browser's form up to its file, which stays in the stream. Fields behind the file are passed over, as S3 does. Memory: the fields, up to S3's 20 KB.
/// </summary>
internal static class PostFormReader
{
    private const int FieldBytesMax = 20 * 1024;

    private const int HeaderBytesMax = 8 * 1024;

    private const int BufferBytes = 64 * 1024;

    /// <summary>In field values this stands for the name of the file.</summary>
    private const string FileNameVariable = "${filename}";

    /// <returns>The form, and the file's bytes.</returns>
    public static async ValueTask<(PostForm Form, Stream File)> ReadAsync(HttpRequest request, string bucket, CancellationToken cancellationToken)
    {
        var reader = new MultipartReader(BoundaryOf(request), request.Body, BufferBytes) { HeadersCountLimit = 16, HeadersLengthLimit = HeaderBytesMax };
        var fields = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var bytes = 0;
        try
        {
            while (await reader.ReadNextSectionAsync(cancellationToken) is { } section)
            {
                var disposition = section.GetContentDispositionHeader();
                var name = HeaderUtilities.RemoveQuotes(disposition?.Name ?? default).ToString();
                if (name.Length == 0)
                {
                    throw PostFormErrors.Malformed();
                }

                if (name.Equals("file", StringComparison.OrdinalIgnoreCase))
                {
                    var file = FileNameOf(disposition!);
                    return (new PostForm(bucket, fields.Select(field => KeyValuePair.Create(field.Key, field.Value.Replace(FileNameVariable, file, StringComparison.Ordinal)))), section.Body);
                }

                var value = await ReadFieldAsync(section.Body, FieldBytesMax - bytes, cancellationToken);
                bytes += value.Length + name.Length;
                if (bytes > FieldBytesMax)
                {
                    throw PostFormErrors.FieldsTooLarge(FieldBytesMax);
                }

                if (!fields.TryAdd(name, Encoding.UTF8.GetString(value)))
                {
                    throw PostFormErrors.InvalidField(name, Encoding.UTF8.GetString(value), $"The field '{name}' is in the form more than once.");
                }
            }
        }
        catch (BadHttpRequestException)
        {
            throw;
        }
        catch (Exception failure) when (failure is InvalidDataException || (failure is IOException && !request.HttpContext.RequestAborted.IsCancellationRequested))
        {
            throw PostFormErrors.Malformed();
        }

        throw PostFormErrors.NoFile();
    }

    private static string BoundaryOf(HttpRequest request)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type) || !type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase))
        {
            throw PostFormErrors.NotMultipart();
        }

        var boundary = HeaderUtilities.RemoveQuotes(type.Boundary).ToString();
        return boundary.Length is > 0 and <= 200 ? boundary : throw PostFormErrors.Malformed();
    }

    /// <summary>Without the folders that some browsers send.</summary>
    private static string FileNameOf(ContentDispositionHeaderValue disposition)
    {
        var name = HeaderUtilities.RemoveQuotes(disposition.FileNameStar.HasValue ? disposition.FileNameStar : disposition.FileName).ToString();
        return name[(name.AsSpan().LastIndexOfAny('/', '\\') + 1)..];
    }

    private static async ValueTask<byte[]> ReadFieldAsync(Stream body, int bytesMax, CancellationToken cancellationToken)
    {
        var value = new MemoryStream();
        var buffer = new byte[1024];
        for (int read; (read = await body.ReadAsync(buffer, cancellationToken)) > 0;)
        {
            value.Write(buffer, 0, read);
            if (value.Length > bytesMax)
            {
                throw PostFormErrors.FieldsTooLarge(FieldBytesMax);
            }
        }

        return value.ToArray();
    }
}
