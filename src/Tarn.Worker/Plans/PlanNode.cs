using System.Text.Json.Serialization;

namespace Tarn.Worker.Plans;

/// <summary>
/// A node of a visual job, parsed: what the job stores, the worker runs and the script is written from. A path is a list of names, from a column
/// inwards. A closed family; one record per kind of <c>CodeGenConfigurationNode</c> that is built.
/// </summary>
[JsonConverter(typeof(PlanNodeConverter))]
public abstract record PlanNode
{
    /// <summary>The key of the node in the graph, such as <c>node-1</c>.</summary>
    public required string Id { get; init; }

    /// <summary>What the user called it.</summary>
    public required string Name { get; init; }

    /// <summary>Ids of the nodes that it reads, in order.</summary>
    public IReadOnlyList<string> Inputs { get; init; } = [];
}

/// <summary>Files of S3 paths.</summary>
public abstract record FileSource : PlanNode
{
    public required IReadOnlyList<string> Paths { get; init; }

    /// <summary>Globs of keys that are left out.</summary>
    public IReadOnlyList<string> Exclusions { get; init; } = [];

    /// <summary>False reads only files that lie directly in the paths.</summary>
    public bool IsRecursive { get; init; } = true;

    /// <summary><c>gzip</c>; null goes by the file's name.</summary>
    public string? Compression { get; init; }
}

public sealed record CsvSource : FileSource
{
    public required CsvFormat Format { get; init; }
}

/// <summary>How CSV is written down.</summary>
/// <param name="Separator">One character.</param>
/// <param name="Quote">One character, or null for no quoting.</param>
/// <param name="Escape">One character, or null where quotes are doubled.</param>
/// <param name="IsMultiline">A quoted value may hold line ends.</param>
/// <param name="HasHeader">The first line of each file holds the names.</param>
/// <param name="SkipsFirstLine">The first line is dropped and names nothing.</param>
public sealed record CsvFormat(string Separator, string? Quote, string? Escape, bool IsMultiline, bool HasHeader, bool SkipsFirstLine);

public sealed record JsonSource : FileSource
{
    /// <summary>Names from the document inwards to the records; empty when each document is a record or an array of them.</summary>
    public IReadOnlyList<string> RecordPath { get; init; } = [];
}

public sealed record ParquetSource : FileSource;

/// <summary>A table of the Data Catalog. Its relation is made by the server, which knows the table (see <see cref="NodeInput.Table"/>).</summary>
public sealed record CatalogTableSource : PlanNode
{
    public required string Database { get; init; }
    public required string Table { get; init; }

    /// <summary>A filter over the partition keys, in the grammar of GetPartitions; null for all.</summary>
    public string? PartitionPredicate { get; init; }

    /// <summary>True for S3CatalogSource, false for CatalogSource; for the script only.</summary>
    public bool IsS3 { get; init; }
}

/// <param name="ToKey">The new name; dots nest, unless in backticks.</param>
/// <param name="FromPath">Empty for a struct that only holds <paramref name="Children"/>.</param>
/// <param name="FromType">Values of another kind are dropped; null takes any.</param>
/// <param name="ToType">Null keeps the type.</param>
public sealed record FieldMapping(string? ToKey, IReadOnlyList<string> FromPath, string? FromType, string? ToType, bool IsDropped, IReadOnlyList<FieldMapping> Children);

public sealed record ApplyMapping : PlanNode
{
    public required IReadOnlyList<FieldMapping> Mappings { get; init; }
}

public sealed record SelectFields : PlanNode
{
    public required IReadOnlyList<IReadOnlyList<string>> Paths { get; init; }
}

public sealed record DropFields : PlanNode
{
    public required IReadOnlyList<IReadOnlyList<string>> Paths { get; init; }
}

public sealed record RenameField : PlanNode
{
    public required IReadOnlyList<string> SourcePath { get; init; }
    public required IReadOnlyList<string> TargetPath { get; init; }
}

/// <param name="Operation">EQ LT GT LTE GTE REGEX ISNULL.</param>
public sealed record FilterCondition(string Operation, bool IsNegated, IReadOnlyList<FilterOperand> Operands);

