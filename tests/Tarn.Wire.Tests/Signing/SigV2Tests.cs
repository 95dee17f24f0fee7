using Tarn.Contracts;
using Tarn.Wire.Signing;

namespace Tarn.Wire.Tests.Signing;

/// <summary>Signature version 2 for S3. The signatures are botocore's, of <c>HmacV1Auth</c> and <c>HmacV1QueryAuth</c> with key and secret <c>test</c>.</summary>
public sealed class SigV2Tests
{
    private const string Date = "Wed, 04 Mar 2026 05:06:07 GMT";

    private static readonly SigV4Authenticator Server = TestRequest.Authenticator();

    [Theory]
    [InlineData("GET", "/", null, "GRFIjUMor3zErg+psInDJj3yK00=", "")]
    [InlineData("PUT", "/bucket/a%20b/%C3%BC.txt", null, "Qq119icv6pk/cv+oCU0eZKq3Z3M=", "Content-MD5=XUFAKrxLKna5cZ2REBfFkg==|Content-Type=text/plain; charset=utf-8|x-amz-meta-two= spaces  here |X-Amz-ACL=private")]
    [InlineData("GET", "/bucket?tagging", null, "JLHAmlZYEkU7bLiOqbn5se0HITo=", "")]
    [InlineData("GET", "/bucket?versions&prefix=p", null, "5QNdK0nBqUBVlP8fDU3c4fLWV5c=", "")]
    [InlineData("PUT", "/bucket/key?uploadId=abc%2Bd&partNumber=3&x=1", null, "v5XuGIWEYz47xqewiTSH39DvN1k=", "")]
    [InlineData("GET", "/key?response-content-type=text%2Fx%20y&prefix=p", "bucket", "jGy89v1IqvhMAeJgXFH3RU08lxU=", "")]
    [InlineData("GET", "/?versions&prefix=p", "bucket", "5QNdK0nBqUBVlP8fDU3c4fLWV5c=", "")]
    public async Task What_botocore_signs_in_the_header_is_verified(string method, string target, string? hostBucket, string signature, string headers)
    {
        var request = Signed(method, target, hostBucket, signature, headers);
        var identity = await request.AuthenticateAsync(Server, TestRequest.S3);
        Assert.Equal((new AwsScope("000000000000", "us-east-1"), "test"), (identity.Scope, identity.AccessKeyId));

        var changed = Signed(method == "GET" ? "DELETE" : "GET", target, hostBucket, signature, headers);
        Assert.Equal("SignatureDoesNotMatch", (await changed.RefusedAsync(Server, TestRequest.S3)).Code);
    }

    [Theory]
    [InlineData("GET", "/bucket/a%2Bb?response-content-disposition=attachment%3B%20filename%3D%22a%20b%22&AWSAccessKeyId=test&Signature=MQJkidmPyZ2OZarIumntBvSNfT0%3D&Expires=1772601367", "")]
    [InlineData("PUT", "/bucket/key?AWSAccessKeyId=test&Signature=1uTTwyyIx7TNlJb8%2BWsd715Yxek%3D&content-type=image%2Fpng&x-amz-meta-owner=me&Expires=1772601367", "x-amz-meta-owner=me")]
    public async Task What_botocore_presigns_is_verified_until_it_expires(string method, string target, string headers)
    {
        var request = Signed(method, target, hostBucket: null, signature: null, headers);
        Assert.Equal("test", (await request.AuthenticateAsync(Server, TestRequest.S3)).AccessKeyId);

        var late = await Signed(method, target, hostBucket: null, signature: null, headers)
            .RefusedAsync(TestRequest.Authenticator(DateTimeOffset.FromUnixTimeSeconds(1772601368)), TestRequest.S3);
        Assert.Equal(("AccessDenied", 403, "Request has expired"), (late.Code, late.HttpStatus, late.Message));
        Assert.Equal([new("Expires", "2026-03-04T05:16:07Z"), new("ServerTime", "2026-03-04T05:16:08Z")], late.Members!);

        var longer = Signed(method, target.Replace("1772601367", "1772601368", StringComparison.Ordinal), hostBucket: null, signature: null, headers);
        Assert.Equal("SignatureDoesNotMatch", (await longer.RefusedAsync(Server, TestRequest.S3)).Code);
    }

    [Fact]
    public async Task A_mismatch_shows_the_string_to_sign()
    {
        var refusal = await Signed("GET", "/bucket?acl&prefix=x", hostBucket: null, "AAAAAAAAAAAAAAAAAAAAAAAAAAA=", "").RefusedAsync(Server, TestRequest.S3);
        Assert.Equal(("SignatureDoesNotMatch", 403), (refusal.Code, refusal.HttpStatus));
        Assert.Equal(["AWSAccessKeyId", "StringToSign", "SignatureProvided", "StringToSignBytes"], refusal.Members!.Select(member => member.Key));
        Assert.Equal($"GET\n\n\n{Date}\n/bucket?acl", refusal.Members!.Single(member => member.Key == "StringToSign").Value);
    }

