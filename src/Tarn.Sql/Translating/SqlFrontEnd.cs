using Tarn.Sql.Binding;
using Tarn.Sql.Functions;
using Tarn.Sql.Lexing;
using Tarn.Sql.Parsing;
using Tarn.Sql.Tree;
using Tarn.Sql.Types;

namespace Tarn.Sql.Translating;

/// <summary>The front end from text to DuckDB: what Athena and the SQL nodes of Glue jobs call.</summary>
public static class SqlFrontEnd
{
    /// <summary>
    /// Parses and translates one query. Throws <see cref="SqlException"/> in Trino's words for anything that is wrong or not known: nothing
    /// is ever passed to DuckDB that was not understood.
    /// </summary>
    public static TranslatedQuery Translate(string text, SqlDialect dialect, ISqlCatalog catalog, IFunctionLibrary library)
    {
        var statement = dialect == SqlDialect.Trino ? StatementParser.Parse(text) : StatementParser.Parse(text, dialect);
        return statement is Query query ? Translate(query, dialect, catalog, library, []) : throw new SqlException("NOT_SUPPORTED", "Only a query can be translated", statement.Position);
    }

    /// <param name="query">A statement of its own, or the query of INSERT, CREATE TABLE AS, UNLOAD, CREATE VIEW.</param>
    /// <param name="parameters">Values of <c>?</c>, in order.</param>
    public static TranslatedQuery Translate(Query query, SqlDialect dialect, ISqlCatalog catalog, IFunctionLibrary library, IReadOnlyList<Expression> parameters)
    {
        var context = new BindingContext(library, catalog, dialect, parameters);
        var bound = new QueryBinder(context, null, new CommonTableScope(null)).Bind(query);
        var columns = bound.Columns.Select((column, i) => new ResultColumn(column.Name ?? $"_col{i}", column.Type, $"c{i}", column.Name is not null));
        return new TranslatedQuery(bound.Sql, [.. columns], context.Scans) { Views = [.. context.Views] };
    }
}

/// <param name="Name">What the client sees: lower case, <c>_col0</c> where the query names nothing. Two columns may have one name.</param>
/// <param name="DuckDbName">What the column is called in the translated text: c0, c1, ...</param>
/// <param name="IsNamed">Whether the query named it, as CREATE VIEW and CREATE TABLE AS demand.</param>
public sealed record ResultColumn(string Name, SqlType Type, string DuckDbName, bool IsNamed);

/// <summary>A query as DuckDB text in which the relations are still to be put.</summary>
public sealed class TranslatedQuery
{
    private readonly string text;

    internal TranslatedQuery(string text, IReadOnlyList<ResultColumn> columns, IReadOnlyList<TableScan> scans)
    {
        this.text = text;
        Columns = columns;
        Scans = scans;
    }

    public IReadOnlyList<ResultColumn> Columns { get; }

    /// <summary>Every occurrence of a table, each with the columns and partitions that it needs.</summary>
    public IReadOnlyList<TableScan> Scans { get; }

    /// <summary>Every view that the statement names, also through other views.</summary>
    public IReadOnlyList<CatalogTable> Views { get; internal init; } = [];

    /// <summary>The complete DuckDB SELECT; its columns are called as <see cref="ResultColumn.DuckDbName"/> says.</summary>
    /// <param name="relation">
    /// A DuckDB SELECT for a scan that gives the columns of <see cref="TableScan.Columns"/> under their names and in the types of
    /// <see cref="DuckDbTypes.Name(SqlType)"/>; one row per row of the table even when no column is wanted.
    /// </param>
    public string ToSql(Func<TableScan, string> relation) => Scans.Aggregate(text, (sql, scan) => sql.Replace(scan.Placeholder, relation(scan), StringComparison.Ordinal));
}
