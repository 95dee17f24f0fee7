using System.Text;
using Microsoft.AspNetCore.Http;
using Tarn.Contracts;
using Tarn.Wire.Signing;

namespace Tarn.Wire.Tests.Signing;

public sealed class SigV4AuthenticatorTests
{
    private static readonly SigV4Authenticator Server = TestRequest.Authenticator();

    [Fact]
    public async Task The_default_key_acts_for_the_default_account_in_the_region_of_its_scope()
    {
        var request = new TestRequest("POST", "/", "{}"u8.ToArray());
        new TestSigner(region: "eu-west-1", service: "glue").SignHeader(request);
        var identity = await request.AuthenticateAsync(Server, TestRequest.Glue);
        Assert.Equal(new AwsScope("000000000000", "eu-west-1"), identity.Scope);
        Assert.Equal("test", identity.AccessKeyId);
        Assert.Equal("arn:aws:iam::000000000000:root", identity.CallerArn);
    }

    [Fact]
    public async Task A_hashed_body_can_still_be_read_from_its_first_byte()
    {
        var body = new byte[300_000];
        new Random(3).NextBytes(body);
        var request = new TestRequest("POST", "/", body);
        new TestSigner(service: "databrew").SignHeader(request);
        request.SetBodyInPieces(body, pieceBytes: 1000);
        await request.AuthenticateAsync(Server, TestRequest.DataBrew);
        var read = new MemoryStream();
        await request.Http.Request.BodyReader.CopyToAsync(read);
        Assert.Equal(body, read.ToArray());
    }

    [Fact]
    public async Task A_body_over_the_limit_is_refused_before_it_is_all_read()
    {
        var server = new SigV4Authenticator(
            new SigningOptions { SignedBodyBytesMax = 1024 }, TemporaryCredentials.ForThisProcess(), loopbackOnly: true, TimeProvider.System);
        var request = new TestRequest("POST", "/", new byte[5000]);
        new TestSigner(service: "databrew") { Time = DateTimeOffset.UtcNow }.SignHeader(request);
        Assert.Equal(413, (await request.RefusedAsync(server, TestRequest.DataBrew)).HttpStatus);
    }

    [Fact]
    public async Task A_body_that_the_edge_has_read_is_verified_as_given()
    {
        var request = new TestRequest("POST", "/", "{}"u8.ToArray());
        new TestSigner(service: "glue").SignHeader(request);
        await Server.AuthenticateAsync(request.Http, TestRequest.Glue, "{}"u8.ToArray(), CancellationToken.None);
        await Assert.ThrowsAsync<AwsException>(async () =>
            await Server.AuthenticateAsync(request.Http, TestRequest.Glue, "{ }"u8.ToArray(), CancellationToken.None));
    }

    [Fact]
    public async Task A_key_id_of_twelve_digits_with_the_default_secret_acts_for_that_account()
    {
        var request = new TestRequest("GET", "/bucket/key");
        new TestSigner(keyId: "123456789012").SignHeader(request);
        var identity = await request.AuthenticateAsync(Server, TestRequest.S3);
        Assert.Equal("123456789012", identity.Scope.AccountId);
        Assert.Equal("arn:aws:iam::123456789012:root", identity.CallerArn);
    }

    [Fact]
    public async Task The_default_keys_are_refused_beyond_loopback_and_beside_configured_ones()
    {
        var configured = new AccessKeyOptions { Id = "AKIAEXAMPLE", Secret = "s", Account = "111122223333", User = "ann" };
        foreach (var keyId in new[] { "test", "123456789012" })
        {
            var request = new TestRequest("GET", "/");
            new TestSigner(keyId).SignHeader(request);
            var refusal = await request.RefusedAsync(TestRequest.Authenticator(loopbackOnly: false), TestRequest.S3);
            Assert.Equal("InvalidAccessKeyId", refusal.Code);
            Assert.Contains("works on loopback only", refusal.Message);
            refusal = await request.RefusedAsync(TestRequest.Authenticator(keys: configured), TestRequest.S3);
            Assert.Contains("'AKIAEXAMPLE'", refusal.Message);
            Assert.DoesNotContain("secret", refusal.Message);
            refusal = await request.RefusedAsync(TestRequest.Authenticator(loopbackOnly: false, keys: configured), TestRequest.S3);
            Assert.DoesNotContain("AKIAEXAMPLE", refusal.Message); // strangers can ask
            Assert.Contains("accessKeys", refusal.Message);
        }

        var signed = new TestRequest("GET", "/");
        new TestSigner("AKIAEXAMPLE", "s").SignHeader(signed);
        var identity = await signed.AuthenticateAsync(TestRequest.Authenticator(loopbackOnly: false, keys: configured), TestRequest.S3);
        Assert.Equal("111122223333", identity.Scope.AccountId);
        Assert.Equal("arn:aws:iam::111122223333:user/ann", identity.CallerArn);
    }

