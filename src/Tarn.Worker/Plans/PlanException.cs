namespace Tarn.Worker.Plans;

/// <summary>A plan that cannot be made or run, said to the user.</summary>
/// <param name="nodeId">The node at fault; null when none is.</param>
public sealed class PlanException(string? nodeId, string message) : Exception(message)
{
    public string? NodeId { get; } = nodeId;
}
