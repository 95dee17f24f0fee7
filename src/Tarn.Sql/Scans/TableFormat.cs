using Tarn.Contracts.Catalog;

namespace Tarn.Sql.Scans;

/// <summary>How the files of a table or a partition are read.</summary>
internal enum TableFormat
{
    /// <summary>LazySimpleSerDe: delimiters, no quotes.</summary>
    DelimitedText,

    /// <summary>OpenCSVSerde: quotes.</summary>
    QuotedText,

    /// <summary>org.openx.data.jsonserde.JsonSerDe: an object a line, forgiving.</summary>
    OpenXJson,

    /// <summary>org.apache.hive.hcatalog.data.JsonSerDe: an object a line.</summary>
    HiveJson,
    Parquet,
}

internal static class TableFormats
{
    public static TableFormat Of(StorageDescriptor storage, string table)
    {
        var library = storage.SerdeInfo?.SerializationLibrary;
        return library switch
        {
            "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe" => TableFormat.DelimitedText,
            null or "" when storage.InputFormat is null or "org.apache.hadoop.mapred.TextInputFormat" => TableFormat.DelimitedText,
            "org.apache.hadoop.hive.serde2.OpenCSVSerde" or "com.bizo.hive.serde.csv.CSVSerde" => TableFormat.QuotedText,
            "org.openx.data.jsonserde.JsonSerDe" => TableFormat.OpenXJson,
            "org.apache.hive.hcatalog.data.JsonSerDe" or "org.apache.hadoop.hive.serde2.JsonSerDe" => TableFormat.HiveJson,
            "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe" => TableFormat.Parquet,
            _ when storage.InputFormat?.Contains("parquet", StringComparison.OrdinalIgnoreCase) == true => TableFormat.Parquet,
            _ => throw new SqlException(
                "HIVE_UNSUPPORTED_FORMAT",
                $"Unable to create input format {storage.InputFormat}: SerDe {library} of table {table} is not supported by Tarn yet"),
        };
    }
}
