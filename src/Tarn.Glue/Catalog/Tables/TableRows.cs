using System.Globalization;
using Tarn.Contracts;
using Tarn.Contracts.Catalog;
using Tarn.Glue.Catalog.Databases;
using Tarn.Glue.Catalog.Partitions;
using Tarn.Glue.Catalog.Records;
using Tarn.Glue.Tags;
using Tarn.Store;

namespace Tarn.Glue.Catalog.Tables;

/// <summary>A table with the number under which its versions and partitions are kept.</summary>
internal sealed record TableRow(long Id, StoredTable Stored)
{
    public CatalogTable Table => Stored.Table;

    public PartitionKeyCodec KeyCodec() => new(Table.PartitionKeys);
}

/// <summary>The rows of tables and of their versions. Names are matched in lower case.</summary>
internal static class TableRows
{
    public static string Arn(AwsScope scope, string database, string name) => scope.Arn("glue", $"table/{database}/{name}");

    /// <param name="path">What follows <c>table/</c> in an ARN: <c>database/name</c>.</param>
    public static bool Exists(IStoreReader store, AwsScope scope, string path)
    {
        var slash = path.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && Find(store, scope, path[..slash], path[(slash + 1)..]) is not null;
    }

    public static TableRow? Find(IStoreReader store, AwsScope scope, string database, string name) =>
        store.QueryFirst(
            "SELECT table_id, definition FROM glue_tables WHERE account = @p0 AND region = @p1 AND database_name = @p2 AND name = @p3",
            Map, scope.AccountId, scope.Region, database.ToLowerInvariant(), name.ToLowerInvariant());

    /// <summary>The table; throws EntityNotFoundException for the database or the table, whichever is missing.</summary>
    public static TableRow Get(IStoreReader store, AwsScope scope, string database, string name)
    {
        if (Find(store, scope, database, name) is { } table)
        {
            return table;
        }

        DatabaseRows.Get(store, scope, database);
        throw GlueErrors.TableNotFound(name);
    }

    /// <summary>Hands over the tables of a database in order of name, until <paramref name="visit"/> answers false.</summary>
    /// <param name="after">Only names after this one; empty for all.</param>
    public static void Scan(IStoreReader store, AwsScope scope, string database, string after, Func<TableRow, bool> visit)
    {
        for (var more = true; more;)
        {
            var seen = 0;
            store.Scan(
                "SELECT table_id, definition FROM glue_tables WHERE account = @p0 AND region = @p1 AND database_name = @p2 AND name > @p3 ORDER BY name LIMIT @p4",
                row =>
                {
                    var table = Map(row);
                    seen++;
                    after = table.Table.Name;
                    return more = visit(table);
                },
                scope.AccountId, scope.Region, database.ToLowerInvariant(), after, CatalogLimits.TablesPerQuery);
            more &= seen == CatalogLimits.TablesPerQuery;
        }
    }

    /// <summary>Hands over every table of an account's catalog.</summary>
    public static void ScanAll(IStoreReader store, AwsScope scope, Func<TableRow, bool> visit) =>
        store.Scan(
            "SELECT table_id, definition FROM glue_tables WHERE account = @p0 AND region = @p1 ORDER BY database_name, name",
            row => visit(Map(row)), scope.AccountId, scope.Region);

    /// <summary>Adds a table as version 0; throws EntityNotFoundException without its database, AlreadyExistsException when there is one of its name.</summary>
    public static TableRow Create(IStoreWriter store, AwsScope scope, StoredTable stored, DateTimeOffset now, string? createdBy)
    {
        DatabaseRows.Get(store, scope, stored.Table.DatabaseName);
        if (Find(store, scope, stored.Table.DatabaseName, stored.Table.Name) is not null)
        {
            throw GlueErrors.TableExists();
        }

        stored = stored with { Table = stored.Table with { CreateTime = now, UpdateTime = now, CreatedBy = createdBy, VersionId = "0" } };
        var row = new TableRow(NextId(store), stored);
        store.Execute(
            "INSERT INTO glue_tables (table_id, account, region, database_name, name, version, definition) VALUES (@p0, @p1, @p2, @p3, @p4, 0, @p5)",
            row.Id, scope.AccountId, scope.Region, row.Table.DatabaseName, row.Table.Name, CatalogJson.Write(stored));
        return row;
    }

