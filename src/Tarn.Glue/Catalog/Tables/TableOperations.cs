using System.Text.RegularExpressions;
using Tarn.Api.Glue;
using Tarn.Contracts;
using Tarn.Glue.Catalog.Mapping;
using Tarn.Glue.Catalog.Partitions;
using Tarn.Store;
using Tarn.Wire.Dispatch;

namespace Tarn.Glue.Catalog.Tables;

/// <summary>The operations on tables.</summary>
internal sealed class TableOperations(IMetadataStore store, TimeProvider time)
{
    /// <summary>A pattern of GetTables runs at most this long on one name, and on backtracking it gives up.</summary>
    private static readonly TimeSpan PatternTimeMax = TimeSpan.FromMilliseconds(100);

    /// <summary>A star with nothing before it that could be repeated, or with a plain character of a name before it. <c>\w*</c> repeats a class.</summary>
    private static readonly Regex FreeStar = new(@"(?<=^|[|(*]|(?<!\\)[\p{L}\p{N}_-])\*", RegexOptions.CultureInvariant, PatternTimeMax);

    public async ValueTask<CreateTableResponse> CreateTable(CreateTableRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var scope = context.Catalog(request.CatalogId, "CreateTable");
        RefuseTransaction(request.TransactionId);
        var input = Input(request.TableInput, request.OpenTableFormatInput is not null);
        var table = input.ToRecord(request.DatabaseName!);
        await store.WriteAsync(
            writer =>
            {
                var row = TableRows.Create(writer, scope, table, time.GetUtcNow(), context.CallerArn);
                foreach (var index in request.PartitionIndexes ?? [])
                {
                    PartitionIndexRows.Create(writer, row, index.IndexName!, index.Keys!);
                }

                return 0;
            },
            cancellationToken);
        return new CreateTableResponse();
    }

    public async ValueTask<GetTableResponse> GetTable(GetTableRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var scope = context.Catalog(request.CatalogId, "GetTable");
        RefuseTransaction(request.TransactionId);
        var table = await store.ReadAsync(reader => TableRows.Get(reader, scope, request.DatabaseName!, request.Name!), cancellationToken);
        return new GetTableResponse { Table = table.Stored.ToApi(scope) };
    }

    public async ValueTask<GetTablesResponse> GetTables(GetTablesRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var scope = context.Catalog(request.CatalogId, "GetTables");
        RefuseTransaction(request.TransactionId);
        var list = $"GetTables/{scope}/{request.DatabaseName!.ToLowerInvariant()}/{request.Expression}";
        var after = PageToken.DecodeText(list, request.NextToken, GlueErrors.InvalidToken) ?? "";
        var countMax = request.MaxResults ?? CatalogLimits.PageDefault;
        var pattern = NamePattern(request.Expression);
        var found = await store.ReadAsync(
            reader =>
            {
                Databases.DatabaseRows.Get(reader, scope, request.DatabaseName);
                var tables = new List<TableRow>();
                TableRows.Scan(reader, scope, request.DatabaseName, after, table =>
                {
                    if (IsMatch(pattern, table.Table.Name))
                    {
                        tables.Add(table);
                    }

                    return tables.Count <= countMax;
                });
                return tables;
            },
            cancellationToken);
        var page = found.Take(countMax).ToList();
        return new GetTablesResponse
        {
            TableList = [.. page.Select(table => request.AttributesToGet is { Count: > 0 } attributes ? table.Stored.ToApi(attributes) : table.Stored.ToApi(scope))],
            NextToken = found.Count > countMax ? PageToken.Encode(list, page[^1].Table.Name) : null,
        };
    }

