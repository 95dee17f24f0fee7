namespace Tarn.Wire.Edge;

/// <summary>Limits and names of the HTTP edge.</summary>
public sealed class EdgeOptions
{
    /// <summary>
    /// The largest body that is held in memory: everything but streamed objects. Bytes, 1 KiB to 1 GiB. AWS's own limits differ by
    /// service (S3's XML bodies 2 MiB, Kinesis 10 MiB before base64); a service whose legal requests are larger has an <c>OperationTable.RequestBodyBytesMax</c>.
    /// </summary>
    public int RequestBodyBytesMax { get; init; } = 8 * 1024 * 1024;

    /// <summary>
    /// Domains under which a host name carries a bucket: <c>bucket.localhost</c> and <c>bucket.s3.localhost</c>. The names of AWS
    /// (<c>bucket.s3.region.amazonaws.com</c>) always do.
    /// </summary>
    public IReadOnlyList<string> BucketDomains { get; init; } = ["localhost"];

    /// <summary>The same options for a service with a limit of its own.</summary>
    internal EdgeOptions WithRequestBodyBytesMax(int bytesMax) => new() { RequestBodyBytesMax = bytesMax, BucketDomains = BucketDomains };
}
