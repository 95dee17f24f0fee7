using System.Reflection;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Tarn.Wire.Dispatch;
using Tarn.Wire.Edge;
using Tarn.Wire.Protocols;

namespace Tarn.Wire.Tests.Protocols;

/// <summary>
/// Requests that botocore must make of given parameters, read by the server: the parameters must come back. The vectors were written
/// for clients; what only concerns a client is listed with its reason.
/// </summary>
public sealed class InputVectorTests
{
    /// <summary>Cases where the request does not determine the parameters.</summary>
    private static readonly Dictionary<string, string> ClientOnly = new()
    {
        ["AwsJson11HostWithPath"] = "the client's endpoint has a path of its own",
        ["AwsJson10HostWithPath"] = "the client's endpoint has a path of its own",
        ["RestJsonHostWithPath"] = "the client's endpoint has a path of its own",
        ["RestXmlHostWithPath"] = "the client's endpoint has a path of its own",
        ["QueryHostWithPath"] = "the client's endpoint has a path of its own",
        ["RestJsonQueryPrecedence"] = "which of two values the client sent is lost",
        ["RestXmlQueryPrecedence"] = "which of two values the client sent is lost",
        ["QueryPrecedence"] = "which of two values the client sent is lost",
        ["RestJsonQueryParamsStringListMap"] = "the map that a client gives leaves out what its other members hold",
        ["RestXmlQueryParamsStringListMap"] = "the map that a client gives leaves out what its other members hold",
        ["RestJsonOmitsEmptyListQueryValues"] = "an empty list leaves no trace in a query",
        ["QueryEmptyQueryMaps"] = "an empty map leaves no trace in a form",
        ["HttpPrefixHeadersAreNotPresent"] = "an empty map leaves no trace in headers",
        ["RestJsonHttpPrefixHeadersAreNotPresent"] = "an empty map leaves no trace in headers",
    };

    public static TheoryData<string, int, int, string> Cases =>
        VectorFiles.Cases("input", "json", "json_1_0", "json_1_0-query-compatible", "rest-json", "rest-xml", "query",
            "smithy-rpc-v2-cbor", "smithy-rpc-v2-cbor-query-compatible", "smithy-rpc-v2-cbor-non-query-compatible");

    [Theory]
    [MemberData(nameof(Cases), DisableDiscoveryEnumeration = false)]
    public async Task The_parameters_come_back_out_of_the_request(string file, int suite, int index, string id)
    {
        var (suites, code) = VectorFiles.Load(file);
        if (ClientOnly.TryGetValue(id, out var reason))
        {
            Assert.Skip(reason);
        }

        var testCase = suites[suite]!["cases"]![index]!;
        if (id.Contains("ContentEncoding", StringComparison.Ordinal) || id.Contains("Encoding_", StringComparison.Ordinal))
        {
            Assert.Skip("the request is compressed, and the vector does not hold its bytes");
        }

        var service = code.Service(suite);
        var protocol = WireProtocol.For(service, new EdgeOptions());
        var http = Request(testCase["serialized"]!);
        AddWhatVectorsLeaveOut(http, service, testCase["given"]!["name"]!.GetValue<string>());
        using var exchange = new WireExchange(http, "id", protocol);

        await protocol.PrepareAsync(exchange, TestContext.Current.CancellationToken);
        var operation = protocol.FindOperation(exchange);
        Assert.Equal(testCase["given"]!["name"]!.GetValue<string>(), operation);
        var decode = GetType().GetMethod(nameof(DecodeAsync), BindingFlags.Static | BindingFlags.NonPublic)!.MakeGenericMethod(code.Shapes(suite, operation)[0]);
        var input = await (Task<object>)decode.Invoke(null, [protocol, exchange])!;

        var expected = ShapeValues.Normal(testCase["params"])!.AsObject();
        var actual = ShapeValues.Normal(ShapeValues.Describe(input))!.AsObject();

        // What a client fills in by itself, and the map of a query that was given by its single members.
        actual.Where(member => !expected.ContainsKey(member.Key) && (member.Key.Contains("oken", StringComparison.Ordinal) || member.Key.StartsWith("queryParamsMap", StringComparison.Ordinal)))
            .Select(member => member.Key).ToList().ForEach(name => actual.Remove(name));
        Assert.True(JsonNode.DeepEquals(expected, actual), $"expected {expected.ToJsonString()}\nactual   {actual.ToJsonString()}");
    }

    private static async Task<object> DecodeAsync<TInput>(WireProtocol protocol, WireExchange exchange)
        where TInput : class, Tarn.Wire.Shapes.IInputShape<TInput>, new() => await protocol.DecodeAsync<TInput>(exchange, CancellationToken.None);

    /// <summary>Some vectors are about something else, and leave out the headers that every request has.</summary>
    private static void AddWhatVectorsLeaveOut(DefaultHttpContext http, ServiceModel service, string operation)
    {
        if (service.Protocol == "json" && !http.Request.Headers.ContainsKey("X-Amz-Target"))
        {
            http.Request.Headers["X-Amz-Target"] = $"{service.TargetPrefix}.{operation}";
            http.Request.ContentType ??= "application/x-amz-json-" + service.JsonVersion;
        }
    }

    private static DefaultHttpContext Request(JsonNode serialized)
    {
        var http = new DefaultHttpContext();
        var target = serialized["uri"]!.GetValue<string>();
        var question = target.IndexOf('?', StringComparison.Ordinal);
        http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget = target;
        http.Request.Method = serialized["method"]?.GetValue<string>() ?? "POST";
        http.Request.QueryString = new QueryString(question < 0 ? "" : target[question..]);
        http.Request.Path = question < 0 ? target : target[..question];
        var text = serialized["body"]?.GetValue<string>() ?? (serialized["headers"]?["X-Amz-Target"] is null ? "" : "{}");
        var body = serialized["headers"]?["smithy-protocol"] is null ? Encoding.UTF8.GetBytes(text) : Convert.FromBase64String(text);
        http.Request.Body = new MemoryStream(body);
        http.Request.ContentLength = body.Length;
        foreach (var (name, value) in serialized["headers"]?.AsObject() ?? [])
        {
            http.Request.Headers[name] = value!.GetValue<string>();
        }

        return http;
    }
}
