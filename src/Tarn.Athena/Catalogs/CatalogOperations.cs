using System.Text.RegularExpressions;
using Tarn.Api.Athena;
using Tarn.Contracts;
using Tarn.Contracts.Catalog;
using Tarn.Wire.Dispatch;

namespace Tarn.Athena.Catalogs;

/// <summary>
/// The operations that show data catalogs. There is one, <c>AwsDataCatalog</c>: the Glue Data Catalog of the account and region.
/// </summary>
internal sealed class CatalogOperations(ICatalog catalog)
{
    public const string AwsDataCatalog = "AwsDataCatalog";
    private const int PageSize = 50;
    private static readonly TimeSpan ExpressionTimeout = TimeSpan.FromSeconds(1);

    public ValueTask<ListDataCatalogsOutput> ListDataCatalogs(ListDataCatalogsInput request, RequestContext context, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new ListDataCatalogsOutput { DataCatalogsSummary = [new DataCatalogSummary { CatalogName = AwsDataCatalog, Type = "GLUE", Status = "CREATE_COMPLETE" }] });

    public ValueTask<GetDataCatalogOutput> GetDataCatalog(GetDataCatalogInput request, RequestContext context, CancellationToken cancellationToken)
    {
        if (!IsKnown(request.Name))
        {
            throw AthenaErrors.InvalidRequest($"Data catalog {request.Name} was not found");
        }

        return ValueTask.FromResult(new GetDataCatalogOutput
        {
            DataCatalog = new DataCatalog
            {
                Name = AwsDataCatalog,
                Type = "GLUE",
                Description = "The Glue Data Catalog of this account and region.",
                Parameters = new Dictionary<string, string> { ["catalog-id"] = context.Scope.AccountId },
                Status = "CREATE_COMPLETE",
            },
        });
    }

    public async ValueTask<GetDatabaseOutput> GetDatabase(GetDatabaseInput request, RequestContext context, CancellationToken cancellationToken) =>
        new() { Database = ToShape(await FindDatabaseAsync(context.Scope, request.CatalogName, request.DatabaseName!, cancellationToken)) };

    public async ValueTask<ListDatabasesOutput> ListDatabases(ListDatabasesInput request, RequestContext context, CancellationToken cancellationToken)
    {
        CheckCatalog(request.CatalogName);
        var (page, next) = Page(await catalog.ListDatabasesAsync(context.Scope, cancellationToken), database => database.Name, $"ListDatabases/{context.Scope}", request.NextToken, request.MaxResults);
        return new ListDatabasesOutput { DatabaseList = [.. page.Select(ToShape)], NextToken = next };
    }

    public async ValueTask<GetTableMetadataOutput> GetTableMetadata(GetTableMetadataInput request, RequestContext context, CancellationToken cancellationToken)
    {
        CheckCatalog(request.CatalogName);
        var table = await catalog.FindTableAsync(context.Scope, request.DatabaseName!.ToLowerInvariant(), request.TableName!.ToLowerInvariant(), cancellationToken)
            ?? throw AthenaErrors.Metadata($"Entity {request.DatabaseName}.{request.TableName} not found");
        return new GetTableMetadataOutput { TableMetadata = ToShape(table) };
    }

    public async ValueTask<ListTableMetadataOutput> ListTableMetadata(ListTableMetadataInput request, RequestContext context, CancellationToken cancellationToken)
    {
        var database = await FindDatabaseAsync(context.Scope, request.CatalogName, request.DatabaseName!, cancellationToken);
        IEnumerable<CatalogTable> tables = await catalog.ListTablesAsync(context.Scope, database.Name, cancellationToken);
        if (!string.IsNullOrEmpty(request.Expression))
        {
            var pattern = Pattern(request.Expression);
            tables = tables.Where(table => pattern.IsMatch(table.Name));
        }

        var (page, next) = Page([.. tables], table => table.Name, $"ListTableMetadata/{context.Scope}/{database.Name}/{request.Expression}", request.NextToken, request.MaxResults);
        return new ListTableMetadataOutput { TableMetadataList = [.. page.Select(ToShape)], NextToken = next };
    }

    /// <summary>Whether a catalog name means the one catalog; null stands for it as well.</summary>
    public static bool IsKnown(string? name) => name is null || name.Equals(AwsDataCatalog, StringComparison.OrdinalIgnoreCase);

    private static void CheckCatalog(string? name)
    {
        if (!IsKnown(name))
        {
            throw AthenaErrors.InvalidRequest($"Data catalog {name} was not found");
        }
    }

    private static (List<T> Page, string? Next) Page<T>(IReadOnlyList<T> all, Func<T, string> name, string list, string? token, int? maxResults)
    {
        var after = PageToken.DecodeText(list, token, AthenaErrors.InvalidToken);
        var size = maxResults ?? PageSize;
        var rows = all.Where(row => after is null || string.CompareOrdinal(name(row), after) > 0).Take(size + 1).ToList();
        return PageToken.Cut(rows, size, list, name);
    }

    private static Regex Pattern(string expression)
    {
        try
        {
            return new Regex($"^(?:{expression})$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, ExpressionTimeout);
        }
        catch (ArgumentException e)
        {
            throw AthenaErrors.InvalidRequest($"Expression is not a regular expression: {e.Message}");
        }
    }

    private static Database ToShape(CatalogDatabase database) => new()
    {
        Name = database.Name,
        Description = database.Description,
        Parameters = database.Parameters.Count == 0 ? null : database.Parameters,
    };

    private static TableMetadata ToShape(CatalogTable table) => new()
    {
        Name = table.Name,
        CreateTime = table.CreateTime,
        LastAccessTime = table.LastAccessTime,
        TableType = table.TableType,
        Columns = [.. (table.StorageDescriptor?.Columns ?? []).Select(ToShape)],
        PartitionKeys = [.. table.PartitionKeys.Select(ToShape)],
        Parameters = Parameters(table),
    };

    /// <summary>Athena shows where and how a table is stored among its parameters, as the Hive metastore does.</summary>
    private static Dictionary<string, string> Parameters(CatalogTable table)
    {
        var parameters = new Dictionary<string, string>(table.Parameters);
        var storage = table.StorageDescriptor;
        void Add(string key, string? value)
        {
            if (value is not null)
            {
                parameters.TryAdd(key, value);
            }
        }

        Add("location", storage?.Location);
        Add("inputformat", storage?.InputFormat);
        Add("outputformat", storage?.OutputFormat);
        Add("serde.serialization.lib", storage?.SerdeInfo?.SerializationLibrary);
        foreach (var (key, value) in storage?.SerdeInfo?.Parameters ?? new Dictionary<string, string>())
        {
            Add("serde.param." + key, value);
        }

        return parameters;
    }

    private static Column ToShape(CatalogColumn column) => new() { Name = column.Name, Type = column.Type, Comment = column.Comment };

    private async ValueTask<CatalogDatabase> FindDatabaseAsync(AwsScope scope, string? catalogName, string name, CancellationToken cancellationToken)
    {
        CheckCatalog(catalogName);
        return await catalog.FindDatabaseAsync(scope, name.ToLowerInvariant(), cancellationToken) ?? throw AthenaErrors.Metadata($"Database {name} not found.");
    }
}
