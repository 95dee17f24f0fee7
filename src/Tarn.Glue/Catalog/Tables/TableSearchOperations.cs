using System.Globalization;
using Tarn.Api.Glue;
using Tarn.Contracts.Catalog;
using Tarn.Glue.Catalog.Mapping;
using Tarn.Store;
using Tarn.Wire.Dispatch;

namespace Tarn.Glue.Catalog.Tables;

/// <summary>
/// SearchTables: reads every table of the account. Filters by name compare whole tokens (<c>link</c> finds <c>customer-link</c>, not <c>xxlink</c>); filters by
/// time take a comparator; other keys are table parameters.
/// </summary>
internal sealed class TableSearchOperations(IMetadataStore store)
{
    /// <summary>What Glue cuts names at.</summary>
    private static readonly char[] Separators = ['-', ':', '#', '_', '/', '.', ' ', '\t', ',', ';'];

    public async ValueTask<SearchTablesResponse> SearchTables(SearchTablesRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var scope = context.Catalog(request.CatalogId, "SearchTables");
        if (request.ResourceShareType == ResourceShareType.FOREIGN)
        {
            return new SearchTablesResponse { TableList = [] };
        }

        var sort = request.SortCriteria?.FirstOrDefault();
        var filters = (request.Filters ?? []).Select(Filter).ToList();
        var list = $"SearchTables/{scope}/{request.SearchText}/{sort?.FieldName}/{sort?.Sort}/{string.Join(',', (request.Filters ?? []).Select(filter => $"{filter.Key}{filter.Comparator}{filter.Value}"))}";
        var start = int.Parse(PageToken.DecodeText(list, request.NextToken, GlueErrors.InvalidToken) ?? "0", CultureInfo.InvariantCulture);
        var countMax = request.MaxResults ?? CatalogLimits.WidePageDefault;
        var found = await store.ReadAsync(
            reader =>
            {
                var tables = new List<TableRow>();
                TableRows.ScanAll(reader, scope, table =>
                {
                    if (MatchesText(table.Table, request.SearchText) && filters.TrueForAll(filter => filter(table.Table)))
                    {
                        tables.Add(table);
                    }

                    return true;
                });
                return tables;
            },
            cancellationToken);
        var page = Sorted(found, sort).Skip(start).Take(countMax).ToList();
        return new SearchTablesResponse
        {
            TableList = [.. page.Select(table => table.Stored.ToApi(scope))],
            NextToken = found.Count > start + page.Count ? PageToken.Encode(list, (start + page.Count).ToString(CultureInfo.InvariantCulture)) : null,
        };
    }

    private static IEnumerable<TableRow> Sorted(List<TableRow> tables, SortCriterion? sort)
    {
        if (sort?.FieldName is null)
        {
            return tables;
        }

        Func<TableRow, string> key = table => Field(table.Table, sort.FieldName) ?? "";
        return sort.Sort == Sort.DESC ? tables.OrderByDescending(key, StringComparer.Ordinal) : tables.OrderBy(key, StringComparer.Ordinal);
    }

    /// <summary>Text in quotes must be a whole value; otherwise a part of one is enough.</summary>
    private static bool MatchesText(CatalogTable table, string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return true;
        }

        var exact = text.Length >= 2 && text[0] == '"' && text[^1] == '"';
        var wanted = exact ? text[1..^1] : text;
        return Searched(table).Any(value => exact ? value.Equals(wanted, StringComparison.OrdinalIgnoreCase) : value.Contains(wanted, StringComparison.OrdinalIgnoreCase));
    }

    private static IEnumerable<string> Searched(CatalogTable table)
    {
        yield return table.Name;
        yield return table.DatabaseName;
        foreach (var text in new[] { table.Description, table.Owner, table.TableType, table.StorageDescriptor?.Location })
        {
            if (text is not null)
            {
                yield return text;
            }
        }

        foreach (var column in (table.StorageDescriptor?.Columns ?? []).Concat(table.PartitionKeys))
        {
            yield return column.Name;
            if (column.Comment is not null)
            {
                yield return column.Comment;
            }
        }

        foreach (var value in table.Parameters.Values)
        {
            yield return value;
        }
    }

    private static Func<CatalogTable, bool> Filter(PropertyPredicate predicate)
    {
        var key = predicate.Key ?? throw GlueErrors.InvalidInput("A filter needs a Key");
        var value = predicate.Value ?? throw GlueErrors.InvalidInput("A filter needs a Value");
        if (TimeField(key) is not { } time)
        {
            return table => Field(table, key) is { } text && (text.Equals(value, StringComparison.OrdinalIgnoreCase) || Tokens(text).Contains(value, StringComparer.OrdinalIgnoreCase));
        }

        var limit = ParseTime(value);
        return table => time(table) is { } moment && predicate.Comparator switch
        {
            Comparator.GREATER_THAN => moment > limit,
            Comparator.GREATER_THAN_EQUALS => moment >= limit,
            Comparator.LESS_THAN => moment < limit,
            Comparator.LESS_THAN_EQUALS => moment <= limit,
            _ => moment == limit,
        };
    }

    private static string[] Tokens(string text) => text.Split(Separators, StringSplitOptions.RemoveEmptyEntries);

    private static string? Field(CatalogTable table, string name) => name.ToLowerInvariant() switch
    {
        "name" or "tablename" => table.Name,
        "databasename" or "database" => table.DatabaseName,
        "description" => table.Description,
        "owner" => table.Owner,
        "tabletype" => table.TableType,
        "location" => table.StorageDescriptor?.Location,
        "createtime" or "updatetime" or "lastaccesstime" => TimeField(name)!(table)?.UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
        _ => table.Parameters.GetValueOrDefault(name),
    };

    private static Func<CatalogTable, DateTimeOffset?>? TimeField(string name) => name.ToLowerInvariant() switch
    {
        "createtime" => table => table.CreateTime,
        "updatetime" => table => table.UpdateTime,
        "lastaccesstime" => table => table.LastAccessTime,
        _ => null,
    };

    /// <summary>ISO 8601, or seconds or milliseconds since 1970.</summary>
    private static DateTimeOffset ParseTime(string text)
    {
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && Math.Abs(number) < 100_000_000_000_000)
        {
            return Math.Abs(number) < 100_000_000_000 ? DateTimeOffset.FromUnixTimeSeconds(number) : DateTimeOffset.FromUnixTimeMilliseconds(number);
        }

        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : throw GlueErrors.InvalidInput($"{text} is not a time");
    }
}
