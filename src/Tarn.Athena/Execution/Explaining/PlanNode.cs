namespace Tarn.Athena.Execution.Explaining;

/// <summary>A step of a query as EXPLAIN shows it.</summary>
/// <param name="Name">Trino's word for it: <c>TableScan</c>, <c>InnerJoin</c>, <c>Aggregate</c>, ...</param>
/// <param name="Descriptor">What it works with, in the order in which it is shown.</param>
internal sealed record PlanNode(string Name, IReadOnlyList<KeyValuePair<string, string>> Descriptor, IReadOnlyList<PlanNode> Children)
{
    /// <summary>Name and type of each column that it gives; empty where only the whole query's are known.</summary>
    public IReadOnlyList<(string Name, string Type)> Outputs { get; init; } = [];

    public static PlanNode Of(string name, IEnumerable<(string Key, string Value)> descriptor, params IReadOnlyList<PlanNode> children) =>
        new(name, [.. descriptor.Where(entry => entry.Value.Length > 0).Select(entry => KeyValuePair.Create(entry.Key, entry.Value))], children);
}
