using System.Globalization;
using Tarn.Api.Glue;
using Tarn.Contracts.Lake;
using Plan = Tarn.Worker.Plans;

namespace Tarn.Glue.Jobs.Graph;

/// <summary>Target nodes of the API as nodes of a plan.</summary>
internal static class TargetReader
{
    public static Plan.FolderTarget Direct(string id, S3DirectTarget node)
    {
        if (node.Format is not ("csv" or "json" or "parquet"))
        {
            throw NodeReader.Invalid(id, $"the format {node.Format} cannot be written yet; csv, json and parquet can");
        }

        return new Plan.FolderTarget
        {
            Id = id,
            Name = node.Name!,
            Inputs = node.Inputs!,
            Path = S3Path(id, node.Path!),
            Format = node.Format,
            Compression = Compression(id, node.Format, node.Compression),
            PartitionKeys = Keys(id, node.PartitionKeys),
            FileCount = FileCount(id, node.NumberTargetPartitions),
            Update = Update(id, node.SchemaChangePolicy),
        };
    }

    public static Plan.FolderTarget GlueParquet(string id, S3GlueParquetTarget node) => new()
    {
        Id = id,
        Name = node.Name!,
        Inputs = node.Inputs!,
        Path = S3Path(id, node.Path!),
        Format = "parquet",
        Compression = Compression(id, "parquet", node.Compression),
        PartitionKeys = Keys(id, node.PartitionKeys),
        FileCount = FileCount(id, node.NumberTargetPartitions),
        Update = Update(id, node.SchemaChangePolicy),
        IsGlueParquet = true,
    };

    public static IReadOnlyList<string> Keys(string id, IReadOnlyList<IReadOnlyList<string>>? keys) =>
        [.. NodeReader.Paths(id, keys).Select(path => path.Count == 1 ? path[0] : throw NodeReader.Invalid(id, $"the partition key {string.Join('.', path)} is inside a struct"))];

    private static string S3Path(string id, string path) => S3Location.TryParse(path, out _) ? path : throw NodeReader.Invalid(id, $"{path} is not an S3 path");

    private static string? Compression(string id, string format, string? name) => (format, name?.ToLowerInvariant()) switch
    {
        (_, null or "") => null,
        ("parquet", "snappy" or "gzip" or "lz4" or "zstd") => name!.ToLowerInvariant(),
        (_, "uncompressed" or "none") => "none",
        ("csv" or "json", "gzip") => "gzip",
        _ => throw NodeReader.Invalid(id, $"{format} cannot be written with the compression {name} yet"),
    };

    private static int? FileCount(string id, string? text) => text switch
    {
        null or "" or "0" => null,
        _ => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count <= 10_000 ? count : throw NodeReader.Invalid(id, $"NumberTargetPartitions is {text}, not a number from 1 to 10000"),
    };

    private static Plan.CatalogUpdate? Update(string id, DirectSchemaChangePolicy? policy)
    {
        if (policy?.EnableUpdateCatalog != true)
        {
            return null;
        }

        return string.IsNullOrEmpty(policy.Database) || string.IsNullOrEmpty(policy.Table)
            ? throw NodeReader.Invalid(id, "SchemaChangePolicy with EnableUpdateCatalog needs Database and Table")
            : new Plan.CatalogUpdate(policy.Database, policy.Table, policy.UpdateBehavior == UpdateCatalogBehavior.LOG);
    }
}
