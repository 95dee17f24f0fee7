namespace Tarn.Contracts.Catalog;

/// <summary>A database of the Glue Data Catalog. Names are lower case.</summary>
public sealed record CatalogDatabase
{
    public required string Name { get; init; }
    public string? Description { get; init; }
    public string? LocationUri { get; init; }
    public IReadOnlyDictionary<string, string> Parameters { get; init; } = Empty.Parameters;
    public DateTimeOffset CreateTime { get; init; }
}

/// <summary>A table of the Glue Data Catalog, one version of it. Names are lower case.</summary>
public sealed record CatalogTable
{
    public required string DatabaseName { get; init; }
    public required string Name { get; init; }
    public string? Description { get; init; }
    public string? Owner { get; init; }
    public DateTimeOffset CreateTime { get; init; }
    public DateTimeOffset UpdateTime { get; init; }
    public DateTimeOffset? LastAccessTime { get; init; }
    public DateTimeOffset? LastAnalyzedTime { get; init; }
    public int Retention { get; init; }
    public StorageDescriptor? StorageDescriptor { get; init; }
    public IReadOnlyList<CatalogColumn> PartitionKeys { get; init; } = [];
    public string? ViewOriginalText { get; init; }
    public string? ViewExpandedText { get; init; }

    /// <summary><c>EXTERNAL_TABLE</c>, <c>VIRTUAL_VIEW</c>, ...; null when the client gave none.</summary>
    public string? TableType { get; init; }

    public IReadOnlyDictionary<string, string> Parameters { get; init; } = Empty.Parameters;
    public string? CreatedBy { get; init; }

    /// <summary>A decimal number from 0, one more with each update.</summary>
    public string VersionId { get; init; } = "0";

    /// <summary>TargetTable of a resource link, as JSON; null for an ordinary table.</summary>
    public string? TargetTableJson { get; init; }
}

/// <summary>A partition: its values stand in the order of the table's partition keys.</summary>
public sealed record CatalogPartition
{
    public required string DatabaseName { get; init; }
    public required string TableName { get; init; }
    public required IReadOnlyList<string> Values { get; init; }
    public DateTimeOffset CreationTime { get; init; }
    public DateTimeOffset? LastAccessTime { get; init; }
    public DateTimeOffset? LastAnalyzedTime { get; init; }
    public StorageDescriptor? StorageDescriptor { get; init; }
    public IReadOnlyDictionary<string, string> Parameters { get; init; } = Empty.Parameters;
}

/// <summary>A column: its type is a Hive type string such as <c>struct&lt;a:int,b:array&lt;string&gt;&gt;</c>; null when the client gave none.</summary>
public sealed record CatalogColumn(string Name, string? Type, string? Comment = null)
{
    public IReadOnlyDictionary<string, string>? Parameters { get; init; }
}

/// <summary>Where a table's or a partition's files are and how they are read.</summary>
public sealed record StorageDescriptor
{
    public IReadOnlyList<CatalogColumn> Columns { get; init; } = [];
    public string? Location { get; init; }
    public IReadOnlyList<string>? AdditionalLocations { get; init; }
    public string? InputFormat { get; init; }
    public string? OutputFormat { get; init; }
    public bool Compressed { get; init; }
    public int NumberOfBuckets { get; init; }
    public SerDeInfo? SerdeInfo { get; init; }
    public IReadOnlyList<string>? BucketColumns { get; init; }
    public IReadOnlyList<SortColumn>? SortColumns { get; init; }
    public IReadOnlyDictionary<string, string>? Parameters { get; init; }
    public SkewedInfo? SkewedInfo { get; init; }
    public bool StoredAsSubDirectories { get; init; }

    /// <summary>SchemaReference as JSON; null for none. Kept and given back; it points into the schema registry.</summary>
    public string? SchemaReferenceJson { get; init; }
}

public sealed record SerDeInfo(string? Name, string? SerializationLibrary, IReadOnlyDictionary<string, string>? Parameters);

/// <param name="SortOrder">1 ascending, 0 descending.</param>
public sealed record SortColumn(string Column, int SortOrder);

public sealed record SkewedInfo(IReadOnlyList<string>? ColumnNames, IReadOnlyList<string>? ColumnValues, IReadOnlyDictionary<string, string>? ColumnValueLocationMaps);

internal static class Empty
{
    public static readonly IReadOnlyDictionary<string, string> Parameters = new Dictionary<string, string>();
}
