using Microsoft.AspNetCore.Http;
using Tarn.Contracts;
using Tarn.Wire.Dispatch;
using Tarn.Wire.Edge;
using Tarn.Wire.Protocols.Rpc;

namespace Tarn.Wire.Protocols.Cbor;

/// <summary>
/// Smithy's rpc-v2-cbor: <c>POST /service/Kinesis_20131202/operation/PutRecords</c> with the header <c>smithy-protocol: rpc-v2-cbor</c>.
/// </summary>
internal sealed class RpcV2CborProtocol(ServiceModel service, EdgeOptions options) : RpcProtocol(service, options, BodyEncoding.SmithyCbor, "application/cbor")
{
    /// <summary>The value of <c>protocol</c> in models.</summary>
    public const string ModelName = "smithy-rpc-v2-cbor";

    private const string Header = "smithy-protocol";
    private const string Value = "rpc-v2-cbor";

    public static bool IsSpokenBy(ServiceModel service) => service.Protocol == ModelName || AwsCborProtocol.IsSpokenBy(service);

    public static bool IsUsedBy(HttpRequest request) => request.Headers[Header] == Value;

    /// <summary>The target prefix that the path names; null where the path is not of the protocol's form.</summary>
    public static string? ServiceName(HttpRequest request) => Parts(request)?.Service;

    public override string FindOperation(WireExchange exchange) =>
        Parts(exchange.Http.Request)?.Operation ?? throw new AwsException("UnknownOperationException", "");

    public override void MarkEncoded(WireExchange exchange)
    {
        base.MarkEncoded(exchange);
        exchange.Http.Response.Headers[Header] = Value;
    }

    /// <summary>Anything may stand before <c>/service/</c>: a client's endpoint can have a path.</summary>
    private static (string Service, string Operation)? Parts(HttpRequest request)
    {
        var parts = (request.Path.Value ?? "").Split('/');
        return parts is [.., "service", var service, "operation", var operation] ? (service, operation) : null;
    }
}
