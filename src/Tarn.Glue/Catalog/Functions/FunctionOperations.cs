using System.Text.RegularExpressions;
using Tarn.Api.Glue;
using Tarn.Contracts;
using Tarn.Glue.Catalog.Databases;
using Tarn.Glue.Catalog.Records;
using Tarn.Store;
using Tarn.Wire.Dispatch;

namespace Tarn.Glue.Catalog.Functions;

/// <summary>The operations on user-defined functions: definitions that engines look up; the catalog does not run them.</summary>
internal sealed class FunctionOperations(IMetadataStore store, TimeProvider time)
{
    private static readonly TimeSpan PatternTimeMax = TimeSpan.FromMilliseconds(100);

    public async ValueTask<CreateUserDefinedFunctionResponse> CreateUserDefinedFunction(
        CreateUserDefinedFunctionRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var scope = context.Catalog(request.CatalogId, "CreateUserDefinedFunction");
        var function = ToRecord(request.FunctionInput!, time.GetUtcNow());
        await store.WriteAsync(
            writer =>
            {
                var database = DatabaseRows.Get(writer, scope, request.DatabaseName!).Database.Name;
                return FunctionRows.Add(writer, scope, database, function) ? 0 : throw GlueErrors.AlreadyExists("Function");
            },
            cancellationToken);
        return new CreateUserDefinedFunctionResponse();
    }

    public async ValueTask<GetUserDefinedFunctionResponse> GetUserDefinedFunction(
        GetUserDefinedFunctionRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var scope = context.Catalog(request.CatalogId, "GetUserDefinedFunction");
        return await store.ReadAsync(
            reader =>
            {
                var database = DatabaseRows.Get(reader, scope, request.DatabaseName!).Database.Name;
                return new GetUserDefinedFunctionResponse { UserDefinedFunction = ToApi(FunctionRows.Get(reader, scope, database, request.FunctionName!), database, scope) };
            },
            cancellationToken);
    }

    /// <summary>Functions of one database, or of all, whose names match the pattern.</summary>
    public async ValueTask<GetUserDefinedFunctionsResponse> GetUserDefinedFunctions(
        GetUserDefinedFunctionsRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var scope = context.Catalog(request.CatalogId, "GetUserDefinedFunctions");
        var list = $"GetUserDefinedFunctions/{scope}/{request.DatabaseName?.ToLowerInvariant()}/{request.FunctionType}/{request.Pattern}";
        var after = PageToken.DecodeText(list, request.NextToken, GlueErrors.InvalidToken)?.Split('\0');
        var countMax = request.MaxResults ?? CatalogLimits.PageDefault;
        var pattern = Pattern(request.Pattern!);
        var found = await store.ReadAsync(
            reader =>
            {
                if (request.DatabaseName is { } name)
                {
                    DatabaseRows.Get(reader, scope, name);
                }

                var functions = new List<(string Database, StoredFunction Function)>();
                FunctionRows.Scan(reader, scope, request.DatabaseName, after?[0] ?? "", after?[1] ?? "", (database, function) =>
                {
                    if ((request.FunctionType is null || request.FunctionType == function.FunctionType) && pattern.IsMatch(function.Name))
                    {
                        functions.Add((database, function));
                    }

                    return functions.Count <= countMax;
                });
                return functions;
            },
            cancellationToken);
        var page = found.Take(countMax).ToList();
        return new GetUserDefinedFunctionsResponse
        {
            UserDefinedFunctions = [.. page.Select(item => ToApi(item.Function, item.Database, scope))],
            NextToken = found.Count > countMax ? PageToken.Encode(list, $"{page[^1].Database}\0{page[^1].Function.Name}") : null,
        };
    }

    public async ValueTask<UpdateUserDefinedFunctionResponse> UpdateUserDefinedFunction(
        UpdateUserDefinedFunctionRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var scope = context.Catalog(request.CatalogId, "UpdateUserDefinedFunction");
        await store.WriteAsync(
            writer =>
            {
                var database = DatabaseRows.Get(writer, scope, request.DatabaseName!).Database.Name;
                var old = FunctionRows.Get(writer, scope, database, request.FunctionName!);
                var function = ToRecord(request.FunctionInput!, old.CreateTime);
                if (function.Name != old.Name)
                {
                    throw GlueErrors.InvalidInput("Function cannot be renamed");
                }

                FunctionRows.Update(writer, scope, database, function);
                return 0;
            },
            cancellationToken);
        return new UpdateUserDefinedFunctionResponse();
    }

    public async ValueTask<DeleteUserDefinedFunctionResponse> DeleteUserDefinedFunction(
        DeleteUserDefinedFunctionRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var scope = context.Catalog(request.CatalogId, "DeleteUserDefinedFunction");
        await store.WriteAsync(
            writer =>
            {
                var database = DatabaseRows.Get(writer, scope, request.DatabaseName!).Database.Name;
                FunctionRows.Delete(writer, scope, database, request.FunctionName!);
                return 0;
            },
            cancellationToken);
        return new DeleteUserDefinedFunctionResponse();
    }

    private static Regex Pattern(string pattern)
    {
        try
        {
            return new Regex(pattern == "*" ? "" : $"^(?:{pattern})$", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.NonBacktracking, PatternTimeMax);
        }
        catch (Exception exception) when (exception is RegexParseException or NotSupportedException)
        {
            throw GlueErrors.InvalidInput($"Invalid pattern: {pattern}");
        }
    }

    private static StoredFunction ToRecord(UserDefinedFunctionInput input, DateTimeOffset createTime) => new()
    {
        Name = input.FunctionName?.ToLowerInvariant() ?? throw GlueErrors.InvalidInput("FunctionName is required"),
        ClassName = input.ClassName,
        OwnerName = input.OwnerName,
        FunctionType = input.FunctionType,
        OwnerType = input.OwnerType,
        ResourceUris = input.ResourceUris is { } uris ? [.. uris.Select(uri => new StoredResource(uri.ResourceType, uri.Uri))] : null,
        CreateTime = createTime,
    };

    private static UserDefinedFunction ToApi(StoredFunction function, string database, AwsScope scope) => new()
    {
        FunctionName = function.Name,
        DatabaseName = database,
        ClassName = function.ClassName,
        OwnerName = function.OwnerName,
        FunctionType = function.FunctionType,
        OwnerType = function.OwnerType,
        CreateTime = function.CreateTime,
        ResourceUris = function.ResourceUris is { } uris ? [.. uris.Select(uri => new ResourceUri { ResourceType = uri.ResourceType, Uri = uri.Uri })] : null,
        CatalogId = scope.AccountId,
    };
}
