using Tarn.Contracts.Catalog;
using Tarn.Sql.Ddl;

namespace Tarn.Athena.Execution.Ddl;

/// <summary>The SerDe and the formats that a row of STORED AS and ROW FORMAT stand for.</summary>
internal static class StorageFormats
{
    public const string LazySimpleSerDe = "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe";
    private const string TextInput = "org.apache.hadoop.mapred.TextInputFormat";
    private const string TextOutput = "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat";

    private static readonly Dictionary<string, (string SerDe, string Input, string Output)> Formats = new(StringComparer.OrdinalIgnoreCase)
    {
        ["TEXTFILE"] = (LazySimpleSerDe, TextInput, TextOutput),
        ["SEQUENCEFILE"] = (LazySimpleSerDe, "org.apache.hadoop.mapred.SequenceFileInputFormat", "org.apache.hadoop.hive.ql.io.HiveSequenceFileOutputFormat"),
        ["RCFILE"] = ("org.apache.hadoop.hive.serde2.columnar.LazyBinaryColumnarSerDe", "org.apache.hadoop.hive.ql.io.RCFileInputFormat", "org.apache.hadoop.hive.ql.io.RCFileOutputFormat"),
        ["PARQUET"] = ("org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe", "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat", "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat"),
        ["ORC"] = ("org.apache.hadoop.hive.ql.io.orc.OrcSerde", "org.apache.hadoop.hive.ql.io.orc.OrcInputFormat", "org.apache.hadoop.hive.ql.io.orc.OrcOutputFormat"),
        ["AVRO"] = ("org.apache.hadoop.hive.serde2.avro.AvroSerDe", "org.apache.hadoop.hive.ql.io.avro.AvroContainerInputFormat", "org.apache.hadoop.hive.ql.io.avro.AvroContainerOutputFormat"),
        ["ION"] = ("com.amazon.ionhiveserde.IonHiveSerDe", "com.amazon.ionhiveserde.formats.IonInputFormat", "com.amazon.ionhiveserde.formats.IonOutputFormat"),
        ["JSONFILE"] = ("org.apache.hive.hcatalog.data.JsonSerDe", TextInput, TextOutput),
    };

    /// <summary>The storage of a table as its CREATE TABLE says.</summary>
    public static StorageDescriptor Descriptor(IReadOnlyList<CatalogColumn> columns, string? location, RowFormat? row, StorageFormat? storage)
    {
        var name = storage?.Format ?? "TEXTFILE";
        if (!Formats.TryGetValue(name, out var format))
        {
            throw DdlErrors.Semantic($"Unrecognized file format in STORED AS clause: '{name}'");
        }

        var parameters = row?.SerDeProperties.ToDictionary() ?? [];
        foreach (var (key, value) in Delimiters(row))
        {
            parameters[key] = value;
        }

        parameters.TryAdd("serialization.format", parameters.GetValueOrDefault("field.delim", "1"));
        return new StorageDescriptor
        {
            Columns = columns,
            Location = location,
            InputFormat = storage?.InputFormat ?? format.Input,
            OutputFormat = storage?.OutputFormat ?? format.Output,
            NumberOfBuckets = -1,
            SerdeInfo = new SerDeInfo(null, row?.SerDe ?? format.SerDe, parameters),
        };
    }

    private static IEnumerable<(string Key, string Value)> Delimiters(RowFormat? row)
    {
        (string, string?)[] written =
        [
            ("field.delim", row?.FieldsTerminatedBy),
            ("escape.delim", row?.EscapedBy),
            ("collection.delim", row?.CollectionItemsTerminatedBy),
            ("mapkey.delim", row?.MapKeysTerminatedBy),
            ("line.delim", row?.LinesTerminatedBy),
            ("serialization.null.format", row?.NullDefinedAs),
        ];
        foreach (var (key, value) in written)
        {
            if (value is not null)
            {
                yield return (key, value);
            }
        }
    }
}
