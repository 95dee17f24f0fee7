using Tarn.Athena.Execution.Engine;
using Tarn.Athena.Results;
using Tarn.Athena.WorkGroups;
using Tarn.Sql;
using Tarn.Sql.Tree;

namespace Tarn.Athena.Execution.Reading;

/// <summary>SELECT: plan, run on an engine, stream the rows into the result object.</summary>
internal sealed class SelectStatement(QueryPlanner planner, EnginePool engines, ResultFiles files, WorkGroupStore workGroups)
{
    private const int FileBufferSize = 128 * 1024;

    public async ValueTask<StatementOutcome> RunAsync(Query query, IReadOnlyList<Expression> parameters, StatementRun run, StatementContext context, CancellationToken cancellationToken)
    {
        var plan = await planner.PlanAsync(query, parameters, context, cancellationToken);
        await CheckCutoffAsync(plan.TextBytes, context, cancellationToken);
        var file = files.NewStagingFile(context);
        var engine = engines.Take();
        var isSound = false;
        try
        {
            run.EngineStarts();
            var (rows, bytes, scanned) = await QueryEngine.RunAsync(() => Write(engine, plan, file, cancellationToken));
            run.EngineEnds();
            isSound = true;
            await CheckCutoffAsync(scanned, context, cancellationToken);
            await run.Stored;
            var columns = plan.Columns.Select(column => ResultColumns.Of(column.Name, column.Type)).ToList();
            var location = await files.AdoptCsvAsync(run, file, columns, context, cancellationToken);
            return new StatementOutcome(location, columns) { ScannedBytes = scanned, OutputRows = rows, OutputBytes = bytes };
        }
        finally
        {
            engines.Return(engine, isSound);
            File.Delete(file);
        }
    }

    private static (long Rows, long Bytes, long Scanned) Write(QueryEngine engine, QueryPlan plan, string file, CancellationToken cancellationToken)
    {
        engine.ResetBytes(cancellationToken);
        using var stream = new FileStream(file, FileMode.Create, FileAccess.Write, FileShare.None, FileBufferSize);
        var writer = new ResultCsvWriter(stream, plan.Columns);
        writer.WriteHeader();
        using (var result = engine.Connection.Query(plan.Sql, cancellationToken))
        {
            while (result.NextChunk(cancellationToken) is { } chunk)
            {
                using (chunk)
                {
                    writer.Write(chunk);
                }
            }
        }

        writer.Flush();
        return (writer.Rows, stream.Length, plan.IsColumnar ? engine.BytesRead(cancellationToken) : plan.TextBytes);
    }

    private async ValueTask CheckCutoffAsync(long scanned, StatementContext context, CancellationToken cancellationToken)
    {
        var workGroup = await workGroups.FindAsync(context.Scope, context.WorkGroup, cancellationToken);
        if (workGroup?.BytesScannedCutoff is { } cutoff && scanned > cutoff)
        {
            throw new SqlException("EXCEEDED_SCAN_LIMIT", $"Bytes scanned limit was exceeded: the query would scan {scanned} bytes, the workgroup allows {cutoff}");
        }
    }
}
