using System.Text.Json.Serialization;
using Tarn.Contracts.Catalog;
using Tarn.Sql.Scans;

namespace Tarn.Worker.Plans;

/// <summary>What the server asks of a worker: one line of JSON on its standard input. When the input ends, the worker ends.</summary>
public sealed record PlanRequest
{
    /// <summary>Every node before those that read it.</summary>
    public required IReadOnlyList<PlanNode> Nodes { get; init; }

    /// <summary>What sources read, by node id.</summary>
    public required IReadOnlyDictionary<string, NodeInput> Inputs { get; init; }

    /// <summary>Where targets and spigots write, by node id.</summary>
    public required IReadOnlyDictionary<string, NodeOutput> Outputs { get; init; }

    /// <summary>Bytes for the engine's buffers.</summary>
    public required long MemoryBytesMax { get; init; }

    public required int Threads { get; init; }

    /// <summary>An existing folder for what does not fit in memory.</summary>
    public required string TempDirectory { get; init; }

    /// <summary>Bytes that may go to it.</summary>
    public required long TempBytesMax { get; init; }
}

/// <summary>The files of a source.</summary>
public sealed record NodeInput
{
    /// <summary>Absolute local paths.</summary>
    public required IReadOnlyList<InputFile> Files { get; init; }

    /// <summary>Names of the partition columns; values stand with each file.</summary>
    public IReadOnlyList<TableColumn> PartitionColumns { get; init; } = [];

    /// <summary>The table that the files belong to; null for plain files.</summary>
    public TableFormat? Table { get; init; }
}

/// <param name="Partition">A value per partition column, null for the null partition.</param>
public sealed record InputFile(string Path, string? Compression, IReadOnlyList<string?> Partition);

/// <param name="HiveType">Such as <c>struct&lt;a:int&gt;</c>.</param>
public sealed record TableColumn(string Name, string HiveType);

/// <summary>How a table of the catalog is held in files.</summary>
/// <param name="Format">csv, json or parquet.</param>
/// <param name="Csv">Null for other formats.</param>
/// <param name="SkipsHeaderLine">Of CSV: the first line of each file is no row.</param>
public sealed record TableFormat(string Format, IReadOnlyList<TableColumn> Columns, CsvFormat? Csv, bool SkipsHeaderLine)
{
    /// <summary>The table, where it is read as Athena reads it but for <see cref="ScanDialect.Glue"/>; null for CSV with quotes, which Glue reads in its own way.</summary>
    public CatalogTable? Scanned { get; init; }
}

/// <summary>Where and how a target writes.</summary>
public sealed record NodeOutput
{
    /// <summary>An existing empty folder.</summary>
    public required string Directory { get; init; }

    /// <summary>csv, json or parquet.</summary>
    public required string Format { get; init; }

    public string? Compression { get; init; }

    /// <summary>Of CSV; null for others.</summary>
    public CsvFormat? Csv { get; init; }

    public IReadOnlyList<string> PartitionKeys { get; init; } = [];

    public int? FileCount { get; init; }

    /// <summary>
    /// The columns of the table that is written, whose types the rows are brought to, in this order; null writes the columns as they come.
    /// </summary>
    public IReadOnlyList<TableColumn>? TableColumns { get; init; }

    /// <summary>True writes columns that <see cref="TableColumns"/> does not have, behind them; false drops them.</summary>
    public bool KeepsNewColumns { get; init; }
}

/// <summary>What a worker answers: lines of JSON on its standard output, ending with <see cref="PlanDone"/> or <see cref="PlanFailed"/>.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "event")]
[JsonDerivedType(typeof(PlanLog), "log")]
[JsonDerivedType(typeof(PlanProgress), "progress")]
[JsonDerivedType(typeof(PlanWritten), "written")]
[JsonDerivedType(typeof(PlanFailed), "failed")]
[JsonDerivedType(typeof(PlanDone), "done")]
public abstract record PlanEvent;

/// <param name="IsWarning">Warnings go to the error log of the run.</param>
public sealed record PlanLog(string Text, bool IsWarning) : PlanEvent;

/// <param name="NodeId">The target that is being written.</param>
/// <param name="Percent">0 to 100, or null while it is not known.</param>
public sealed record PlanProgress(string NodeId, double? Percent) : PlanEvent;

/// <summary>A target is finished.</summary>
/// <param name="Columns">With their Hive types, without partition keys.</param>
/// <param name="PartitionColumns">Keys with their Hive types.</param>
public sealed record PlanWritten(string NodeId, long RowCount, IReadOnlyList<TableColumn> Columns, IReadOnlyList<TableColumn> PartitionColumns, IReadOnlyList<WrittenFile> Files) : PlanEvent;

/// <param name="Partition">A value per partition key; null for the null partition.</param>
public sealed record WrittenFile(string Path, IReadOnlyList<string?> Partition, long Bytes);

/// <param name="NodeId">The node at fault; null when none is.</param>
/// <param name="Kind">Short: <c>OutOfMemory</c>, <c>DiskFull</c>, <c>Data</c>, <c>Plan</c>, <c>Internal</c>.</param>
public sealed record PlanFailed(string? NodeId, string Kind, string Message) : PlanEvent;

public sealed record PlanDone : PlanEvent;

/// <summary>Serialisers made at compile time, because a worker's whole life may be shorter than their making at run time.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PlanRequest))]
[JsonSerializable(typeof(PlanEvent))]
[JsonSerializable(typeof(IReadOnlyList<PlanNode>))]
[JsonSerializable(typeof(CsvSource))]
[JsonSerializable(typeof(JsonSource))]
[JsonSerializable(typeof(ParquetSource))]
[JsonSerializable(typeof(CatalogTableSource))]
[JsonSerializable(typeof(ApplyMapping))]
[JsonSerializable(typeof(SelectFields))]
[JsonSerializable(typeof(DropFields))]
[JsonSerializable(typeof(RenameField))]
[JsonSerializable(typeof(Filter))]
[JsonSerializable(typeof(Join))]
[JsonSerializable(typeof(Union))]
[JsonSerializable(typeof(Aggregate))]
[JsonSerializable(typeof(DropDuplicates))]
[JsonSerializable(typeof(DropNullFields))]
[JsonSerializable(typeof(FillMissingValues))]
[JsonSerializable(typeof(SplitFields))]
[JsonSerializable(typeof(SelectFromCollection))]
[JsonSerializable(typeof(Spigot))]
[JsonSerializable(typeof(SparkSql))]
[JsonSerializable(typeof(FolderTarget))]
[JsonSerializable(typeof(CatalogTableTarget))]
public sealed partial class PlanJson : JsonSerializerContext;