    [Theory]
    [InlineData("s3", "InvalidAccessKeyId", 403, "The AWS Access Key Id you provided does not exist in our records.")]
    [InlineData("glue", "UnrecognizedClientException", 400, "The security token included in the request is invalid.")]
    [InlineData("sts", "InvalidClientTokenId", 403, "The security token included in the request is invalid.")]
    [InlineData("databrew", "UnrecognizedClientException", 403, "The security token included in the request is invalid.")]
    public async Task An_unknown_key_is_told_which_keys_exist(string service, string code, int status, string message)
    {
        var request = new TestRequest("POST", "/");
        new TestSigner("AKIDNOBODY", service: service).SignHeader(request);
        var refusal = await request.RefusedAsync(Server, ServiceNamed(service));
        Assert.Equal((code, status), (refusal.Code, refusal.HttpStatus));
        Assert.StartsWith(message, refusal.Message);
        Assert.Contains("'test'", refusal.Message);
        Assert.Contains("tarn.json", refusal.Message);
    }

    [Theory]
    [InlineData("s3", "AccessDenied", 403, "Access Denied")]
    [InlineData("glue", "MissingAuthenticationTokenException", 400, "Request is missing Authentication Token")]
    [InlineData("sts", "MissingAuthenticationToken", 403, "Request is missing Authentication Token")]
    public async Task An_anonymous_request_is_refused(string service, string code, int status, string message)
    {
        var refusal = await new TestRequest("GET", "/").RefusedAsync(Server, ServiceNamed(service));
        Assert.Equal((code, status, message), (refusal.Code, refusal.HttpStatus, refusal.Message));
    }

    [Theory]
    [InlineData("s3", "SignatureDoesNotMatch", 403)]
    [InlineData("glue", "InvalidSignatureException", 400)]
    [InlineData("sts", "SignatureDoesNotMatch", 403)]
    public async Task A_wrong_secret_is_refused(string service, string code, int status)
    {
        var request = new TestRequest("POST", "/");
        new TestSigner("test", "wrong", service: service).SignHeader(request);
        var refusal = await request.RefusedAsync(Server, ServiceNamed(service));
        Assert.Equal((code, status), (refusal.Code, refusal.HttpStatus));
        if (service == "s3")
        {
            Assert.Equal(
                ["AWSAccessKeyId", "StringToSign", "SignatureProvided", "StringToSignBytes", "CanonicalRequest", "CanonicalRequestBytes"],
                refusal.Members!.Select(member => member.Key));
            Assert.StartsWith("AWS4-HMAC-SHA256\n20260304T050607Z\n20260304/us-east-1/s3/aws4_request\n", refusal.Members![1].Value);
            Assert.StartsWith("41 57 53 34 2d", refusal.Members[3].Value);
        }
    }

    [Theory]
    [InlineData(16, "s3", "RequestTimeTooSkewed", "The difference between the request time and the current time is too large.")]
    [InlineData(-16, "s3", "RequestTimeTooSkewed", "The difference between the request time and the current time is too large.")]
    [InlineData(-16, "glue", "InvalidSignatureException", "Signature expired: 20260304T045007Z is now earlier than 20260304T045107Z (20260304T050607Z - 15 min.)")]
    [InlineData(16, "glue", "InvalidSignatureException", "Signature not yet current: 20260304T052207Z is still later than 20260304T052107Z (20260304T050607Z + 15 min.)")]
    [InlineData(-16, "sts", "SignatureDoesNotMatch", "Signature expired: 20260304T045007Z is now earlier than 20260304T045107Z (20260304T050607Z - 15 min.)")]
    public async Task A_clock_that_is_off_by_more_than_15_minutes_is_refused(int minutes, string service, string code, string message)
    {
        var request = new TestRequest("POST", "/");
        new TestSigner(service: service) { Time = TestRequest.Now.AddMinutes(minutes) }.SignHeader(request);
        var refusal = await request.RefusedAsync(Server, ServiceNamed(service));
        Assert.Equal((code, message), (refusal.Code, refusal.Message));

        request = new TestRequest("POST", "/");
        new TestSigner(service: service) { Time = TestRequest.Now.AddMinutes(Math.Sign(minutes) * 15) }.SignHeader(request);
        await request.AuthenticateAsync(Server, ServiceNamed(service));
    }

