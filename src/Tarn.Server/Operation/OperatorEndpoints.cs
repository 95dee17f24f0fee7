using System.Text.Json;
using Tarn.Server.Commands;
using Tarn.Store;

namespace Tarn.Server.Operation;

/// <summary>
/// The first look at each request: Tarn's own endpoints below <c>/_tarn/</c> (health, metrics, reset), which no bucket can be named, and the AWS edge
/// for everything else.
/// </summary>
internal sealed class OperatorEndpoints(TarnOptions options, RunningInstance running)
{
    private readonly PrometheusMetrics metrics = new();

    public Task InvokeAsync(HttpContext http)
    {
        if (http.Request.Path.StartsWithSegments("/_tarn"))
        {
            return OwnAsync(http);
        }

        return running.Current is { } instance ? instance.Endpoint.InvokeAsync(http) : AnswerAsync(http, StatusCodes.Status503ServiceUnavailable, new { status = "starting" });
    }

    private async Task OwnAsync(HttpContext http)
    {
        switch (http.Request.Method, http.Request.Path.Value)
        {
            case ("GET" or "HEAD", "/_tarn/health"):
                var isReady = running.Current is not null;
                await AnswerAsync(http, isReady ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable, new { status = isReady ? "ready" : "starting", version = HelpCommand.Number });
                break;
            case ("GET", "/_tarn/metrics"):
                http.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
                await http.Response.WriteAsync(metrics.Render(), http.RequestAborted);
                break;
            case ("POST", "/_tarn/reset") when options.AllowReset:
                if (options.Store.Kind != StoreKind.Sqlite)
                {
                    await AnswerAsync(http, StatusCodes.Status501NotImplemented, new { error = "Reset wipes a data folder; metadata in PostgreSQL is yours to drop." });
                    break;
                }

                await running.ResetAsync(http.RequestAborted);
                await AnswerAsync(http, StatusCodes.Status200OK, new { status = "reset" });
                break;
            default:
                await AnswerAsync(http, StatusCodes.Status404NotFound, new { error = $"There is no {http.Request.Method} {http.Request.Path}." });
                break;
        }
    }

    private static async Task AnswerAsync<T>(HttpContext http, int status, T body)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json";
        await http.Response.WriteAsync(JsonSerializer.Serialize(body), http.RequestAborted);
    }
}
