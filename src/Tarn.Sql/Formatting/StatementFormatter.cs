using System.Text;
using Tarn.Sql.Ddl;
using Tarn.Sql.Tree;

namespace Tarn.Sql.Formatting;

internal static class StatementFormatter
{
    public static void Append(StringBuilder text, Statement statement)
    {
        switch (statement)
        {
            case Query query:
                QueryFormatter.Append(text, query);
                break;
            case Insert insert:
                text.Append("INSERT INTO ").AppendName(insert.Target).Append(' ');
                AppendColumns(text, insert.Columns);
                QueryFormatter.Append(text, insert.Query);
                break;
            case CreateTableAsSelect create:
                AppendCreateTable(text, create);
                break;
            case CreateView create:
                text.Append(create.OrReplace ? "CREATE OR REPLACE VIEW " : "CREATE VIEW ").AppendName(create.Name).Append(' ');
                AppendComment(text, create.Comment);
                text.Append("AS ");
                QueryFormatter.Append(text, create.Query);
                break;
            case DropView drop:
                text.Append(drop.IfExists ? "DROP VIEW IF EXISTS " : "DROP VIEW ").AppendName(drop.Name);
                break;
            case Unload unload:
                text.Append("UNLOAD (");
                QueryFormatter.Append(text, unload.Query);
                text.Append(") TO ").AppendString(unload.Location);
                AppendProperties(text.Append(' '), unload.Properties);
                break;
            case Explain explain:
                AppendExplain(text, explain);
                break;
            case Prepare prepare:
                text.Append("PREPARE ").AppendName(prepare.Name).Append(" FROM ");
                Append(text, prepare.Statement);
                break;
            case Execute execute:
                text.Append("EXECUTE ").AppendName(execute.Name).Append(execute.Parameters.Count > 0 ? " USING " : "").AppendList(execute.Parameters, ExpressionFormatter.Append);
                break;
            case Deallocate deallocate:
                text.Append("DEALLOCATE PREPARE ").AppendName(deallocate.Name);
                break;
            case DdlStatement ddl:
                HiveDdlFormatter.Append(text, ddl);
                break;
            default:
                AppendChange(text, statement);
                break;
        }
    }

    private static void AppendChange(StringBuilder text, Statement statement)
    {
        switch (statement)
        {
            case Delete delete:
                text.Append("DELETE FROM ").AppendName(delete.Table);
                AppendWhere(text, delete.Where);
                break;
            case Update update:
                text.Append("UPDATE ").AppendName(update.Table).Append(" SET ").AppendList(update.Assignments, AppendAssignment);
                AppendWhere(text, update.Where);
                break;
            case Merge merge:
                AppendMerge(text, merge);
                break;
            case Optimize optimize:
                text.Append("OPTIMIZE ").AppendName(optimize.Table).Append(" REWRITE DATA USING BIN_PACK");
                AppendWhere(text, optimize.Where);
                break;
            case Vacuum vacuum:
                text.Append("VACUUM ").AppendName(vacuum.Table);
                break;
            default:
                throw new InvalidOperationException($"no format for {statement.GetType().Name}");
        }
    }

    private static void AppendCreateTable(StringBuilder text, CreateTableAsSelect create)
    {
        text.Append(create.IfNotExists ? "CREATE TABLE IF NOT EXISTS " : "CREATE TABLE ").AppendName(create.Name).Append(' ');
        AppendColumns(text, create.Columns);
        AppendComment(text, create.Comment);
        AppendProperties(text, create.Properties);
        text.Append("AS ");
        QueryFormatter.Append(text, create.Query);
        text.Append(create.WithData ? "" : " WITH NO DATA");
    }

    private static void AppendExplain(StringBuilder text, Explain explain)
    {
        text.Append("EXPLAIN ").Append(explain.Analyze ? "ANALYZE " : "").Append(explain.Verbose ? "VERBOSE " : "");
        string?[] options = [explain.Format is { } format ? $"FORMAT {format.ToString().ToUpperInvariant()}" : null, explain.Type is { } type ? $"TYPE {type.ToString().ToUpperInvariant()}" : null];
        var written = string.Join(", ", options.Where(option => option is not null));
        text.Append(written.Length > 0 ? $"({written}) " : "");
        Append(text, explain.Statement);
    }

    private static void AppendMerge(StringBuilder text, Merge merge)
    {
        text.Append("MERGE INTO ").AppendName(merge.Target);
        if (merge.Alias is { } alias)
        {
            text.Append(" AS ").AppendName(alias);
        }

        text.Append(" USING ");
        RelationFormatter.Append(text, merge.Source, isTop: false);
        text.Append(" ON ");
        ExpressionFormatter.Append(text, merge.On);
        foreach (var @case in merge.Cases)
        {
            text.Append(@case.Matched ? " WHEN MATCHED" : " WHEN NOT MATCHED");
            if (@case.Condition is { } condition)
            {
                text.Append(" AND ");
                ExpressionFormatter.Append(text, condition);
            }

            text.Append(" THEN ").Append(@case.Action switch { MergeAction.Update => "UPDATE SET ", MergeAction.Delete => "DELETE", _ => "INSERT " });
            text.AppendList(@case.Assignments, AppendAssignment);
            if (@case.Action == MergeAction.Insert)
            {
                AppendColumns(text, @case.Columns.Count > 0 ? @case.Columns : null);
                text.Append("VALUES (").AppendList(@case.Values, ExpressionFormatter.Append).Append(')');
            }
        }
    }

    private static void AppendAssignment(StringBuilder text, Assignment assignment)
    {
        text.AppendName(assignment.Column).Append(" = ");
        ExpressionFormatter.Append(text, assignment.Value);
    }

    private static void AppendWhere(StringBuilder text, Expression? where)
    {
        if (where is not null)
        {
            text.Append(" WHERE ");
            ExpressionFormatter.Append(text, where);
        }
    }

    private static void AppendColumns(StringBuilder text, NodeList<Identifier>? columns)
    {
        if (columns is not null)
        {
            text.AppendNames(columns).Append(' ');
        }
    }

    private static void AppendComment(StringBuilder text, string? comment)
    {
        if (comment is not null)
        {
            text.Append("COMMENT ").AppendString(comment).Append(' ');
        }
    }

    private static void AppendProperties(StringBuilder text, NodeList<Property> properties)
    {
        if (properties.Count > 0)
        {
            text.Append("WITH (").AppendList(properties, (to, property) =>
            {
                to.AppendName(property.Name).Append(" = ");
                ExpressionFormatter.Append(to, property.Value);
            }).Append(") ");
        }
    }
}
