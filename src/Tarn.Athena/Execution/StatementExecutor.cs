using System.Diagnostics;
using Tarn.Athena.Execution.Ddl;
using Tarn.Athena.Execution.Engine;
using Tarn.Athena.Execution.Explaining;
using Tarn.Athena.Execution.Reading;
using Tarn.Athena.Execution.Writing;
using Tarn.Athena.PreparedStatements;
using Tarn.Athena.Queries;
using Tarn.Athena.Results;
using Tarn.Contracts;
using Tarn.DuckDb;
using Tarn.Sql;
using Tarn.Sql.Ddl;
using Tarn.Sql.Functions;
using Tarn.Sql.Lexing;
using Tarn.Sql.Parsing;
using Tarn.Sql.Tree;

namespace Tarn.Athena.Execution;

/// <summary>
/// Runs one statement from its text to its end: parse, do what it says, write the result objects. Every failure that has words of Trino, Hive or
/// AWS ends in a FAILED record; anything else is thrown on as the bug that it is.
/// </summary>
internal sealed class StatementExecutor(
    DdlExecutor ddl,
    SelectStatement select,
    WriteStatements writes,
    ViewStatements views,
    ExplainStatement explain,
    PreparedStatementOperations prepared,
    ResultReuse reuse,
    ResultFiles files,
    AthenaOptions options,
    TimeProvider time)
{
    /// <param name="stored">See <see cref="StatementRun.Stored"/>.</param>
    public async Task<QueryRecord> ExecuteAsync(AwsScope scope, QueryRecord query, Task stored, CancellationToken cancellationToken)
    {
        var run = new StatementRun(query, stored, time);
        using var timeout = new CancellationTokenSource();
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            var statement = StatementParser.Parse(query.Query);
            if (statement is not Query)
            {
                await stored;
            }

            timeout.CancelAfter(run.Kind.Type == "DML" ? options.DmlTimeout : options.DdlTimeout);
            return run.Succeeded(await RunAsync(statement, run, new StatementContext(scope, query.Database ?? "default", query.WorkGroup, query.Id), linked.Token));
        }
        catch (SqlException e)
        {
            return run.Failed(e.Code, e.Message);
        }
        catch (AwsException e)
        {
            return run.Failed(e.Code, e.Message);
        }
        catch (DuckDbException e) when (!linked.IsCancellationRequested)
        {
            return run.Failed(EngineFailures.Translate(e));
        }
        catch (Exception e) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested && e is OperationCanceledException or DuckDbException)
        {
            return run.Failed("EXCEEDED_TIME_LIMIT", "Query exceeded the maximum execution time limit");
        }
        catch (DuckDbException e)
        {
            throw new OperationCanceledException("The engine was interrupted.", e, cancellationToken);
        }
        catch (IOException e)
        {
            return run.Failed("GENERIC_INTERNAL_ERROR", $"The result could not be written: {e.Message}");
        }
    }

    private async ValueTask<StatementOutcome> RunAsync(Statement statement, StatementRun run, StatementContext context, CancellationToken cancellationToken)
    {
        var parameters = run.Query.ExecutionParameters?.Select(text => StatementParser.ParseExpression(text, SqlDialect.Trino)).ToList() ?? [];
        switch (statement)
        {
            case Execute execute:
                var record = await prepared.GetAsync(context.Scope, context.WorkGroup, execute.Name.Value, cancellationToken);
                return await RunAsync(StatementParser.Parse(record.QueryStatement), [.. execute.Parameters, .. parameters], run, context, cancellationToken);
            case Prepare prepare:
                var toSave = new PreparedStatementRecord { Name = prepare.Name.Value, WorkGroup = context.WorkGroup, QueryStatement = prepare.Text, LastModified = time.GetUtcNow() };
                await prepared.SaveAsync(context.Scope, toSave, mayReplace: true, cancellationToken);
                return await files.WriteTextAsync(run, TextResult.None, context, cancellationToken);
            case Deallocate deallocate:
                await prepared.DeleteAsync(context.Scope, context.WorkGroup, deallocate.Name.Value, cancellationToken);
                return await files.WriteTextAsync(run, TextResult.None, context, cancellationToken);
            default:
                return await RunAsync(statement, parameters, run, context, cancellationToken);
        }
    }

    private async ValueTask<StatementOutcome> RunAsync(Statement statement, IReadOnlyList<Expression> parameters, StatementRun run, StatementContext context, CancellationToken cancellationToken)
    {
        switch (statement)
        {
            case DdlStatement definition:
                var text = definition is ShowCreateView or DescribeView
                    ? await views.ShowAsync(definition, context, cancellationToken)
                    : await ddl.ExecuteAsync(definition, context, cancellationToken);
                return await files.WriteTextAsync(run, text, context, cancellationToken);
            case CreateView create:
                await views.CreateAsync(create, context, cancellationToken);
                return await files.WriteTextAsync(run, TextResult.None, context, cancellationToken);
            case DropView drop:
                await views.DropAsync(drop, context, cancellationToken);
                return await files.WriteTextAsync(run, TextResult.None, context, cancellationToken);
            case Query query:
                return await reuse.FindAsync(run.Query, context, cancellationToken) ?? await select.RunAsync(query, parameters, run, context, cancellationToken);
            case CreateTableAsSelect create:
                return await writes.CreateTableAsync(create, parameters, run, context, cancellationToken);
            case Insert insert:
                return await writes.InsertAsync(insert, parameters, run, context, cancellationToken);
            case Explain explained:
                return await files.WriteTextAsync(run, await explain.RunAsync(explained, parameters, context, cancellationToken), context, cancellationToken);
            case Unload unload:
                return await writes.UnloadAsync(unload, parameters, run, context, cancellationToken);
            default:
                throw new SqlException("NOT_SUPPORTED", $"{StatementKind.Of(statement).Substatement} is not built in Tarn yet", statement.Position);
        }
    }
}
