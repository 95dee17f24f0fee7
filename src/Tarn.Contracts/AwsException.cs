namespace Tarn.Contracts;

/// <summary>
/// An expected failure of a request, in AWS's code and words. Services make it in one static factory class each
/// (<c>GlueErrors.EntityNotFound(...)</c>); it is turned into a response in one place, at the HTTP edge.
/// </summary>
public sealed class AwsException : Exception
{
    /// <param name="code">AWS's error code, such as <c>EntityNotFoundException</c> or <c>NoSuchKey</c>.</param>
    /// <param name="message">The text that the client sees.</param>
    /// <param name="httpStatus">The HTTP status, 400 to 599.</param>
    public AwsException(string code, string message, int httpStatus = 400)
        : base(message)
    {
        Code = code;
        HttpStatus = httpStatus;
    }

    public string Code { get; }

    public int HttpStatus { get; }

    /// <summary>
    /// Members of the error shape beside the message, such as <c>AthenaErrorCode</c> or S3's <c>BucketName</c>, in the order
    /// in which they are written; null for none.
    /// </summary>
    public IReadOnlyList<KeyValuePair<string, string>>? Members { get; init; }

    /// <summary>Response headers beside the usual ones; null for none.</summary>
    public IReadOnlyList<KeyValuePair<string, string>>? Headers { get; init; }
}
