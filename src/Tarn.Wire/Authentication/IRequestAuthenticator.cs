using Microsoft.AspNetCore.Http;
using Tarn.Contracts;
using Tarn.Wire.Dispatch;

namespace Tarn.Wire.Authentication;

/// <summary>
/// Finds out who sent a request, before anything in it is believed. There is one per server: the one that verifies SigV4, and the
/// one of <c>--auth open</c>.
/// </summary>
public interface IRequestAuthenticator
{
    /// <summary>
    /// Verifies the signature in its header, presigned or chunked form, or takes the request as anonymous where the settings allow that.
    /// For streamed bodies it may replace <see cref="HttpRequest.Body"/> by a stream that decodes and verifies chunks while it is read.
    /// </summary>
    /// <param name="http">The exchange. Path, query and header are as the client sent them.</param>
    /// <param name="service">The service that the request is for: the credential scope must name it, and its protocol decides how a refusal is worded.</param>
    /// <param name="body">The whole body where the edge has read it already (every protocol but REST); null where it is still to be read.</param>
    /// <exception cref="AwsException">The request is refused, in the words of AWS.</exception>
    ValueTask<CallerIdentity> AuthenticateAsync(HttpContext http, ServiceModel service, ReadOnlyMemory<byte>? body, CancellationToken cancellationToken);
}

/// <summary>Who sent a request and where it acts.</summary>
/// <param name="Scope">The account of the access key and the region of the credential scope.</param>
/// <param name="AccessKeyId">The key that signed; <c>anonymous</c> where none did.</param>
/// <param name="CallerArn">Such as <c>arn:aws:iam::000000000000:root</c>.</param>
public readonly record struct CallerIdentity(AwsScope Scope, string AccessKeyId, string CallerArn);
