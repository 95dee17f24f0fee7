using System.Runtime.CompilerServices;
using Tarn.Contracts;
using Tarn.Contracts.Catalog;
using Tarn.Glue.Catalog.Databases;
using Tarn.Glue.Catalog.Expressions;
using Tarn.Glue.Catalog.Mapping;
using Tarn.Glue.Catalog.Partitions;
using Tarn.Glue.Catalog.Records;
using Tarn.Glue.Catalog.Tables;
using Tarn.Store;

namespace Tarn.Glue.Catalog;

/// <summary>The Data Catalog for other services, over the same rows as the API.</summary>
internal sealed class GlueCatalog(IMetadataStore store, TimeProvider time) : ICatalog
{
    public async ValueTask<CatalogDatabase?> FindDatabaseAsync(AwsScope scope, string name, CancellationToken cancellationToken) =>
        await store.ReadAsync(reader => DatabaseRows.Find(reader, scope, name)?.Database, cancellationToken);

    public async ValueTask<IReadOnlyList<CatalogDatabase>> ListDatabasesAsync(AwsScope scope, CancellationToken cancellationToken) =>
        await store.ReadAsync(reader => DatabaseRows.List(reader, scope, "", int.MaxValue).ConvertAll(stored => stored.Database), cancellationToken);

    public async ValueTask CreateDatabaseAsync(AwsScope scope, CatalogDatabase database, CancellationToken cancellationToken) =>
        await Write(writer => DatabaseRows.Create(writer, scope, database.ToRecord(time.GetUtcNow())), cancellationToken);

    public async ValueTask DeleteDatabaseAsync(AwsScope scope, string name, CancellationToken cancellationToken)
    {
        await Write(writer => DatabaseRows.Delete(writer, scope, name), cancellationToken);
        await DeletedTables.SweepAsync(store, cancellationToken);
    }

    public async ValueTask<CatalogTable?> FindTableAsync(AwsScope scope, string database, string table, CancellationToken cancellationToken) =>
        await store.ReadAsync(reader => TableRows.Find(reader, scope, database, table)?.Table, cancellationToken);

    public async ValueTask<IReadOnlyList<CatalogTable>> ListTablesAsync(AwsScope scope, string database, CancellationToken cancellationToken) =>
        await store.ReadAsync(
            reader =>
            {
                DatabaseRows.Get(reader, scope, database);
                var tables = new List<CatalogTable>();
                TableRows.Scan(reader, scope, database, "", row =>
                {
                    tables.Add(row.Table);
                    return true;
                });
                return tables;
            },
            cancellationToken);

    public async ValueTask CreateTableAsync(AwsScope scope, CatalogTable table, CancellationToken cancellationToken) =>
        await Write(writer => TableRows.Create(writer, scope, new StoredTable { Table = Folded(table) }, time.GetUtcNow(), table.CreatedBy), cancellationToken);

    public async ValueTask UpdateTableAsync(AwsScope scope, CatalogTable table, string? expectedVersionId, CancellationToken cancellationToken) =>
        await Write(
            writer =>
            {
                // What only Glue's clients see of a table is kept.
                var old = TableRows.Get(writer, scope, table.DatabaseName, table.Name);
                TableRows.Update(writer, scope, old.Stored with { Table = Folded(table) }, time.GetUtcNow(), expectedVersionId, archive: true);
            },
            cancellationToken);

    public async ValueTask DeleteTableAsync(AwsScope scope, string database, string table, CancellationToken cancellationToken)
    {
        await Write(writer => TableRows.Delete(writer, scope, database, table), cancellationToken);
        await DeletedTables.SweepAsync(store, cancellationToken);
    }

    public async IAsyncEnumerable<CatalogPartition> ListPartitionsAsync(
        AwsScope scope, string database, string table, string? expression, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        byte[]? after = null;
        do
        {
            var (partitions, next) = await store.ReadAsync(
                reader =>
                {
                    var row = TableRows.Get(reader, scope, database, table);
                    var codec = row.KeyCodec();
                    var filter = PartitionExpressionParser.Parse(expression, codec);
                    var page = PartitionScan.Run(reader, row.Id, codec, filter, PartitionSegment.Whole, after, CatalogLimits.WidePageDefault);
                    return (PartitionRows.FindMany(reader, row.Id, codec, page.Keys).ConvertAll(partition => partition.ToContract(row.Table)), page.Next);
                },
                cancellationToken);
            foreach (var partition in partitions)
            {
                yield return partition;
            }

            after = next;
        }
        while (after is not null);
    }

    public async ValueTask<CatalogPartition?> FindPartitionAsync(AwsScope scope, string database, string table, IReadOnlyList<string> values, CancellationToken cancellationToken) =>
        await store.ReadAsync(
            reader =>
            {
                var row = TableRows.Get(reader, scope, database, table);
                return PartitionRows.Find(reader, row, row.KeyCodec(), values)?.ToContract(row.Table);
            },
            cancellationToken);

    public async ValueTask<int> CreatePartitionsAsync(
        AwsScope scope, string database, string table, IReadOnlyList<CatalogPartition> partitions, bool ifNotExists, CancellationToken cancellationToken) =>
        await store.WriteAsync(
            writer =>
            {
                var row = TableRows.Get(writer, scope, database, table);
                var codec = row.KeyCodec();
                var now = time.GetUtcNow();
                var added = partitions.Count(partition => PartitionRows.Add(writer, row, codec, partition.Values, partition.ToRecord(now)));
                return added == partitions.Count || ifNotExists ? added : throw GlueErrors.PartitionExists();
            },
            cancellationToken);

    public async ValueTask UpsertPartitionsAsync(AwsScope scope, string database, string table, IReadOnlyList<CatalogPartition> partitions, CancellationToken cancellationToken) =>
        await Write(
            writer =>
            {
                var row = TableRows.Get(writer, scope, database, table);
                var codec = row.KeyCodec();
                var now = time.GetUtcNow();
                foreach (var partition in partitions)
                {
                    var old = PartitionRows.Find(writer, row, codec, partition.Values);
                    if (old is null)
                    {
                        PartitionRows.Add(writer, row, codec, partition.Values, partition.ToRecord(now));
                    }
                    else
                    {
                        PartitionRows.Update(writer, row, codec, partition.Values, partition.ToRecord(old.Definition.CreationTime));
                    }
                }
            },
            cancellationToken);

    public async ValueTask<int> DeletePartitionsAsync(
        AwsScope scope, string database, string table, IReadOnlyList<IReadOnlyList<string>> values, CancellationToken cancellationToken) =>
        await store.WriteAsync(
            writer =>
            {
                var row = TableRows.Get(writer, scope, database, table);
                var codec = row.KeyCodec();
                return values.Count(partition => PartitionRows.Delete(writer, row, codec, partition));
            },
            cancellationToken);

    private static CatalogTable Folded(CatalogTable table) =>
        table with { DatabaseName = table.DatabaseName.ToLowerInvariant(), Name = table.Name.ToLowerInvariant() };

    private async ValueTask Write(Action<IStoreWriter> write, CancellationToken cancellationToken) =>
        await store.WriteAsync(
            writer =>
            {
                write(writer);
                return 0;
            },
            cancellationToken);
}
