using Tarn.Contracts.Catalog;
using Tarn.Contracts.Lake;
using Tarn.Sql.Ddl;
using Tarn.Sql.Types;

namespace Tarn.Athena.Execution.Ddl;

/// <summary>CREATE EXTERNAL TABLE and DROP TABLE.</summary>
internal sealed class TableStatements(ICatalog catalog)
{
    public async ValueTask<TextResult> CreateAsync(CreateTable statement, StatementContext context, CancellationToken cancellationToken)
    {
        if (!statement.External || statement.PartitionTransforms.Count > 0)
        {
            throw statement.Properties.Any(property => property.Key.Equals("table_type", StringComparison.OrdinalIgnoreCase))
                ? DdlErrors.NotBuilt("An Iceberg table")
                : DdlErrors.Semantic("Managed tables are not supported: use CREATE EXTERNAL TABLE");
        }

        var database = statement.Name.DatabaseOf(context);
        await catalog.GetDatabaseAsync(database, context, cancellationToken);
        if (statement.IfNotExists && await catalog.FindTableAsync(context.Scope, database, statement.Name.Name, cancellationToken) is not null)
        {
            return TextResult.None;
        }

        if (!S3Location.TryParse(statement.Location, out _))
        {
            throw DdlErrors.Execution(statement.Location is null
                ? "MetaException(message:No Location provided for external table: a LOCATION clause is required)"
                : $"MetaException(message:Invalid location '{statement.Location}': must be an s3:// path)");
        }

        await catalog.CreateTableAsync(context.Scope, ToTable(statement, database), cancellationToken);
        return TextResult.None;
    }

    public async ValueTask<TextResult> DropAsync(DropTable statement, StatementContext context, CancellationToken cancellationToken)
    {
        var database = statement.Name.DatabaseOf(context);
        if (await catalog.FindTableAsync(context.Scope, database, statement.Name.Name, cancellationToken) is null)
        {
            return statement.IfExists ? TextResult.None : throw DdlErrors.TableNotFound(database, statement.Name.Name);
        }

        await catalog.DeleteTableAsync(context.Scope, database, statement.Name.Name, cancellationToken);
        return TextResult.None;
    }

    public static CatalogColumn ToColumn(ColumnDefinition column)
    {
        // Refused here, with the place in the statement lost but the type named, rather than at the first query.
        HiveTypes.Parse(column.Type);
        return new CatalogColumn(column.Name, column.Type, column.Comment);
    }

    private static CatalogTable ToTable(CreateTable statement, string database)
    {
        var columns = statement.Columns.Select(ToColumn).ToList();
        var keys = statement.PartitionColumns.Select(ToColumn).ToList();
        var repeated = columns.Concat(keys).GroupBy(column => column.Name).FirstOrDefault(group => group.Count() > 1);
        if (repeated is not null)
        {
            throw DdlErrors.Semantic(keys.Any(key => key.Name == repeated.Key)
                ? $"[Error 10035]: Column repeated in partitioning columns: {repeated.Key}"
                : $"[Error 10036]: Duplicate column name: {repeated.Key}");
        }

        var parameters = statement.Properties.ToDictionary();
        parameters["EXTERNAL"] = "TRUE";
        if (statement.Comment is not null)
        {
            // Where Hive keeps it, and where clients of Athena look for it.
            parameters["comment"] = statement.Comment;
        }

        var storage = StorageFormats.Descriptor(columns, statement.Location, statement.RowFormat, statement.Storage);
        if (statement.Bucketing is { } bucketing)
        {
            storage = storage with
            {
                NumberOfBuckets = bucketing.Buckets,
                BucketColumns = [.. bucketing.Columns],
                SortColumns = [.. bucketing.SortedBy.Select(column => new Contracts.Catalog.SortColumn(column.Name, column.Descending ? 0 : 1))],
            };
        }

        return new CatalogTable
        {
            DatabaseName = database,
            Name = statement.Name.Name,
            Description = statement.Comment,
            Owner = "hadoop",
            TableType = "EXTERNAL_TABLE",
            Parameters = parameters,
            StorageDescriptor = storage,
            PartitionKeys = keys,
        };
    }
}
