using Tarn.Sql.Types;

namespace Tarn.Sql.Binding;

/// <summary>Where the binder finds tables. An implementation is made per statement and may remember what it looked up.</summary>
public interface ISqlCatalog
{
    /// <summary>The catalog of names that have none, as errors show it: <c>awsdatacatalog</c>.</summary>
    string DefaultCatalog { get; }

    /// <summary>The schema of names that have none; null when the session has none.</summary>
    string? DefaultSchema { get; }

    /// <summary>A table or view; null when there is none. Names are lower case.</summary>
    CatalogTable? ResolveTable(string catalog, string schema, string name);

    /// <summary>Asked only when a table was not found, before its schema is asked for. Names are lower case.</summary>
    bool CatalogExists(string catalog) => catalog == DefaultCatalog;

    /// <summary>Asked only when a table was not found, to say which of the two is missing. Names are lower case.</summary>
    bool SchemaExists(string catalog, string schema);
}

/// <param name="Name">Lower case.</param>
/// <param name="IsPartitionKey">Whether its value is the partition's and not in the files.</param>
/// <param name="IsHidden">Whether it can be named, such as <c>"$path"</c>, but is no part of <c>*</c>.</param>
public sealed record CatalogColumn(string Name, SqlType Type, bool IsPartitionKey = false, bool IsHidden = false)
{
    /// <summary>Whether its values are known to have no capitals, as names of the catalog: then <c>lower(x) = 'a'</c> says that x is <c>'a'</c>.</summary>
    public bool IsLowerCase { get; init; }
}

/// <summary>A table or view with the schema that statements see.</summary>
/// <param name="Columns">Data columns, partition keys, then hidden ones.</param>
/// <param name="Handle">Whatever the catalog wants back in <see cref="TableScan.Table"/>; null for a view.</param>
/// <param name="View">What a view stands for; null for a table.</param>
public sealed record CatalogTable(string Catalog, string Schema, string Name, IReadOnlyList<CatalogColumn> Columns, object? Handle, ViewDefinition? View = null);

/// <summary>A view's query, and the session in which it was made: names in its text that have no catalog or schema have these.</summary>
/// <param name="Sql">Trino's SQL.</param>
/// <param name="Catalog">Lower case; null when the view was made without one.</param>
/// <param name="Schema">Lower case; null when the view was made without one.</param>
public sealed record ViewDefinition(string Sql, string? Catalog, string? Schema);
