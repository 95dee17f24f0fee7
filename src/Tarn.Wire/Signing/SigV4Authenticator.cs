using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Tarn.Contracts;
using Tarn.Wire.Authentication;
using Tarn.Wire.Dispatch;

namespace Tarn.Wire.Signing;

/// <summary>
/// Decides who sent a request: verifies AWS Signature Version 4 in the Authorization header, the query string (presigned) and the
/// chunks of the body, for S3 also version 2, and puts a verifying stream in place of a body whose content is signed apart. Thread-safe.
/// </summary>
public sealed class SigV4Authenticator : IRequestAuthenticator
{
    /// <summary>How far the clock of a client may be off, as in AWS.</summary>
    internal static readonly TimeSpan SkewMax = TimeSpan.FromMinutes(15);

    private readonly AccessKeys keys;
    private readonly TemporaryCredentials temporary;
    private readonly SigningOptions options;
    private readonly TimeProvider time;
    private readonly OpenCallers openCallers;

    /// <summary>By credential (<c>AKID/date/region/service/aws4_request</c>). Filled only by requests that were verified, so strangers cannot grow it.</summary>
    private readonly ConcurrentDictionary<string, Signer> signers = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Signer>.AlternateLookup<ReadOnlySpan<char>> signersBySpan;

    /// <exception cref="ArgumentException">A key or a setting is not legal, or open mode is asked for beyond loopback.</exception>
    public SigV4Authenticator(SigningOptions options, TemporaryCredentials temporary, bool loopbackOnly, TimeProvider time)
    {
        if (options.Mode == AuthMode.Open && !loopbackOnly)
        {
            throw new ArgumentException("--auth open lets everyone in, so it works only when the server listens on loopback (127.0.0.1 or ::1).");
        }

        if (options.SignedBodyBytesMax is < 1024 or > 1024 * 1024 * 1024)
        {
            throw new ArgumentException($"signedBodyBytesMax must be 1024 to 1073741824 bytes, not {options.SignedBodyBytesMax}.");
        }

        this.options = options;
        this.temporary = temporary;
        this.time = time;
        keys = new AccessKeys(options.AccessKeys, loopbackOnly);
        openCallers = new OpenCallers(keys, temporary);
        signersBySpan = signers.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>
    /// Whether any account can be entered without a secret of its own: in open mode, and where the default key works. Then assuming a role of
    /// another account (<c>StsOptions.AllowsRolesOfOtherAccounts</c>) gives nobody more than they have.
    /// </summary>
    public bool OpensEveryAccount => options.Mode == AuthMode.Open || keys.HasDefaultKey;

    /// <summary>
    /// The caller of a request. A body that was not read yet is read afterwards through <c>Request.BodyReader</c> (or, for S3,
    /// <c>Request.Body</c>); an aws-chunked body is decoded there, its trailers are the feature <see cref="ITrailingChecksums"/>, and a
    /// body that is not what was signed fails its read with an <see cref="AwsException"/>.
    /// </summary>
    /// <exception cref="AwsException">The request is not let in.</exception>
    public ValueTask<CallerIdentity> AuthenticateAsync(HttpContext http, ServiceModel service, ReadOnlyMemory<byte>? body, CancellationToken cancellationToken)
    {
        if (http.Features.Get<PostForm>() is { } form)
        {
            return new(VerifyForm(service, form));
        }

        CanonicalRequest.SplitTarget(RawTarget(http), out _, out var query);
        if (options.Mode == AuthMode.Open)
        {
            var identity = openCallers.Of(http.Request, query.ToString());
            RequestBody.Attach(http, ContentSha256(http.Request), signer: null);
            return new(identity);
        }

        if (IsS3(service) && SigV2Parameters.IsUsedBy(http.Request, query))
        {
            return new(VerifyVersion2(http, service, SigV2Parameters.Read(http.Request, query)));
        }

        var parameters = SignatureParameters.Read(http.Request, query, service) ?? throw SigningErrors.Anonymous(service);
        var signer = FindSigner(service, parameters);
        CheckTime(service, parameters);
        if (IsS3(service))
        {
            return new(VerifyAndAttach(http, service, parameters, signer, S3PayloadHash(http.Request, parameters.IsPresigned)));
        }

        var payloadHash = DeclaredUnsigned(http.Request) ?? (body is { } bytes ? PayloadHash.Compute(bytes.Span) : null);
        return payloadHash is null
            ? HashAndVerifyAsync(http, service, parameters, signer, cancellationToken)
            : new(Verify(http, service, parameters, signer, payloadHash));
    }

    private static bool IsS3(ServiceModel service) => service.Protocol == "rest-xml";

    private static string RawTarget(HttpContext http) => http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;

    private static string? ContentSha256(HttpRequest request)
    {
        var header = request.Headers["x-amz-content-sha256"];
        return header.Count == 0 ? null : header.ToString();
    }

    private static string S3PayloadHash(HttpRequest request, bool presigned)
    {
        var declared = ContentSha256(request);
        if (declared is null)
        {
            return presigned ? PayloadHash.Unsigned : throw PayloadErrors.MissingContentSha256();
        }

        return declared == PayloadHash.Unsigned || PayloadHash.IsChunked(declared) || PayloadHash.IsHash(declared)
            ? declared
            : throw PayloadErrors.InvalidContentSha256(declared);
    }

    /// <summary>Services other than S3 sign the hash of the body, which is computed, unless the client says that it did not.</summary>
    private static string? DeclaredUnsigned(HttpRequest request) => ContentSha256(request) is PayloadHash.Unsigned ? PayloadHash.Unsigned : null;

    private async ValueTask<CallerIdentity> HashAndVerifyAsync(
        HttpContext http, ServiceModel service, SignatureParameters parameters, Signer signer, CancellationToken cancellationToken)
    {
        var payloadHash = RequestBody.CanExist(http)
            ? await PayloadHash.ComputeAsync(http.Request.BodyReader, options.SignedBodyBytesMax, cancellationToken)
            : PayloadHash.OfNothing;
        return Verify(http, service, parameters, signer, payloadHash);
    }

    private CallerIdentity VerifyAndAttach(HttpContext http, ServiceModel service, in SignatureParameters parameters, Signer signer, string payloadHash)
    {
        var identity = Verify(http, service, parameters, signer, payloadHash);
        var chunkSigner = payloadHash is PayloadHash.SignedChunks or PayloadHash.SignedChunksAndTrailer
            ? new ChunkSigner(service, signer.Identity.AccessKeyId, signer.Key, parameters.Date, signer.Scope, parameters.Signature.ToString())
            : null;
        RequestBody.Attach(http, payloadHash, chunkSigner);
        return identity;
    }

    /// <summary>The signer that the credential names, from the cache or made anew; it is kept only once a signature of it was right.</summary>
    private Signer FindSigner(ServiceModel service, in SignatureParameters parameters)
    {
        var credential = parameters.Credential.Span;
        if (!CredentialScope.TryParse(credential, out var scope))
        {
            throw SigningErrors.MalformedCredential(service, parameters.IsPresigned);
        }

        // Temporary keys are looked at each time: their token must be right and not expired, cached or not.
        var key = keys.Find(scope.AccessKeyId) ?? OpenToken(service, scope.AccessKeyId, parameters.SecurityToken);
        if (!scope.Service.SequenceEqual(service.SigningName))
        {
            throw SigningErrors.WrongService(service, scope.Service, parameters.IsPresigned);
        }

        if (!scope.Date.SequenceEqual(parameters.Date.AsSpan(0, 8)))
        {
            throw SigningErrors.ScopeDateDiffers(service, scope.Date, parameters.Date);
        }

        if (signersBySpan.TryGetValue(credential, out var signer) && signer.Identity.CallerArn == key.CallerArn)
        {
            return signer;
        }

        if (!CallerNames.IsRegion(scope.Region))
        {
            throw SigningErrors.InvalidRegion(service, scope.Region, parameters.IsPresigned);
        }

        var identity = new CallerIdentity(new AwsScope(key.AccountId, scope.Region.ToString()), key.Id, key.CallerArn);
        return new Signer(identity, scope.Text.ToString(), SigningKey.Derive(key.Secret, scope.Date, scope.Region, scope.Service));
    }

    /// <summary>A browser's form: the policy is what is signed, in either version, and it decides what the form may say.</summary>
    private CallerIdentity VerifyForm(ServiceModel service, PostForm form)
    {
        if (options.Mode != AuthMode.Open && !form.IsSigned)
        {
            throw SigningErrors.Anonymous(service);
        }

        var identity = options.Mode == AuthMode.Open ? openCallers.Of(form) : form.IsVersion4 ? VerifyFormVersion4(service, form) : VerifyFormVersion2(service, form);
        if (form["policy"] is { } policy)
        {
            PostPolicy.Check(policy, form, time.GetUtcNow());
        }

        return identity;
    }

    private CallerIdentity VerifyFormVersion4(ServiceModel service, PostForm form)
    {
        var policy = Encoding.UTF8.GetBytes(form.Required("policy"));
        var parameters = SignatureParameters.OfForm(form);
        var signer = FindSigner(service, parameters);
        Span<byte> signature = stackalloc byte[2 * SigningKey.SizeBytes];
        SigningKey.Sign(signer.Key, policy, signature);
        return SigningKey.Matches(signature, parameters.Signature.Span)
            ? signer.Identity
            : throw SigningErrors.Mismatch(service, signer.Identity.AccessKeyId, parameters.Signature.Span, policy, canonicalRequest: default);
    }

    private CallerIdentity VerifyFormVersion2(ServiceModel service, PostForm form)
    {
        var (id, signature, policy) = (form.Required("AWSAccessKeyId"), form.Required("signature"), form.Required("policy"));
        var key = keys.Find(id) ?? OpenToken(service, id, form["x-amz-security-token"]);
        return SigV2StringToSign.Matches(key.Secret, policy, signature)
            ? new CallerIdentity(new AwsScope(key.AccountId, CallerNames.DefaultRegion), key.Id, key.CallerArn)
            : throw SigningErrors.Mismatch(service, key.Id, signature, Encoding.UTF8.GetBytes(policy), canonicalRequest: default);
    }

    /// <summary>Version 2 has no region: what it signs acts in the default one, as on S3's global endpoint.</summary>
    private CallerIdentity VerifyVersion2(HttpContext http, ServiceModel service, in SigV2Parameters parameters)
    {
        var key = keys.Find(parameters.AccessKeyId) ?? OpenToken(service, parameters.AccessKeyId, parameters.SecurityToken);
        var now = time.GetUtcNow();
        if (parameters.IsPresigned && now > parameters.Time)
        {
            throw SigV2Errors.Expired(parameters.Time, now);
        }

        if (!parameters.IsPresigned && (parameters.Time - now).Duration() > SkewMax)
        {
            throw SigningErrors.S3Skewed(parameters.Time.ToString("r", CultureInfo.InvariantCulture), now, SkewMax);
        }

        var hostBucket = http.Features.Get<S3RequestForm>()?.HostBucket;
        var stringToSign = SigV2StringToSign.Build(http.Request, RawTarget(http), hostBucket, slashAfterBucket: false, parameters);
        if (!SigV2StringToSign.Matches(key.Secret, stringToSign, parameters.Signature)
            && !(hostBucket is null && SigV2StringToSign.Matches(
                key.Secret, SigV2StringToSign.Build(http.Request, RawTarget(http), hostBucket, slashAfterBucket: true, parameters), parameters.Signature)))
        {
            throw SigningErrors.Mismatch(service, key.Id, parameters.Signature, Encoding.UTF8.GetBytes(stringToSign), canonicalRequest: default);
        }

        var contentSha256 = ContentSha256(http.Request);
        if (contentSha256 is PayloadHash.SignedChunks or PayloadHash.SignedChunksAndTrailer)
        {
            // Their chunks are signed with the key of a version 4 signature, which there is none of.
            throw PayloadErrors.InvalidContentSha256(contentSha256);
        }

        RequestBody.Attach(http, contentSha256, signer: null);
        return new CallerIdentity(new AwsScope(key.AccountId, CallerNames.DefaultRegion), key.Id, key.CallerArn);
    }

    private AccessKey OpenToken(ServiceModel service, ReadOnlySpan<char> accessKeyId, string? token)
    {
        if (token is null || !accessKeyId.StartsWith(TemporaryCredentials.AccessKeyPrefix, StringComparison.Ordinal))
        {
            throw SigningErrors.UnknownKey(service, accessKeyId.ToString(), keys.Hint());
        }

        if (!temporary.TryOpen(accessKeyId, token, out var key, out var expiration))
        {
            throw SigningErrors.InvalidToken(service, token);
        }

        return expiration > time.GetUtcNow() ? key : throw SigningErrors.ExpiredToken(service);
    }

    private void CheckTime(ServiceModel service, in SignatureParameters parameters)
    {
        var now = time.GetUtcNow();
        if (parameters.Expiry is { } expiry)
        {
            if (parameters.Time - now > SkewMax || now > parameters.Time + expiry)
            {
                throw SigningErrors.PresignedOutOfTime(service, parameters, now, SkewMax);
            }
        }
        else if ((parameters.Time - now).Duration() > SkewMax)
        {
            throw SigningErrors.Skewed(service, parameters, now, SkewMax);
        }
    }

    private CallerIdentity Verify(HttpContext http, ServiceModel service, in SignatureParameters parameters, Signer signer, string payloadHash)
    {
        CheckSignedHeaders(http, service, parameters.SignedHeaders.Span);
        var canonical = new ByteWriter(stackalloc byte[2048]);
        CanonicalRequest.Write(
            ref canonical,
            http.Request.Method,
            RawTarget(http),
            http.Request.Headers,
            parameters.SignedHeaders.Span,
            payloadHash,
            IsS3(service) ? PathRule.EncodedOnce : PathRule.NormalizedAndEncodedTwice);

        var stringToSign = new ByteWriter(stackalloc byte[512]);
        StringToSign.Write(ref stringToSign, parameters.Date, signer.Scope, canonical.Written);
        Span<byte> signature = stackalloc byte[2 * SigningKey.SizeBytes];
        SigningKey.Sign(signer.Key, stringToSign.Written, signature);
        var refusal = SigningKey.Matches(signature, parameters.Signature.Span)
            ? null
            : SigningErrors.Mismatch(service, signer.Identity.AccessKeyId, parameters.Signature.Span, stringToSign.Written, canonical.Written);
        canonical.Dispose();
        stringToSign.Dispose();
        if (refusal is not null)
        {
            throw refusal;
        }

        Keep(parameters.Credential.Span, signer);
        return signer.Identity;
    }

    /// <summary>The host must be signed; for S3 also every <c>x-amz-</c> header, since those change what a request does, unless the signed query held it.</summary>
    private static void CheckSignedHeaders(HttpContext http, ServiceModel service, ReadOnlySpan<char> signedHeaders)
    {
        if (!IsSigned("host", signedHeaders) && !IsSigned(":authority", signedHeaders))
        {
            throw SigningErrors.HostNotSigned(service);
        }

        if (!IsS3(service))
        {
            return;
        }

        var queryHeaders = http.Features.Get<S3RequestForm>()?.QueryHeaders;
        foreach (var header in http.Request.Headers)
        {
            // The hash of the content is part of the canonical request by itself.
            if (header.Key.StartsWith("x-amz-", StringComparison.OrdinalIgnoreCase)
                && !header.Key.Equals("x-amz-content-sha256", StringComparison.OrdinalIgnoreCase)
                && !IsSigned(header.Key, signedHeaders)
                && queryHeaders?.Contains(header.Key) != true)
            {
                throw SigningErrors.HeadersNotSigned(header.Key.ToLowerInvariant());
            }
        }
    }

    private static bool IsSigned(ReadOnlySpan<char> name, ReadOnlySpan<char> signedHeaders)
    {
        foreach (var range in signedHeaders.Split(';'))
        {
            if (signedHeaders[range].Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    private void Keep(ReadOnlySpan<char> credential, Signer signer)
    {
        if (signersBySpan.ContainsKey(credential))
        {
            return;
        }

        // Old entries are those of past days: starting over once in a while is cheaper than knowing which are old.
        if (signers.Count >= options.SigningKeysCachedMax)
        {
            signers.Clear();
        }

        signers[credential.ToString()] = signer;
    }

    /// <summary>A credential that was resolved: who it is and the derived key.</summary>
    private sealed class Signer(CallerIdentity identity, string scope, byte[] key)
    {
        public CallerIdentity Identity { get; } = identity;

        public string Scope { get; } = scope;

        public byte[] Key { get; } = key;
    }
}