    [Theory]
    [InlineData("/b/k?Signature=x&Expires=1", null, "AccessDenied", "Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters")]
    [InlineData("/b/k?AWSAccessKeyId=test&Signature=x", null, "AccessDenied", "Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters")]
    [InlineData("/b/k?AWSAccessKeyId=test&Signature=x&Expires=soon", null, "AccessDenied", "Invalid date (should be seconds since epoch): soon")]
    [InlineData("/b/k?AWSAccessKeyId=test&Signature=x&Expires=1", "AWS test:x", "InvalidArgument", "Only one auth mechanism allowed")]
    [InlineData("/b/k", "AWS test", "InvalidArgument", "AWS authorization header is invalid.")]
    [InlineData("/b/k", "AWS nobody:AAAAAAAAAAAAAAAAAAAAAAAAAAA=", "InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.")]
    public async Task A_request_that_is_signed_by_half_is_refused_in_the_words_of_S3(string target, string? authorization, string code, string message)
    {
        var request = new TestRequest("GET", target);
        request.Headers.Date = Date;
        request.Headers.Authorization = authorization;
        var refusal = await request.RefusedAsync(Server, TestRequest.S3);
        Assert.Equal(code, refusal.Code);
        Assert.StartsWith(message, refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "AccessDenied")]
    [InlineData("yesterday", "AccessDenied")]
    [InlineData("Wed, 04 Mar 2026 04:51:06 GMT", "RequestTimeTooSkewed")]
    [InlineData("Wed, 04 Mar 2026 05:21:08 GMT", "RequestTimeTooSkewed")]
    public async Task The_time_of_signing_must_be_there_and_near(string? date, string code)
    {
        var request = new TestRequest("GET", "/");
        request.Headers.Date = date;
        request.Headers.Authorization = "AWS test:GRFIjUMor3zErg+psInDJj3yK00=";
        Assert.Equal(code, (await request.RefusedAsync(Server, TestRequest.S3)).Code);
    }

    /// <summary>s3cmd's form: the date in x-amz-date with a numeric zone, and the line of the date empty.</summary>
    [Fact]
    public async Task The_date_of_s3cmd_is_understood()
    {
        const string AmzDate = "Wed, 04 Mar 2026 05:06:07 +0000";
        var request = new TestRequest("GET", "/");
        request.Headers["x-amz-date"] = AmzDate;
        request.Headers.Authorization = "AWS test:" + SigV2StringToSign.Sign("test", $"GET\n\n\n\nx-amz-date:{AmzDate}\n/");
        Assert.Equal("test", (await request.AuthenticateAsync(Server, TestRequest.S3)).AccessKeyId);
    }

    [Fact]
    public async Task Temporary_credentials_need_their_token()
    {
        using var temporary = TemporaryCredentials.ForThisProcess();
        var issued = temporary.Issue("123456789012", "arn:aws:sts::123456789012:assumed-role/Reader/me", TestRequest.Now.AddHours(1));
        foreach (var (token, code) in new[] { (issued.SessionToken, null), ("other", "InvalidToken"), (null, "InvalidAccessKeyId") })
        {
            var request = new TestRequest("GET", "/b/k");
            request.Headers.Date = Date;
            request.Headers["x-amz-security-token"] = token;
            request.Headers.Authorization = $"AWS {issued.AccessKeyId}:" + SigV2StringToSign.Sign(issued.SecretAccessKey, $"GET\n\n\n{Date}\nx-amz-security-token:{token}\n/b/k");
            var server = TestRequest.Authenticator(temporary: temporary);
            if (code is null)
            {
                Assert.Equal("123456789012", (await request.AuthenticateAsync(server, TestRequest.S3)).Scope.AccountId);
            }
            else
            {
                Assert.Equal(code, (await request.RefusedAsync(server, TestRequest.S3)).Code);
            }
        }
    }

    [Theory]
    [InlineData("/b/k", "AWS 123456789012:anything")]
    [InlineData("/b/k?AWSAccessKeyId=123456789012&Signature=anything&Expires=1", null)]
    public async Task Open_mode_takes_the_account_that_the_key_names(string target, string? authorization)
    {
        var request = new TestRequest("GET", target);
        request.Headers.Authorization = authorization;
        var identity = await request.AuthenticateAsync(TestRequest.Authenticator(mode: AuthMode.Open), TestRequest.S3);
        Assert.Equal(new AwsScope("123456789012", "us-east-1"), identity.Scope);
    }

    [Fact]
    public async Task Other_services_do_not_take_version_2()
    {
        var request = new TestRequest("POST", "/");
        request.Headers.Date = Date;
        request.Headers.Authorization = "AWS test:GRFIjUMor3zErg+psInDJj3yK00=";
        Assert.Equal("IncompleteSignatureException", (await request.RefusedAsync(Server, TestRequest.Glue)).Code);
    }

    private static TestRequest Signed(string method, string target, string? hostBucket, string? signature, string headers)
    {
        var request = new TestRequest(method, target);
        foreach (var header in headers.Split('|', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = header.IndexOf('=', StringComparison.Ordinal);
            request.Headers[header[..equals]] = header[(equals + 1)..];
        }

        if (signature is not null)
        {
            request.Headers.Date = Date;
            request.Headers.Authorization = "AWS test:" + signature;
        }

        request.Http.Features.Set(new S3RequestForm(hostBucket, new HashSet<string>()));
        return request;
    }
}