    [Fact]
    public async Task A_presigned_request_works_until_it_expires()
    {
        var request = new TestRequest("GET", "/bucket/a%20key?versionId=1");
        new TestSigner().Presign(request, expiresSeconds: 60);
        await request.AuthenticateAsync(Server, TestRequest.S3);
        await request.AuthenticateAsync(TestRequest.Authenticator(TestRequest.Now.AddSeconds(60)), TestRequest.S3);
        var refusal = await request.RefusedAsync(TestRequest.Authenticator(TestRequest.Now.AddSeconds(61)), TestRequest.S3);
        Assert.Equal(("AccessDenied", "Request has expired", 403), (refusal.Code, refusal.Message, refusal.HttpStatus));
        Assert.Equal(["X-Amz-Expires", "Expires", "ServerTime"], refusal.Members!.Select(member => member.Key));
        Assert.Equal("2026-03-04T05:07:07Z", refusal.Members![1].Value);
    }

    [Theory]
    [InlineData(604_801, "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds")]
    [InlineData(-1, "X-Amz-Expires must be non-negative")]
    public async Task A_presigned_lifetime_outside_a_week_is_refused(int seconds, string message)
    {
        var request = new TestRequest("GET", "/bucket/key");
        new TestSigner().Presign(request, seconds);
        var refusal = await request.RefusedAsync(Server, TestRequest.S3);
        Assert.Equal(("AuthorizationQueryParametersError", message), (refusal.Code, refusal.Message));
    }

    [Fact]
    public async Task A_presigned_request_of_a_query_service_signs_the_hash_of_its_body()
    {
        var request = new TestRequest("GET", "/?Action=GetCallerIdentity&Version=2011-06-15");
        new TestSigner(service: "sts").Presign(request, payloadHash: TestSigner.EmptyHash);
        await request.AuthenticateAsync(Server, TestRequest.Sts);
    }

    [Fact]
    public async Task Headers_that_change_an_S3_request_must_be_signed()
    {
        var request = new TestRequest("PUT", "/bucket/key");
        new TestSigner().SignHeader(request);
        request.Headers["x-amz-acl"] = "public-read";
        var refusal = await request.RefusedAsync(Server, TestRequest.S3);
        Assert.Equal(("AccessDenied", "There were headers present in the request which were not signed"), (refusal.Code, refusal.Message));
        Assert.Equal("x-amz-acl", refusal.Members![0].Value);
    }

    [Theory]
    [InlineData("s3", "AuthorizationHeaderMalformed", "The authorization header is malformed; incorrect service \"ec2\". This endpoint belongs to \"s3\".")]
    [InlineData("glue", "InvalidSignatureException", "Credential should be scoped to correct service: 'glue'. ")]
    public async Task A_scope_of_another_service_is_refused(string service, string code, string message)
    {
        var request = new TestRequest("POST", "/");
        request.Headers["x-amz-content-sha256"] = TestSigner.EmptyHash;
        new TestSigner(service: "ec2").SignHeader(request);
        var refusal = await request.RefusedAsync(Server, ServiceNamed(service));
        Assert.Equal((code, message), (refusal.Code, refusal.Message));
    }

