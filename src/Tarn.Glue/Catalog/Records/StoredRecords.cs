using Tarn.Contracts.Catalog;

namespace Tarn.Glue.Catalog.Records;

/// <summary>A database as it is kept: what other services see, and what only Glue's clients do.</summary>
internal sealed record StoredDatabase
{
    public required CatalogDatabase Database { get; init; }

    public IReadOnlyList<StoredPermissions>? CreateTableDefaultPermissions { get; init; }

    /// <summary>The database that this one is a resource link to.</summary>
    public StoredLink? Target { get; init; }

    public StoredFederation? Federation { get; init; }
}

/// <summary>One version of a table as it is kept.</summary>
internal sealed record StoredTable
{
    public required CatalogTable Table { get; init; }

    /// <summary>A view's definition in several dialects.</summary>
    public StoredView? View { get; init; }
}

/// <summary>A partition as it is kept; its values are in the key of its row.</summary>
internal sealed record StoredPartition
{
    public DateTimeOffset CreationTime { get; init; }
    public DateTimeOffset? LastAccessTime { get; init; }
    public DateTimeOffset? LastAnalyzedTime { get; init; }
    public StorageDescriptor? StorageDescriptor { get; init; }
    public IReadOnlyDictionary<string, string>? Parameters { get; init; }
}

internal sealed record StoredPermissions(string? Principal, IReadOnlyList<string>? Permissions);

/// <summary>What a resource link points to: a database, or a table when <paramref name="Name"/> is given.</summary>
internal sealed record StoredLink(string? CatalogId, string? DatabaseName, string? Name, string? Region);

internal sealed record StoredFederation(string? Identifier, string? ConnectionName, string? ConnectionType);

internal sealed record StoredView
{
    public bool? IsProtected { get; init; }
    public string? Definer { get; init; }
    public long? ViewVersionId { get; init; }
    public string? ViewVersionToken { get; init; }
    public long? RefreshSeconds { get; init; }
    public string? LastRefreshType { get; init; }
    public IReadOnlyList<string>? SubObjects { get; init; }
    public IReadOnlyList<long>? SubObjectVersionIds { get; init; }
    public IReadOnlyList<StoredViewRepresentation>? Representations { get; init; }
}

internal sealed record StoredViewRepresentation(string? Dialect, string? DialectVersion, string? ViewOriginalText, string? ViewExpandedText, string? ValidationConnection);

/// <summary>A reference into the schema registry.</summary>
internal sealed record StoredSchemaReference(string? SchemaArn, string? SchemaName, string? RegistryName, string? SchemaVersionId, long? SchemaVersionNumber);

internal sealed record StoredFunction
{
    public required string Name { get; init; }
    public string? ClassName { get; init; }
    public string? OwnerName { get; init; }
    public string? FunctionType { get; init; }
    public string? OwnerType { get; init; }
    public IReadOnlyList<StoredResource>? ResourceUris { get; init; }
    public DateTimeOffset CreateTime { get; init; }
}

internal sealed record StoredResource(string? ResourceType, string? Uri);

/// <summary>Statistics of one column. Which of the numbers are there follows from <see cref="Type"/>.</summary>
internal sealed record StoredStatistics
{
    public required string ColumnName { get; init; }
    public required string ColumnType { get; init; }
    public DateTimeOffset AnalyzedTime { get; init; }

    /// <summary>BOOLEAN, DATE, DECIMAL, DOUBLE, LONG, STRING or BINARY.</summary>
    public required string Type { get; init; }

    public long? NumberOfNulls { get; init; }
    public long? NumberOfDistinctValues { get; init; }
    public long? NumberOfTrues { get; init; }
    public long? NumberOfFalses { get; init; }
    public long? MaximumLength { get; init; }
    public double? AverageLength { get; init; }
    public DateTimeOffset? MinimumDate { get; init; }
    public DateTimeOffset? MaximumDate { get; init; }
    public long? MinimumLong { get; init; }
    public long? MaximumLong { get; init; }
    public double? MinimumDouble { get; init; }
    public double? MaximumDouble { get; init; }
    public StoredDecimal? MinimumDecimal { get; init; }
    public StoredDecimal? MaximumDecimal { get; init; }
}

/// <param name="UnscaledValue">Big-endian two's complement.</param>
internal sealed record StoredDecimal(byte[] UnscaledValue, int Scale);
