namespace Tarn.Wire.Signing;

/// <summary>
/// What the S3 protocol found in a request before anybody verified it, and the authenticator has to know: a feature of the exchange.
/// </summary>
/// <param name="HostBucket">The bucket that the host name carries; null for path style.</param>
/// <param name="QueryHeaders">
/// Names, in small letters, of the headers that a presigned URL carries in its query and that were made headers of the request: the query
/// is signed as a whole, so they need not be among the signed headers.
/// </param>
internal sealed record S3RequestForm(string? HostBucket, IReadOnlySet<string> QueryHeaders);
