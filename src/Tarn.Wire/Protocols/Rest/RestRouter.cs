using Microsoft.AspNetCore.Http;
using Tarn.Wire.Dispatch;

namespace Tarn.Wire.Protocols.Rest;

/// <summary>The operation that a REST request asks for, with the labels of its path.</summary>
internal sealed record RestMatch(OperationModel Operation, UriTemplate Template, IReadOnlyDictionary<string, string> Labels);

/// <summary>
/// Finds the operation of a REST request. Templates alone do not tell: <c>PUT /{Bucket}/{Key+}</c> is PutObject, CopyObject, UploadPart
/// and UploadPartCopy, by the headers and query parameters that their inputs require. Of those that fit, the one that asks for most wins.
/// </summary>
internal sealed class RestRouter
{
    private readonly ILookup<string, Route> routesByMethod;

    public RestRouter(ServiceModel service)
    {
        var routes = service.Operations.Select(operation => new Route(operation, new UriTemplate(operation.Uri))).ToList();
        routesByMethod = routes.Where(route => !IsSuperseded(route.Operation, service.Operations)).ToLookup(route => route.Operation.Method, StringComparer.Ordinal);
        SubresourceNames = routes
            .SelectMany(route => route.Template.Query.Select(pair => pair.Key).Concat(route.Operation.RequiredQuery))
            .ToHashSet(StringComparer.Ordinal);
    }

    private sealed record Route(OperationModel Operation, UriTemplate Template);

    /// <summary>Every query parameter that some operation of the service is told apart by.</summary>
    public IReadOnlySet<string> SubresourceNames { get; }

    /// <param name="path">As the client sent it, still percent-encoded, without the query.</param>
    /// <returns>Null where no operation has this method and form.</returns>
    public RestMatch? Find(HttpRequest request, string path)
    {
        Route? best = null;
        var bestScore = -1;
        foreach (var route in routesByMethod[request.Method])
        {
            var score = route.Template.MatchesPath(path) ? Score(route, request) : -1;
            if (score > bestScore)
            {
                (best, bestScore) = (route, score);
            }
        }

        return best is null ? null : new RestMatch(best.Operation, best.Template, best.Template.Labels(path));
    }

    /// <summary>An operation that the request does not name by itself.</summary>
    public RestMatch Named(string operation, IReadOnlyDictionary<string, string> labels)
    {
        var route = routesByMethod.SelectMany(routes => routes).First(route => route.Operation.Name == operation);
        return new RestMatch(route.Operation, route.Template, labels);
    }

    /// <summary>
    /// S3's model has GetBucketLifecycle beside GetBucketLifecycleConfiguration, with the same method and address: the first is the deprecated shape of the second.
    /// </summary>
    private static bool IsSuperseded(OperationModel operation, IReadOnlyList<OperationModel> operations) =>
        operations.Any(other => other.Name == operation.Name + "Configuration" && other.Method == operation.Method && other.Uri == operation.Uri);

    /// <summary>
    /// -1 where the template's own query is absent. What inputs require counts when it is all there; when it is not, the route still
    /// stands, below its rivals, so that validation can say what is missing.
    /// </summary>
    private static int Score(Route route, HttpRequest request)
    {
        foreach (var (name, value) in route.Template.Query)
        {
            if (!request.Query.TryGetValue(name, out var sent) || (value is not null && sent != value))
            {
                return -1;
            }
        }

        var operation = route.Operation;
        var required = operation.RequiredQuery.Count + operation.RequiredHeaders.Count;
        var isComplete = operation.RequiredQuery.All(request.Query.ContainsKey) && operation.RequiredHeaders.All(request.Headers.ContainsKey);
        return (route.Template.LiteralSegments * 10_000) + (route.Template.Query.Count * 100) + (isComplete ? 50 + required : 0);
    }
}
