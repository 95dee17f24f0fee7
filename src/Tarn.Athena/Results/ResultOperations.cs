using System.Globalization;
using Tarn.Api.Athena;
using Tarn.Athena.Queries;
using Tarn.Contracts;
using Tarn.Contracts.Lake;
using Tarn.Wire.Dispatch;

namespace Tarn.Athena.Results;

/// <summary>GetQueryResults: pages of a result, read from the object that the query wrote.</summary>
internal sealed class ResultOperations(QueryStore queries, ILake lake)
{
    private const int PageSize = 1_000;
    private const string Operation = "GetQueryResults";

    public async ValueTask<GetQueryResultsOutput> GetQueryResults(GetQueryResultsInput request, RequestContext context, CancellationToken cancellationToken)
    {
        var query = await queries.GetAsync(context.Scope, request.QueryExecutionId!, cancellationToken);
        if (query.State != QueryState.Succeeded)
        {
            throw AthenaErrors.InvalidRequest(query.IsTerminal
                ? $"Query did not finish successfully. Final query state: {query.State}"
                : $"Query has not yet finished. Current state: {query.State}");
        }

        var columns = query.Columns ?? [];
        var isFirstPage = request.NextToken is null;
        var (rows, next) = columns.Count == 0 && !query.Result.OutputLocation!.EndsWith(".txt", StringComparison.Ordinal)
            ? ([], null)
            : await ReadPageAsync(context.Scope, query, request, cancellationToken);
        return new GetQueryResultsOutput
        {
            UpdateCount = query.UpdateCount ?? 0,
            ResultSet = new ResultSet
            {
                Rows = rows,
                ResultSetMetadata = new ResultSetMetadata { ColumnInfo = [.. columns.Select(ToShape)] },
            },
            NextToken = next,
        };
    }

    private static ColumnInfo ToShape(ResultColumn column) => new()
    {
        CatalogName = "hive",
        SchemaName = "",
        TableName = "",
        Name = column.Name,
        Label = column.Name,
        Type = column.Type,
        Precision = column.Precision,
        Scale = column.Scale,
        Nullable = "UNKNOWN",
        CaseSensitive = column.CaseSensitive,
    };

    private async ValueTask<(List<Row> Rows, string? Next)> ReadPageAsync(AwsScope scope, QueryRecord query, GetQueryResultsInput request, CancellationToken cancellationToken)
    {
        var size = request.MaxResults ?? PageSize;
        var list = $"{Operation}/{scope}/{query.Id}";
        var offset = PageToken.DecodeText(list, request.NextToken, AthenaErrors.InvalidToken) switch
        {
            null => 0L,
            var text when long.TryParse(text, out var place) && place > 0 => place,
            _ => throw AthenaErrors.InvalidToken(),
        };
        S3Location.TryParse(query.Result.OutputLocation, out var location);
        await using var stream = await OpenAsync(scope, location, cancellationToken);
        if (offset > stream.Length)
        {
            throw AthenaErrors.InvalidToken();
        }

        stream.Position = offset;
        var reader = new ResultFileReader(stream, offset);
        var isCsv = location.Key.EndsWith(".csv", StringComparison.Ordinal);
        var rows = new List<Row>(Math.Min(size, 64));
        while (rows.Count < size)
        {
            var values = isCsv ? await reader.ReadCsvRowAsync(cancellationToken) : TextRow(await reader.ReadLineAsync(cancellationToken), query.Columns!.Count);
            if (values is null)
            {
                return (rows, null);
            }

            rows.Add(new Row { Data = [.. values.Select(value => new Datum { VarCharValue = value })] });
        }

        return (rows, reader.Offset < stream.Length ? PageToken.Encode(list, reader.Offset.ToString(CultureInfo.InvariantCulture)) : null);
    }

    /// <summary>A line of a text result: as many columns as the result has, parted at tabs.</summary>
    private static List<string?>? TextRow(string? line, int columns) => line is null ? null : [.. line.Split('\t', Math.Max(columns, 1))];

    private async ValueTask<Stream> OpenAsync(AwsScope scope, S3Location location, CancellationToken cancellationToken)
    {
        try
        {
            return await lake.OpenReadAsync(scope, location.Bucket, location.Key, cancellationToken);
        }
        catch (AwsException e) when (e.Code is "NoSuchKey" or "NoSuchBucket")
        {
            throw AthenaErrors.InvalidRequest($"Could not find results: {location} is not there any more.");
        }
    }
}
