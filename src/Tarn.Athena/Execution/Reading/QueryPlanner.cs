using Tarn.Athena.Execution.Reading.Metadata;
using Tarn.Contracts;
using Tarn.Contracts.Catalog;
using Tarn.Sql.Functions;
using Tarn.Sql.Lexing;
using Tarn.Sql.Scans;
using Tarn.Sql.Translating;
using Tarn.Sql.Tree;
using CatalogTable = Tarn.Contracts.Catalog.CatalogTable;

namespace Tarn.Athena.Execution.Reading;

/// <summary>From a query to DuckDB text over real files.</summary>
internal sealed class QueryPlanner(ICatalog catalog, ScanResolver scans, AthenaOptions options, TimeProvider time)
{
    public async ValueTask<QueryPlan> PlanAsync(Query query, IReadOnlyList<Expression> parameters, StatementContext context, CancellationToken cancellationToken)
    {
        var translated = await TranslateAsync(query, parameters, context, cancellationToken);
        var relations = new Dictionary<Sql.Binding.TableScan, string>();
        var textBytes = 0L;
        var files = 0;
        foreach (var scan in translated.Scans)
        {
            if (scan.Table.Handle is IMetadataTable metadata)
            {
                relations[scan] = await metadata.ReadAsync(context.Scope, scan, cancellationToken);
                continue;
            }

            var table = (CatalogTable)scan.Table.Handle!;
            var parts = await scans.ResolveAsync(context.Scope, scan, cancellationToken);
            relations[scan] = TableScan.ToDuckDb(table, parts, [.. scan.Columns.Select(column => column.Name)]);
            textBytes += parts.Where(part => !IsColumnar(part.Storage)).SelectMany(part => part.Files).Sum(file => file.Size);
            files += parts.Sum(part => part.Files.Count);
        }

        var isColumnar = textBytes == 0 && files > 0;
        return new QueryPlan(translated.ToSql(scan => relations[scan]), translated.Columns, textBytes, isColumnar);
    }

    /// <summary>Whether only what a query needs is read of its files: then the engine counts. Text is always read whole.</summary>
    private static bool IsColumnar(StorageDescriptor? storage) => storage?.SerdeInfo?.SerializationLibrary?.Contains("parquet", StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>The query's columns and scans, with no file looked at.</summary>
    public async ValueTask<TranslatedQuery> TranslateAsync(Query query, IReadOnlyList<Expression> parameters, StatementContext context, CancellationToken cancellationToken)
    {
        var snapshot = new CatalogSnapshot(catalog, context.Scope, context.Database, options);
        var library = new TrinoFunctions(TrinoSession.AtUtc(time.GetUtcNow()) with { Schema = context.Database, User = context.Scope.AccountId });
        return await snapshot.BindAsync(() => SqlFrontEnd.Translate(query, SqlDialect.Trino, snapshot, library, parameters), cancellationToken);
    }
}

/// <param name="Sql">A DuckDB SELECT.</param>
/// <param name="TextBytes">Sizes of the text files that are read, which are always read whole.</param>
/// <param name="IsColumnar">Whether only Parquet files are read: then the engine's own count of bytes is the truth.</param>
internal sealed record QueryPlan(string Sql, IReadOnlyList<ResultColumn> Columns, long TextBytes, bool IsColumnar);
