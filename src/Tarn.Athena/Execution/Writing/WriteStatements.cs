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

/// <summary>CREATE TABLE AS, INSERT INTO and UNLOAD: Parquet, delimited text and JSON.</summary>
internal sealed class WriteStatements(QueryPlanner planner, EnginePool engines, FileOutput output, ICatalog catalog, ILake lake, ResultFiles files, TimeProvider time)
{
    public async ValueTask<StatementOutcome> CreateTableAsync(CreateTableAsSelect statement, IReadOnlyList<Expression> parameters, StatementRun run, StatementContext context, CancellationToken cancellationToken)
    {
        var (database, name) = TargetName.Of(statement.Name, context);
        var properties = TableProperties.Of(statement.Properties, Library());
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

        var location = await EmptyFolderAsync(properties.Location ?? DefaultFolder(run, context), $"{database}.{name}", context, cancellationToken);
        var plan = await planner.PlanAsync(statement.Query, parameters, context, cancellationToken);
        var outputs = NamedColumns(plan, statement.Columns, properties.PartitionedBy, statement.Position);
        var select = statement.WithData ? plan.Sql : $"SELECT * FROM ({plan.Sql}) AS q LIMIT 0";
        var (written, scanned) = await WriteAsync(run, plan, select, outputs, properties.PartitionedBy.Count, properties.Format, location, context, cancellationToken);
        var table = NewTable(database, name, location, outputs, properties);
        await catalog.CreateTableAsync(context.Scope, table, CancellationToken.None);
        await AddPartitionsAsync(table, written, context);
        return await OutcomeAsync(run, written, scanned, context);
    }

    public async ValueTask<StatementOutcome> InsertAsync(Insert statement, IReadOnlyList<Expression> parameters, StatementRun run, StatementContext context, CancellationToken cancellationToken)
    {
        var (database, name) = TargetName.Of(statement.Target, context);
        var table = await catalog.FindTableAsync(context.Scope, database, name, cancellationToken)
            ?? throw new SqlException("TABLE_NOT_FOUND", $"Table 'awsdatacatalog.{database}.{name}' does not exist", statement.Position);
        if (table.TableType == ViewText.TableType)
        {
            throw new SqlException("NOT_SUPPORTED", $"Inserting into views is not supported", statement.Position);
        }

        var format = OutputFormat.Of(table, Library())
            ?? throw new SqlException("NOT_SUPPORTED", $"INSERT INTO {database}.{name}: only Parquet, delimited text without escapes or headers, and JSON can be written by Tarn yet, without buckets", statement.Position);
        S3Location.TryParse(table.StorageDescriptor?.Location, out var location);
        var plan = await planner.PlanAsync(statement.Query, parameters, context, cancellationToken);
        var outputs = InsertColumns(statement, table, plan);
        var (written, scanned) = await WriteAsync(run, plan, plan.Sql, outputs, table.PartitionKeys.Count, format, location, context, cancellationToken);
        await AddPartitionsAsync(table, written, context);
        return await OutcomeAsync(run, written, scanned, context);
    }

    /// <summary>UNLOAD: files without a table.</summary>
    public async ValueTask<StatementOutcome> UnloadAsync(Unload statement, IReadOnlyList<Expression> parameters, StatementRun run, StatementContext context, CancellationToken cancellationToken)
    {
        var properties = TableProperties.OfUnload(statement, Library());
        var location = await EmptyFolderAsync(statement.Location, $"{context.Database}.__unload__{context.QueryId.Replace('-', '_')}", context, cancellationToken);
        var plan = await planner.PlanAsync(statement.Query, parameters, context, cancellationToken);
        var outputs = NamedColumns(plan, null, properties.PartitionedBy, statement.Position);
        var (written, scanned) = await WriteAsync(run, plan, plan.Sql, outputs, properties.PartitionedBy.Count, properties.Format, location, context, cancellationToken);
        return await OutcomeAsync(run, written, scanned, context);
    }

