using Microsoft.AspNetCore.Http;
using Tarn.Contracts;
using Tarn.Wire.Dispatch;
using Tarn.Wire.Protocols;
using Tarn.Wire.Protocols.Cbor;

namespace Tarn.Wire.Edge;

/// <summary>The answer to a request for a service that is not here, in the protocol that the client seems to speak.</summary>
internal sealed class UnknownServiceAnswer(EdgeOptions options)
{
    private readonly WireProtocol json = WireProtocol.For(Nameless("json"), options);
    private readonly WireProtocol restJson = WireProtocol.For(Nameless("rest-json"), options);
    private readonly WireProtocol cbor = new AwsCborProtocol(Nameless("json"), options);
    private readonly WireProtocol rpcV2Cbor = WireProtocol.For(Nameless(RpcV2CborProtocol.ModelName), options);
    private readonly WireProtocol query = WireProtocol.For(Nameless("query"), options);

    public WireProtocol ProtocolFor(HttpRequest request)
    {
        var contentType = request.ContentType ?? "";
        return AwsCborProtocol.IsUsedBy(request) ? cbor
            : RpcV2CborProtocol.IsUsedBy(request) ? rpcV2Cbor
            : contentType.StartsWith("application/x-amz-json", StringComparison.OrdinalIgnoreCase) || request.Headers.ContainsKey("X-Amz-Target") ? json
            : contentType.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase) ? query
            : restJson;
    }

    public static AwsException Error(HttpRequest request)
    {
        var name = request.Headers.TryGetValue("X-Amz-Target", out var target) ? target.ToString()
            : RpcV2CborProtocol.IsUsedBy(request) ? request.Path.Value
            : CredentialScope.ServiceName(request);
        return new AwsException("UnknownOperationException", name is null ? "" : $"Tarn has no service that answers to {name}.");
    }

    private static ServiceModel Nameless(string protocol) =>
        new() { Name = "", FullName = "", SigningName = "", Protocol = protocol, ApiVersion = "", Operations = [] };
}
