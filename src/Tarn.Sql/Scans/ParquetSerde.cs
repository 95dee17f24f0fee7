using Tarn.Sql.Types;

namespace Tarn.Sql.Scans;

/// <summary>
/// Parquet by column name without case, whatever order and types the file has: DuckDB's <c>schema</c> option finds fields by name, nested ones too,
/// widens types and gives NULL where a file lacks a column.
/// </summary>
internal sealed class ParquetSerde : ISerde
{
    public const string Library = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe";

    public IReadOnlyList<string> Libraries { get; } = [Library, "parquet.hive.serde.ParquetHiveSerDe"];

    public string Select(SerdeInput input)
    {
        if (input.Flag("parquet.column.index.access", defaultValue: false))
        {
            throw new SqlException("NOT_SUPPORTED", "parquet.column.index.access is not read by Tarn yet: columns are found by name");
        }

        if (input.Columns.Count == 0)
        {
            // Counting needs no column; the footers have the number.
            return $"SELECT filename FROM read_parquet({input.Paths}, filename = true, union_by_name = true, hive_partitioning = false)";
        }

        var fields = input.Columns.Select(column =>
        {
            var name = LiteralSql.Text(column.Name);
            return $"{name}: {{name: {name}, type: {LiteralSql.Text(DuckDbTypes.Name(column.Type))}, default_value: NULL}}";
        });
        var items = input.Columns.Select(column => $"{Value(column)} AS {LiteralSql.Identifier(column.Name)}");
        return $"SELECT {string.Join(", ", items)}, filename FROM read_parquet({input.Paths}, filename = true, schema = MAP {{{string.Join(", ", fields)}}})";
    }

    /// <summary>Hive's timestamps are milliseconds, a file's may be microseconds: half up, as Trino does.</summary>
    private static string Value(ScanColumn column)
    {
        var name = LiteralSql.Identifier(column.Name);
        return column.Type is TimestampType { Precision: 3, WithTimeZone: false }
            ? $"CASE WHEN epoch_us({name}) % 1000 = 0 THEN {name} ELSE make_timestamp(CAST(floor((epoch_us({name}) + 500) / 1000) AS BIGINT) * 1000) END"
            : column.Type is CharType ? $"rtrim({name}, ' ')" : name;
    }
}
