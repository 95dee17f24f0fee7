using Tarn.Athena.Execution.Ddl;
using Tarn.Athena.Execution.Engine;
using Tarn.Athena.Execution.Reading;
using Tarn.Athena.Results;
using Tarn.Contracts.Catalog;
using Tarn.Contracts.Lake;
using Tarn.Sql;
using Tarn.Sql.Functions;
using Tarn.Sql.Tree;
using Tarn.Sql.Types;

namespace Tarn.Athena.Execution.Writing;

/// <summary>CREATE TABLE AS and INSERT INTO, both to Parquet.</summary>
internal sealed class WriteStatements(QueryPlanner planner, EnginePool engines, ParquetOutput output, ICatalog catalog, ILake lake, ResultFiles files, TimeProvider time)
{
    private const string ParquetSerDe = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe";

    public async ValueTask<StatementOutcome> CreateTableAsync(CreateTableAsSelect statement, IReadOnlyList<Expression> parameters, StatementRun run, StatementContext context, CancellationToken cancellationToken)
    {
        var (database, name) = Target(statement.Name, context);
        var properties = TableProperties.Of(statement.Properties);
        if (await catalog.FindDatabaseAsync(context.Scope, database, cancellationToken) is null)
        {
            throw new SqlException("SCHEMA_NOT_FOUND", $"Schema '{database}' does not exist", statement.Position);
        }

        if (await catalog.FindTableAsync(context.Scope, database, name, cancellationToken) is not null)
        {
            return statement.IfNotExists
                ? await files.WriteTextAsync(run, TextResult.None, context, cancellationToken)
                : throw new SqlException("TABLE_ALREADY_EXISTS", $"Destination table 'awsdatacatalog.{database}.{name}' already exists", statement.Position);
        }

        var location = await EmptyLocationAsync(properties, database, name, run, context, cancellationToken);
        var plan = await planner.PlanAsync(statement.Query, parameters, context, cancellationToken);
        var columns = NamedColumns(statement, plan, properties);
        var outputs = columns.Select(column => new OutputColumn(column.Name, column.Sql)).ToList();
        var select = statement.WithData ? plan.Sql : $"SELECT * FROM ({plan.Sql}) AS q LIMIT 0";
        var (written, scanned) = await WriteAsync(run, plan, select, outputs, properties.PartitionedBy.Count, properties.Compression, location, context, cancellationToken);
        var table = NewTable(database, name, location, columns, properties.PartitionedBy.Count);
        await catalog.CreateTableAsync(context.Scope, table, CancellationToken.None);
        await AddPartitionsAsync(table, written, context);
        return await OutcomeAsync(run, written, scanned, context);
    }

    public async ValueTask<StatementOutcome> InsertAsync(Insert statement, IReadOnlyList<Expression> parameters, StatementRun run, StatementContext context, CancellationToken cancellationToken)
    {
        var (database, name) = Target(statement.Target, context);
        var table = await catalog.FindTableAsync(context.Scope, database, name, cancellationToken)
            ?? throw new SqlException("TABLE_NOT_FOUND", $"Table 'awsdatacatalog.{database}.{name}' does not exist", statement.Position);
        var storage = table.StorageDescriptor;
        if (storage?.SerdeInfo?.SerializationLibrary != ParquetSerDe || table.TableType == ViewText.TableType || storage.BucketColumns is { Count: > 0 })
        {
            throw new SqlException("NOT_SUPPORTED", $"INSERT INTO {database}.{name}: only Parquet tables without buckets can be written by Tarn yet", statement.Position);
        }

        S3Location.TryParse(storage.Location, out var location);
        var plan = await planner.PlanAsync(statement.Query, parameters, context, cancellationToken);
        var outputs = InsertColumns(statement, table, plan);
        var (written, scanned) = await WriteAsync(run, plan, plan.Sql, outputs, table.PartitionKeys.Count, "snappy", location, context, cancellationToken);
        await AddPartitionsAsync(table, written, context);
        return await OutcomeAsync(run, written, scanned, context);
    }

    private async ValueTask<(WrittenFiles Written, long Scanned)> WriteAsync(
        StatementRun run,
        QueryPlan plan,
        string select,
        IReadOnlyList<OutputColumn> columns,
        int keys,
        string compression,
        S3Location location,
        StatementContext context,
        CancellationToken cancellationToken)
    {
        var engine = engines.Take();
        var isSound = false;
        try
        {
            run.EngineStarts();
            engine.ResetBytes(cancellationToken);
            var written = await output.WriteAsync(engine, select, columns, keys, compression, location, context, cancellationToken);
            run.EngineEnds();
            var scanned = plan.IsColumnar ? engine.BytesRead(CancellationToken.None) : plan.TextBytes;
            isSound = true;
            return (written, scanned);
        }
        finally
        {
            engines.Return(engine, isSound);
        }
    }

    private async ValueTask<S3Location> EmptyLocationAsync(TableProperties properties, string database, string name, StatementRun run, StatementContext context, CancellationToken cancellationToken)
    {
        var uri = properties.Location ?? $"{run.Query.Result.OutputLocation!.TrimEnd('/')}/tables/{context.QueryId}/";
        if (!S3Location.TryParse(uri, out var location))
        {
            throw new SqlException("INVALID_TABLE_PROPERTY", $"external_location must be a valid S3 folder: {uri}");
        }

        await foreach (var item in lake.ListAsync(context.Scope, location.Bucket, location.FolderPrefix, cancellationToken))
        {
            throw new SqlException("HIVE_PATH_ALREADY_EXISTS", $"Target directory for table '{database}.{name}' already exists: {uri}. You may need to manually clean the data at location '{uri}' before retrying ({item.Key} is there)");
        }

        return new S3Location(location.Bucket, location.FolderPrefix);
    }