    /// <summary>Replaces a table's definition. Partitions are kept, and their keys written anew when the types of the partition keys changed.</summary>
    /// <param name="expectedVersion">Throws ConcurrentModificationException when the table has another version; null for no check.</param>
    /// <param name="archive">Whether the old definition stays as a version.</param>
    public static void Update(IStoreWriter store, AwsScope scope, StoredTable stored, DateTimeOffset now, string? expectedVersion, bool archive)
    {
        var old = Get(store, scope, stored.Table.DatabaseName, stored.Table.Name);
        if (expectedVersion is not null && expectedVersion != old.Table.VersionId)
        {
            throw GlueErrors.TableChanged();
        }

        var version = long.Parse(old.Table.VersionId, CultureInfo.InvariantCulture);
        if (archive)
        {
            store.Execute("INSERT INTO glue_table_versions (table_id, version, definition) VALUES (@p0, @p1, @p2)", old.Id, version, CatalogJson.Write(old.Stored));
        }

        version++;
        stored = stored with
        {
            Table = stored.Table with
            {
                CreateTime = old.Table.CreateTime,
                CreatedBy = old.Table.CreatedBy,
                UpdateTime = now,
                VersionId = version.ToString(CultureInfo.InvariantCulture),
            },
        };
        store.Execute("UPDATE glue_tables SET version = @p1, definition = @p2 WHERE table_id = @p0", old.Id, version, CatalogJson.Write(stored));
        if (!old.Table.PartitionKeys.Select(key => key.Type).SequenceEqual(stored.Table.PartitionKeys.Select(key => key.Type)))
        {
            Renumber(store, old, new PartitionKeyCodec(stored.Table.PartitionKeys));
        }
    }

    /// <summary>Deletes a table; throws EntityNotFoundException when there is none. Its partitions are out of reach at once and are swept later.</summary>
    public static void Delete(IStoreWriter store, AwsScope scope, string database, string name)
    {
        var table = Get(store, scope, database, name);
        store.Execute("DELETE FROM glue_tables WHERE table_id = @p0", table.Id);
        store.Execute("INSERT INTO glue_deleted_tables (table_id) VALUES (@p0)", table.Id);
        GlueTags.Delete(store, scope, Arn(scope, table.Table.DatabaseName, table.Table.Name));
    }

    /// <summary>The version; the newest for null. Throws EntityNotFoundException when there is no such version.</summary>
    public static StoredTable GetVersion(IStoreReader store, TableRow table, string? versionId)
    {
        if (versionId is null || versionId == table.Table.VersionId)
        {
            return table.Stored;
        }

        return ParseVersion(versionId) is var version
            && store.QueryFirst("SELECT definition FROM glue_table_versions WHERE table_id = @p0 AND version = @p1", row => row.Text(0), table.Id, version) is { } json
                ? CatalogJson.Read<StoredTable>(json)
                : throw GlueErrors.VersionNotFound();
    }

    /// <summary>Versions that were replaced, the newest first.</summary>
    /// <param name="before">Only versions before this one.</param>
    public static List<StoredTable> ListOldVersions(IStoreReader store, long tableId, long before, int countMax) =>
        store.Query(
            "SELECT definition FROM glue_table_versions WHERE table_id = @p0 AND version < @p1 ORDER BY version DESC LIMIT @p2",
            row => CatalogJson.Read<StoredTable>(row.Text(0)), tableId, before, countMax);

    /// <summary>Deletes a version that was replaced; throws EntityNotFoundException when there is none, InvalidInputException for the newest.</summary>
    public static void DeleteVersion(IStoreWriter store, TableRow table, string versionId)
    {
        if (versionId == table.Table.VersionId)
        {
            throw GlueErrors.InvalidInput("The current version of a table cannot be deleted.");
        }

        if (store.Execute("DELETE FROM glue_table_versions WHERE table_id = @p0 AND version = @p1", table.Id, ParseVersion(versionId)) == 0)
        {
            throw GlueErrors.VersionNotFound();
        }
    }

    /// <summary>Gives a table a new number and its partitions keys by the new types; what stays under the old number is swept like that of a deleted table.</summary>
    private static void Renumber(IStoreWriter store, TableRow old, PartitionKeyCodec codec)
    {
        var id = NextId(store);
        store.Execute("UPDATE glue_tables SET table_id = @p1 WHERE table_id = @p0", old.Id, id);
        store.Execute("UPDATE glue_table_versions SET table_id = @p1 WHERE table_id = @p0", old.Id, id);
        store.Execute("UPDATE glue_partition_indexes SET table_id = @p1 WHERE table_id = @p0", old.Id, id);
        PartitionRows.CopyAll(store, old.Id, old.KeyCodec(), id, codec);
        store.Execute("INSERT INTO glue_deleted_tables (table_id) VALUES (@p0)", old.Id);
    }

    /// <summary>Versions are numbers; throws InvalidInputException for any other text.</summary>
    private static long ParseVersion(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : throw GlueErrors.InvalidInput($"Version id {text} is not an integer.");

    private static long NextId(IStoreWriter store) =>
        store.QueryFirst(
            "INSERT INTO glue_numbers (name, next) VALUES ('table', 2) ON CONFLICT (name) DO UPDATE SET next = glue_numbers.next + 1 RETURNING next - 1",
            row => row.Long(0));

    private static TableRow Map(StoreRow row) => new(row.Long(0), CatalogJson.Read<StoredTable>(row.Text(1)));
}
