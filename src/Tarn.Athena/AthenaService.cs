using Microsoft.Extensions.Logging;
using Tarn.Api.Athena;
using Tarn.Athena.Catalogs;
using Tarn.Athena.Execution;
using Tarn.Athena.Execution.Ddl;
using Tarn.Athena.Execution.Engine;
using Tarn.Athena.Execution.Explaining;
using Tarn.Athena.Execution.Reading;
using Tarn.Athena.Execution.Writing;
using Tarn.Athena.NamedQueries;
using Tarn.Athena.PreparedStatements;
using Tarn.Athena.Queries;
using Tarn.Athena.Results;
using Tarn.Athena.Tags;
using Tarn.Athena.WorkGroups;
using Tarn.Contracts.Catalog;
using Tarn.Contracts.Lake;
using Tarn.Store;
using Tarn.Wire.Dispatch;

namespace Tarn.Athena;

/// <summary>
/// Amazon Athena: Trino SQL and Hive DDL over the Data Catalog and the lake. A query is a record in the store from the moment its id is given out; a runner
/// takes it through parsing, binding, planning over real files and DuckDB to a result object in the lake.
/// </summary>
public sealed class AthenaService : IAsyncDisposable
{
    private readonly EnginePool engines;
    private readonly QueryRunner runner;

    /// <param name="spillFolder">Absolute; for what queries cannot hold in memory. Emptied at the start.</param>
    /// <param name="dataFolders">Absolute; where the lake's local files are. The engine can read nothing else.</param>
    public AthenaService(AthenaOptions options, IMetadataStore store, ICatalog catalog, ILake lake, string spillFolder, IReadOnlyList<string> dataFolders, TimeProvider time, ILoggerFactory logging)
    {
        var workGroups = new WorkGroupStore(store, time);
        var queries = new QueryStore(store);
        var prepared = new PreparedStatementOperations(store, workGroups, time);
        var files = new ResultFiles(lake, time);
        var planner = new QueryPlanner(catalog, new ScanResolver(catalog, lake, options), options, time);
        if (Directory.Exists(spillFolder))
        {
            Directory.Delete(spillFolder, recursive: true);
        }

        Directory.CreateDirectory(spillFolder);
        engines = new EnginePool(options, [.. dataFolders, lake.StagingDirectory], spillFolder);
        var executor = new StatementExecutor(
            new DdlExecutor(catalog, lake),
            new SelectStatement(planner, engines, files, workGroups),
            new WriteStatements(planner, engines, new FileOutput(lake, options), catalog, lake, files, time),
            new ViewStatements(catalog, planner),
            new ExplainStatement(planner),
            prepared,
            new ResultReuse(queries, lake, time),
            files,
            options,
            time);
        runner = new QueryRunner(queries, executor, options, time, logging.CreateLogger<QueryRunner>());
        Operations = Table(
            new QueryOperations(queries, runner, workGroups, lake, time),
            new ResultOperations(queries, lake),
            new WorkGroupOperations(workGroups, options, time),
            new NamedQueryOperations(store, workGroups),
            prepared,
            new CatalogOperations(catalog),
            new TagOperations(store, workGroups));
    }

    /// <summary>Athena's tables in the metadata store.</summary>
    public static StoreSchema Schema => AthenaSchema.Schema;

    /// <summary>The operations that are built.</summary>
    public OperationTable Operations { get; }

    /// <summary>Ends what an earlier process left, then takes queries.</summary>
    public Task StartAsync(CancellationToken cancellationToken) => runner.StartAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await runner.DisposeAsync();
        engines.Dispose();
    }

    private static OperationTable Table(
        QueryOperations queries,
        ResultOperations results,
        WorkGroupOperations workGroups,
        NamedQueryOperations named,
        PreparedStatementOperations prepared,
        CatalogOperations catalogs,
        TagOperations tags) => new OperationTable(AthenaModel.Service)
        .On(AthenaModel.StartQueryExecution, queries.StartQueryExecution, partly: "EXPLAIN ANALYZE, Iceberg and federated queries are refused; CTAS, INSERT and UNLOAD write Parquet, delimited text and JSON")
        .On(AthenaModel.GetQueryExecution, queries.GetQueryExecution)
        .On(AthenaModel.BatchGetQueryExecution, queries.BatchGetQueryExecution)
        .On(AthenaModel.ListQueryExecutions, queries.ListQueryExecutions)
        .On(AthenaModel.StopQueryExecution, queries.StopQueryExecution)
        .On(AthenaModel.GetQueryRuntimeStatistics, queries.GetQueryRuntimeStatistics, partly: "OutputStage is not given")
        .On(AthenaModel.GetQueryResults, results.GetQueryResults, partly: "QueryResultType DATA_MANIFEST is not given")
        .On(AthenaModel.CreateWorkGroup, workGroups.CreateWorkGroup, partly: "managed results, content encryption, Identity Center and access grants are refused")
        .On(AthenaModel.GetWorkGroup, workGroups.GetWorkGroup)
        .On(AthenaModel.ListWorkGroups, workGroups.ListWorkGroups)
        .On(AthenaModel.UpdateWorkGroup, workGroups.UpdateWorkGroup, partly: "as CreateWorkGroup")
        .On(AthenaModel.DeleteWorkGroup, workGroups.DeleteWorkGroup)
        .On(AthenaModel.CreateNamedQuery, named.CreateNamedQuery)
        .On(AthenaModel.GetNamedQuery, named.GetNamedQuery)
        .On(AthenaModel.BatchGetNamedQuery, named.BatchGetNamedQuery)
        .On(AthenaModel.ListNamedQueries, named.ListNamedQueries)
        .On(AthenaModel.UpdateNamedQuery, named.UpdateNamedQuery)
        .On(AthenaModel.DeleteNamedQuery, named.DeleteNamedQuery)
        .On(AthenaModel.CreatePreparedStatement, prepared.CreatePreparedStatement)
        .On(AthenaModel.GetPreparedStatement, prepared.GetPreparedStatement)
        .On(AthenaModel.BatchGetPreparedStatement, prepared.BatchGetPreparedStatement)
        .On(AthenaModel.ListPreparedStatements, prepared.ListPreparedStatements)
        .On(AthenaModel.UpdatePreparedStatement, prepared.UpdatePreparedStatement)
        .On(AthenaModel.DeletePreparedStatement, prepared.DeletePreparedStatement)
        .On(AthenaModel.ListDataCatalogs, catalogs.ListDataCatalogs, partly: "AwsDataCatalog is the only one")
        .On(AthenaModel.GetDataCatalog, catalogs.GetDataCatalog, partly: "AwsDataCatalog is the only one")
        .On(AthenaModel.ListDatabases, catalogs.ListDatabases)
        .On(AthenaModel.GetDatabase, catalogs.GetDatabase)
        .On(AthenaModel.ListTableMetadata, catalogs.ListTableMetadata)
        .On(AthenaModel.GetTableMetadata, catalogs.GetTableMetadata)
        .On(AthenaModel.TagResource, tags.TagResource)
        .On(AthenaModel.UntagResource, tags.UntagResource)
        .On(AthenaModel.ListTagsForResource, tags.ListTagsForResource);
}