    private static List<WrittenColumn> NamedColumns(CreateTableAsSelect statement, QueryPlan plan, TableProperties properties)
    {
        var columns = new List<WrittenColumn>();
        for (var i = 0; i < plan.Columns.Count; i++)
        {
            var column = plan.Columns[i];
            if (!column.IsNamed && statement.Columns is null)
            {
                throw new SqlException("MISSING_COLUMN_NAME", $"Column name not specified at position {i + 1}", statement.Query.Position);
            }

            columns.Add(new WrittenColumn(statement.Columns?[i].Folded ?? column.Name, HiveTypes.Format(column.Type), $"q.{column.DuckDbName}"));
        }

        var repeated = columns.GroupBy(column => column.Name).FirstOrDefault(group => group.Count() > 1);
        if (repeated is not null)
        {
            throw new SqlException("DUPLICATE_COLUMN_NAME", $"Column name '{repeated.Key}' specified more than once", statement.Query.Position);
        }

        return columns.TakeLast(properties.PartitionedBy.Count).Select(column => column.Name).SequenceEqual(properties.PartitionedBy) && properties.PartitionedBy.Count < columns.Count
            ? columns
            : throw new SqlException("INVALID_TABLE_PROPERTY", "Partition keys must be the last columns in the table and in the same order as the table properties: [" + string.Join(", ", properties.PartitionedBy) + "]", statement.Position);
    }

    /// <summary>A value for each column of the table, in its order and type; NULL where the statement names none.</summary>
    private List<OutputColumn> InsertColumns(Insert statement, CatalogTable table, QueryPlan plan)
    {
        var all = (table.StorageDescriptor?.Columns ?? []).Concat(table.PartitionKeys).Select(column => (Name: column.Name.ToLowerInvariant(), Type: HiveTypes.Parse(column.Type ?? "string"))).ToList();
        var named = statement.Columns?.Select(column => column.Folded).ToList() ?? [.. all.Select(column => column.Name)];
        foreach (var column in named.Where(column => all.All(candidate => candidate.Name != column)))
        {
            throw new SqlException("COLUMN_NOT_FOUND", $"Insert column name does not exist in target table: {column}", statement.Position);
        }

        var wanted = named.Select(column => all.First(candidate => candidate.Name == column).Type).ToList();
        if (wanted.Count != plan.Columns.Count || !wanted.Zip(plan.Columns).All(pair => TypeCoercion.CanCoerce(pair.Second.Type, pair.First)))
        {
            throw new SqlException("TYPE_MISMATCH", $"Insert query has mismatched column types: Table: [{string.Join(", ", wanted)}], Query: [{string.Join(", ", plan.Columns.Select(column => column.Type))}]", statement.Position);
        }

        var library = new TrinoFunctions(TrinoSession.AtUtc(time.GetUtcNow()));
        return
        [
            .. all.Select(column =>
            {
                var place = named.IndexOf(column.Name);
                var value = place < 0 ? DuckDbTypes.Null(column.Type) : library.Coerce(new BoundArgument(plan.Columns[place].Type, $"q.{plan.Columns[place].DuckDbName}"), column.Type);
                return new OutputColumn(column.Name, value);
            }),
        ];
    }

    private static CatalogTable NewTable(string database, string name, S3Location location, IReadOnlyList<WrittenColumn> columns, int keys)
    {
        var all = columns.Select(column => new CatalogColumn(column.Name, column.HiveType)).ToList();
        var data = all[..^keys];
        return new CatalogTable
        {
            DatabaseName = database,
            Name = name,
            TableType = "EXTERNAL_TABLE",
            Parameters = new Dictionary<string, string> { ["EXTERNAL"] = "TRUE", ["classification"] = "parquet", ["has_encrypted_data"] = "false", ["auto.purge"] = "false" },
            StorageDescriptor = StorageFormats.Descriptor(data, location.ToString(), null, new Tarn.Sql.Ddl.StorageFormat("PARQUET", null, null)),
            PartitionKeys = all[^keys..],
        };
    }

    private async ValueTask AddPartitionsAsync(CatalogTable table, WrittenFiles written, StatementContext context)
    {
        if (written.Partitions.Count > 0)
        {
            // The files are there: from here on the statement is finished whatever comes.
            var partitions = written.Partitions.Select(partition => PartitionStatements.Partition(table, partition.Values, partition.Location)).ToList();
            await catalog.CreatePartitionsAsync(context.Scope, table.DatabaseName, table.Name, partitions, ifNotExists: true, CancellationToken.None);
        }
    }

    private async ValueTask<StatementOutcome> OutcomeAsync(StatementRun run, WrittenFiles written, long scanned, StatementContext context)
    {
        var manifest = await files.WriteManifestAsync(run, written.Files, context, CancellationToken.None);
        return new StatementOutcome(ResultFiles.Location(run, context, "").ToString(), [])
        {
            ScannedBytes = scanned,
            OutputRows = written.Rows,
            OutputBytes = written.Bytes,
            UpdateCount = written.Rows,
            ManifestLocation = manifest,
        };
    }

    private static (string Database, string Name) Target(QualifiedName name, StatementContext context) =>
        name.Parts.Count == 1 ? (context.Database, name.Parts[0].Folded) : (name.Parts[^2].Folded, name.Parts[^1].Folded);

    /// <param name="Sql">The DuckDB expression of its values.</param>
    private sealed record WrittenColumn(string Name, string HiveType, string Sql);
}