/// <param name="IsColumn">True for a path, false for a constant, which is the only element.</param>
public sealed record FilterOperand(bool IsColumn, IReadOnlyList<string> Value);

public sealed record Filter : PlanNode
{
    public required bool IsAnd { get; init; }
    public required IReadOnlyList<FilterCondition> Conditions { get; init; }
}

public sealed record Join : PlanNode
{
    /// <summary>equijoin left right outer leftsemi leftanti.</summary>
    public required string JoinType { get; init; }
    public required IReadOnlyList<IReadOnlyList<string>> LeftKeys { get; init; }
    public required IReadOnlyList<IReadOnlyList<string>> RightKeys { get; init; }
}

public sealed record Union : PlanNode
{
    public required bool IsDistinct { get; init; }
}

public sealed record AggregateField(IReadOnlyList<string> Path, string Function);

public sealed record Aggregate : PlanNode
{
    public required IReadOnlyList<IReadOnlyList<string>> Groups { get; init; }
    public required IReadOnlyList<AggregateField> Aggregates { get; init; }
}

public sealed record DropDuplicates : PlanNode
{
    /// <summary>Empty compares whole rows.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Columns { get; init; } = [];
}

public sealed record DropNullFields : PlanNode
{
    /// <summary>Texts that count as null beside NULL: an empty text, <c>null</c>, <c>-1</c>, and the user's own.</summary>
    public IReadOnlyList<string> NullTexts { get; init; } = [];
}

public sealed record FillMissingValues : PlanNode
{
    public required string ImputedPath { get; init; }
    public required string FilledPath { get; init; }
}

public sealed record SplitFields : PlanNode
{
    public required IReadOnlyList<IReadOnlyList<string>> Paths { get; init; }
}

public sealed record SelectFromCollection : PlanNode
{
    public required int Index { get; init; }
}

public sealed record Spigot : PlanNode
{
    public required string Path { get; init; }

    /// <summary>The most rows that are written.</summary>
    public int RowsMax { get; init; } = 100;

    /// <summary>The chance of each row to be taken, 0 to 1.</summary>
    public double Probability { get; init; } = 1;
}

public sealed record SparkSql : PlanNode
{
    public required string Query { get; init; }

    /// <summary>Table names of the query, by the id of the input that they stand for.</summary>
    public required IReadOnlyDictionary<string, string> Aliases { get; init; }
}

/// <summary>A node that writes.</summary>
public abstract record Target : PlanNode
{
    public IReadOnlyList<string> PartitionKeys { get; init; } = [];
}

/// <summary>Files below an S3 path.</summary>
public sealed record FolderTarget : Target
{
    public required string Path { get; init; }

    /// <summary>csv, json or parquet.</summary>
    public required string Format { get; init; }

    /// <summary>gzip, snappy, uncompressed, ...; null for the format's default.</summary>
    public string? Compression { get; init; }

    /// <summary>How many files (of each partition: at most); null leaves it to the engine.</summary>
    public int? FileCount { get; init; }

    /// <summary>The table that is made or changed; null for none.</summary>
    public CatalogUpdate? Update { get; init; }

    /// <summary>True for S3GlueParquetTarget; for the script only.</summary>
    public bool IsGlueParquet { get; init; }
}

/// <summary>The files of a table of the Data Catalog, which must be there.</summary>
public sealed record CatalogTableTarget : Target
{
    public required string Database { get; init; }
    public required string Table { get; init; }

    /// <summary>True adds partitions, and columns unless <see cref="IsLogOnly"/>.</summary>
    public bool UpdatesCatalog { get; init; }

    public bool IsLogOnly { get; init; }

    /// <summary>True for S3CatalogTarget, false for CatalogTarget; for the script only.</summary>
    public bool IsS3 { get; init; }
}

/// <param name="IsLogOnly">True leaves the table's columns alone and adds partitions only.</param>
public sealed record CatalogUpdate(string Database, string Table, bool IsLogOnly);
