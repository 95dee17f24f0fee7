using Tarn.Wire.Signing;

namespace Tarn.Wire.Tests.Signing;

public sealed class TemporaryCredentialsTests
{
    private const string Arn = "arn:aws:sts::123456789012:assumed-role/Reader/me";

    private const string GoldenKeyId = "ASIAAICASVRSLNARJ6HS";
    private const string GoldenSecret = "s3EPECjj7yVF9WGDyqy9ggiK3L9Q8eGxBHEI5ZNz";
    private const string GoldenToken = "AXHsH/G4iNky7IbcPMYO0BaDZzHf8RB5/RanCodIztoBYyUm7ZaZni10+g67Jx0XaiZSu1z+ca3XEuzBT11KNicQeEj4b74aBvBb4H3QpwI98UJhTDhoR/2+c1PNI3uKpb3YO+h0r1pet//12fugl9BZv4CfTX+RxXpD";

    private static readonly TemporaryCredentials Temporary = new(Enumerable.Range(0, 32).Select(i => (byte)i).ToArray());

    [Fact]
    public async Task Issued_credentials_sign_requests_as_the_role_until_they_expire()
    {
        var issued = Temporary.Issue("123456789012", Arn, TestRequest.Now.AddMinutes(15));
        foreach (var presigned in new[] { false, true })
        {
            var request = new TestRequest("GET", "/bucket/key");
            var signer = new TestSigner(issued.AccessKeyId, issued.SecretAccessKey) { Token = issued.SessionToken };
            if (presigned)
            {
                signer.Presign(request);
            }
            else
            {
                signer.SignHeader(request);
            }

            var identity = await request.AuthenticateAsync(TestRequest.Authenticator(temporary: Temporary), TestRequest.S3);
            Assert.Equal(("123456789012", Arn, issued.AccessKeyId), (identity.Scope.AccountId, identity.CallerArn, identity.AccessKeyId));
            var late = TestRequest.Authenticator(TestRequest.Now.AddMinutes(15), temporary: Temporary);
            Assert.Equal("ExpiredToken", (await request.RefusedAsync(late, TestRequest.S3)).Code);
        }
    }

    [Fact]
    public async Task A_token_of_another_key_or_server_is_refused()
    {
        var issued = Temporary.Issue("123456789012", Arn, TestRequest.Now.AddHours(1));
        var other = Temporary.Issue("123456789012", Arn, TestRequest.Now.AddHours(1));
        var request = new TestRequest("GET", "/");
        new TestSigner(issued.AccessKeyId, issued.SecretAccessKey) { Token = other.SessionToken }.SignHeader(request);
        Assert.Equal("InvalidToken", (await request.RefusedAsync(TestRequest.Authenticator(temporary: Temporary), TestRequest.S3)).Code);

        request = new TestRequest("GET", "/");
        new TestSigner(issued.AccessKeyId, issued.SecretAccessKey) { Token = issued.SessionToken }.SignHeader(request);
        Assert.Equal("InvalidToken", (await request.RefusedAsync(TestRequest.Authenticator(), TestRequest.S3)).Code);

        request = new TestRequest("GET", "/");
        new TestSigner(issued.AccessKeyId, issued.SecretAccessKey).SignHeader(request);
        Assert.Equal("InvalidAccessKeyId", (await request.RefusedAsync(TestRequest.Authenticator(temporary: Temporary), TestRequest.S3)).Code);
    }

    [Fact]
    public void Any_flipped_bit_of_a_token_makes_it_invalid()
    {
        var issued = Temporary.Issue("123456789012", Arn, TestRequest.Now);
        var token = Convert.FromBase64String(issued.SessionToken);
        Assert.True(Temporary.TryOpen(issued.AccessKeyId, issued.SessionToken, out _, out _));
        for (var index = 0; index < token.Length; index++)
        {
            token[index] ^= 0x10;
            Assert.False(Temporary.TryOpen(issued.AccessKeyId, Convert.ToBase64String(token), out _, out _));
            token[index] ^= 0x10;
        }

        Assert.False(Temporary.TryOpen(issued.AccessKeyId, "", out _, out _));
        Assert.False(Temporary.TryOpen(issued.AccessKeyId, new string('A', 10_000), out _, out _));
    }

    /// <summary>A token made by version 1 with the master key 00 01 .. 1f: it must open for as long as version 1 is read.</summary>
    [Fact]
    public void A_token_of_version_1_still_opens()
    {
        Assert.True(Temporary.TryOpen(GoldenKeyId, GoldenToken, out var key, out var expiration));
        Assert.Equal(("123456789012", Arn, TestRequest.Now), (key.AccountId, key.CallerArn, expiration));
        Assert.Equal(GoldenSecret, key.Secret);
    }

    [Fact]
    public void The_master_key_is_kept_in_a_file_for_its_owner_alone()
    {
        var folder = Directory.CreateTempSubdirectory("tarn-credentials-");
        try
        {
            var path = Path.Combine(folder.FullName, "credentials.key");
            using var first = TemporaryCredentials.FromFile(path);
            using var second = TemporaryCredentials.FromFile(path);
            var issued = first.Issue("123456789012", Arn, TestRequest.Now);
            Assert.True(second.TryOpen(issued.AccessKeyId, issued.SessionToken, out _, out _));
            if (!OperatingSystem.IsWindows())
            {
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
            }

            File.WriteAllBytes(path, [1, 2, 3]);
            Assert.Throws<InvalidDataException>(() => TemporaryCredentials.FromFile(path));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
