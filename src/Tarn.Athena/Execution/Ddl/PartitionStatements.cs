using Tarn.Contracts.Catalog;
using Tarn.Contracts.Lake;
using Tarn.Sql.Ddl;

namespace Tarn.Athena.Execution.Ddl;

/// <summary>ALTER TABLE ... PARTITION and SHOW PARTITIONS.</summary>
internal sealed class PartitionStatements(ICatalog catalog)
{
    private const int BatchSize = 1_000;

    public async ValueTask<TextResult> AddAsync(AddPartitions statement, StatementContext context, CancellationToken cancellationToken)
    {
        var table = await catalog.GetTableAsync(statement.Table, context, cancellationToken);
        var partitions = statement.Partitions.Select(specification => ToPartition(table, specification)).ToList();
        await catalog.CreatePartitionsAsync(context.Scope, table.DatabaseName, table.Name, partitions, statement.IfNotExists, cancellationToken);
        return TextResult.None;
    }

    public async ValueTask<TextResult> DropAsync(DropPartitions statement, StatementContext context, CancellationToken cancellationToken)
    {
        var table = await catalog.GetTableAsync(statement.Table, context, cancellationToken);
        foreach (var specification in statement.Partitions)
        {
            var doomed = new List<IReadOnlyList<string>>();
            await foreach (var partition in catalog.ListPartitionsAsync(context.Scope, table.DatabaseName, table.Name, PartitionValues.Expression(table, specification), cancellationToken))
            {
                doomed.Add(partition.Values);
            }

            if (doomed.Count == 0 && !statement.IfExists)
            {
                throw DdlErrors.Semantic("[Error 10006]: Partition not found (" + string.Join(", ", specification.Values.Select(value => $"{value.Column} {value.Operator} {value.Value}")) + ")");
            }

            foreach (var batch in doomed.Chunk(BatchSize))
            {
                await catalog.DeletePartitionsAsync(context.Scope, table.DatabaseName, table.Name, batch, cancellationToken);
            }
        }

        return TextResult.None;
    }

    public async ValueTask<TextResult> RenameAsync(RenamePartition statement, StatementContext context, CancellationToken cancellationToken)
    {
        var table = await catalog.GetTableAsync(statement.Table, context, cancellationToken);
        var (from, to) = (PartitionValues.Of(table, statement.From), PartitionValues.Of(table, statement.To));
        var partition = await catalog.FindPartitionAsync(context.Scope, table.DatabaseName, table.Name, from, cancellationToken)
            ?? throw DdlErrors.Semantic($"[Error 10006]: Partition not found {PartitionValues.Name(table, from)}");
        await catalog.CreatePartitionsAsync(context.Scope, table.DatabaseName, table.Name, [partition with { Values = to }], ifNotExists: false, cancellationToken);
        await catalog.DeletePartitionsAsync(context.Scope, table.DatabaseName, table.Name, [from], cancellationToken);
        return TextResult.None;
    }

    public async ValueTask<TextResult> ShowAsync(ShowPartitions statement, StatementContext context, CancellationToken cancellationToken)
    {
        var table = await catalog.GetTableAsync(statement.Table, context, cancellationToken);
        if (table.PartitionKeys.Count == 0)
        {
            throw DdlErrors.Execution($"Table {table.DatabaseName}.{table.Name} is not a partitioned table");
        }

        var names = new List<string>();
        await foreach (var partition in catalog.ListPartitionsAsync(context.Scope, table.DatabaseName, table.Name, PartitionValues.Expression(table, statement.Partition), cancellationToken))
        {
            names.Add(PartitionValues.Name(table, partition.Values));
        }

        return TextResult.Of(["partition"], names);
    }

    private static CatalogPartition ToPartition(CatalogTable table, PartitionSpecification specification)
    {
        if (specification.Location is not null && !S3Location.TryParse(specification.Location, out _))
        {
            throw DdlErrors.Semantic($"Invalid location '{specification.Location}': must be an s3:// path");
        }

        var values = PartitionValues.Of(table, specification);
        return Partition(table, values, specification.Location ?? PartitionValues.Location(table, values));
    }

    /// <summary>A partition that is read as its table is.</summary>
    public static CatalogPartition Partition(CatalogTable table, IReadOnlyList<string> values, string location) => new()
    {
        DatabaseName = table.DatabaseName,
        TableName = table.Name,
        Values = values,
        StorageDescriptor = (table.StorageDescriptor ?? new StorageDescriptor()) with { Location = location },
    };
}
