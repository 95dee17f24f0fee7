using Microsoft.AspNetCore.Http;
using Tarn.Contracts;

namespace Tarn.Wire.Dispatch;

/// <summary>What an operation may know of the request that it answers, beside its typed input.</summary>
public sealed class RequestContext
{
    /// <summary>The account and region that the request acts on.</summary>
    public required AwsScope Scope { get; init; }

    /// <summary>The access key that signed the request; <c>anonymous</c> where signatures are not asked for and none was sent.</summary>
    public required string AccessKeyId { get; init; }

    /// <summary>The caller's ARN, such as <c>arn:aws:iam::000000000000:root</c>.</summary>
    public required string CallerArn { get; init; }

    /// <summary>A UUID, the same that the response carries in its request id header.</summary>
    public required string RequestId { get; init; }

    /// <summary>The HTTP exchange, for the few operations whose contract is HTTP itself (S3's conditional headers, trailers). Everything else stays with the typed input.</summary>
    public required HttpContext Http { get; init; }
}
