using Tarn.Testing;

namespace Tarn.Store.Tests;

/// <summary>Where a test keeps its store: a folder or a database of its own.</summary>
public static class StorePlace
{
    public static StoreOptions Sqlite() => StoreOptions.Sqlite(Path.Combine(Directory.CreateTempSubdirectory("tarn-store-").FullName, "tarn.db"));

    public static async Task<StoreOptions> PostgresAsync() => StoreOptions.Postgresql(await (await PostgresServer.SharedAsync()).CreateDatabaseAsync());

    public static async Task<StoreOptions> OfAsync(StoreKind kind) => kind == StoreKind.Sqlite ? Sqlite() : await PostgresAsync();
}

internal static class TestSchema
{
    public static readonly StoreSchema Items = new("test", ["CREATE TABLE test_items (name {text} PRIMARY KEY, number BIGINT, ratio DOUBLE PRECISION, data {blob});"]);

    public static ValueTask<IMetadataStore> OpenAsync(StoreOptions options, params IReadOnlyList<StoreSchema> schemas) =>
        MetadataStore.OpenAsync(options, schemas.Count == 0 ? [Items] : schemas, logging: null, TestContext.Current.CancellationToken);

    public static async Task InsertAsync(this IMetadataStore store, string name, long number) =>
        await store.WriteAsync(writer => writer.Execute("INSERT INTO test_items (name, number) VALUES (@p0, @p1)", name, number), TestContext.Current.CancellationToken);

    public static async Task<List<(string Name, long? Number)>> ItemsAsync(this IMetadataStore store) =>
        await store.ReadAsync(reader => reader.Query("SELECT name, number FROM test_items ORDER BY name", row => (row.Text(0), row.LongOrNull(1))), TestContext.Current.CancellationToken);
}
