using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Tarn.Contracts;
using Tarn.Wire.Dispatch;
using Tarn.Wire.Edge;
using Tarn.Wire.Shapes;

namespace Tarn.Wire.Protocols.Rest;

/// <summary>
/// What REST-XML and REST-JSON share: operations are found by method, path and query; inputs and outputs are spread over path, query,
/// headers, status and body, so each is read and written in two passes of the same generated routine.
/// </summary>
internal abstract class RestProtocol(ServiceModel service, EdgeOptions options) : WireProtocol(service, options)
{
    protected RestRouter Router { get; } = new(service);

    /// <summary>The body stays in the stream: the authenticator may put a decoding stream in its place.</summary>
    public override ValueTask PrepareAsync(WireExchange exchange, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public override string FindOperation(WireExchange exchange)
    {
        exchange.Match = Router.Find(exchange.Http.Request, Path(exchange.Http)) ?? throw NoOperation(exchange);
        return exchange.Match.Operation.Name;
    }

    public override async ValueTask<TInput> DecodeAsync<TInput>(WireExchange exchange, CancellationToken cancellationToken)
    {
        var schema = TInput.InputSchema;
        if (IsStreamed(schema))
        {
            LiftBodyLimit(exchange.Http);
        }
        else if (schema.HasBody)
        {
            await exchange.ReadBodyAsync(Options.RequestBodyBytesMax, BodyTooLarge, cancellationToken);
            CheckBody(exchange, schema);
        }

        var input = new TInput();
        var http = new HttpShapeReader(exchange, InvalidHttpValue);
        TInput.Read(ref http, input);
        if (exchange.Body is { Length: > 0 } body && !IsRaw(schema))
        {
            ReadDocument(body, input);
        }

        return input;
    }

    public override void Encode<TOutput>(WireExchange exchange, TOutput output)
    {
        var schema = TOutput.OutputSchema;

        // The model knows one status of success. An operation whose success has several (206 of a range) sets it on the response.
        var chosen = exchange.Http.Response.StatusCode;
        exchange.Status = chosen != StatusCodes.Status200OK ? chosen : exchange.Match!.Operation.StatusCode;
        var http = new HttpShapeWriter(exchange);
        TOutput.Write(ref http, output);
        if (HasDocument(schema) && !IsRaw(schema))
        {
            WriteDocument(exchange, output);
        }
    }

    /// <summary>Compares a body that was read whole with what the client says of it.</summary>
    protected virtual void CheckBody(WireExchange exchange, StructureSchema input)
    {
    }

    /// <summary>Reads a body that is a document into the members that travel there.</summary>
    protected abstract void ReadDocument<TInput>(ReadOnlyMemory<byte> body, TInput input)
        where TInput : class, IInputShape<TInput>, new();

    protected abstract void WriteDocument<TOutput>(WireExchange exchange, TOutput output)
        where TOutput : class, IOutputShape<TOutput>;

    /// <summary>Whether an answer of that shape has a body at all.</summary>
    protected virtual bool HasDocument(StructureSchema output) => output.HasBody;

    protected abstract AwsException InvalidHttpValue(MemberSchema member, string value, string wanted);

    protected virtual AwsException NoOperation(WireExchange exchange) =>
        new("UnknownOperationException", "", StatusCodes.Status404NotFound);

    /// <summary>The path as the client sent it: the server's own reading resolves dots and decodes, and keys may hold both.</summary>
    protected virtual string Path(HttpContext http)
    {
        var target = http.Features.Get<IHttpRequestFeature>()?.RawTarget;
        if (string.IsNullOrEmpty(target))
        {
            return http.Request.Path.ToUriComponent();
        }

        // Proxies send the absolute form.
        var start = target.StartsWith('/') ? 0 : target.IndexOf('/', target.IndexOf("://", StringComparison.Ordinal) + 3);
        var question = target.IndexOf('?', StringComparison.Ordinal);
        return start < 0 ? "/" : question < 0 ? target[start..] : target[start..question];
    }

    private static bool IsRaw(StructureSchema schema) => schema.Payload >= 0 && schema[schema.Payload].Location == MemberLocation.RawPayload;

    private static bool IsStreamed(StructureSchema schema) =>
        schema.Payload >= 0 && (schema[schema.Payload].Traits & MemberTraits.Streaming) != 0;

    /// <summary>Objects are as large as S3 lets them be; the operation itself limits them.</summary>
    private static void LiftBodyLimit(HttpContext http)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = null;
        }
    }
}