    [Theory]
    [InlineData("Bearer abc", "InvalidArgument", "Unsupported Authorization Type")]
    [InlineData("AWS4-ECDSA-P256-SHA256 Credential=a/b", "InvalidRequest", "The authorization mechanism AWS4-ECDSA-P256-SHA256 (SigV4A) is not supported by this server. Please use AWS4-HMAC-SHA256.")]
    [InlineData("AWS4-HMAC-SHA256 Credential=test/20260304/us-east-1/s3, SignedHeaders=host, Signature=00", "AuthorizationHeaderMalformed", "The authorization header is malformed; the Credential is mal-formed; expecting \"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\".")]
    [InlineData("AWS4-HMAC-SHA256 Credential=test/20260304/../s3/aws4_request, SignedHeaders=host, Signature=00", "AuthorizationHeaderMalformed", "The authorization header is malformed; the region '..' is wrong; expecting 'us-east-1'")]
    [InlineData("AWS4-HMAC-SHA256 Credential=test/20260305/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=00", "AuthorizationHeaderMalformed", "The authorization header is malformed; Invalid credential date \"20260305\". This date is not the same as X-Amz-Date: \"20260304\".")]
    [InlineData("AWS4-HMAC-SHA256 Credential=test", "AuthorizationHeaderMalformed", "The authorization header is malformed; the authorization header requires three components: Credential, SignedHeaders, and Signature.")]
    public async Task A_malformed_authorization_header_is_refused_in_the_words_of_S3(string header, string code, string message)
    {
        var request = new TestRequest("GET", "/");
        request.Headers.Authorization = header;
        request.Headers["X-Amz-Date"] = "20260304T050607Z";
        request.Headers["x-amz-content-sha256"] = TestSigner.EmptyHash;
        var refusal = await request.RefusedAsync(Server, TestRequest.S3);
        Assert.Equal((code, message), (refusal.Code, refusal.Message));
    }

    [Fact]
    public async Task An_incomplete_header_does_not_come_back_in_the_answer()
    {
        var request = new TestRequest("POST", "/");
        request.Headers.Authorization = "AWS4-HMAC-SHA256 Credential=test/x, Signature=verysecret";
        var refusal = await request.RefusedAsync(Server, TestRequest.Glue);
        Assert.Equal("IncompleteSignatureException", refusal.Code);
        Assert.StartsWith("Authorization header requires 'SignedHeaders' parameter. Authorization header requires existence of either", refusal.Message);
        Assert.DoesNotContain("verysecret", refusal.Message);
    }

    [Fact]
    public async Task Any_changed_byte_of_what_was_signed_is_refused()
    {
        var template = Signed();
        await template.AuthenticateAsync(Server, TestRequest.S3);
        for (var index = 1; index < template.RawTarget.Length; index++)
        {
            if (template.RawTarget[index] is '%' or '?' or '=' or '&')
            {
                continue;
            }

            var request = Signed();
            request.RawTarget = string.Concat(template.RawTarget.AsSpan(0, index), template.RawTarget[index] == 'x' ? "y" : "x", template.RawTarget.AsSpan(index + 1));
            Assert.Equal("SignatureDoesNotMatch", (await request.RefusedAsync(Server, TestRequest.S3)).Code);
        }

        var authorization = template.Headers.Authorization.ToString();
        for (var index = authorization.Length - 64; index < authorization.Length; index++)
        {
            var request = Signed();
            request.Headers.Authorization = string.Concat(authorization.AsSpan(0, index), authorization[index] == '0' ? "1" : "0", authorization.AsSpan(index + 1));
            Assert.Equal("SignatureDoesNotMatch", (await request.RefusedAsync(Server, TestRequest.S3)).Code);
        }

        foreach (var length in new[] { 0, 63, 65 })
        {
            var request = Signed();
            request.Headers.Authorization = authorization[..^64] + new string('0', length);
            await request.RefusedAsync(Server, TestRequest.S3);
        }

        static TestRequest Signed()
        {
            var request = new TestRequest("PUT", "/bucket/some/key%20name?partNumber=1&uploadId=abc");
            request.Headers["x-amz-meta-colour"] = "grey";
            new TestSigner().SignHeader(request, "UNSIGNED-PAYLOAD");
            return request;
        }
    }

    [Fact]
    public async Task A_body_that_is_not_the_signed_one_fails_before_its_last_bytes()
    {
        var request = new TestRequest("PUT", "/bucket/key", "what was signed"u8.ToArray());
        new TestSigner().SignHeader(request);
        request.SetBodyInPieces("what was sent!!"u8.ToArray(), pieceBytes: 4);
        await request.AuthenticateAsync(Server, TestRequest.S3);
        var received = new List<byte>();
        var buffer = new byte[100];
        var refusal = await Assert.ThrowsAsync<AwsException>(async () =>
        {
            while (await request.Http.Request.Body.ReadAsync(buffer) is var count and > 0)
            {
                received.AddRange(buffer.AsSpan(0, count));
            }
        });
        Assert.Equal("XAmzContentSHA256Mismatch", refusal.Code);
        Assert.Equal(["ClientComputedContentSHA256", "S3ComputedContentSHA256"], refusal.Members!.Select(member => member.Key));
        Assert.Equal("what was sen", Encoding.ASCII.GetString([.. received]));
    }

