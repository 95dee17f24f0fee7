using Tarn.Contracts.Catalog;
using Tarn.Contracts.Lake;
using Tarn.Sql.Ddl;

namespace Tarn.Athena.Execution.Ddl;

/// <summary>ALTER TABLE but for partitions: columns, location, properties.</summary>
internal sealed class AlterStatements(ICatalog catalog)
{
    public ValueTask<TextResult> AddColumnsAsync(AddColumns statement, StatementContext context, CancellationToken cancellationToken) =>
        ChangeColumnsAsync(statement.Table, statement.Partition, columns => [.. columns, .. statement.Columns.Select(TableStatements.ToColumn)], context, cancellationToken);

    public ValueTask<TextResult> ReplaceColumnsAsync(ReplaceColumns statement, StatementContext context, CancellationToken cancellationToken) =>
        ChangeColumnsAsync(statement.Table, statement.Partition, _ => [.. statement.Columns.Select(TableStatements.ToColumn)], context, cancellationToken);

    public async ValueTask<TextResult> SetLocationAsync(SetLocation statement, StatementContext context, CancellationToken cancellationToken)
    {
        if (!S3Location.TryParse(statement.Location, out _))
        {
            throw DdlErrors.Semantic($"Invalid location '{statement.Location}': must be an s3:// path");
        }

        return await ChangeAsync(statement.Table, statement.Partition, storage => storage with { Location = statement.Location }, context, cancellationToken);
    }

    public async ValueTask<TextResult> SetPropertiesAsync(SetTableProperties statement, StatementContext context, CancellationToken cancellationToken)
    {
        var table = await catalog.GetTableAsync(statement.Table, context, cancellationToken);
        var parameters = new Dictionary<string, string>(table.Parameters);
        foreach (var (key, value) in statement.Properties.ToDictionary())
        {
            parameters[key] = value;
        }

        await catalog.UpdateTableAsync(context.Scope, table with { Parameters = parameters }, table.VersionId, cancellationToken);
        return TextResult.None;
    }

    private ValueTask<TextResult> ChangeColumnsAsync(TableName name, PartitionSpecification? partition, Func<IReadOnlyList<CatalogColumn>, IReadOnlyList<CatalogColumn>> change, StatementContext context, CancellationToken cancellationToken) =>
        ChangeAsync(
            name,
            partition,
            storage =>
            {
                var columns = change(storage.Columns);
                var repeated = columns.GroupBy(column => column.Name).FirstOrDefault(group => group.Count() > 1);
                return repeated is null ? storage with { Columns = columns } : throw DdlErrors.Semantic($"[Error 10036]: Duplicate column name: {repeated.Key}");
            },
            context,
            cancellationToken);

    /// <summary>Changes the storage of a table, or of one of its partitions.</summary>
    private async ValueTask<TextResult> ChangeAsync(TableName name, PartitionSpecification? specification, Func<StorageDescriptor, StorageDescriptor> change, StatementContext context, CancellationToken cancellationToken)
    {
        var table = await catalog.GetTableAsync(name, context, cancellationToken);
        if (specification is null)
        {
            await catalog.UpdateTableAsync(context.Scope, table with { StorageDescriptor = change(table.StorageDescriptor ?? new StorageDescriptor()) }, table.VersionId, cancellationToken);
            return TextResult.None;
        }

        var values = PartitionValues.Of(table, specification);
        var partition = await catalog.FindPartitionAsync(context.Scope, table.DatabaseName, table.Name, values, cancellationToken)
            ?? throw DdlErrors.Semantic($"[Error 10006]: Partition not found {PartitionValues.Name(table, values)}");
        var changed = partition with { StorageDescriptor = change(partition.StorageDescriptor ?? table.StorageDescriptor ?? new StorageDescriptor()) };
        await catalog.UpsertPartitionsAsync(context.Scope, table.DatabaseName, table.Name, [changed], cancellationToken);
        return TextResult.None;
    }
}
