namespace Tarn.Wire.Dispatch;

/// <summary>What the edge must know of an AWS service: names and the protocol. Generated from models/ as <c>XxxModel.Service</c>.</summary>
public sealed record ServiceModel
{
    private IReadOnlyList<string>? operationNames;

    /// <summary>The folder name of the model, such as <c>glue</c>.</summary>
    public required string Name { get; init; }

    /// <summary>AWS's own name, such as <c>AWS Glue</c>.</summary>
    public required string FullName { get; init; }

    /// <summary>The service name in credential scopes.</summary>
    public required string SigningName { get; init; }

    /// <summary><c>json</c>, <c>rest-xml</c>, <c>rest-json</c>, <c>query</c> or <c>smithy-rpc-v2-cbor</c>.</summary>
    public required string Protocol { get; init; }

    /// <summary>Such as <c>2017-03-31</c>.</summary>
    public required string ApiVersion { get; init; }

    /// <summary>1.0 or 1.1; null where the protocol is not AWS JSON.</summary>
    public string? JsonVersion { get; init; }

    /// <summary>The first part of <c>X-Amz-Target</c>; null where the protocol has none.</summary>
    public string? TargetPrefix { get; init; }

    public string? XmlNamespace { get; init; }

    /// <summary>Every operation of the model, built or not, in order.</summary>
    public required IReadOnlyList<OperationModel> Operations { get; init; }

    /// <summary>The names of <see cref="Operations"/>.</summary>
    public IReadOnlyList<string> OperationNames => operationNames ??= [.. Operations.Select(operation => operation.Name)];
}

/// <summary>One operation as the wire sees it.</summary>
/// <param name="Method">The HTTP method; REST protocols only, the others post.</param>
/// <param name="Uri">The template of path and query, such as <c>/{Bucket}/{Key+}?tagging</c>.</param>
/// <param name="StatusCode">The HTTP status of success.</param>
public sealed record OperationModel(string Name, string Method = "POST", string Uri = "/", int StatusCode = 200)
{
    /// <summary>Query parameters that the input requires: they tell operations with the same template apart.</summary>
    public IReadOnlyList<string> RequiredQuery { get; init; } = [];

    /// <summary>Headers that the input requires.</summary>
    public IReadOnlyList<string> RequiredHeaders { get; init; } = [];
}

/// <summary>One operation of a model whose answer is a stream of events. Generated from models/ as <c>XxxModel.OperationName</c>.</summary>
/// <param name="exceptions">The errors that the model lets end the stream, by AWS name.</param>
public sealed class EventStreamOperation<TInput, TOutput>(string name, params string[] exceptions)
    where TInput : class
    where TOutput : class
{
    public string Name { get; } = name;

    public IReadOnlyList<string> Exceptions { get; } = exceptions;
}

/// <summary>One operation of a model, with its shapes. Generated from models/ as <c>XxxModel.OperationName</c>.</summary>
public sealed class Operation<TInput, TOutput>(string name)
    where TInput : class
    where TOutput : class
{
    public string Name { get; } = name;
}
