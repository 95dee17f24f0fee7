using Tarn.Sql.Ddl;
using Tarn.Sql.Tree;

namespace Tarn.Athena.Execution;

/// <summary>StatementType and SubstatementType of a statement, as GetQueryExecution shows them.</summary>
/// <param name="Type"><c>DDL</c>, <c>DML</c> or <c>UTILITY</c>.</param>
/// <param name="Substatement">Null when the text could not be read so far.</param>
internal readonly record struct StatementKind(string Type, string? Substatement)
{
    /// <summary>A statement for Hive's parser that it does not understand.</summary>
    public static readonly StatementKind UnreadableDdl = new("DDL", null);

    /// <summary>A query with syntax that Tarn knows to be Trino's and cannot run.</summary>
    public static readonly StatementKind Unsupported = new("DML", null);

    public static StatementKind Of(Statement statement) => statement switch
    {
        Query => new("DML", "SELECT"),
        Insert => new("DML", "INSERT"),
        CreateTableAsSelect => new("DDL", "CREATE_TABLE_AS_SELECT"),
        Unload => new("DML", "UNLOAD"),
        Delete => new("DML", "DELETE"),
        Update => new("DML", "UPDATE"),
        Merge => new("DML", "MERGE"),
        Optimize => new("DML", "OPTIMIZE"),
        Vacuum => new("DML", "VACUUM"),
        Explain => new("UTILITY", "EXPLAIN"),
        Prepare => new("DDL", "PREPARE"),
        Execute => new("DML", "EXECUTE"),
        Deallocate => new("DDL", "DEALLOCATE"),
        CreateView => new("DDL", "CREATE_VIEW"),
        DropView => new("DDL", "DROP_VIEW"),
        CreateTable => new("DDL", "CREATE_TABLE"),
        DropTable => new("DDL", "DROP_TABLE"),
        CreateDatabase => new("DDL", "CREATE_DATABASE"),
        DropDatabase => new("DDL", "DROP_DATABASE"),
        RepairTable => new("DDL", "MSCK_REPAIR_TABLE"),
        AddPartitions => new("DDL", "ALTER_TABLE_ADD_PARTITION"),
        DropPartitions => new("DDL", "ALTER_TABLE_DROP_PARTITION"),
        ShowDatabases => new("UTILITY", "SHOW_DATABASES"),
        ShowTables => new("UTILITY", "SHOW_TABLES"),
        ShowViews => new("UTILITY", "SHOW_VIEWS"),
        ShowColumns => new("UTILITY", "SHOW_COLUMNS"),
        ShowPartitions => new("UTILITY", "SHOW_PARTITIONS"),
        ShowCreateTable => new("UTILITY", "SHOW_CREATE_TABLE"),
        ShowCreateView => new("UTILITY", "SHOW_CREATE_VIEW"),
        ShowTableProperties => new("UTILITY", "SHOW_TBLPROPERTIES"),
        DescribeTable => new("UTILITY", "DESC_TABLE"),
        DescribeView => new("UTILITY", "DESC_VIEW"),
        DdlStatement => new("DDL", "ALTER_TABLE"),
        _ => new("DML", "SELECT"),
    };
}