    [Fact]
    public async Task A_missing_or_odd_content_hash_is_refused_by_S3()
    {
        var request = new TestRequest("GET", "/");
        new TestSigner().SignHeader(request, sendHash: false);
        Assert.Equal("InvalidRequest", (await request.RefusedAsync(Server, TestRequest.S3)).Code);
        request = new TestRequest("GET", "/");
        new TestSigner().SignHeader(request, "nonsense");
        Assert.Equal("InvalidArgument", (await request.RefusedAsync(Server, TestRequest.S3)).Code);
        request = new TestRequest("PUT", "/");
        new TestSigner().SignHeader(request, TestSigner.Hash("body"u8.ToArray()));
        Assert.Equal("XAmzContentSHA256Mismatch", (await request.RefusedAsync(Server, TestRequest.S3)).Code);
    }

    [Fact]
    public async Task Open_mode_takes_anyone_and_reads_account_and_region_where_it_can()
    {
        var server = TestRequest.Authenticator(mode: AuthMode.Open);
        var identity = await new TestRequest("GET", "/").AuthenticateAsync(server, TestRequest.S3);
        Assert.Equal((new AwsScope("000000000000", "us-east-1"), "anonymous"), (identity.Scope, identity.AccessKeyId));

        var request = new TestRequest("GET", "/");
        new TestSigner("210987654321", "whatever", "ap-south-1").SignHeader(request);
        identity = await request.AuthenticateAsync(server, TestRequest.S3);
        Assert.Equal((new AwsScope("210987654321", "ap-south-1"), "210987654321"), (identity.Scope, identity.AccessKeyId));

        request = new TestRequest("GET", "/bucket/key");
        new TestSigner("AKID", "whatever", "eu-north-1") { Time = TestRequest.Now.AddYears(-3) }.Presign(request);
        identity = await request.AuthenticateAsync(server, TestRequest.S3);
        Assert.Equal((new AwsScope("000000000000", "eu-north-1"), "AKID"), (identity.Scope, identity.AccessKeyId));
    }

    [Fact]
    public async Task Open_mode_knows_temporary_and_configured_keys_for_whom_they_are()
    {
        var temporary = TemporaryCredentials.ForThisProcess();
        var server = TestRequest.Authenticator(
            mode: AuthMode.Open, temporary: temporary, keys: new AccessKeyOptions { Id = "AKIAEXAMPLE", Secret = "s", Account = "111122223333" });
        var issued = temporary.Issue("123456789012", "arn:aws:sts::123456789012:assumed-role/Reader/me", TestRequest.Now);
        foreach (var presigned in new[] { false, true })
        {
            var request = new TestRequest("GET", "/");
            var signer = new TestSigner(issued.AccessKeyId, "wrong") { Token = issued.SessionToken };
            if (presigned)
            {
                signer.Presign(request);
            }
            else
            {
                signer.SignHeader(request);
            }

            Assert.Equal("arn:aws:sts::123456789012:assumed-role/Reader/me", (await request.AuthenticateAsync(server, TestRequest.S3)).CallerArn);
        }

        var other = new TestRequest("GET", "/");
        new TestSigner("AKIAEXAMPLE", "wrong").SignHeader(other);
        Assert.Equal("111122223333", (await other.AuthenticateAsync(server, TestRequest.S3)).Scope.AccountId);
        Assert.True(server.OpensEveryAccount);
        Assert.True(Server.OpensEveryAccount);
        Assert.False(TestRequest.Authenticator(loopbackOnly: false).OpensEveryAccount);
    }

    [Fact]
    public void Open_mode_is_refused_beyond_loopback() =>
        Assert.Throws<ArgumentException>(() => TestRequest.Authenticator(mode: AuthMode.Open, loopbackOnly: false));

    private static Tarn.Wire.Dispatch.ServiceModel ServiceNamed(string name) => name switch
    {
        "s3" => TestRequest.S3,
        "glue" => TestRequest.Glue,
        "sts" => TestRequest.Sts,
        _ => TestRequest.DataBrew,
    };
}
