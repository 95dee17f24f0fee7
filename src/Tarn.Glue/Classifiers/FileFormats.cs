namespace Tarn.Glue.Classifiers;

/// <summary>The catalog's rows for each classification: SerDe and Hadoop class names, as Glue's crawlers write them.</summary>
internal static class FileFormats
{
    public const string LazySimpleSerDe = "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe";
    public const string OpenCsvSerDe = "org.apache.hadoop.hive.serde2.OpenCSVSerde";
    public const string OpenXJsonSerDe = "org.openx.data.jsonserde.JsonSerDe";
    public const string ParquetSerDe = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe";

    private const string TextInput = "org.apache.hadoop.mapred.TextInputFormat";
    private const string TextOutput = "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat";

    public static FileFormat Unknown(string compressionType) => new()
    {
        Classification = FileFormat.UnknownClassification,
        CompressionType = compressionType,
        CompatibilityKey = $"{FileFormat.UnknownClassification}/{compressionType}",
    };

    /// <param name="jsonPath">Where the records are, from a custom classifier; null for the built-in one.</param>
    public static FileFormat Json(string compressionType, string? jsonPath) => new()
    {
        Classification = "json",
        CompressionType = compressionType,
        SerializationLibrary = OpenXJsonSerDe,
        InputFormat = TextInput,
        OutputFormat = TextOutput,
        NamesPaths = true,
        TableParameters = jsonPath is null ? [] : [new("jsonPath", jsonPath)],
        CompatibilityKey = $"json/{compressionType}/{jsonPath}",
    };

    public static FileFormat Parquet { get; } = new()
    {
        Classification = "parquet",
        CompressionType = "none",
        SerializationLibrary = ParquetSerDe,
        InputFormat = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
        OutputFormat = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
        SerDeParameters = [new("serialization.format", "1")],
        CompatibilityKey = "parquet",
    };

    /// <param name="openCsv">Whether the table is read with quotes; see docs/adr/0040.</param>
    /// <param name="quoted">Whether values of the sample are quoted.</param>
    /// <param name="wideEncoding">How the text is encoded, when it is not one byte after the other: readers take it from the SerDe. Null for UTF-8 and Latin-1.</param>
    public static FileFormat Csv(string compressionType, char delimiter, char quote, bool header, bool openCsv, bool quoted, string? wideEncoding) => new()
    {
        Classification = "csv",
        CompressionType = compressionType,
        SerializationLibrary = openCsv ? OpenCsvSerDe : LazySimpleSerDe,
        InputFormat = TextInput,
        OutputFormat = TextOutput,
        SerDeParameters =
        [
            .. openCsv
                ? new KeyValuePair<string, string>[] { new("quoteChar", quote.ToString()), new("separatorChar", delimiter.ToString()) }
                : [new("field.delim", delimiter.ToString())],
            .. wideEncoding is null ? Array.Empty<KeyValuePair<string, string>>() : [new("serialization.encoding", wideEncoding)],
        ],
        TableParameters =
        [
            new("areColumnsQuoted", quoted ? "true" : "false"),
            new("columnsOrdered", "true"),
            new("delimiter", delimiter.ToString()),
            .. header ? [new KeyValuePair<string, string>("skip.header.line.count", "1")] : Array.Empty<KeyValuePair<string, string>>(),
        ],
        ColumnsByPosition = true,
        HasHeader = header,
        IsQuoted = quoted,
        CompatibilityKey = $"csv/{compressionType}/{(int)delimiter}/{(int)quote}/{(header ? "header" : "plain")}/{wideEncoding}",
    };
}
