using Microsoft.AspNetCore.Http;
using Tarn.Contracts;
using Tarn.Wire.Dispatch;
using Tarn.Wire.Edge;
using Tarn.Wire.Protocols.RestXml;
using Tarn.Wire.Shapes;
using Tarn.Wire.Signing;
using Tarn.Wire.Validation;

namespace Tarn.Wire.Protocols.Rest;

/// <summary>S3: REST-XML with addressing by host name, subresources, root elements, errors and ids of its own.</summary>
internal sealed class S3Protocol(ServiceModel service, EdgeOptions options) : RestXmlProtocol(service, options)
{
    /// <summary>Headers that are user metadata.</summary>
    public const string UserMetadataPrefix = "x-amz-meta-";

    private const string Namespace = "http://s3.amazonaws.com/doc/2006-03-01/";

    /// <summary>Query parameters of operations that read no more than their neighbours do, so that a URL may get them without being signed again.</summary>
    private static readonly string[] HarmlessParameters = ["list-type", "x-id"];

    protected override string? RootNamespace => Namespace;

    public override async ValueTask PrepareAsync(WireExchange exchange, CancellationToken cancellationToken)
    {
        var http = exchange.Http;
        http.Features.Set(new S3RequestForm(BucketAddress.FromHost(http.Request.Host, Options.BucketDomains), PresignedHeaders.Apply(http.Request)));
        if (HttpMethods.IsPost(http.Request.Method) && BucketOfForm(http) is { } bucket)
        {
            var key = await PostObject.PrepareAsync(http, bucket, cancellationToken);
            exchange.Match = Router.Named("PutObject", new Dictionary<string, string> { ["Bucket"] = bucket, ["Key"] = key });
        }
    }

    public override string FindOperation(WireExchange exchange) => exchange.Match?.Operation.Name ?? base.FindOperation(exchange);

    public override ValueTask<TInput> DecodeAsync<TInput>(WireExchange exchange, CancellationToken cancellationToken)
    {
        LenientDates.TakeOut(exchange.Http);
        return base.DecodeAsync<TInput>(exchange, cancellationToken);
    }

    public override void Encode<TOutput>(WireExchange exchange, TOutput output)
    {
        base.Encode(exchange, output);
        if (exchange.Http.Features.Get<PostForm>() is { } form)
        {
            PostObject.Answer(exchange, form);
        }
    }

    /// <summary>
    /// A query parameter that makes the request another operation, but none that exists: <c>DELETE /bucket/key?uploads</c> must not delete
    /// the object.
    /// </summary>
    public override void Accept(WireExchange exchange, OperationHandler operation)
    {
        var query = exchange.Http.Request.QueryString.Value;
        var isPresignedInVersion2 = query is { Length: > 1 } && SigV2Parameters.IsPresignedQuery(query.AsSpan(1));
        foreach (var name in exchange.Http.Request.Query.Keys)
        {
            if (isPresignedInVersion2 && Router.SubresourceNames.Contains(name) && !SigV2StringToSign.IsSigned(name) && !HarmlessParameters.Contains(name))
            {
                throw SigV2Errors.UnsignedSubresource(name);
            }

            if (Router.SubresourceNames.Contains(name)
                && !exchange.Match!.Template.Query.Any(pair => pair.Key == name)
                && !operation.InputSchema.Members.Any(member => member.Location == MemberLocation.Query && member.WireName == name))
            {
                throw NoOperation(exchange);
            }
        }
    }

    /// <summary>S3 has no list of validation errors: what is missing or wrong in a body makes it malformed, elsewhere an argument invalid.</summary>
    public override void Validate<TInput>(TInput input)
    {
        var validator = new ShapeValidator(showValues: true);
        TInput.Validate(ref validator, input);
        if (validator.Finish() is { } message)
        {
            throw S3InputErrors.From(TInput.InputSchema, message);
        }
    }

    public override void EncodeError(WireExchange exchange, AwsException error)
    {
        exchange.Status = error.HttpStatus;
        if (error.HttpStatus == StatusCodes.Status304NotModified)
        {
            return;
        }

        var buffer = exchange.Response;
        buffer.Raw("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error>"u8);
        buffer.Element("Code", error.Code);
        buffer.Element("Message", error.Message);
        WriteErrorMembers(exchange, error);
        buffer.Element("Resource", exchange.Http.Request.Path.Value ?? "/");
        buffer.Element("RequestId", exchange.RequestId);
        buffer.Element("HostId", HostId(exchange));
        buffer.EndTag("Error");
        exchange.ResponseContentType = "application/xml";
    }

    public override void WriteRequestId(WireExchange exchange)
    {
        exchange.Http.Response.Headers["x-amz-request-id"] = exchange.RequestId;
        exchange.Http.Response.Headers["x-amz-id-2"] = HostId(exchange);
    }

    public override AwsException InternalError() => new("InternalError", "We encountered an internal error. Please try again.", 500);

    public override AwsException UnknownOperation(string operation) => new("NotImplemented",
        $"A header or query you provided requests {operation}, which Tarn does not have yet.", StatusCodes.Status501NotImplemented);

    /// <summary>Where a checksum header is a member of the input, it is of an object that the body only speaks of.</summary>
    protected override void CheckBody(WireExchange exchange, StructureSchema input) =>
        DocumentChecks.Verify(exchange.Http.Request, exchange.Body!.Value.Span, isMember: name => input.Members.Any(member => member.Location == MemberLocation.Header && member.WireName == name));

    protected override void WriteDocument<TOutput>(WireExchange exchange, TOutput output)
    {
        exchange.Response.Raw("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"u8);
        base.WriteDocument(exchange, output);
    }

    protected override string RootName(StructureSchema output) => S3RootNames.Of(output.Name);

    protected override AwsException Malformed(string reason) => S3InputErrors.MalformedXml();

    protected override AwsException BodyTooLarge() => new("MaxMessageLengthExceeded", "Your request was too big.")
    {
        Members = [new("MaxMessageLengthBytes", Options.RequestBodyBytesMax.ToString())],
    };

    protected override AwsException InvalidHttpValue(MemberSchema member, string value, string wanted) => S3InputErrors.InvalidArgument(
        member, value, wanted == "an integer" ? $"Provided {member.WireName} not an integer or within integer range" : $"Provided {member.WireName} is not {wanted}");

    protected override AwsException NoOperation(WireExchange exchange) => HttpMethods.IsOptions(exchange.Http.Request.Method)
        ? S3InputErrors.NoCors(exchange.Http.Request)
        : new("MethodNotAllowed", "The specified method is not allowed against this resource.", StatusCodes.Status405MethodNotAllowed)
        {
            Members = [new("Method", exchange.Http.Request.Method)],
        };

    protected override string Path(HttpContext http)
    {
        var path = base.Path(http);
        return http.Features.Get<S3RequestForm>()?.HostBucket is { } bucket ? $"/{bucket}{path}" : path;
    }

    /// <summary>The bucket to which a browser posts a form: a POST to a bucket that is none of the model's. Null for every other request.</summary>
    private string? BucketOfForm(HttpContext http)
    {
        var path = Path(http);
        var isBucket = path.Length > 1 && path.IndexOf('/', 1) is var slash && (slash < 0 || slash == path.Length - 1);
        return isBucket && !http.Request.Query.Keys.Any(Router.SubresourceNames.Contains) ? Uri.UnescapeDataString(path.Trim('/')) : null;
    }

    /// <summary>The second of S3's two ids names the host that answered; ours is made of the first.</summary>
    private static string HostId(WireExchange exchange) => Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes(exchange.RequestId));
}
