using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Tarn.Contracts;
using Tarn.Wire.Authentication;
using Tarn.Wire.Dispatch;
using Tarn.Wire.Edge;

namespace Tarn.Kinesis.Tests.Simulation;

/// <summary>
/// The way that a client's bytes take through the whole edge, without a socket and without signatures: any service of operations, in JSON and in CBOR by chance.
/// </summary>
internal sealed class FrontDoor(OperationTable table, Random random)
{
    private readonly AwsEndpoint endpoint = new([table], new Anyone(), new EdgeOptions(), NullLogger<AwsEndpoint>.Instance);
    private readonly IWireForm[] forms = [new JsonForm(random), new CborForm(random)];

    /// <summary>Sends a request; what is done of it before it has to wait is done when this returns.</summary>
    public async Task<Answer> SendAsync(string operation, Members input)
    {
        var form = forms[random.Next(forms.Length)];
        var body = form.Encode(input);
        var answer = new MemoryStream();
        var http = new DefaultHttpContext();
        http.Request.Method = "POST";
        http.Request.Headers["X-Amz-Target"] = "Kinesis_20131202." + operation;
        http.Request.ContentType = form.ContentType;
        http.Request.ContentLength = body.Length;
        http.Request.Body = new MemoryStream(body);
        http.Response.Body = answer;
        await endpoint.InvokeAsync(http);
        var output = answer.Length == 0 ? [] : form.Decode(answer.ToArray());
        return new Answer(operation, http.Response.StatusCode, output);
    }

    private sealed class Anyone : IRequestAuthenticator
    {
        private static readonly AwsScope Scope = new("000000000000", "us-east-1");

        public ValueTask<CallerIdentity> AuthenticateAsync(HttpContext http, ServiceModel service, ReadOnlyMemory<byte>? body, CancellationToken cancellationToken) =>
            new(new CallerIdentity(Scope, "test", "arn:aws:iam::000000000000:root"));
    }
}

/// <summary>What a client gets.</summary>
internal sealed record Answer(string Operation, int Status, Members Output)
{
    /// <summary>The error's code; null for a success.</summary>
    public string? Error => Status == StatusCodes.Status200OK ? null : Output.Text("__type").Split('#')[^1];

    public Members Ok()
    {
        Assert.True(Error is null, $"{Operation} was refused: {this}");
        return Output;
    }

    public void Refused(string code) => Assert.True(Error == code, $"{Operation} was to be refused with {code}: {this}");

    public override string ToString() => $"{Status} {string.Join(", ", Output.Select(member => $"{member.Key}={member.Value}"))}";
}
