using Microsoft.AspNetCore.Http;
using Tarn.Contracts;
using Tarn.Wire.Dispatch;

namespace Tarn.Kinesis.Tests.Simulation;

/// <summary>A <see cref="WireDoor"/> that is taken in JSON and in CBOR by chance.</summary>
internal sealed class FrontDoor(OperationTable operations, Random random)
{
    private readonly WireDoor door = new(operations, new AwsScope("000000000000", "us-east-1"));
    private readonly IWireForm[] forms = [new JsonForm(random), new CborForm(random)];

    /// <summary>Sends a request; what is done of it before it has to wait is done when this returns.</summary>
    public async Task<Answer> SendAsync(string operation, Members input)
    {
        var form = forms[random.Next(forms.Length)];
        var (status, body) = await door.SendAsync(operation, form.ContentType, form.Encode(input));
        return new Answer(operation, status, body.Length == 0 ? [] : form.Decode(body));
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
