using Tarn.Contracts;
using Tarn.Wire.Dispatch;
using Tarn.Wire.Edge;
using Tarn.Wire.Protocols.Rpc;

namespace Tarn.Wire.Protocols.AwsJson;

/// <summary>AWS JSON 1.0 and 1.1: every operation is a POST to <c>/</c>, named by <c>X-Amz-Target</c>, with one document each way.</summary>
internal sealed class AwsJsonProtocol(ServiceModel service, EdgeOptions options)
    : RpcProtocol(service, options, BodyEncoding.Json, ContentTypePrefix + (service.JsonVersion == "1.0" ? "0" : "1"))
{
    private const string ContentTypePrefix = "application/x-amz-json-1.";

    public override string FindOperation(WireExchange exchange)
    {
        // AWS does not read any other content type as this protocol, with or without a target.
        return exchange.Http.Request.ContentType?.StartsWith(ContentTypePrefix, StringComparison.OrdinalIgnoreCase) == true && TargetHeader.Operation(exchange.Http.Request) is { } operation
            ? operation
            : throw new AwsException("UnknownOperationException", "");
    }
}
