using System.Globalization;
using Tarn.Contracts;
using Tarn.Contracts.Catalog;
using Tarn.Sql;
using Tarn.Sql.Binding;
using Tarn.Sql.Types;
using CatalogTable = Tarn.Contracts.Catalog.CatalogTable;

namespace Tarn.Athena.Execution.Reading.Metadata;

/// <summary>Reads one table of <c>information_schema</c>: conditions on schema and table name decide what is asked of the catalog.</summary>
internal sealed class InformationSchemaTable(InformationTable kind, string catalogName, ICatalog catalog, AthenaOptions options) : IMetadataTable
{
    public async ValueTask<string> ReadAsync(AwsScope scope, TableScan scan, CancellationToken cancellationToken)
    {
        var rows = new List<string?[]>();
        void Add(IEnumerable<Dictionary<string, string?>> found)
        {
            foreach (var row in found)
            {
                if (rows.Count == options.MetadataRowsMax)
                {
                    throw new SqlException("NOT_SUPPORTED", $"{InformationSchema.Name}.{scan.Table.Name} has more than {options.MetadataRowsMax} rows here: conditions on table_schema and table_name make it smaller, athena.metadataRowsMax allows more");
                }

                rows.Add([.. scan.Columns.Select(column => row[column.Name])]);
            }
        }

        var schemas = new NameFilter(scan, kind == InformationTable.Schemata ? "schema_name" : "table_schema");
        var names = new NameFilter(scan, "table_name");
        foreach (var schema in await SchemasAsync(scope, schemas, cancellationToken))
        {
            if (kind == InformationTable.Schemata)
            {
                Add([new() { ["catalog_name"] = catalogName, ["schema_name"] = schema }]);
            }
            else if (schema == InformationSchema.Name)
            {
                Add(InformationSchema.TableNames.Where(names.Allows).SelectMany(OwnRows));
            }
            else
            {
                Add((await TablesAsync(scope, schema, names, cancellationToken)).SelectMany(Rows));
            }
        }

        return MetadataRows.ToSql(scan.Columns, rows);
    }

    private async ValueTask<IEnumerable<string>> SchemasAsync(AwsScope scope, NameFilter filter, CancellationToken cancellationToken)
    {
        if (filter.Names is not { } wanted)
        {
            return (await catalog.ListDatabasesAsync(scope, cancellationToken)).Select(database => database.Name).Append(InformationSchema.Name).Where(filter.Allows);
        }

        var found = new List<string>();
        foreach (var name in wanted.Where(filter.Allows))
        {
            if (name == InformationSchema.Name || await catalog.FindDatabaseAsync(scope, name, cancellationToken) is { } database && database.Name == name)
            {
                found.Add(name);
            }
        }

        return found;
    }

    private async ValueTask<IEnumerable<CatalogTable>> TablesAsync(AwsScope scope, string schema, NameFilter filter, CancellationToken cancellationToken)
    {
        if (filter.Names is not { } wanted)
        {
            return (await catalog.ListTablesAsync(scope, schema, cancellationToken)).Where(table => filter.Allows(table.Name));
        }

        var found = new List<CatalogTable>();
        foreach (var name in wanted.Where(filter.Allows))
        {
            if (await catalog.FindTableAsync(scope, schema, name, cancellationToken) is { } table && table.Name == name)
            {
                found.Add(table);
            }
        }

        return found;
    }

    private IEnumerable<Dictionary<string, string?>> Rows(CatalogTable table)
    {
        var isView = table.TableType == ViewText.TableType;
        if (kind == InformationTable.Tables)
        {
            return [Row(table.DatabaseName, table.Name, ("table_type", isView ? "VIEW" : "BASE TABLE"))];
        }

        if (kind == InformationTable.Views)
        {
            return isView && ViewText.IsAthenas(table) ? [Row(table.DatabaseName, table.Name, ("view_definition", ViewText.Sql(table)))] : [];
        }

        try
        {
            var keys = table.PartitionKeys.Select(key => key.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
            var comments = (table.StorageDescriptor?.Columns ?? []).Concat(table.PartitionKeys).ToLookup(column => column.Name, column => column.Comment, StringComparer.OrdinalIgnoreCase);
            return CatalogSnapshot.ToBound(table).Columns.Where(column => !column.IsHidden)
                .Select((column, i) => Column(table.DatabaseName, table.Name, column, i, comments[column.Name].FirstOrDefault(), keys.Contains(column.Name) ? "partition key" : null)).ToList();
        }
        catch (SqlException)
        {
            // A table that no statement can read (a type that is none, a view of another engine) has no columns here, as in Trino.
            return [];
        }
    }

    private IEnumerable<Dictionary<string, string?>> OwnRows(string table) => kind switch
    {
        InformationTable.Tables => [Row(InformationSchema.Name, table, ("table_type", "BASE TABLE"))],
        InformationTable.Columns => InformationSchema.Columns(Enum.Parse<InformationTable>(table, ignoreCase: true)).Where(column => !column.IsHidden)
            .Select((column, i) => Column(InformationSchema.Name, table, column, i, null, null)),
        _ => [],
    };

    private Dictionary<string, string?> Column(string schema, string table, Sql.Binding.CatalogColumn column, int index, string? comment, string? extra) => Row(
        schema,
        table,
        ("column_name", column.Name),
        ("ordinal_position", (index + 1).ToString(CultureInfo.InvariantCulture)),
        ("column_default", null),
        ("is_nullable", "YES"),
        ("data_type", column.Type.ToString()),
        ("comment", comment),
        ("extra_info", extra));

    private Dictionary<string, string?> Row(string schema, string table, params ReadOnlySpan<(string Name, string? Value)> more)
    {
        var row = new Dictionary<string, string?> { ["table_catalog"] = catalogName, ["table_schema"] = schema, ["table_name"] = table };
        foreach (var (name, value) in more)
        {
            row[name] = value;
        }

        return row;
    }

    /// <summary>What a scan says about a name. It may allow too much, never too little.</summary>
    private sealed class NameFilter
    {
        private readonly HashSet<string> excluded = new(StringComparer.Ordinal);

        public NameFilter(TableScan scan, string column)
        {
            foreach (var predicate in scan.PartitionPredicates.Where(predicate => predicate.Column == column && predicate.Type is VarcharType))
            {
                if (predicate.Comparison is PartitionComparison.Equal or PartitionComparison.In)
                {
                    var values = predicate.Values.ToHashSet(StringComparer.Ordinal);
                    values.IntersectWith(Names ?? values);
                    Names = values;
                }
                else if (predicate.Comparison == PartitionComparison.NotEqual)
                {
                    excluded.Add(predicate.Values[0]);
                }
            }
        }

        /// <summary>The names that are asked for; null for all.</summary>
        public HashSet<string>? Names { get; }

        public bool Allows(string name) => !excluded.Contains(name);
    }
}
