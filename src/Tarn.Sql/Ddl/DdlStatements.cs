using Tarn.Sql.Tree;

namespace Tarn.Sql.Ddl;

/// <summary>A statement of Hive's grammar. Names are folded to lower case, as Hive's metastore keeps them.</summary>
public abstract record DdlStatement(SourcePosition Position) : Statement(Position);

/// <summary>A name with an optional database.</summary>
/// <param name="Database">Null for the database of the session.</param>
public sealed record TableName(string? Database, string Name)
{
    public override string ToString() => Database is null ? Name : $"{Database}.{Name}";
}

/// <param name="Type">Glue's spelling, no blanks: <c>struct&lt;a:int,b:array&lt;string&gt;&gt;</c>, <c>decimal(10,2)</c>.</param>
/// <param name="Comment">Null when there is none.</param>
public sealed record ColumnDefinition(string Name, string Type, string? Comment);

/// <summary>Key and value of a property list, in the order written.</summary>
public sealed record PropertyPair(string Key, string Value);

/// <summary><c>dt = '2020-01-01'</c> in PARTITION (...).</summary>
/// <param name="Operator"><c>=</c>, or in DROP PARTITION also <c>&lt;</c>, <c>&lt;=</c>, <c>&gt;</c>, <c>&gt;=</c>, <c>&lt;&gt;</c>.</param>
public sealed record PartitionValue(string Column, string Operator, string Value);

/// <summary>One PARTITION (...) with its LOCATION; null for none.</summary>
public sealed record PartitionSpecification(NodeList<PartitionValue> Values, string? Location);

public sealed record CreateDatabase(SourcePosition Position, string Name, bool IfNotExists, string? Comment, string? Location, NodeList<PropertyPair> Properties) : DdlStatement(Position);

public sealed record DropDatabase(SourcePosition Position, string Name, bool IfExists, bool Cascade) : DdlStatement(Position);

public sealed record AlterDatabaseProperties(SourcePosition Position, string Name, NodeList<PropertyPair> Properties) : DdlStatement(Position);

/// <summary>How rows are written. Null members were not written.</summary>
/// <param name="SerDe">The class of ROW FORMAT SERDE; null for DELIMITED or for none.</param>
/// <param name="SerDeProperties">WITH SERDEPROPERTIES.</param>
/// <param name="Delimited">Whether ROW FORMAT DELIMITED was written.</param>
public sealed record RowFormat(
    string? SerDe,
    NodeList<PropertyPair> SerDeProperties,
    bool Delimited,
    string? FieldsTerminatedBy,
    string? EscapedBy,
    string? CollectionItemsTerminatedBy,
    string? MapKeysTerminatedBy,
    string? LinesTerminatedBy,
    string? NullDefinedAs);

/// <param name="Format">STORED AS one word, upper case; null when INPUTFORMAT and OUTPUTFORMAT were written.</param>
public sealed record StorageFormat(string? Format, string? InputFormat, string? OutputFormat);

public sealed record SortColumn(string Name, bool Descending);

public sealed record Bucketing(NodeList<string> Columns, NodeList<SortColumn> SortedBy, int Buckets);

/// <param name="External">CREATE EXTERNAL TABLE; without the word only Iceberg tables may be made.</param>
/// <param name="PartitionTransforms">For Iceberg: <c>day(ts)</c>, <c>bucket(16, id)</c> or a column, as written. Empty when partition columns have types.</param>
public sealed record CreateTable(
    SourcePosition Position,
    TableName Name,
    bool External,
    bool IfNotExists,
    NodeList<ColumnDefinition> Columns,
    string? Comment,
    NodeList<ColumnDefinition> PartitionColumns,
    NodeList<string> PartitionTransforms,
    Bucketing? Bucketing,
    RowFormat? RowFormat,
    StorageFormat? Storage,
    string? Location,
    NodeList<PropertyPair> Properties) : DdlStatement(Position);

public sealed record DropTable(SourcePosition Position, TableName Name, bool IfExists) : DdlStatement(Position);

