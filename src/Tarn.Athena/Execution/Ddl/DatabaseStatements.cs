using Tarn.Contracts.Catalog;
using Tarn.Sql.Ddl;

namespace Tarn.Athena.Execution.Ddl;

/// <summary>CREATE, DROP and SHOW of databases.</summary>
internal sealed class DatabaseStatements(ICatalog catalog)
{
    public async ValueTask<TextResult> CreateAsync(CreateDatabase statement, StatementContext context, CancellationToken cancellationToken)
    {
        if (await catalog.FindDatabaseAsync(context.Scope, statement.Name, cancellationToken) is not null)
        {
            return statement.IfNotExists ? TextResult.None : throw DdlErrors.Execution($"Database {statement.Name} already exists");
        }

        var database = new CatalogDatabase { Name = statement.Name, Description = statement.Comment, LocationUri = statement.Location, Parameters = statement.Properties.ToDictionary() };
        await catalog.CreateDatabaseAsync(context.Scope, database, cancellationToken);
        return TextResult.None;
    }

    public async ValueTask<TextResult> DropAsync(DropDatabase statement, StatementContext context, CancellationToken cancellationToken)
    {
        if (await catalog.FindDatabaseAsync(context.Scope, statement.Name, cancellationToken) is null)
        {
            return statement.IfExists ? TextResult.None : throw DdlErrors.DatabaseNotFound(statement.Name);
        }

        if (!statement.Cascade && (await catalog.ListTablesAsync(context.Scope, statement.Name, cancellationToken)).Count > 0)
        {
            throw DdlErrors.Execution($"InvalidOperationException(message:Database {statement.Name} is not empty. One or more tables exist.)");
        }

        await catalog.DeleteDatabaseAsync(context.Scope, statement.Name, cancellationToken);
        return TextResult.None;
    }

    public async ValueTask<TextResult> ShowAsync(ShowDatabases statement, StatementContext context, CancellationToken cancellationToken)
    {
        var isShown = HivePattern.Matcher(statement.Pattern);
        var databases = await catalog.ListDatabasesAsync(context.Scope, cancellationToken);
        return TextResult.Of(["database_name"], databases.Select(database => database.Name).Where(isShown));
    }
}
