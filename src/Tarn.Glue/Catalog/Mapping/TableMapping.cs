using Tarn.Contracts;
using Tarn.Contracts.Catalog;
using Tarn.Glue.Catalog.Records;
using Shapes = Tarn.Api.Glue;

namespace Tarn.Glue.Catalog.Mapping;

/// <summary>Tables between the wire and the records.</summary>
internal static class TableMapping
{
    private static readonly IReadOnlyDictionary<string, string> NoParameters = new Dictionary<string, string>();

    /// <summary>The definition that a client sends; times, version and creator are the catalog's to set.</summary>
    public static StoredTable ToRecord(this Shapes.TableInput input, string databaseName) => new()
    {
        Table = new CatalogTable
        {
            DatabaseName = databaseName.ToLowerInvariant(),
            Name = input.Name!.ToLowerInvariant(),
            Description = input.Description,
            Owner = input.Owner,
            LastAccessTime = input.LastAccessTime,
            LastAnalyzedTime = input.LastAnalyzedTime,
            Retention = input.Retention ?? 0,
            StorageDescriptor = input.StorageDescriptor?.ToRecord(),
            PartitionKeys = input.PartitionKeys.ToRecords(),
            ViewOriginalText = input.ViewOriginalText,
            ViewExpandedText = input.ViewExpandedText,
            TableType = input.TableType,
            Parameters = input.Parameters ?? NoParameters,
            TargetTableJson = input.TargetTable is { } target
                ? CatalogJson.Write(new StoredLink(target.CatalogId, target.DatabaseName, target.Name, target.Region))
                : null,
        },
        View = input.ViewDefinition is { } view ? ToRecord(view) : null,
    };

    public static Shapes.Table ToApi(this StoredTable stored, AwsScope scope)
    {
        var table = stored.Table;
        return new Shapes.Table
        {
            Name = table.Name,
            DatabaseName = table.DatabaseName,
            Description = table.Description,
            Owner = table.Owner,
            CreateTime = table.CreateTime,
            UpdateTime = table.UpdateTime,
            LastAccessTime = table.LastAccessTime,
            LastAnalyzedTime = table.LastAnalyzedTime,
            Retention = table.Retention,
            StorageDescriptor = table.StorageDescriptor?.ToApi(excludeColumns: false),
            PartitionKeys = table.PartitionKeys.ToApi(),
            ViewOriginalText = table.ViewOriginalText,
            ViewExpandedText = table.ViewExpandedText,
            TableType = table.TableType,
            Parameters = table.Parameters.Count == 0 ? null : table.Parameters,
            CreatedBy = table.CreatedBy,
            IsRegisteredWithLakeFormation = false,
            TargetTable = TargetToApi(table),
            CatalogId = scope.AccountId,
            VersionId = table.VersionId,
            ViewDefinition = stored.View is { } view ? ToApi(view) : null,
            IsMultiDialectView = stored.View is not null,
        };
    }

    /// <summary>Only what AttributesToGet names.</summary>
    public static Shapes.Table ToApi(this StoredTable stored, IReadOnlyList<string> attributes) => new()
    {
        Name = stored.Table.Name,
        TableType = attributes.Contains(Shapes.TableAttributes.TABLE_TYPE) ? stored.Table.TableType : null,
    };

    private static Shapes.TableIdentifier? TargetToApi(CatalogTable table)
    {
        if (table.TargetTableJson is null)
        {
            return null;
        }

        var link = CatalogJson.Read<StoredLink>(table.TargetTableJson);
        return new Shapes.TableIdentifier { CatalogId = link.CatalogId, DatabaseName = link.DatabaseName, Name = link.Name, Region = link.Region };
    }

    private static StoredView ToRecord(Shapes.ViewDefinitionInput view) => new()
    {
        IsProtected = view.IsProtected,
        Definer = view.Definer,
        ViewVersionId = view.ViewVersionId,
        ViewVersionToken = view.ViewVersionToken,
        RefreshSeconds = view.RefreshSeconds,
        LastRefreshType = view.LastRefreshType,
        SubObjects = view.SubObjects,
        SubObjectVersionIds = view.SubObjectVersionIds,
        Representations = view.Representations is { } representations
            ? [.. representations.Select(item => new StoredViewRepresentation(item.Dialect, item.DialectVersion, item.ViewOriginalText, item.ViewExpandedText, item.ValidationConnection))]
            : null,
    };

    private static Shapes.ViewDefinition ToApi(StoredView view) => new()
    {
        IsProtected = view.IsProtected,
        Definer = view.Definer,
        ViewVersionId = view.ViewVersionId,
        ViewVersionToken = view.ViewVersionToken,
        RefreshSeconds = view.RefreshSeconds,
        LastRefreshType = view.LastRefreshType,
        SubObjects = view.SubObjects,
        SubObjectVersionIds = view.SubObjectVersionIds,
        Representations = view.Representations is { } representations ? [.. representations.Select(ToApi)] : null,
    };

    private static Shapes.ViewRepresentation ToApi(StoredViewRepresentation representation) => new()
    {
        Dialect = representation.Dialect,
        DialectVersion = representation.DialectVersion,
        ViewOriginalText = representation.ViewOriginalText,
        ViewExpandedText = representation.ViewExpandedText,
        ValidationConnection = representation.ValidationConnection,
        IsStale = false,
    };
}
