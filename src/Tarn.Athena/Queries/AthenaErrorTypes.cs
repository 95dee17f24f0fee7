namespace Tarn.Athena.Queries;

/// <summary>Numbers of AthenaError: the categories, and the types that clients tell apart. From AWS's Athena error reference.</summary>
internal static class AthenaErrorTypes
{
    public const int System = 1;
    public const int User = 2;

    public const int InternalError = 100;
    public const int Timeout = 206;
    public const int ResultWrite = 401;
    public const int UserError = 1000;
    public const int BadData = 1001;
    public const int DdlFailed = 1003;
    public const int Syntax = 1006;
    public const int Cancelled = 1014;
    public const int FunctionArgument = 1106;
    public const int PathExists = 1109;
    public const int TableMissing = 1110;
    public const int NotSupported = 1200;
    public const int NotFound = 1300;
    public const int FunctionMissing = 1303;
    public const int BucketMissing = 1306;
    public const int Permission = 1500;
    public const int ExhaustedResources = 1;

    /// <summary>The type for an error name of Trino or Hive.</summary>
    public static int Of(string code) => code switch
    {
        "SYNTAX_ERROR" or "COLUMN_NOT_FOUND" or "AMBIGUOUS_NAME" or "EXPRESSION_NOT_AGGREGATE" or "TYPE_MISMATCH" => Syntax,
        "TABLE_NOT_FOUND" or "SCHEMA_NOT_FOUND" or "CATALOG_NOT_FOUND" => TableMissing,
        "FUNCTION_NOT_FOUND" => FunctionMissing,
        "NOT_SUPPORTED" => NotSupported,
        "INVALID_FUNCTION_ARGUMENT" or "INVALID_CAST_ARGUMENT" or "NUMERIC_VALUE_OUT_OF_RANGE" or "DIVISION_BY_ZERO" => FunctionArgument,
        "HIVE_BAD_DATA" or "HIVE_CURSOR_ERROR" or "HIVE_PARTITION_SCHEMA_MISMATCH" => BadData,
        "HIVE_PATH_ALREADY_EXISTS" => PathExists,
        "EXCEEDED_TIME_LIMIT" => Timeout,
        "EXCEEDED_LOCAL_MEMORY_LIMIT" or "HIVE_TOO_MANY_OPEN_PARTITIONS" => ExhaustedResources,
        "NoSuchBucket" => BucketMissing,
        "AccessDenied" => Permission,
        "FAILED" => DdlFailed,
        _ => UserError,
    };
}