    public async ValueTask<UpdateTableResponse> UpdateTable(UpdateTableRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var scope = context.Catalog(request.CatalogId, "UpdateTable");
        RefuseTransaction(request.TransactionId);
        if (request.ViewUpdateAction is not null)
        {
            throw GlueErrors.InvalidInput("ViewUpdateAction is not supported: send the whole view in TableInput.");
        }

        var input = Input(request.TableInput, request.UpdateOpenTableFormatInput is not null);
        if (request.Name is { } name && !name.Equals(input.Name, StringComparison.OrdinalIgnoreCase))
        {
            throw GlueErrors.InvalidInput("Table cannot be renamed");
        }

        var table = input.ToRecord(request.DatabaseName!);
        await store.WriteAsync(
            writer =>
            {
                TableRows.Update(writer, scope, table, time.GetUtcNow(), request.VersionId, archive: request.SkipArchive != true);
                return 0;
            },
            cancellationToken);
        return new UpdateTableResponse();
    }

    public async ValueTask<DeleteTableResponse> DeleteTable(DeleteTableRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var scope = context.Catalog(request.CatalogId, "DeleteTable");
        RefuseTransaction(request.TransactionId);
        await store.WriteAsync(
            writer =>
            {
                TableRows.Delete(writer, scope, request.DatabaseName!, request.Name!);
                return 0;
            },
            cancellationToken);
        await DeletedTables.SweepAsync(store, cancellationToken);
        return new DeleteTableResponse();
    }

    public async ValueTask<BatchDeleteTableResponse> BatchDeleteTable(BatchDeleteTableRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var scope = context.Catalog(request.CatalogId, "BatchDeleteTable");
        RefuseTransaction(request.TransactionId);
        var errors = await store.WriteAsync(
            writer =>
            {
                Databases.DatabaseRows.Get(writer, scope, request.DatabaseName!);
                return request.TablesToDelete!
                    .Select(name => (Name: name, Failure: BatchEntry.Try(() => TableRows.Delete(writer, scope, request.DatabaseName!, name))))
                    .Where(entry => entry.Failure is not null)
                    .Select(entry => new TableError { TableName = entry.Name, ErrorDetail = entry.Failure })
                    .ToList();
            },
            cancellationToken);
        await DeletedTables.SweepAsync(store, cancellationToken);
        return new BatchDeleteTableResponse { Errors = errors };
    }

    private static TableInput Input(TableInput? input, bool hasOpenTableFormat)
    {
        if (hasOpenTableFormat)
        {
            throw GlueErrors.InvalidInput("Open table formats are not supported yet: describe the table in TableInput.");
        }

        if (input is null)
        {
            throw GlueErrors.InvalidInput("TableInput is required");
        }

        return input.PartitionKeys?.Any(key => key.Parameters is { Count: > 0 }) == true
            ? throw GlueErrors.InvalidInput("Parameters not supported for partition columns")
            : input;
    }

    private static void RefuseTransaction(string? transactionId)
    {
        if (transactionId is not null)
        {
            throw GlueErrors.EntityNotFound($"Transaction {transactionId} not found.");
        }
    }

    /// <summary>
    /// Java's pattern over the whole name. A star where a pattern can have none, or after a letter, digit, underscore or hyphen, stands for any text, as
    /// Hive's clients, Spark and awswrangler send it: <c>*</c>, <c>sales_*</c>, <c>*_raw</c>. AWS takes both.
    /// </summary>
    private static Regex? NamePattern(string? expression)
    {
        if (string.IsNullOrEmpty(expression) || expression is "*" or ".*")
        {
            return null;
        }

        try
        {
            return new Regex($"^(?:{FreeStar.Replace(expression, ".*")})$", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase, PatternTimeMax);
        }
        catch (RegexParseException)
        {
            throw GlueErrors.InvalidInput($"Invalid expression: {expression}");
        }
    }

    private static bool IsMatch(Regex? pattern, string name)
    {
        try
        {
            return pattern is null || pattern.IsMatch(name);
        }
        catch (RegexMatchTimeoutException)
        {
            throw GlueErrors.InvalidInput("The expression takes too long to match");
        }
    }
}
