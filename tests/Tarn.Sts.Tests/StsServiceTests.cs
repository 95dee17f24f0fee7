using Microsoft.AspNetCore.Http;
using Tarn.Api.Sts;
using Tarn.Contracts;
using Tarn.Wire.Dispatch;
using Tarn.Wire.Signing;
using Tarn.Wire.Tests.Signing;

namespace Tarn.Sts.Tests;

public sealed class StsServiceTests
{
    private const string Role = "arn:aws:iam::000000000000:role/service/Reader";

    private readonly TemporaryCredentials temporary = TemporaryCredentials.ForThisProcess();

    [Theory]
    [InlineData("arn:aws:iam::000000000000:root", "000000000000")]
    [InlineData("arn:aws:iam::000000000000:user/ann", "AIDA")]
    [InlineData("arn:aws:sts::000000000000:assumed-role/Reader/me", "AROA")]
    public async Task GetCallerIdentity_tells_account_arn_and_user_id(string arn, string userIdStart)
    {
        var answer = await CallAsync(StsModel.GetCallerIdentity, new GetCallerIdentityRequest(), Context(arn));
        Assert.Equal(("000000000000", arn), (answer.Account, answer.Arn));
        Assert.StartsWith(userIdStart, answer.UserId);
        Assert.Equal(answer.UserId, (await CallAsync(StsModel.GetCallerIdentity, new GetCallerIdentityRequest(), Context(arn))).UserId);
    }

    [Fact]
    public async Task AssumeRole_gives_credentials_that_sign_as_the_role_and_end_in_time()
    {
        var answer = await CallAsync(StsModel.AssumeRole, new AssumeRoleRequest { RoleArn = Role, RoleSessionName = "me" }, Context());
        Assert.Equal("arn:aws:sts::000000000000:assumed-role/Reader/me", answer.AssumedRoleUser!.Arn);
        Assert.EndsWith(":me", answer.AssumedRoleUser.AssumedRoleId);
        Assert.Equal(TestRequest.Now.AddHours(1), answer.Credentials!.Expiration);

        var request = new TestRequest("POST", "/", "{}"u8.ToArray());
        new TestSigner(answer.Credentials.AccessKeyId!, answer.Credentials.SecretAccessKey!, service: "glue") { Token = answer.Credentials.SessionToken }.SignHeader(request);
        var identity = await request.AuthenticateAsync(TestRequest.Authenticator(temporary: temporary), TestRequest.Glue);
        Assert.Equal(answer.AssumedRoleUser.Arn, identity.CallerArn);

        // And the role knows itself by the id that it was told.
        var self = await CallAsync(StsModel.GetCallerIdentity, new GetCallerIdentityRequest(), Context(identity.CallerArn));
        Assert.Equal(answer.AssumedRoleUser.AssumedRoleId, self.UserId);
    }

    [Fact]
    public async Task GetSessionToken_gives_credentials_that_sign_as_the_caller()
    {
        var answer = await CallAsync(StsModel.GetSessionToken, new GetSessionTokenRequest { DurationSeconds = 900 }, Context("arn:aws:iam::000000000000:user/ann"));
        Assert.Equal(TestRequest.Now.AddSeconds(900), answer.Credentials!.Expiration);
        var request = new TestRequest("GET", "/");
        new TestSigner(answer.Credentials.AccessKeyId!, answer.Credentials.SecretAccessKey!) { Token = answer.Credentials.SessionToken }.SignHeader(request);
        var identity = await request.AuthenticateAsync(TestRequest.Authenticator(temporary: temporary), TestRequest.S3);
        Assert.Equal("arn:aws:iam::000000000000:user/ann", identity.CallerArn);

        var root = await CallAsync(StsModel.GetSessionToken, new GetSessionTokenRequest { DurationSeconds = 7200 }, Context());
        Assert.Equal(TestRequest.Now.AddHours(1), root.Credentials!.Expiration);
    }

    [Fact]
    public async Task GetSessionToken_with_session_credentials_is_refused()
    {
        var refusal = await Assert.ThrowsAsync<AwsException>(async () =>
            await CallAsync(StsModel.GetSessionToken, new GetSessionTokenRequest(), Context(accessKeyId: "ASIAXXXXXXXXXXXXXXXX")));
        Assert.Equal(("AccessDenied", 403), (refusal.Code, refusal.HttpStatus));
    }

    [Theory]
    [InlineData("arn:aws:iam::000000000000:user/Reader", "ValidationError")]
    [InlineData("arn:aws:iam::00000000000:role/Reader", "ValidationError")]
    [InlineData("arn:aws:iam::000000000000:role/", "ValidationError")]
    [InlineData("arn:aws:iam::111122223333:role/Reader", "AccessDenied")]
    public async Task AssumeRole_of_what_is_no_role_or_of_another_account_is_refused(string arn, string code)
    {
        var request = new AssumeRoleRequest { RoleArn = arn, RoleSessionName = "me" };
        Assert.Equal(code, (await Assert.ThrowsAsync<AwsException>(async () => await CallAsync(StsModel.AssumeRole, request, Context()))).Code);
    }

    [Fact]
    public async Task AssumeRole_of_another_account_works_where_the_default_key_opens_every_account()
    {
        var request = new AssumeRoleRequest { RoleArn = "arn:aws:iam::111122223333:role/Reader", RoleSessionName = "me" };
        var answer = await CallAsync(StsModel.AssumeRole, request, Context(), new StsOptions { AllowsRolesOfOtherAccounts = true });
        Assert.Equal("arn:aws:sts::111122223333:assumed-role/Reader/me", answer.AssumedRoleUser!.Arn);
    }

    [Fact]
    public async Task AssumeRole_refuses_what_it_cannot_honour()
    {
        AssumeRoleRequest[] requests =
        [
            new() { RoleArn = Role, RoleSessionName = "me", Policy = "{}" },
            new() { RoleArn = Role, RoleSessionName = "me", SerialNumber = "arn:aws:iam::000000000000:mfa/ann", TokenCode = "123456" },
        ];
        foreach (var request in requests)
        {
            await Assert.ThrowsAsync<AwsException>(async () => await CallAsync(StsModel.AssumeRole, request, Context()));
        }

        var chained = new AssumeRoleRequest { RoleArn = Role, RoleSessionName = "me", DurationSeconds = 7200 };
        await CallAsync(StsModel.AssumeRole, chained, Context());
        var refusal = await Assert.ThrowsAsync<AwsException>(async () =>
            await CallAsync(StsModel.AssumeRole, chained, Context("arn:aws:sts::000000000000:assumed-role/Other/me")));
        Assert.Equal("The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining", refusal.Message);
    }

    private ValueTask<TOut> CallAsync<TIn, TOut>(Operation<TIn, TOut> operation, TIn request, RequestContext context, StsOptions? options = null)
        where TIn : class
        where TOut : class
    {
        var service = new StsService(temporary, options ?? new StsOptions(), new FixedTime());
        return ((OperationHandler<TIn, TOut>)service.Operations.Handlers[operation.Name]).Handler(request, context, CancellationToken.None);
    }

    private static RequestContext Context(string callerArn = "arn:aws:iam::000000000000:root", string accessKeyId = "test") => new()
    {
        Scope = new AwsScope("000000000000", "us-east-1"),
        AccessKeyId = accessKeyId,
        CallerArn = callerArn,
        RequestId = "00000000-0000-0000-0000-000000000000",
        Http = new DefaultHttpContext(),
    };

    private sealed class FixedTime : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => TestRequest.Now;
    }
}
