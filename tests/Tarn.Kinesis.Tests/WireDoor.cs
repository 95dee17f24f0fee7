using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Tarn.Contracts;
using Tarn.Wire.Authentication;
using Tarn.Wire.Dispatch;
using Tarn.Wire.Edge;

namespace Tarn.Kinesis.Tests;

/// <summary>The way of a client's bytes through the whole edge, without a socket and without signatures. Everybody who calls is the same caller.</summary>
internal sealed class WireDoor(OperationTable operations, AwsScope scope)
{
    private readonly AwsEndpoint endpoint = new([operations], new OneCaller(scope), new EdgeOptions(), NullLogger<AwsEndpoint>.Instance);

    /// <summary>Sends a document and gets one back; what is done of it before it has to wait is done when this returns.</summary>
    /// <param name="contentType">Of AWS's JSON or CBOR.</param>
    public async Task<(int Status, byte[] Body)> SendAsync(string operation, string contentType, byte[] body)
    {
        using var answer = new MemoryStream();
        var http = new DefaultHttpContext();
        http.Request.Method = "POST";
        http.Request.Path = "/";
        http.Request.Headers["X-Amz-Target"] = "Kinesis_20131202." + operation;
        http.Request.ContentType = contentType;
        http.Request.ContentLength = body.Length;
        http.Request.Body = new MemoryStream(body);
        http.Response.Body = answer;
        await endpoint.InvokeAsync(http);
        return (http.Response.StatusCode, answer.ToArray());
    }

    /// <summary>As <see cref="SendAsync"/>, in JSON. An error has a member <c>__type</c>; the status is in <c>status</c>.</summary>
    public async Task<JsonNode> AnswerAsync(string operation, JsonObject input)
    {
        var (status, body) = await SendAsync(operation, "application/x-amz-json-1.1", Encoding.UTF8.GetBytes(input.ToJsonString()));
        var output = body.Length == 0 ? new JsonObject() : JsonNode.Parse(body)!;
        output["status"] = status;
        return output;
    }

    /// <summary>As <see cref="AnswerAsync"/>, for a call that must succeed.</summary>
    public async Task<JsonNode> CallAsync(string operation, JsonObject input)
    {
        var answer = await AnswerAsync(operation, input);
        Assert.True((int)answer["status"]! == 200, $"{operation}: {answer.ToJsonString()}");
        return answer;
    }

    private sealed class OneCaller(AwsScope scope) : IRequestAuthenticator
    {
        public ValueTask<CallerIdentity> AuthenticateAsync(HttpContext http, ServiceModel service, ReadOnlyMemory<byte>? body, CancellationToken cancellationToken) =>
            new(new CallerIdentity(scope, "test", $"arn:aws:iam::{scope.AccountId}:root"));
    }
}
