using Tarn.Contracts;
using Tarn.Contracts.Catalog;
using Tarn.Contracts.Lake;
using Tarn.Sql.Ddl;

namespace Tarn.Athena.Execution.Ddl;

/// <summary>Runs a statement of Hive's grammar against the catalog: the table of contents of DDL.</summary>
internal sealed class DdlExecutor(ICatalog catalog, ILake lake)
{
    private readonly DatabaseStatements databases = new(catalog);
    private readonly TableStatements tables = new(catalog);
    private readonly AlterStatements alterations = new(catalog);
    private readonly PartitionStatements partitions = new(catalog);
    private readonly RepairStatement repair = new(catalog, lake);
    private readonly ShowStatements shows = new(catalog);
    private readonly DescribeStatements descriptions = new(catalog);

    public async ValueTask<TextResult> ExecuteAsync(DdlStatement statement, StatementContext context, CancellationToken cancellationToken)
    {
        try
        {
            return await (statement switch
            {
                CreateDatabase create => databases.CreateAsync(create, context, cancellationToken),
                DropDatabase drop => databases.DropAsync(drop, context, cancellationToken),
                ShowDatabases show => databases.ShowAsync(show, context, cancellationToken),
                CreateTable create => tables.CreateAsync(create, context, cancellationToken),
                DropTable drop => tables.DropAsync(drop, context, cancellationToken),
                AddColumns add => alterations.AddColumnsAsync(add, context, cancellationToken),
                ReplaceColumns replace => alterations.ReplaceColumnsAsync(replace, context, cancellationToken),
                SetLocation set => alterations.SetLocationAsync(set, context, cancellationToken),
                SetTableProperties set => alterations.SetPropertiesAsync(set, context, cancellationToken),
                AddPartitions add => partitions.AddAsync(add, context, cancellationToken),
                DropPartitions drop => partitions.DropAsync(drop, context, cancellationToken),
                RenamePartition rename => partitions.RenameAsync(rename, context, cancellationToken),
                ShowPartitions show => partitions.ShowAsync(show, context, cancellationToken),
                RepairTable table => repair.RunAsync(table, context, cancellationToken),
                ShowTables show => shows.TablesAsync(show, context, cancellationToken),
                ShowViews show => shows.ViewsAsync(show, context, cancellationToken),
                ShowColumns show => shows.ColumnsAsync(show, context, cancellationToken),
                ShowCreateTable show => shows.CreateTableAsync(show, context, cancellationToken),
                ShowTableProperties show => shows.PropertiesAsync(show, context, cancellationToken),
                DescribeTable describe => descriptions.RunAsync(describe, context, cancellationToken),
                _ => throw DdlErrors.NotBuilt(statement.GetType().Name),
            });
        }
        catch (AwsException e)
        {
            throw DdlErrors.Of(e);
        }
    }
}
