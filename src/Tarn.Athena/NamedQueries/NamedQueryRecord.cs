namespace Tarn.Athena.NamedQueries;

/// <summary>A saved query as it is stored.</summary>
internal sealed record NamedQueryRecord
{
    /// <summary>A UUID.</summary>
    public required string Id { get; init; }
    public required string Name { get; init; }
    public string? Description { get; init; }
    public required string Database { get; init; }
    public required string QueryString { get; init; }
    public required string WorkGroup { get; init; }
}
