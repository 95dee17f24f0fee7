using System.Reflection;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Tarn.Wire.Dispatch;
using Tarn.Wire.Edge;
using Tarn.Wire.Protocols;
using Tarn.Wire.Protocols.Rest;

namespace Tarn.Wire.Tests.Protocols;

/// <summary>
/// Responses that botocore must read as given results, written by the server: the same result must give the same response, but for
/// order, spaces and ids. Cases that show a client forms which a server never sends are listed with their reason.
/// </summary>
public sealed class OutputVectorTests
{
    private static readonly Dictionary<string, string> ClientOnly = new()
    {
        ["RestJsonDeserializeIgnoreType"] = "a member that a client must ignore",
        ["AwsJson11DeserializeIgnoreType"] = "a member that a client must ignore",
        ["AwsJson10DeserializeIgnoreType"] = "a member that a client must ignore",
        ["handles_unexpected_json_output"] = "a member that a client must ignore",
        ["RpcV2CborExtraFieldsInTheBodyShouldBeSkippedByClients"] = "a member that a client must ignore",
        ["RpcV2CborPayloadWithUnsetUnion"] = "a member that a client must ignore",
        ["RpcV2CborClientDoesntDeserializeNullStructureValues"] = "a null that a client must ignore",
        ["no_output"] = "an empty map says the same: NoOutputClientAllowsEmptyCbor",
        ["QueryIgnoresWrappingXmlName"] = "a name that the model does not hold",
        ["QueryNoInputAndNoOutput"] = "the query protocol always answers with a document",
        ["QueryNoInputAndOutput"] = "the query protocol always answers with a document",
        ["QueryEmptyInputAndEmptyOutput"] = "the query protocol always answers with a document",
        ["QueryXmlNamespaces"] = "the body leaves out namespaces that the model holds",
        ["IgnoreQueryParamsInResponse"] = "no service binds an output to the query",
        ["RestJsonIgnoreQueryParamsInResponse"] = "no service binds an output to the query",
    };

    public static TheoryData<string, int, int, string> Cases =>
        VectorFiles.Cases("output", "json", "json_1_0", "rest-json", "rest-xml", "query", "smithy-rpc-v2-cbor", "smithy-rpc-v2-cbor-query-compatible");

    [Theory]
    [MemberData(nameof(Cases), DisableDiscoveryEnumeration = false)]
    public async Task The_result_gives_the_response(string file, int suite, int index, string id)
    {
        var (suites, code) = VectorFiles.Load(file);
        var testCase = suites[suite]!["cases"]![index]!;
        if (ClientOnly.TryGetValue(id, out var reason))
        {
            Assert.Skip(reason);
        }

        if (id.Contains("DateTimeWithPositiveOffset", StringComparison.Ordinal) || id.Contains("DateTimeWithNegativeOffset", StringComparison.Ordinal))
        {
            Assert.Skip("times are sent in UTC");
        }

        if (testCase["result"] is not JsonObject result)
        {
            Assert.Skip("an error: its body is made of a code and a message, which AwsJsonTests and others check");
            return;
        }

        var service = code.Service(suite);
        var operation = testCase["given"]!["name"]!.GetValue<string>();
        var protocol = WireProtocol.For(service, new EdgeOptions());
        var http = new DefaultHttpContext();
        http.Request.QueryString = new QueryString("?Action=" + operation);
        using var exchange = new WireExchange(http, "requestid", protocol);
        var model = service.Operations.First(candidate => candidate.Name == operation);
        exchange.Match = new RestMatch(model, new UriTemplate(model.Uri), new Dictionary<string, string>());
        await exchange.ReadBodyAsync(1000, () => throw new InvalidOperationException(), TestContext.Current.CancellationToken);

        var type = code.Shapes(suite, operation)[1];
        GetType().GetMethod(nameof(Encode), BindingFlags.Static | BindingFlags.NonPublic)!.MakeGenericMethod(type)
            .Invoke(null, [protocol, exchange, ShapeValues.Make(type, result)]);

        var response = testCase["response"]!;
        Assert.Equal(response["status_code"]!.GetValue<int>(), exchange.Status);
        foreach (var (name, value) in response["headers"]?.AsObject() ?? [])
        {
            if (name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase) || name.StartsWith("x-amzn-request", StringComparison.OrdinalIgnoreCase))
            {
                // Written when the answer is sent.
                continue;
            }

            var actual = name.Equals("Content-Type", StringComparison.OrdinalIgnoreCase) ? exchange.ResponseContentType ?? http.Response.ContentType : http.Response.Headers[name].ToString();
            if (!name.Equals("Content-Type", StringComparison.OrdinalIgnoreCase) || response["body"]?.GetValue<string>().Length > 0)
            {
                Assert.Equal(value!.GetValue<string>(), actual);
            }
        }

        if (file.Contains("cbor", StringComparison.Ordinal))
        {
            var expected = Cbor.CborJson.Parse(Convert.FromBase64String(response["body"]!.GetValue<string>()))!.ToJsonString();
            Bodies.AssertSame(expected, Cbor.CborJson.Parse(exchange.Response.WrittenSpan)!.ToJsonString());
            return;
        }

        var body = exchange.ResponseStream is { } stream ? await new StreamReader(stream).ReadToEndAsync(TestContext.Current.CancellationToken) : Encoding.UTF8.GetString(exchange.Response.WrittenSpan);
        Bodies.AssertSame(response["body"]?.GetValue<string>() ?? "", body);
    }

    private static void Encode<TOutput>(WireProtocol protocol, WireExchange exchange, TOutput output)
        where TOutput : class, Tarn.Wire.Shapes.IOutputShape<TOutput> => protocol.Encode(exchange, output);
}
