using Tarn.Contracts;
using Tarn.Glue.Catalog.Records;
using Tarn.Store;

namespace Tarn.Glue.Catalog.Functions;

/// <summary>The rows of user-defined functions. Names are matched in lower case; a database's name is given as it is kept.</summary>
internal static class FunctionRows
{
    public static bool Add(IStoreWriter store, AwsScope scope, string database, StoredFunction function) =>
        store.Execute(
            """
            INSERT INTO glue_functions (account, region, database_name, name, definition) VALUES (@p0, @p1, @p2, @p3, @p4)
            ON CONFLICT (account, region, database_name, name) DO NOTHING
            """,
            scope.AccountId, scope.Region, database, function.Name, CatalogJson.Write(function)) > 0;

    public static StoredFunction Get(IStoreReader store, AwsScope scope, string database, string name) =>
        store.QueryFirst(
            "SELECT definition FROM glue_functions WHERE account = @p0 AND region = @p1 AND database_name = @p2 AND name = @p3",
            row => CatalogJson.Read<StoredFunction>(row.Text(0)), scope.AccountId, scope.Region, database, name.ToLowerInvariant())
        ?? throw GlueErrors.FunctionNotFound(name);

    public static void Update(IStoreWriter store, AwsScope scope, string database, StoredFunction function) =>
        store.Execute(
            "UPDATE glue_functions SET definition = @p4 WHERE account = @p0 AND region = @p1 AND database_name = @p2 AND name = @p3",
            scope.AccountId, scope.Region, database, function.Name, CatalogJson.Write(function));

    public static void Delete(IStoreWriter store, AwsScope scope, string database, string name)
    {
        if (store.Execute(
            "DELETE FROM glue_functions WHERE account = @p0 AND region = @p1 AND database_name = @p2 AND name = @p3", scope.AccountId, scope.Region, database, name.ToLowerInvariant()) == 0)
        {
            throw GlueErrors.FunctionNotFound(name);
        }
    }

    /// <summary>Hands over functions in order of database and name, until <paramref name="visit"/> answers false.</summary>
    /// <param name="database">One database; null for all.</param>
    /// <param name="afterDatabase">Only those after this database and name; empty for all.</param>
    public static void Scan(IStoreReader store, AwsScope scope, string? database, string afterDatabase, string afterName, Func<string, StoredFunction, bool> visit)
    {
        if (database is not null)
        {
            store.Scan(
                "SELECT database_name, definition FROM glue_functions WHERE account = @p0 AND region = @p1 AND database_name = @p2 AND name > @p3 ORDER BY name",
                row => visit(row.Text(0), CatalogJson.Read<StoredFunction>(row.Text(1))), scope.AccountId, scope.Region, database.ToLowerInvariant(), afterName);
            return;
        }

        store.Scan(
            "SELECT database_name, definition FROM glue_functions WHERE account = @p0 AND region = @p1 AND (database_name, name) > (@p2, @p3) ORDER BY database_name, name",
            row => visit(row.Text(0), CatalogJson.Read<StoredFunction>(row.Text(1))), scope.AccountId, scope.Region, afterDatabase, afterName);
    }
}