public sealed record AddPartitions(SourcePosition Position, TableName Table, bool IfNotExists, NodeList<PartitionSpecification> Partitions) : DdlStatement(Position);

public sealed record DropPartitions(SourcePosition Position, TableName Table, bool IfExists, NodeList<PartitionSpecification> Partitions) : DdlStatement(Position);

public sealed record RenamePartition(SourcePosition Position, TableName Table, PartitionSpecification From, PartitionSpecification To) : DdlStatement(Position);

/// <param name="Partition">Null for the table itself.</param>
public sealed record AddColumns(SourcePosition Position, TableName Table, PartitionSpecification? Partition, NodeList<ColumnDefinition> Columns) : DdlStatement(Position);

/// <param name="Partition">Null for the table itself.</param>
public sealed record ReplaceColumns(SourcePosition Position, TableName Table, PartitionSpecification? Partition, NodeList<ColumnDefinition> Columns) : DdlStatement(Position);

public sealed record DropColumn(SourcePosition Position, TableName Table, string Column) : DdlStatement(Position);

/// <param name="First">Moved to the front.</param>
/// <param name="After">Moved behind this column; null for not moved.</param>
public sealed record ChangeColumn(SourcePosition Position, TableName Table, string Column, ColumnDefinition Definition, bool First, string? After) : DdlStatement(Position);

/// <param name="Partition">Null for the table itself.</param>
public sealed record SetLocation(SourcePosition Position, TableName Table, PartitionSpecification? Partition, string Location) : DdlStatement(Position);

public sealed record SetTableProperties(SourcePosition Position, TableName Table, NodeList<PropertyPair> Properties) : DdlStatement(Position);

public sealed record UnsetTableProperties(SourcePosition Position, TableName Table, bool IfExists, NodeList<string> Keys) : DdlStatement(Position);

public sealed record RenameTable(SourcePosition Position, TableName Table, TableName NewName) : DdlStatement(Position);

public sealed record RepairTable(SourcePosition Position, TableName Table) : DdlStatement(Position);

/// <param name="Pattern">Hive's pattern with <c>|</c> and <c>*</c>; null for all.</param>
public sealed record ShowDatabases(SourcePosition Position, string? Pattern) : DdlStatement(Position);

/// <param name="Database">Null for the session's.</param>
/// <param name="Pattern">Hive's pattern with <c>|</c> and <c>*</c>; null for all.</param>
public sealed record ShowTables(SourcePosition Position, string? Database, string? Pattern) : DdlStatement(Position);

/// <param name="Database">Null for the session's.</param>
/// <param name="Pattern">Hive's pattern with <c>|</c> and <c>*</c>; null for all.</param>
public sealed record ShowViews(SourcePosition Position, string? Database, string? Pattern) : DdlStatement(Position);

/// <param name="Partition">Null for all.</param>
public sealed record ShowPartitions(SourcePosition Position, TableName Table, PartitionSpecification? Partition) : DdlStatement(Position);

public sealed record ShowColumns(SourcePosition Position, TableName Table) : DdlStatement(Position);

public sealed record ShowCreateTable(SourcePosition Position, TableName Table) : DdlStatement(Position);

public sealed record ShowCreateView(SourcePosition Position, TableName View) : DdlStatement(Position);

/// <param name="Key">Null for all.</param>
public sealed record ShowTableProperties(SourcePosition Position, TableName Table, string? Key) : DdlStatement(Position);

public enum DescribeDetail
{
    Plain,
    Extended,
    Formatted,
}

/// <param name="Partition">Null for the table itself.</param>
/// <param name="ColumnPath">A column with fields behind dots; null for all columns.</param>
public sealed record DescribeTable(SourcePosition Position, TableName Table, DescribeDetail Detail, PartitionSpecification? Partition, string? ColumnPath) : DdlStatement(Position);

public sealed record DescribeView(SourcePosition Position, TableName View) : DdlStatement(Position);
