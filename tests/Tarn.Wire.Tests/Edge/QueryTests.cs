using Tarn.Api.Sts;
using Tarn.Wire.Dispatch;
using Tarn.Wire.Tests.Support;

namespace Tarn.Wire.Tests.Edge;

/// <summary>The query protocol through the front door.</summary>
public sealed class QueryTests
{
    [Fact]
    public async Task A_form_is_read_and_the_answer_is_wrapped_twice()
    {
        AssumeRoleRequest? seen = null;
        await using var host = await EdgeHost.StartAsync(new OperationTable(StsModel.Service).On(StsModel.AssumeRole, (request, _, _) =>
        {
            seen = request;
            return ValueTask.FromResult(new AssumeRoleResponse { PackedPolicySize = 6 });
        }));

        var answer = await Post(host,
            "Action=AssumeRole&Version=2011-06-15&RoleSessionName=me&RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Fdemo&Tags.member.2.Key=b&Tags.member.2.Value=2&Tags.member.1.Key=a&Tags.member.1.Value=1+x");

        Assert.Equal(200, answer.Status);
        Assert.Equal([("a", "1 x"), ("b", "2")], seen!.Tags!.Select(tag => (tag.Key!, tag.Value!)));
        Assert.StartsWith("<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><AssumeRoleResult><PackedPolicySize>6</PackedPolicySize></AssumeRoleResult><ResponseMetadata><RequestId>", answer.Body, StringComparison.Ordinal);
        Assert.Equal("text/xml", answer.Headers["Content-Type"]);
    }

    [Fact]
    public async Task Validation_errors_are_a_ValidationError()
    {
        await using var host = await EdgeHost.StartAsync(new OperationTable(StsModel.Service)
            .On(StsModel.AssumeRole, (_, _, _) => ValueTask.FromResult(new AssumeRoleResponse())));

        var answer = await Post(host, "Action=AssumeRole&Version=2011-06-15&RoleArn=arn:aws:iam::123456789012:role/demo&RoleSessionName=PowerUser/hjacobs");

        Assert.Equal(400, answer.Status);
        Assert.Contains(
            @"<Error><Type>Sender</Type><Code>ValidationError</Code><Message>1 validation error detected: Value 'PowerUser/hjacobs' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\w+=,.@-]*</Message></Error>",
            answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_action_that_does_not_exist_is_an_InvalidAction()
    {
        await using var host = await EdgeHost.StartAsync(new OperationTable(StsModel.Service));

        var invented = await Post(host, "Action=MakeCoffee&Version=2011-06-15");
        var notBuilt = await Post(host, "Action=GetCallerIdentity&Version=2011-06-15");

        Assert.Contains("<Code>InvalidAction</Code><Message>Could not find operation MakeCoffee for version 2011-06-15</Message>", invented.Body, StringComparison.Ordinal);
        Assert.Contains("<Code>UnknownOperationException</Code>", notBuilt.Body, StringComparison.Ordinal);
    }

    private static Task<Answer> Post(EdgeHost host, string form) => host.SendAsync(
        new HttpRequestMessage(HttpMethod.Post, "/") { Content = new StringContent(form, new System.Net.Http.Headers.MediaTypeHeaderValue("application/x-www-form-urlencoded")) });
}
