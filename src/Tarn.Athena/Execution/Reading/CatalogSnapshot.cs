using Tarn.Athena.Execution.Reading.Metadata;
using Tarn.Contracts;
using Tarn.Contracts.Catalog;
using Tarn.Sql;
using Tarn.Sql.Binding;
using Tarn.Sql.Types;
using BoundColumn = Tarn.Sql.Binding.CatalogColumn;
using BoundTable = Tarn.Sql.Binding.CatalogTable;
using CatalogTable = Tarn.Contracts.Catalog.CatalogTable;

namespace Tarn.Athena.Execution.Reading;

/// <summary>
/// The tables that one statement names. The binder asks for them while it binds and may not wait; so what it asked for and was not here is loaded
/// afterwards, and the statement is bound again: see <see cref="LoadAsync"/>.
/// </summary>
internal sealed class CatalogSnapshot(ICatalog catalog, AwsScope scope, string database, AthenaOptions options) : ISqlCatalog
{
    private const string Name = "awsdatacatalog";

    private readonly Dictionary<(string Database, string Table), BoundTable?> tables = [];
    private readonly Dictionary<string, bool> databases = new(StringComparer.Ordinal);
    private readonly HashSet<(string Database, string Table)> wantedTables = [];
    private readonly HashSet<string> wantedDatabases = new(StringComparer.Ordinal);

    public string DefaultCatalog => Name;

    public string? DefaultSchema => database;

    public BoundTable? ResolveTable(string catalogName, string schema, string name)
    {
        if (catalogName != Name)
        {
            return null;
        }

        if (schema == InformationSchema.Name)
        {
            return InformationSchema.Find(name, Name, catalog, options);
        }

        if (!name.EndsWith(PartitionsTable.Suffix, StringComparison.Ordinal))
        {
            return Find(schema, name);
        }

        if (Find(schema, name[..^PartitionsTable.Suffix.Length]) is not { View: null, Handle: CatalogTable table } found)
        {
            return null;
        }

        var keys = found.Columns.Where(column => column.IsPartitionKey).ToList();
        return keys.Count == 0 ? null : new BoundTable(Name, schema, name, keys, new PartitionsTable(catalog, table, options));
    }

    public bool SchemaExists(string catalogName, string schema)
    {
        if (catalogName != Name || schema == InformationSchema.Name)
        {
            return catalogName == Name;
        }

        if (!databases.TryGetValue(schema, out var exists))
        {
            wantedDatabases.Add(schema);
        }

        return exists;
    }

    /// <summary>
    /// Binds until nothing is asked for that was not loaded: once more for each level of views, and once when nothing is missing.
    /// </summary>
    public async ValueTask<T> BindAsync<T>(Func<T> bind, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                var bound = bind();
                if (!await LoadAsync(cancellationToken))
                {
                    return bound;
                }
            }
            catch (SqlException) when (wantedTables.Count + wantedDatabases.Count > 0)
            {
                await LoadAsync(cancellationToken);
            }
        }
    }

    private BoundTable? Find(string schema, string name)
    {
        if (!tables.TryGetValue((schema, name), out var table))
        {
            wantedTables.Add((schema, name));
        }

        return table;
    }

    /// <summary>Loads what was asked for; false when there was nothing.</summary>
    private async ValueTask<bool> LoadAsync(CancellationToken cancellationToken)
    {
        if (wantedTables.Count + wantedDatabases.Count == 0)
        {
            return false;
        }

        foreach (var (schema, name) in wantedTables)
        {
            var table = await catalog.FindTableAsync(scope, schema, name, cancellationToken);
            tables[(schema, name)] = table is null ? null : ToBound(table);
        }

        foreach (var schema in wantedDatabases)
        {
            databases[schema] = await catalog.FindDatabaseAsync(scope, schema, cancellationToken) is not null;
        }

        wantedTables.Clear();
        wantedDatabases.Clear();
        return true;
    }

    /// <summary>A table or view as statements see it.</summary>
    /// <exception cref="Sql.SqlException">A column's type is none of Hive's, or the view is another engine's.</exception>
    public static BoundTable ToBound(CatalogTable table)
    {
        if (table.TableType == ViewText.TableType)
        {
            return ViewText.ToBound(Name, table);
        }

        var data = (table.StorageDescriptor?.Columns ?? []).Select(column => Column(column, isKey: false));
        var keys = table.PartitionKeys.Select(column => Column(column, isKey: true));
        return new BoundTable(Name, table.DatabaseName, table.Name, [.. data, .. keys, Hidden("$path"), Hidden("$file_size"), Hidden("$file_modified_time")], table);
    }

    private static BoundColumn Hidden(string name) => new(name, Sql.Scans.TableScan.HiddenColumn(name)!, IsHidden: true);

    private static BoundColumn Column(Contracts.Catalog.CatalogColumn column, bool isKey) =>
        new(column.Name.ToLowerInvariant(), HiveTypes.Parse(column.Type ?? "string"), isKey);
}
