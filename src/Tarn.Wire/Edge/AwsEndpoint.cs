using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Tarn.Contracts;
using Tarn.Wire.Authentication;
using Tarn.Wire.Dispatch;
using Tarn.Wire.Protocols;

namespace Tarn.Wire.Edge;

/// <summary>
/// The HTTP edge: every request to AWS's API goes through <see cref="InvokeAsync"/>, from the first look at its headers to the last byte
/// of the answer. It is the last middleware of the server. Expected failures arrive here as <see cref="AwsException"/>; anything else
/// is our fault, logged once and answered without a detail.
/// </summary>
public sealed partial class AwsEndpoint
{
    private readonly ServiceDirectory services;
    private readonly IRequestAuthenticator authenticator;
    private readonly UnknownServiceAnswer unknownService;
    private readonly ILogger<AwsEndpoint> logger;

    /// <param name="tables">One per service.</param>
    public AwsEndpoint(IEnumerable<OperationTable> tables, IRequestAuthenticator authenticator, EdgeOptions options, ILogger<AwsEndpoint> logger)
    {
        services = new ServiceDirectory(tables, options);
        unknownService = new UnknownServiceAnswer(options);
        this.authenticator = authenticator;
        this.logger = logger;
    }

    public async Task InvokeAsync(HttpContext http)
    {
        var service = services.Find(http.Request);
        var protocol = service?.Protocol ?? unknownService.ProtocolFor(http.Request);
        using var exchange = new WireExchange(http, Guid.NewGuid().ToString(), protocol);
        protocol.WriteRequestId(exchange);
        try
        {
            await AnswerAsync(exchange, service);
            await exchange.SendAsync(http.RequestAborted);
        }
        catch (AwsException error)
        {
            await SendErrorAsync(exchange, error);
        }
        catch (BadHttpRequestException error)
        {
            await SendErrorAsync(exchange, TransportErrors.From(error));
        }
        catch (Exception error) when (error is OperationCanceledException or IOException && HasGone(exchange))
        {
            // The client has gone: nobody is left to answer.
        }
        catch (Exception error)
        {
            LogUnhandled(error, exchange.RequestId, http.Request.Method, service?.Table.Service.Name);
            await SendErrorAsync(exchange, protocol.InternalError());
        }
    }

    /// <summary>Find the operation, find the caller, let the operation decode, validate, run and encode.</summary>
    private async ValueTask AnswerAsync(WireExchange exchange, EdgeService? service)
    {
        var http = exchange.Http;
        var protocol = exchange.Protocol;
        if (service is null)
        {
            throw UnknownServiceAnswer.Error(http.Request);
        }

        await protocol.PrepareAsync(exchange, http.RequestAborted);
        var name = protocol.FindOperation(exchange);
        if (!service.Table.Handlers.TryGetValue(name, out var operation))
        {
            throw protocol.UnknownOperation(name);
        }

        protocol.Accept(exchange, operation);
        TagMetrics(http, service, name);
        var caller = await authenticator.AuthenticateAsync(http, service.Table.Service, exchange.Body, http.RequestAborted);
        var context = new RequestContext
        {
            Scope = caller.Scope,
            AccessKeyId = caller.AccessKeyId,
            CallerArn = caller.CallerArn,
            RequestId = exchange.RequestId,
            Http = http,
        };
        await operation.InvokeAsync(exchange, context, http.RequestAborted);
    }

    private async Task SendErrorAsync(WireExchange exchange, AwsException error)
    {
        LogRefused(exchange.RequestId, error.Code, error.HttpStatus);
        try
        {
            if (exchange.EventStream is { HasStarted: true } events)
            {
                await events.FailAsync(error, exchange.Http.RequestAborted);
                return;
            }

            if (exchange.Http.Response.HasStarted)
            {
                // Part of a stream is out: a broken connection is the only way left to say that it is not whole.
                exchange.Http.Abort();
                return;
            }

            exchange.ResetResponse();
            exchange.Protocol.WriteRequestId(exchange);
            exchange.Protocol.EncodeError(exchange, error);
            foreach (var header in error.Headers ?? [])
            {
                exchange.Http.Response.Headers[header.Key] = header.Value;
            }

            await exchange.SendAsync(exchange.Http.RequestAborted);
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException && HasGone(exchange))
        {
            // The client has gone before it read the error.
        }
    }

    private static bool HasGone(WireExchange exchange) =>
        exchange.Http.RequestAborted.IsCancellationRequested || exchange.EventStream is { ClientHasGone: true };

    /// <summary>Adds the AWS names to the server's own request metrics, where these are on.</summary>
    private static void TagMetrics(HttpContext http, EdgeService service, string operation)
    {
        if (http.Features.Get<IHttpMetricsTagsFeature>() is { } metrics)
        {
            metrics.Tags.Add(new("rpc.service", service.Table.Service.Name));
            metrics.Tags.Add(new("rpc.method", operation));
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Request {RequestId} ({Method} to {Service}) failed inside Tarn")]
    private partial void LogUnhandled(Exception error, string requestId, string method, string? service);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Request {RequestId} refused: {Code} ({Status})")]
    private partial void LogRefused(string requestId, string code, int status);
}