    private async ValueTask<(WrittenFiles Written, long Scanned)> WriteAsync(
        StatementRun run,
        QueryPlan plan,
        string select,
        IReadOnlyList<OutputColumn> columns,
        int keys,
        OutputFormat format,
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
            var written = await output.WriteAsync(engine, select, columns, keys, format, location, context, cancellationToken);
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

    private static string DefaultFolder(StatementRun run, StatementContext context) => $"{run.Query.Result.OutputLocation!.TrimEnd('/')}/tables/{context.QueryId}/";

    /// <summary>A folder that nothing is in yet.</summary>
    private async ValueTask<S3Location> EmptyFolderAsync(string uri, string table, StatementContext context, CancellationToken cancellationToken)
    {
        if (!S3Location.TryParse(uri, out var location))
        {
            throw new SqlException("INVALID_TABLE_PROPERTY", $"external_location must be a valid S3 folder: {uri}");
        }

        await foreach (var item in lake.ListAsync(context.Scope, location.Bucket, location.FolderPrefix, cancellationToken))
        {
            throw new SqlException("HIVE_PATH_ALREADY_EXISTS", $"Target directory for table '{table}' already exists: {uri}. You may need to manually clean the data at location '{uri}' before retrying ({item.Key} is there)");
        }

        return new S3Location(location.Bucket, location.FolderPrefix);
    }

    /// <summary>The columns of a query under the names that they get, of types that Hive has.</summary>
    private static List<OutputColumn> NamedColumns(QueryPlan plan, IReadOnlyList<Identifier>? names, IReadOnlyList<string> partitionedBy, SourcePosition position)
    {
        var columns = new List<OutputColumn>();
        for (var i = 0; i < plan.Columns.Count; i++)
        {
            var column = plan.Columns[i];
            if (!column.IsNamed && names is null)
            {
                throw new SqlException("MISSING_COLUMN_NAME", $"Column name not specified at position {i + 1}", position);
            }

            HiveTypes.Format(column.Type);
            columns.Add(new OutputColumn(names?[i].Folded ?? column.Name, column.Type, $"q.{column.DuckDbName}"));
        }

        var repeated = columns.GroupBy(column => column.Name).FirstOrDefault(group => group.Count() > 1);
        if (repeated is not null)
        {
            throw new SqlException("DUPLICATE_COLUMN_NAME", $"Column name '{repeated.Key}' specified more than once", position);
        }

        return columns.TakeLast(partitionedBy.Count).Select(column => column.Name).SequenceEqual(partitionedBy) && partitionedBy.Count < columns.Count
            ? columns
            : throw new SqlException("INVALID_TABLE_PROPERTY", "Partition keys must be the last columns in the table and in the same order as the table properties: [" + string.Join(", ", partitionedBy) + "]", position);
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

        var library = Library();
        return
        [
            .. all.Select(column =>
            {
                var place = named.IndexOf(column.Name);
                var value = place < 0 ? DuckDbTypes.Null(column.Type) : library.Coerce(new BoundArgument(plan.Columns[place].Type, $"q.{plan.Columns[place].DuckDbName}"), column.Type);
                return new OutputColumn(column.Name, column.Type, value);
            }),
        ];
    }

    private static CatalogTable NewTable(string database, string name, S3Location location, IReadOnlyList<OutputColumn> columns, TableProperties properties)
    {
        var all = columns.Select(column => new CatalogColumn(column.Name, HiveTypes.Format(column.Type))).ToList();
        var data = all[..^properties.PartitionedBy.Count];
        return new CatalogTable
        {
            DatabaseName = database,
            Name = name,
            TableType = "EXTERNAL_TABLE",
            Parameters = new Dictionary<string, string> { ["EXTERNAL"] = "TRUE", ["classification"] = properties.Classification, ["has_encrypted_data"] = "false", ["auto.purge"] = "false" },
            StorageDescriptor = StorageFormats.Descriptor(data, location.ToString(), properties.RowFormat, new Tarn.Sql.Ddl.StorageFormat(properties.Format.Name, null, null)),
            PartitionKeys = all[data.Count..],
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

    private TrinoFunctions Library() => new(TrinoSession.AtUtc(time.GetUtcNow()));
}
