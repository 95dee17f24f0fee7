using Tarn.Contracts.Catalog;
using Tarn.Sql.Ddl;

namespace Tarn.Athena.Execution.Ddl;

/// <summary>Finding what a statement names, in Hive's words where it is not there.</summary>
internal static class CatalogLookup
{
    public static string DatabaseOf(this TableName name, StatementContext context) => name.Database ?? context.Database;

    public static async ValueTask<CatalogTable> GetTableAsync(this ICatalog catalog, TableName name, StatementContext context, CancellationToken cancellationToken)
    {
        var database = name.DatabaseOf(context);
        return await catalog.FindTableAsync(context.Scope, database, name.Name, cancellationToken) ?? throw DdlErrors.TableNotFound(database, name.Name);
    }

    public static async ValueTask<CatalogDatabase> GetDatabaseAsync(this ICatalog catalog, string name, StatementContext context, CancellationToken cancellationToken) =>
        await catalog.FindDatabaseAsync(context.Scope, name, cancellationToken) ?? throw DdlErrors.DatabaseNotFound(name);

    public static Dictionary<string, string> ToDictionary(this IEnumerable<PropertyPair> properties)
    {
        var result = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var property in properties)
        {
            result[property.Key] = property.Value;
        }

        return result;
    }
}
