using Tarn.Clients.Kinesis.Credentials;
using Tarn.Clients.Kinesis.Signing;

namespace Tarn.Clients.Tests.Client;

/// <summary>The signatures that botocore 1.x makes of the same request.</summary>
public sealed class RequestSignerTests
{
    [Theory]
    [InlineData(null, "74ceee39c263ec61a473b55cf0af38ffdbebe3a8177890f53e2b1d0c4ae9a4c9")]
    [InlineData("the/token==", "f3dfbb80959d3c47386a5ba691adbf2e86d32da9d486ab8dd9870d292343f435")]
    public void Signatures_are_those_of_AWSs_own_client(string? token, string signature)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "https://kinesis.eu-west-1.amazonaws.com/");
        request.Headers.Host = "kinesis.eu-west-1.amazonaws.com";
        new RequestSigner("eu-west-1", "kinesis").Sign(
            request, "application/x-amz-json-1.1", "Kinesis_20131202.ListShards", """{"StreamName":"s"}"""u8,
            new AwsCredentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", token), new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
        Assert.EndsWith($", Signature={signature}", Assert.Single(request.Headers.GetValues("authorization")));
        Assert.Equal(token is not null, request.Headers.Contains("x-amz-security-token"));
    }
}
