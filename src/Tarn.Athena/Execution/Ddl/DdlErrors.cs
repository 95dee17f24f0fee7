using Tarn.Contracts;
using Tarn.Sql;

namespace Tarn.Athena.Execution.Ddl;

/// <summary>Failures of DDL in the words of Hive, which answers DDL in Athena. The code is part of the text: <c>FAILED: ...</c>.</summary>
internal static class DdlErrors
{
    public static SqlException DatabaseNotFound(string name) => new("FAILED", $"SemanticException [Error 10072]: Database does not exist: {name}");

    public static SqlException TableNotFound(string database, string table) => new("FAILED", $"SemanticException [Error 10001]: Table not found {database}.{table}");

    public static SqlException Semantic(string message) => new("FAILED", "SemanticException " + message);

    public static SqlException Execution(string message) => new("FAILED", "Execution Error, return code 1 from org.apache.hadoop.hive.ql.exec.DDLTask. " + message);

    /// <summary>A statement that parses and is not built.</summary>
    public static SqlException NotBuilt(string what) => new("NOT_SUPPORTED", $"{what} is not built in Tarn yet.");

    /// <summary>The catalog's refusal, as Hive's metastore client words it.</summary>
    public static SqlException Of(AwsException e) => Execution($"{e.Code.Replace("Exception", "", StringComparison.Ordinal)}Exception(message:{e.Message})");
}
