using System.Diagnostics;
using Microsoft.Data.Sqlite;
using Tarn.Contracts;
using Tarn.Store.Backup;
using Tarn.Store.Sqlite;

namespace Tarn.Store.Tests;

public sealed class SqliteStoreTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void The_library_is_new_enough()
    {
        Assert.True(Version.Parse(SqliteLibrary.Load()) >= new Version(3, 35, 5));
    }

    [Fact]
    public async Task A_file_of_another_program_is_refused()
    {
        var place = StorePlace.Sqlite();
        SqliteLibrary.Load();
        await using (var other = new SqliteConnection($"Data Source={place.Path};Pooling=false"))
        {
            await other.OpenAsync(Cancel);
            await using var command = other.CreateCommand();
            command.CommandText = "CREATE TABLE theirs (id INTEGER)";
            await command.ExecuteNonQueryAsync(Cancel);
        }

        var refusal = await Assert.ThrowsAsync<StoreException>(async () => await TestSchema.OpenAsync(place));
        Assert.Contains("another program", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_not_sqlite_is_refused()
    {
        var place = StorePlace.Sqlite();
        await File.WriteAllTextAsync(place.Path!, new string('x', 5000), Cancel);
        await Assert.ThrowsAsync<StoreException>(async () => await TestSchema.OpenAsync(place));
    }

    [Fact]
    public async Task A_write_behind_a_lock_of_another_process_fails_as_busy_and_works_afterwards()
    {
        var place = StorePlace.Sqlite() with { WaitMax = TimeSpan.FromMilliseconds(50) };
        await using var store = await TestSchema.OpenAsync(place);
        await using (var other = new SqliteConnection($"Data Source={place.Path};Pooling=false"))
        {
            await other.OpenAsync(Cancel);
            await using var command = other.CreateCommand();
            command.CommandText = "BEGIN IMMEDIATE";
            await command.ExecuteNonQueryAsync(Cancel);
            var busy = await Assert.ThrowsAsync<AwsException>(() => store.InsertAsync("a", 1));
            Assert.Equal(503, busy.HttpStatus);
            Assert.Empty(await store.ItemsAsync());
        }

        await store.InsertAsync("a", 1);
    }

    [Fact]
    public async Task A_write_that_fills_the_disk_fails_and_the_others_of_its_group_do_not()
    {
        await using var store = await TestSchema.OpenAsync(StorePlace.Sqlite());
        await store.WriteAsync(writer => writer.Query("PRAGMA max_page_count=200", row => row.Long(0)), Cancel);

        // All three are queued while the loop is held, so that they share a group.
        using var hold = new ManualResetEventSlim();
        var holding = Task.Run(async () => await store.WriteAsync(_ => hold.Wait(TimeSpan.FromSeconds(30)), Cancel), Cancel);
        var first = store.InsertAsync("first", 1);
        var huge = store.WriteAsync(writer => writer.Execute("INSERT INTO test_items (name, data) VALUES ('huge', zeroblob(4000000))"), Cancel).AsTask();
        var last = store.InsertAsync("last", 3);
        hold.Set();
        Assert.True(await holding);
        await first;
        await Assert.ThrowsAsync<SqliteException>(() => huge);
        await last;
        Assert.Equal(["first", "last"], (await store.ItemsAsync()).Select(item => item.Name));
    }

    [Fact]
    public async Task A_long_read_ends_when_its_caller_goes_away()
    {
        await using var store = await TestSchema.OpenAsync(StorePlace.Sqlite());
        using var gone = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await store.ReadAsync(
            reader => reader.QueryFirst("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n", row => row.Long(0)), gone.Token));
        Assert.Empty(await store.ItemsAsync());
    }

    [Fact]
    public async Task A_store_that_is_open_is_not_restored_over()
    {
        var place = StorePlace.Sqlite();
        var file = place.Path + ".backup";
        await using (var store = await TestSchema.OpenAsync(place))
        {
            await store.InsertAsync("a", 1);
            await StoreBackup.BackupAsync(place, [TestSchema.Items], file, Cancel);
            var refusal = await Assert.ThrowsAsync<StoreException>(async () => await StoreBackup.RestoreAsync(file, place, [TestSchema.Items], replace: true, Cancel));
            Assert.Contains("in use", refusal.Message, StringComparison.Ordinal);
            await store.InsertAsync("b", 2);
        }
    }

    [Fact]
    public async Task Acknowledged_writes_survive_kill_9_at_any_moment()
    {
        var place = StorePlace.Sqlite();
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var acknowledged = new HashSet<long>();
        for (var round = 0; round < 6; round++)
        {
            await KillWriterAsync(place.Path!, round * 1_000_000, random.Next(1, 2500), acknowledged);

            // The child's own schema: opening runs recovery.
            await using var store = await TestSchema.OpenAsync(place, CrashSchema);
            var left = await Ids(store, "crash_left");
            var right = await Ids(store, "crash_right");
            Assert.Equal(left, right);
            Assert.Empty(acknowledged.Except(left));
            Assert.Equal("ok", await store.ReadAsync(reader => reader.QueryFirst("PRAGMA integrity_check", row => row.Text(0)), Cancel));
        }
    }

    private static readonly StoreSchema CrashSchema = new("crash", ["unused: the child has made the tables;"]);

    private static async Task<List<long>> Ids(IMetadataStore store, string table) =>
        await store.ReadAsync(reader => reader.Query($"SELECT id FROM {table} ORDER BY id", row => row.Long(0)), Cancel);

    /// <summary>Starts a writer, kills it once it has acknowledged <paramref name="killAfter"/> writes, and notes what it acknowledged.</summary>
    private static async Task KillWriterAsync(string path, long firstId, int killAfter, HashSet<long> acknowledged)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "Tarn.Store.CrashWriter.dll");
        var start = new ProcessStartInfo("dotnet", [program, path, $"{firstId}"]) { RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var count = 0;
        while (await process.StandardOutput.ReadLineAsync(Cancel) is { } line)
        {
            // The last line may be cut by the kill: a shorter number is then one that was acknowledged long before, or of no id at all.
            if (long.TryParse(line, out var id) && id > firstId)
            {
                acknowledged.Add(id);
            }

            if (++count == killAfter)
            {
                process.Kill();
            }
        }

        await process.WaitForExitAsync(Cancel);
        Assert.True(count >= killAfter, $"the writer ended by itself after {count} writes");
    }
}
