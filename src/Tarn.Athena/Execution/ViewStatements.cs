using Tarn.Athena.Execution.Ddl;
using Tarn.Athena.Execution.Reading;
using Tarn.Contracts.Catalog;
using Tarn.Sql;
using Tarn.Sql.Ddl;
using Tarn.Sql.Formatting;
using Tarn.Sql.Tree;
using Tarn.Sql.Types;
using StorageDescriptor = Tarn.Contracts.Catalog.StorageDescriptor;

namespace Tarn.Athena.Execution;

/// <summary>CREATE VIEW, DROP VIEW, SHOW CREATE VIEW and DESCRIBE VIEW.</summary>
internal sealed class ViewStatements(ICatalog catalog, QueryPlanner planner)
{
    public async ValueTask CreateAsync(CreateView statement, StatementContext context, CancellationToken cancellationToken)
    {
        var (database, name) = TargetName.Of(statement.Name, context);
        var translated = await planner.TranslateAsync(statement.Query, [], context, cancellationToken);
        if (translated.Views.Any(view => view.Schema == database && view.Name == name))
        {
            throw new SqlException("VIEW_IS_RECURSIVE", "Statement would create a recursive view", statement.Position);
        }

        if (translated.Columns.FirstOrDefault(column => !column.IsNamed) is { } nameless)
        {
            throw new SqlException("MISSING_COLUMN_NAME", $"Column name not specified for column {nameless.Name}", statement.Position);
        }

        var columns = translated.Columns.Select(column => (column.Name, column.Type)).ToList();
        var repeated = columns.GroupBy(column => column.Name).FirstOrDefault(group => group.Count() > 1);
        if (repeated is not null)
        {
            throw new SqlException("DUPLICATE_COLUMN_NAME", $"Column name '{repeated.Key}' specified more than once", statement.Position);
        }

        var existing = await catalog.FindTableAsync(context.Scope, database, name, cancellationToken);
        if (existing is not null && (!statement.OrReplace || existing.TableType != ViewText.TableType))
        {
            throw new SqlException("TABLE_ALREADY_EXISTS", existing.TableType == ViewText.TableType ? $"View already exists: '{database}.{name}'" : $"Table already exists: '{database}.{name}'", statement.Position);
        }

        var view = new CatalogTable
        {
            DatabaseName = database,
            Name = name,
            Description = statement.Comment,
            TableType = ViewText.TableType,
            Parameters = new Dictionary<string, string> { ["presto_view"] = "true", ["comment"] = "Presto View" },
            ViewOriginalText = ViewText.Encode(SqlFormatter.Format(statement.Query), context.Database, columns.Select(column => (column.Name, column.Type.ToString()))),
            ViewExpandedText = "/* Presto View */",
            StorageDescriptor = new StorageDescriptor { Columns = [.. columns.Select(column => new CatalogColumn(column.Name, HiveTypes.Format(column.Type)))], Location = "", SerdeInfo = new SerDeInfo(null, null, null) },
        };
        await (existing is null
            ? catalog.CreateTableAsync(context.Scope, view, cancellationToken)
            : catalog.UpdateTableAsync(context.Scope, view, existing.VersionId, cancellationToken));
    }

    public async ValueTask DropAsync(DropView statement, StatementContext context, CancellationToken cancellationToken)
    {
        var (database, name) = TargetName.Of(statement.Name, context);
        var view = await catalog.FindTableAsync(context.Scope, database, name, cancellationToken);
        if (view?.TableType == ViewText.TableType)
        {
            await catalog.DeleteTableAsync(context.Scope, database, name, cancellationToken);
        }
        else if (!statement.IfExists)
        {
            throw new SqlException("TABLE_NOT_FOUND", $"View 'awsdatacatalog.{database}.{name}' does not exist", statement.Position);
        }
    }

    public async ValueTask<TextResult> ShowAsync(DdlStatement statement, StatementContext context, CancellationToken cancellationToken)
    {
        var name = statement is ShowCreateView show ? show.View : ((DescribeView)statement).View;
        var view = await catalog.GetTableAsync(name, context, cancellationToken);
        if (view.TableType != ViewText.TableType)
        {
            throw DdlErrors.Semantic($"{view.DatabaseName}.{view.Name} is not a view");
        }

        return statement is ShowCreateView
            ? TextResult.Of(["create view"], $"CREATE VIEW {view.DatabaseName}.{view.Name} AS\n{ViewText.Sql(view)}".Split('\n'))
            : TextResult.Of(["column", "type"], (view.StorageDescriptor?.Columns ?? []).Select(column => $"{column.Name.PadRight(20)}\t{column.Type?.PadRight(20)}"));
    }
}
