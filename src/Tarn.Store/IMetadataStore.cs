namespace Tarn.Store;

/// <summary>
/// The metadata of Tarn in SQL: SQLite in the data folder, or PostgreSQL. One schema serves both (see <see cref="StoreSchema"/>).
/// Thread-safe. Made by <see cref="MetadataStore.OpenAsync"/>. Disposing finishes the writes that are queued.
/// </summary>
public interface IMetadataStore : IAsyncDisposable
{
    /// <summary>Runs <paramref name="read"/> on one consistent snapshot.</summary>
    ValueTask<T> ReadAsync<T>(Func<IStoreReader, T> read, CancellationToken cancellationToken);

    /// <summary>
    /// Runs <paramref name="write"/> in a serialisable transaction, which is durable when the call returns. An exception rolls everything back and is
    /// thrown on. <paramref name="write"/> may run more than once (a conflict on PostgreSQL is tried again), so it must have no effect beside the transaction.
    /// </summary>
    ValueTask<T> WriteAsync<T>(Func<IStoreWriter, T> write, CancellationToken cancellationToken);
}

/// <summary>
/// Queries of one snapshot or transaction. Parameters are <c>@p0</c>, <c>@p1</c>, ... in the order given; null is SQL NULL. A parameter is a string,
/// an integer, a double, a bool (0 or 1), bytes, or a <see cref="DateTimeOffset"/> (microseconds, see <see cref="StoreTime"/>).
/// Only valid inside the call that it was given to, on that thread.
/// </summary>
public interface IStoreReader
{
    /// <summary>All rows, mapped. A query over a large set says LIMIT.</summary>
    List<T> Query<T>(string sql, Func<StoreRow, T> map, params ReadOnlySpan<object?> parameters);

    /// <summary>The first row, mapped, or the default of <typeparamref name="T"/>.</summary>
    T? QueryFirst<T>(string sql, Func<StoreRow, T> map, params ReadOnlySpan<object?> parameters);

    /// <summary>Hands over row after row without holding them, until <paramref name="visit"/> answers false. On PostgreSQL the rows that are left are still sent, so say LIMIT.</summary>
    void Scan(string sql, Func<StoreRow, bool> visit, params ReadOnlySpan<object?> parameters);
}

/// <summary>A transaction that may change rows.</summary>
public interface IStoreWriter : IStoreReader
{
    /// <summary>Runs a statement and answers how many rows it changed.</summary>
    int Execute(string sql, params ReadOnlySpan<object?> parameters);
}
