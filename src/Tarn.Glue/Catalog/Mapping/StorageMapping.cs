using Tarn.Contracts.Catalog;
using Tarn.Glue.Catalog.Records;
using Shapes = Tarn.Api.Glue;

namespace Tarn.Glue.Catalog.Mapping;

/// <summary>Columns and storage descriptors between the wire and the records.</summary>
internal static class StorageMapping
{
    public static CatalogColumn ToRecord(this Shapes.Column column) => new(column.Name!, column.Type, column.Comment) { Parameters = column.Parameters };

    public static Shapes.Column ToApi(this CatalogColumn column) =>
        new() { Name = column.Name, Type = column.Type, Comment = column.Comment, Parameters = column.Parameters };

    public static IReadOnlyList<CatalogColumn> ToRecords(this IReadOnlyList<Shapes.Column>? columns) => columns is null ? [] : [.. columns.Select(ToRecord)];

    public static IReadOnlyList<Shapes.Column> ToApi(this IReadOnlyList<CatalogColumn> columns) => [.. columns.Select(ToApi)];

    public static StorageDescriptor ToRecord(this Shapes.StorageDescriptor descriptor) => new()
    {
        Columns = descriptor.Columns.ToRecords(),
        Location = descriptor.Location,
        AdditionalLocations = descriptor.AdditionalLocations,
        InputFormat = descriptor.InputFormat,
        OutputFormat = descriptor.OutputFormat,
        Compressed = descriptor.Compressed ?? false,
        NumberOfBuckets = descriptor.NumberOfBuckets ?? 0,
        SerdeInfo = descriptor.SerdeInfo is { } serde ? new SerDeInfo(serde.Name, serde.SerializationLibrary, serde.Parameters) : null,
        BucketColumns = descriptor.BucketColumns,
        SortColumns = descriptor.SortColumns is { } sort ? [.. sort.Select(order => new SortColumn(order.Column!, order.SortOrder!.Value))] : null,
        Parameters = descriptor.Parameters,
        SkewedInfo = descriptor.SkewedInfo is { } skewed
            ? new SkewedInfo(skewed.SkewedColumnNames, skewed.SkewedColumnValues, skewed.SkewedColumnValueLocationMaps)
            : null,
        StoredAsSubDirectories = descriptor.StoredAsSubDirectories ?? false,
        SchemaReferenceJson = descriptor.SchemaReference is { } reference ? CatalogJson.Write(ToRecord(reference)) : null,
    };

    /// <param name="excludeColumns">Leaves the columns out, as ExcludeColumnSchema asks.</param>
    public static Shapes.StorageDescriptor ToApi(this StorageDescriptor descriptor, bool excludeColumns) => new()
    {
        Columns = excludeColumns ? null : descriptor.Columns.ToApi(),
        Location = descriptor.Location,
        AdditionalLocations = descriptor.AdditionalLocations,
        InputFormat = descriptor.InputFormat,
        OutputFormat = descriptor.OutputFormat,
        Compressed = descriptor.Compressed,
        NumberOfBuckets = descriptor.NumberOfBuckets,
        SerdeInfo = descriptor.SerdeInfo is { } serde
            ? new Shapes.SerDeInfo { Name = serde.Name, SerializationLibrary = serde.SerializationLibrary, Parameters = serde.Parameters }
            : null,
        BucketColumns = descriptor.BucketColumns,
        SortColumns = descriptor.SortColumns is { } sort ? [.. sort.Select(order => new Shapes.Order { Column = order.Column, SortOrder = order.SortOrder })] : null,
        Parameters = descriptor.Parameters,
        SkewedInfo = descriptor.SkewedInfo is { } skewed
            ? new Shapes.SkewedInfo { SkewedColumnNames = skewed.ColumnNames, SkewedColumnValues = skewed.ColumnValues, SkewedColumnValueLocationMaps = skewed.ColumnValueLocationMaps }
            : null,
        StoredAsSubDirectories = descriptor.StoredAsSubDirectories,
        SchemaReference = descriptor.SchemaReferenceJson is { } json ? ToApi(CatalogJson.Read<StoredSchemaReference>(json)) : null,
    };

    private static StoredSchemaReference ToRecord(Shapes.SchemaReference reference) =>
        new(reference.SchemaId?.SchemaArn, reference.SchemaId?.SchemaName, reference.SchemaId?.RegistryName, reference.SchemaVersionId, reference.SchemaVersionNumber);

    private static Shapes.SchemaReference ToApi(StoredSchemaReference reference) => new()
    {
        SchemaId = (reference.SchemaArn ?? reference.SchemaName ?? reference.RegistryName) is null
            ? null
            : new Shapes.SchemaId { SchemaArn = reference.SchemaArn, SchemaName = reference.SchemaName, RegistryName = reference.RegistryName },
        SchemaVersionId = reference.SchemaVersionId,
        SchemaVersionNumber = reference.SchemaVersionNumber,
    };
}
