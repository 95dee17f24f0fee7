namespace Tarn.Wire.Dispatch;

/// <summary>What the edge must know of an AWS service: names and the protocol. Generated from models/ as <c>XxxModel.Service</c>.</summary>
/// <param name="Name">The folder name of the model, such as <c>glue</c>.</param>
/// <param name="SigningName">The service name in credential scopes.</param>
/// <param name="TargetPrefix">The first part of <c>X-Amz-Target</c>; null where the protocol has none.</param>
/// <param name="OperationNames">Every operation of the model, built or not, in order.</param>
public sealed record ServiceModel(string Name, string SigningName, string Protocol, string? TargetPrefix, string? XmlNamespace, IReadOnlyList<string> OperationNames);

/// <summary>One operation of a model, with its shapes. Generated from models/ as <c>XxxModel.OperationName</c>.</summary>
public sealed class Operation<TInput, TOutput>(string name)
    where TInput : class
    where TOutput : class
{
    public string Name { get; } = name;
}
