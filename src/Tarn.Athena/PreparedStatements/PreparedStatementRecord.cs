namespace Tarn.Athena.PreparedStatements;

/// <summary>A prepared statement of a workgroup as it is stored.</summary>
internal sealed record PreparedStatementRecord
{
    public required string Name { get; init; }
    public required string WorkGroup { get; init; }
    public required string QueryStatement { get; init; }
    public string? Description { get; init; }
    public DateTimeOffset LastModified { get; init; }
}
