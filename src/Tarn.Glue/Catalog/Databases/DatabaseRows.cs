using Tarn.Contracts;
using Tarn.Glue.Catalog.Records;
using Tarn.Glue.Catalog.Tables;
using Tarn.Glue.Tags;
using Tarn.Store;

namespace Tarn.Glue.Catalog.Databases;

/// <summary>The rows of databases. Names are matched in lower case.</summary>
internal static class DatabaseRows
{
    public static string Arn(AwsScope scope, string name) => scope.Arn("glue", $"database/{name}");

    public static bool Exists(IStoreReader store, AwsScope scope, string name) => Find(store, scope, name) is not null;

    public static StoredDatabase? Find(IStoreReader store, AwsScope scope, string name) =>
        store.QueryFirst("SELECT definition FROM glue_databases WHERE account = @p0 AND region = @p1 AND name = @p2", Map, scope.AccountId, scope.Region, name.ToLowerInvariant());

    /// <summary>The database; throws EntityNotFoundException when there is none.</summary>
    public static StoredDatabase Get(IStoreReader store, AwsScope scope, string name) => Find(store, scope, name) ?? throw GlueErrors.DatabaseNotFound(name);

    /// <summary>Databases in order of name.</summary>
    /// <param name="after">Only names after this one; empty for all.</param>
    public static List<StoredDatabase> List(IStoreReader store, AwsScope scope, string after, int countMax) =>
        store.Query(
            "SELECT definition FROM glue_databases WHERE account = @p0 AND region = @p1 AND name > @p2 ORDER BY name LIMIT @p3",
            Map, scope.AccountId, scope.Region, after, countMax);

    /// <summary>Adds a database; throws AlreadyExistsException when there is one of its name.</summary>
    public static void Create(IStoreWriter store, AwsScope scope, StoredDatabase database)
    {
        var added = store.Execute(
            "INSERT INTO glue_databases (account, region, name, definition) VALUES (@p0, @p1, @p2, @p3) ON CONFLICT (account, region, name) DO NOTHING",
            scope.AccountId, scope.Region, database.Database.Name, CatalogJson.Write(database));
        if (added == 0)
        {
            throw GlueErrors.DatabaseExists();
        }
    }

    public static void Update(IStoreWriter store, AwsScope scope, StoredDatabase database) =>
        store.Execute(
            "UPDATE glue_databases SET definition = @p3 WHERE account = @p0 AND region = @p1 AND name = @p2",
            scope.AccountId, scope.Region, database.Database.Name, CatalogJson.Write(database));

    /// <summary>Deletes a database with its tables and functions; throws EntityNotFoundException when there is none.</summary>
    public static void Delete(IStoreWriter store, AwsScope scope, string name)
    {
        name = name.ToLowerInvariant();
        if (store.Execute("DELETE FROM glue_databases WHERE account = @p0 AND region = @p1 AND name = @p2", scope.AccountId, scope.Region, name) == 0)
        {
            throw GlueErrors.DatabaseNotFound(name);
        }

        foreach (var table in store.Query("SELECT name FROM glue_tables WHERE account = @p0 AND region = @p1 AND database_name = @p2", row => row.Text(0), scope.AccountId, scope.Region, name))
        {
            TableRows.Delete(store, scope, name, table);
        }

        store.Execute("DELETE FROM glue_functions WHERE account = @p0 AND region = @p1 AND database_name = @p2", scope.AccountId, scope.Region, name);
        GlueTags.Delete(store, scope, Arn(scope, name));
    }

    private static StoredDatabase Map(StoreRow row) => CatalogJson.Read<StoredDatabase>(row.Text(0));
}
