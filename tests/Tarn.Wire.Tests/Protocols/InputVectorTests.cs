using System.Reflection;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
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
    };

    public static TheoryData<string, int, int, string> Cases =>
        VectorFiles.Cases("input", "json", "json_1_0", "json_1_0-query-compatible", "rest-json", "rest-xml", "query");

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
        var service = code.Service(suite);
        var protocol = WireProtocol.For(service, new EdgeOptions());
        var http = Request(testCase["serialized"]!);
        using var exchange = new WireExchange(http, "id", protocol);

        await protocol.PrepareAsync(exchange, TestContext.Current.CancellationToken);
        var operation = protocol.FindOperation(exchange);
        Assert.Equal(testCase["given"]!["name"]!.GetValue<string>(), operation);
        var decode = GetType().GetMethod(nameof(DecodeAsync), BindingFlags.Static | BindingFlags.NonPublic)!.MakeGenericMethod(code.Shapes(suite, operation)[0]);
        var input = await (Task<object>)decode.Invoke(null, [protocol, exchange])!;

        var expected = ShapeValues.Normal(testCase["params"])!;
        var actual = ShapeValues.Normal(ShapeValues.Describe(input))!;
        Assert.True(JsonNode.DeepEquals(expected, actual), $"expected {expected.ToJsonString()}\nactual   {actual.ToJsonString()}");
    }

    private static async Task<object> DecodeAsync<TInput>(WireProtocol protocol, WireExchange exchange)
        where TInput : class, Tarn.Wire.Shapes.IInputShape<TInput>, new() => await protocol.DecodeAsync<TInput>(exchange, CancellationToken.None);

    private static DefaultHttpContext Request(JsonNode serialized)
    {
        var http = new DefaultHttpContext();
        var target = serialized["uri"]!.GetValue<string>();
        var question = target.IndexOf('?', StringComparison.Ordinal);
        http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget = target;
        http.Request.Method = serialized["method"]?.GetValue<string>() ?? "POST";
        http.Request.QueryString = new QueryString(question < 0 ? "" : target[question..]);
        var body = Encoding.UTF8.GetBytes(serialized["body"]?.GetValue<string>() ?? "");
        http.Request.Body = new MemoryStream(body);
        http.Request.ContentLength = body.Length;
        foreach (var (name, value) in serialized["headers"]?.AsObject() ?? [])
        {
            http.Request.Headers[name] = value!.GetValue<string>();
        }

        return http;
    }
}
