using Tarn.Store;

// Writes pairs of rows until it is killed, and prints each id when its write is acknowledged. Arguments: the SQLite file, the first id.
var schema = new StoreSchema("crash", ["CREATE TABLE crash_left (id BIGINT PRIMARY KEY, data {blob} NOT NULL);\nCREATE TABLE crash_right (id BIGINT PRIMARY KEY);"]);
var store = await MetadataStore.OpenAsync(StoreOptions.Sqlite(args[0]), [schema], logging: null, CancellationToken.None);
var next = long.Parse(args[1]);
var acknowledged = TextWriter.Synchronized(new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true });
await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
{
    var data = new byte[2000];
    while (true)
    {
        var id = Interlocked.Increment(ref next);
        await store.WriteAsync(
            writer =>
            {
                writer.Execute("INSERT INTO crash_left (id, data) VALUES (@p0, @p1)", id, data);
                return writer.Execute("INSERT INTO crash_right (id) VALUES (@p0)", id);
            },
            CancellationToken.None);
        await acknowledged.WriteLineAsync(id.ToString());
    }
})));
