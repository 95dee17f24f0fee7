using Microsoft.AspNetCore.Http;
using Tarn.Contracts;

namespace Tarn.Wire.Edge;

/// <summary>What the HTTP server itself finds wrong with a body while it is read, in S3's codes: only streamed bodies get this far.</summary>
internal static class TransportErrors
{
    public static AwsException From(BadHttpRequestException error) => error.StatusCode switch
    {
        StatusCodes.Status408RequestTimeout => new("RequestTimeout",
            "Your socket connection to the server was not read from or written to within the timeout period. Idle connections will be closed."),
        StatusCodes.Status413PayloadTooLarge => new("EntityTooLarge", "Your proposed upload exceeds the maximum allowed size."),
        _ => new("IncompleteBody", "You did not provide the number of bytes specified by the Content-Length HTTP header."),
    };
}
