using System.Text;
using Tarn.Contracts.Catalog;
using Tarn.Sql;
using Tarn.Sql.Ddl;

namespace Tarn.Athena.Execution.Ddl;

/// <summary>SHOW TABLES, VIEWS, COLUMNS, CREATE TABLE and TBLPROPERTIES.</summary>
internal sealed class ShowStatements(ICatalog catalog)
{
    private const string View = "VIRTUAL_VIEW";

    public async ValueTask<TextResult> TablesAsync(ShowTables statement, StatementContext context, CancellationToken cancellationToken) =>
        TextResult.Of(["tab_name"], await NamesAsync(statement.Database, statement.Pattern, _ => true, context, cancellationToken));

    public async ValueTask<TextResult> ViewsAsync(ShowViews statement, StatementContext context, CancellationToken cancellationToken) =>
        TextResult.Of(["views"], await NamesAsync(statement.Database, statement.Pattern, table => table.TableType == View, context, cancellationToken));

    public async ValueTask<TextResult> ColumnsAsync(ShowColumns statement, StatementContext context, CancellationToken cancellationToken)
    {
        var table = await catalog.GetTableAsync(statement.Table, context, cancellationToken);
        return TextResult.Of(["field"], (table.StorageDescriptor?.Columns ?? []).Concat(table.PartitionKeys).Select(column => column.Name.PadRight(20)));
    }

    public async ValueTask<TextResult> PropertiesAsync(ShowTableProperties statement, StatementContext context, CancellationToken cancellationToken)
    {
        var table = await catalog.GetTableAsync(statement.Table, context, cancellationToken);
        if (statement.Key is null)
        {
            return TextResult.Of(["prpt_name", "prpt_value"], table.Parameters.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}\t{pair.Value}"));
        }

        var value = table.Parameters.TryGetValue(statement.Key, out var found) ? found : $"Table {table.DatabaseName}.{table.Name} does not have property: {statement.Key}";
        return TextResult.Of(["prpt_value"], [value]);
    }

    public async ValueTask<TextResult> CreateTableAsync(ShowCreateTable statement, StatementContext context, CancellationToken cancellationToken)
    {
        var table = await catalog.GetTableAsync(statement.Table, context, cancellationToken);
        return table.TableType == View
            ? throw new SqlException("FAILED", $"SemanticException {table.DatabaseName}.{table.Name} is a view: use SHOW CREATE VIEW")
            : TextResult.Of(["createtab_stmt"], CreateText(table).Split('\n'));
    }

    private static string CreateText(CatalogTable table)
    {
        var storage = table.StorageDescriptor ?? new StorageDescriptor();
        var text = new StringBuilder().Append("CREATE EXTERNAL TABLE `").Append(table.Name).Append("`(\n");
        AppendColumns(text, storage.Columns);
        if (table.Description is { Length: > 0 } comment)
        {
            text.Append("\nCOMMENT ").Append(Quoted(comment));
        }

        if (table.PartitionKeys.Count > 0)
        {
            text.Append("\nPARTITIONED BY ( \n");
            AppendColumns(text, table.PartitionKeys);
        }

        if (storage.BucketColumns is { Count: > 0 } buckets)
        {
            text.Append("\nCLUSTERED BY ( \n").AppendJoin(", \n", buckets.Select(column => $"  {column}")).Append(") \nINTO ").Append(storage.NumberOfBuckets).Append(" BUCKETS");
        }

        if (storage.SerdeInfo is { SerializationLibrary: { } library } serde)
        {
            text.Append("\nROW FORMAT SERDE \n  ").Append(Quoted(library)).Append(' ');
            AppendProperties(text, "WITH SERDEPROPERTIES ( ", serde.Parameters ?? new Dictionary<string, string>());
        }

        text.Append("\nSTORED AS INPUTFORMAT \n  ").Append(Quoted(storage.InputFormat ?? "")).Append(" \nOUTPUTFORMAT \n  ").Append(Quoted(storage.OutputFormat ?? ""));
        text.Append("\nLOCATION\n  ").Append(Quoted(storage.Location ?? ""));
        AppendProperties(text, "TBLPROPERTIES (", table.Parameters.Where(pair => pair.Key is not ("EXTERNAL" or "comment")));
        return text.ToString();
    }

    private static void AppendColumns(StringBuilder text, IReadOnlyList<CatalogColumn> columns) =>
        text.AppendJoin(", \n", columns.Select(column => $"  `{column.Name}` {column.Type}" + (column.Comment is { Length: > 0 } comment ? $" COMMENT {Quoted(comment)}" : ""))).Append(')');

    private static void AppendProperties(StringBuilder text, string opening, IEnumerable<KeyValuePair<string, string>> properties)
    {
        var shown = properties.OrderBy(pair => pair.Key, StringComparer.Ordinal).ToList();
        if (shown.Count > 0)
        {
            text.Append('\n').Append(opening).Append('\n').AppendJoin(", \n", shown.Select(pair => $"  {Quoted(pair.Key)}={Quoted(pair.Value)}")).Append(')');
        }
    }

    /// <summary>A string literal as Hive prints it: control characters as escapes, so that the text can be run again.</summary>
    private static string Quoted(string value)
    {
        var text = new StringBuilder("'");
        foreach (var c in value)
        {
            text.Append(c switch { '\'' => "\\'", '\\' => "\\\\", '\n' => "\\n", '\r' => "\\r", '\t' => "\\t", < ' ' => $"\\u{(int)c:X4}", _ => c.ToString() });
        }

        return text.Append('\'').ToString();
    }

    private async ValueTask<IEnumerable<string>> NamesAsync(string? database, string? pattern, Func<CatalogTable, bool> isWanted, StatementContext context, CancellationToken cancellationToken)
    {
        var name = database ?? context.Database;
        await catalog.GetDatabaseAsync(name, context, cancellationToken);
        var isShown = HivePattern.Matcher(pattern);
        var tables = await catalog.ListTablesAsync(context.Scope, name, cancellationToken);
        return tables.Where(isWanted).Select(table => table.Name).Where(isShown);
    }
}
