namespace Tarn.Contracts.Catalog;

/// <summary>
/// The Glue Data Catalog as other services see it (Athena, jobs, Firehose). Provided by <c>Tarn.Glue</c>. Failures are
/// <see cref="AwsException"/>s with Glue's codes: <c>EntityNotFoundException</c>, <c>AlreadyExistsException</c>,
/// <c>InvalidInputException</c>, <c>ConcurrentModificationException</c>. Names are matched in lower case. A change is durable when the call returns.
/// </summary>
public interface ICatalog
{
    /// <summary>The database, or null when there is none.</summary>
    ValueTask<CatalogDatabase?> FindDatabaseAsync(AwsScope scope, string name, CancellationToken cancellationToken);

    /// <summary>All databases in order of their names.</summary>
    ValueTask<IReadOnlyList<CatalogDatabase>> ListDatabasesAsync(AwsScope scope, CancellationToken cancellationToken);

    ValueTask CreateDatabaseAsync(AwsScope scope, CatalogDatabase database, CancellationToken cancellationToken);

    /// <summary>Deletes a database with its tables and their partitions.</summary>
    ValueTask DeleteDatabaseAsync(AwsScope scope, string name, CancellationToken cancellationToken);

    /// <summary>The newest version of a table, or null when there is none (or no such database).</summary>
    ValueTask<CatalogTable?> FindTableAsync(AwsScope scope, string database, string table, CancellationToken cancellationToken);

    /// <summary>All tables of a database in order of their names; <c>EntityNotFoundException</c> when there is no such database.</summary>
    ValueTask<IReadOnlyList<CatalogTable>> ListTablesAsync(AwsScope scope, string database, CancellationToken cancellationToken);

    ValueTask CreateTableAsync(AwsScope scope, CatalogTable table, CancellationToken cancellationToken);

    /// <summary>Replaces a table's definition and keeps the old one as a version.</summary>
    /// <param name="expectedVersionId">Refuses with <c>ConcurrentModificationException</c> when the table has another version by now; null for no check.</param>
    ValueTask UpdateTableAsync(AwsScope scope, CatalogTable table, string? expectedVersionId, CancellationToken cancellationToken);

    ValueTask DeleteTableAsync(AwsScope scope, string database, string table, CancellationToken cancellationToken);

    /// <summary>Partitions in order of their values, a page at a time.</summary>
    /// <param name="expression">A filter in the grammar of <c>GetPartitions</c>; null for all.</param>
    IAsyncEnumerable<CatalogPartition> ListPartitionsAsync(AwsScope scope, string database, string table, string? expression, CancellationToken cancellationToken);

    ValueTask<CatalogPartition?> FindPartitionAsync(AwsScope scope, string database, string table, IReadOnlyList<string> values, CancellationToken cancellationToken);

    /// <summary>Adds partitions in one transaction.</summary>
    /// <param name="ifNotExists">Leaves partitions that are there as they are; otherwise one of them fails the whole call with <c>AlreadyExistsException</c>.</param>
    /// <returns>How many were added.</returns>
    ValueTask<int> CreatePartitionsAsync(AwsScope scope, string database, string table, IReadOnlyList<CatalogPartition> partitions, bool ifNotExists, CancellationToken cancellationToken);

    /// <summary>Replaces the definition of partitions that are there and adds those that are not, in one transaction.</summary>
    ValueTask UpsertPartitionsAsync(AwsScope scope, string database, string table, IReadOnlyList<CatalogPartition> partitions, CancellationToken cancellationToken);

    /// <summary>Deletes partitions by their values; those that are not there are passed over.</summary>
    /// <returns>How many were deleted.</returns>
    ValueTask<int> DeletePartitionsAsync(AwsScope scope, string database, string table, IReadOnlyList<IReadOnlyList<string>> values, CancellationToken cancellationToken);
}
