using System.Text;
using Microsoft.AspNetCore.Http;
using Tarn.Contracts;
using Tarn.Wire.Dispatch;
using Tarn.Wire.Protocols;
using Tarn.Wire.Protocols.Cbor;
using Tarn.Wire.Protocols.Query;
using Tarn.Wire.Signing;

namespace Tarn.Wire.Edge;

/// <summary>A service with a protocol that it speaks.</summary>
internal sealed record EdgeService(OperationTable Table, WireProtocol Protocol);

/// <summary>
/// Finds the service that a request is for. All services share one address, so the request itself has to tell: the target header, the
/// credential scope, the action of a form that nobody signed; what is left is S3, whose requests may carry nothing at all.
/// </summary>
internal sealed class ServiceDirectory
{
    private readonly Dictionary<string, EdgeService> byTargetPrefix = new(StringComparer.Ordinal);
    private readonly Dictionary<string, EdgeService> byTargetPrefixInCbor = new(StringComparer.Ordinal);
    private readonly Dictionary<string, EdgeService> byTargetPrefixInRpcV2Cbor = new(StringComparer.Ordinal);
    private readonly Dictionary<string, EdgeService> bySigningName = new(StringComparer.Ordinal);
    private readonly List<EdgeService> queryServices = [];
    private readonly EdgeService? s3;

    public ServiceDirectory(IEnumerable<OperationTable> tables, EdgeOptions options)
    {
        foreach (var table in tables)
        {
            var limits = table.RequestBodyBytesMax is { } bytesMax ? options.WithRequestBodyBytesMax(bytesMax) : options;
            var service = new EdgeService(table, WireProtocol.For(table.Service, limits));
            bySigningName.TryAdd(table.Service.SigningName, service);
            if (table.Service.TargetPrefix is { } prefix)
            {
                byTargetPrefix.Add(prefix, service);
                AddCbor(prefix, table, limits);
            }

            if (table.Service.Protocol == "query")
            {
                queryServices.Add(service);
            }
        }

        s3 = bySigningName.GetValueOrDefault("s3");
    }

    /// <summary>Null where the request names a service that is not here.</summary>
    public EdgeService? Find(HttpRequest request)
    {
        if (RpcV2CborProtocol.IsUsedBy(request))
        {
            return RpcV2CborProtocol.ServiceName(request) is { } name ? byTargetPrefixInRpcV2Cbor.GetValueOrDefault(name) : null;
        }

        if (request.Headers.TryGetValue("X-Amz-Target", out var target))
        {
            var text = target.ToString();
            var dot = text.LastIndexOf('.');
            return dot < 0 ? BySigningName(request) : ByTargetPrefix(text[..dot], request);
        }

        if (CredentialScope.ServiceName(request) is not null)
        {
            return BySigningName(request);
        }

        // Version 2 signatures name no service. Only S3 takes them; what has an action is of the query protocol's own version 2.
        return IsSignedInVersion2(request) ? s3 : ByUnsignedAction(request) ?? s3;
    }

    private void AddCbor(string prefix, OperationTable table, EdgeOptions limits)
    {
        if (AwsCborProtocol.IsSpokenBy(table.Service))
        {
            byTargetPrefixInCbor.Add(prefix, new EdgeService(table, new AwsCborProtocol(table.Service, limits)));
        }

        if (RpcV2CborProtocol.IsSpokenBy(table.Service))
        {
            byTargetPrefixInRpcV2Cbor.Add(prefix, new EdgeService(table, new RpcV2CborProtocol(table.Service, limits)));
        }
    }

    /// <summary>A service that speaks no CBOR answers a request in it with its own protocol, which refuses the content type.</summary>
    private EdgeService? ByTargetPrefix(string prefix, HttpRequest request) =>
        AwsCborProtocol.IsUsedBy(request) && byTargetPrefixInCbor.TryGetValue(prefix, out var service) ? service : byTargetPrefix.GetValueOrDefault(prefix);

    private EdgeService? BySigningName(HttpRequest request) =>
        CredentialScope.ServiceName(request) is { } name ? bySigningName.GetValueOrDefault(name) : null;

    private static bool IsSignedInVersion2(HttpRequest request) =>
        !request.Query.ContainsKey("Action") && SigV2Parameters.IsUsedBy(request, request.QueryString.Value is { Length: > 1 } query ? query.AsSpan(1) : default);

    /// <summary>Some query operations are not signed, such as AssumeRoleWithWebIdentity; a form without a signature is never S3's.</summary>
    private EdgeService? ByUnsignedAction(HttpRequest request)
    {
        if (request.Query.TryGetValue("Action", out var action))
        {
            return queryServices.Find(service => service.Table.Service.OperationNames.Contains(action.ToString()));
        }

        return request.ContentType?.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase) == true && queryServices.Count > 0
            ? queryServices[0]
            : null;
    }
}
