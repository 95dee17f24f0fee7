using Microsoft.AspNetCore.Http;
using Tarn.Contracts;
using Tarn.Wire.Dispatch;
using Tarn.Wire.Edge;
using Tarn.Wire.Protocols.Rpc;

namespace Tarn.Wire.Protocols.Cbor;

/// <summary>AWS JSON with CBOR bodies, <c>application/x-amz-cbor-1.1</c>: what the Java SDKs send to Kinesis unless they are told not to.</summary>
internal sealed class AwsCborProtocol(ServiceModel service, EdgeOptions options) : RpcProtocol(service, options, BodyEncoding.AwsCbor, ContentType)
{
    private const string ContentType = "application/x-amz-cbor-1.1";

    /// <summary>Models do not say it: of the services whose clients in the Java SDKs are made with CBOR, these have a model here.</summary>
    private static readonly string[] Services = ["kinesis"];

    public static bool IsSpokenBy(ServiceModel service) => Services.Contains(service.Name);

    public static bool IsUsedBy(HttpRequest request) => request.ContentType?.StartsWith(ContentType, StringComparison.OrdinalIgnoreCase) == true;

    public override string FindOperation(WireExchange exchange) =>
        TargetHeader.Operation(exchange.Http.Request) ?? throw new AwsException("UnknownOperationException", "");
}
