using System.Text;
using Tarn.Store.Backup;

namespace Tarn.Store.Tests;

/// <summary>What every metadata store promises; the classes below run it over SQLite and over PostgreSQL.</summary>
public abstract class StoreContractTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    protected abstract Task<StoreOptions> PlaceAsync();

    [Fact]
    public async Task Values_of_every_kind_come_back_as_they_were_written()
    {
        await using var store = await TestSchema.OpenAsync(await PlaceAsync());
        var time = new DateTimeOffset(2026, 2, 3, 4, 5, 6, 789, TimeSpan.Zero);
        await store.WriteAsync(
            writer => writer.Execute("INSERT INTO test_items VALUES (@p0, @p1, @p2, @p3)", "é 日本 🙂", time, 0.1, new byte[] { 0, 255, 7 })
                + writer.Execute("INSERT INTO test_items VALUES (@p0, @p1, @p2, @p3)", "", null, null, null)
                + writer.Execute("INSERT INTO test_items (name, number) VALUES (@p0, @p1)", "true", true),
            Cancel);

        var full = await store.ReadAsync(reader => reader.QueryFirst("SELECT name, number, ratio, data FROM test_items WHERE name = @p0", row => (row.Text(0), row.Time(1), row.Double(2), row.Bytes(3)), "é 日本 🙂"), Cancel);
        Assert.Equal(("é 日本 🙂", time, 0.1), (full.Item1, full.Item2, full.Item3));
        Assert.Equal([0, 255, 7], full.Item4);
        var empty = await store.ReadAsync(reader => reader.QueryFirst("SELECT name, number, data FROM test_items WHERE name = @p0", row => (row.Text(0), row.LongOrNull(1), row.BytesOrNull(2)), ""), Cancel);
        Assert.Equal(("", null, null), empty);
        Assert.True(await store.ReadAsync(reader => reader.QueryFirst("SELECT number FROM test_items WHERE name = @p0", row => row.Bool(0), "true"), Cancel));
        Assert.Null(await store.ReadAsync(reader => reader.QueryFirst("SELECT name FROM test_items WHERE name = @p0", row => row.Text(0), "absent"), Cancel));
        Assert.Equal(3, await store.ReadAsync(reader => reader.QueryFirst("SELECT count(*) FROM test_items", row => row.Int(0)), Cancel));
    }

    [Fact]
    public async Task A_write_that_throws_leaves_nothing_and_its_exception_reaches_the_caller()
    {
        await using var store = await TestSchema.OpenAsync(await PlaceAsync());
        var thrown = await Assert.ThrowsAsync<InvalidDataException>(async () => await store.WriteAsync<int>(
            writer =>
            {
                writer.Execute("INSERT INTO test_items (name) VALUES ('half')");
                throw new InvalidDataException("no");
            },
            Cancel));
        Assert.Equal("no", thrown.Message);
        Assert.Empty(await store.ItemsAsync());
    }

    [Fact]
    public async Task Writes_that_fail_do_not_hurt_those_that_run_beside_them()
    {
        await using var store = await TestSchema.OpenAsync(await PlaceAsync());
        var writes = Enumerable.Range(0, 300).Select(i => Task.Run(async () =>
        {
            await store.WriteAsync(
                writer =>
                {
                    writer.Execute("INSERT INTO test_items (name, number) VALUES (@p0, @p1)", $"{i:000}", i);
                    return i % 3 == 0 ? throw new InvalidDataException($"{i}") : i;
                },
                Cancel);
        })).ToArray();
        for (var i = 0; i < writes.Length; i++)
        {
            var failure = await Record.ExceptionAsync(() => writes[i]);
            Assert.Equal(i % 3 == 0 ? $"{i}" : null, failure?.Message);
        }

        Assert.Equal(Enumerable.Range(0, 300).Where(i => i % 3 != 0).Select(i => (long?)i), (await store.ItemsAsync()).Select(item => item.Number));
    }

    [Fact]
    public async Task A_write_that_breaks_a_constraint_fails_alone()
    {
        await using var store = await TestSchema.OpenAsync(await PlaceAsync());
        await store.InsertAsync("a", 1);
        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => store.InsertAsync("a", 2));
        await store.InsertAsync("b", 3);
        Assert.Equal([("a", 1L), ("b", 3L)], await store.ItemsAsync());
    }

    [Fact]
    public async Task Text_is_ordered_by_its_utf8_bytes()
    {
        await using var store = await TestSchema.OpenAsync(await PlaceAsync());
        string[] names = ["a", "B", "_", "a/b", "a b", "ab", "é", "z", "Z", "日", "\uFFFD", "🙂", "a\u0301", "-", "1", "10", "2", "A", ""];
        foreach (var name in names)
        {
            await store.InsertAsync(name, 0);
        }

        var expected = names.Order(Comparer<string>.Create((x, y) => Encoding.UTF8.GetBytes(x).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(y))));
        Assert.Equal(expected, (await store.ItemsAsync()).Select(item => item.Name));
        var after = await store.ReadAsync(reader => reader.Query("SELECT name FROM test_items WHERE name > @p0 AND name < @p1 ORDER BY name DESC LIMIT 2", row => row.Text(0), "a", "b"), Cancel);
        Assert.Equal(["a\u0301", "ab"], after);
    }

    [Fact]
    public async Task A_read_sees_one_moment_whatever_is_written_meanwhile()
    {
        await using var store = await TestSchema.OpenAsync(await PlaceAsync());
        await store.InsertAsync("a", 1);
        var counts = await store.ReadAsync(
            reader =>
            {
                var before = reader.QueryFirst("SELECT count(*) FROM test_items", row => row.Long(0));
                Task.Run(() => store.InsertAsync("b", 2)).GetAwaiter().GetResult();
                return (before, reader.QueryFirst("SELECT count(*) FROM test_items", row => row.Long(0)));
            },
            Cancel);
        Assert.Equal((1, 1), counts);
        Assert.Equal(2, (await store.ItemsAsync()).Count);
    }

    [Fact]
    public async Task Increments_that_run_at_the_same_time_are_all_counted()
    {
        await using var store = await TestSchema.OpenAsync(await PlaceAsync());
        await store.InsertAsync("counter", 0);
        await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < 10; i++)
            {
                await store.WriteAsync(
                    writer =>
                    {
                        var number = writer.QueryFirst("SELECT number FROM test_items WHERE name = 'counter'", row => row.Long(0));
                        return writer.Execute("UPDATE test_items SET number = @p0 WHERE name = 'counter'", number + 1);
                    },
                    Cancel);
            }
        })));
        Assert.Equal(160, (await store.ItemsAsync())[0].Number);
    }

    [Fact]
    public async Task Scan_stops_when_it_is_told_to()
    {
        await using var store = await TestSchema.OpenAsync(await PlaceAsync());
        for (var i = 0; i < 5; i++)
        {
            await store.InsertAsync($"{i}", i);
        }

        var seen = new List<string>();
        await store.ReadAsync(
            reader =>
            {
                reader.Scan("SELECT name FROM test_items ORDER BY name", row =>
                {
                    seen.Add(row.Text(0));
                    return seen.Count < 2;
                });
                return reader.QueryFirst("SELECT 1", row => row.Long(0));
            },
            Cancel);
        Assert.Equal(["0", "1"], seen);
    }

    [Fact]
    public async Task A_read_that_throws_leaves_the_store_in_order()
    {
        await using var store = await TestSchema.OpenAsync(await PlaceAsync());
        for (var i = 0; i < 40; i++)
        {
            await Assert.ThrowsAsync<InvalidDataException>(async () => await store.ReadAsync<int>(
                reader => reader.QueryFirst<int>("SELECT 1", _ => throw new InvalidDataException()), Cancel));
            await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(async () => await store.ReadAsync(reader => reader.QueryFirst("SELECT nonsense", row => row.Long(0)), Cancel));
        }

        await store.InsertAsync("a", 1);
        Assert.Single(await store.ItemsAsync());
    }

    [Fact]
    public async Task A_read_cannot_write()
    {
        await using var store = await TestSchema.OpenAsync(await PlaceAsync());
        await store.InsertAsync("a", 1);
        await Record.ExceptionAsync(async () => await store.ReadAsync(reader => reader.Query("DELETE FROM test_items RETURNING name", row => row.Text(0)), Cancel));
        Assert.Single(await store.ItemsAsync());
    }

    [Fact]
    public async Task A_call_that_is_canceled_before_it_starts_does_nothing()
    {
        await using var store = await TestSchema.OpenAsync(await PlaceAsync());
        var gone = new CancellationToken(canceled: true);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await store.WriteAsync(writer => writer.Execute("INSERT INTO test_items (name) VALUES ('a')"), gone));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await store.ReadAsync(reader => reader.QueryFirst("SELECT 1", row => row.Long(0)), gone));
        Assert.Empty(await store.ItemsAsync());
    }

    [Fact]
    public async Task Rows_are_there_when_the_store_is_opened_again()
    {
        var place = await PlaceAsync();
        await using (var store = await TestSchema.OpenAsync(place))
        {
            await store.InsertAsync("a", 1);
        }

        await using var again = await TestSchema.OpenAsync(place);
        Assert.Equal([("a", 1L)], await again.ItemsAsync());
    }

    [Fact]
    public async Task New_steps_run_once_and_in_order_and_keep_the_rows()
    {
        var place = await PlaceAsync();
        await using (var store = await TestSchema.OpenAsync(place))
        {
            await store.InsertAsync("a", 1);
        }

        var newer = TestSchema.Items with
        {
            Steps = [.. TestSchema.Items.Steps, "ALTER TABLE test_items ADD COLUMN extra {text};\nUPDATE test_items SET extra = 'old';", "CREATE INDEX test_items_extra ON test_items (extra);"],
        };
        for (var i = 0; i < 2; i++)
        {
            await using var store = await TestSchema.OpenAsync(place, newer);
            await store.InsertAsync($"b{i}", 2);
            Assert.Equal(["old", null, null], (await store.ReadAsync(reader => reader.Query("SELECT extra FROM test_items ORDER BY name", row => row.TextOrNull(0)), Cancel)).Concat([null]).Take(3));
        }

        var refusal = await Assert.ThrowsAsync<StoreException>(async () => await TestSchema.OpenAsync(place));
        Assert.Contains("from a newer Tarn: module 'test' is at step 3", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_with_a_module_that_this_Tarn_does_not_know_is_refused()
    {
        var place = await PlaceAsync();
        await (await TestSchema.OpenAsync(place, TestSchema.Items, new StoreSchema("future", ["CREATE TABLE future_things (id BIGINT);"]))).DisposeAsync();
        var refusal = await Assert.ThrowsAsync<StoreException>(async () => await TestSchema.OpenAsync(place));
        Assert.Contains("'future'", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_step_that_fails_leaves_the_store_as_it_was()
    {
        var place = await PlaceAsync();
        await (await TestSchema.OpenAsync(place)).DisposeAsync();
        var broken = TestSchema.Items with { Steps = [.. TestSchema.Items.Steps, "CREATE TABLE test_more (id BIGINT);", "CREATE TABLE nonsense;"] };
        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(async () => await TestSchema.OpenAsync(place, broken));
        await using var store = await TestSchema.OpenAsync(place);
        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(async () => await store.ReadAsync(reader => reader.Query("SELECT id FROM test_more", row => row.Long(0)), Cancel));
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgresql)]
    public async Task A_backup_taken_while_writes_go_on_restores_into_either_database(StoreKind target)
    {
        var place = await PlaceAsync();
        var file = Path.Combine(Directory.CreateTempSubdirectory("tarn-backup-").FullName, "backup.db");
        await using (var store = await TestSchema.OpenAsync(place))
        {
            await store.WriteAsync(writer => writer.Execute("INSERT INTO test_items VALUES (@p0, @p1, @p2, @p3)", "full é", 7, 0.5, new byte[] { 1, 2 }), Cancel);
            for (var i = 0; i < 50; i++)
            {
                await store.InsertAsync($"before {i:00}", i);
            }

            using var stop = new CancellationTokenSource();
            var busy = Task.Run(async () =>
            {
                for (var i = 0; !stop.IsCancellationRequested; i++)
                {
                    await store.InsertAsync($"while {i:0000000}", i);
                }
            });
            await StoreBackup.BackupAsync(place, [TestSchema.Items], file, Cancel);
            await stop.CancelAsync();
            await busy;
        }

        var elsewhere = await StorePlace.OfAsync(target);
        await StoreBackup.RestoreAsync(file, elsewhere, [TestSchema.Items], replace: false, Cancel);
        await using var restored = await TestSchema.OpenAsync(elsewhere);
        var items = await restored.ItemsAsync();
        Assert.Equal(Enumerable.Range(0, 50).Select(i => ($"before {i:00}", (long?)i)), items.Where(item => item.Name.StartsWith("before", StringComparison.Ordinal)));
        var during = items.Where(item => item.Name.StartsWith("while", StringComparison.Ordinal)).ToList();
        Assert.Equal(Enumerable.Range(0, during.Count).Select(i => (long?)i), during.Select(item => item.Number));
        var full = await restored.ReadAsync(reader => reader.QueryFirst("SELECT number, ratio, data FROM test_items WHERE name = 'full é'", row => (row.Long(0), row.Double(1), row.Bytes(2))), Cancel);
        Assert.Equal((7, 0.5), (full.Item1, full.Item2));
        Assert.Equal([1, 2], full.Item3);
        await restored.InsertAsync("after", 1);
    }

    [Fact]
    public async Task Restore_replaces_metadata_only_when_it_is_told_to()
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory("tarn-backup-").FullName, "backup.db");
        var place = await PlaceAsync();
        await using (var store = await TestSchema.OpenAsync(place))
        {
            await store.InsertAsync("old", 1);
        }

        await StoreBackup.BackupAsync(place, [TestSchema.Items], file, Cancel);
        await Assert.ThrowsAsync<StoreException>(async () => await StoreBackup.BackupAsync(place, [TestSchema.Items], file, Cancel));
        await using (var store = await TestSchema.OpenAsync(place))
        {
            await store.InsertAsync("new", 2);
        }

        await Assert.ThrowsAsync<StoreException>(async () => await StoreBackup.RestoreAsync(file, place, [TestSchema.Items], replace: false, Cancel));
        await StoreBackup.RestoreAsync(file, place, [TestSchema.Items], replace: true, Cancel);
        await using var restored = await TestSchema.OpenAsync(place);
        Assert.Equal([("old", 1L)], await restored.ItemsAsync());
    }

    [Fact]
    public async Task A_backup_of_an_older_Tarn_is_upgraded_when_it_is_opened()
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory("tarn-backup-").FullName, "backup.db");
        var place = await PlaceAsync();
        await using (var store = await TestSchema.OpenAsync(place))
        {
            await store.InsertAsync("a", 1);
        }

        await StoreBackup.BackupAsync(place, [TestSchema.Items], file, Cancel);
        var newer = TestSchema.Items with { Steps = [.. TestSchema.Items.Steps, "ALTER TABLE test_items ADD COLUMN extra BIGINT;"] };
        var elsewhere = await PlaceAsync();
        await StoreBackup.RestoreAsync(file, elsewhere, [newer], replace: false, Cancel);
        await using var restored = await TestSchema.OpenAsync(elsewhere, newer);
        Assert.Null(await restored.ReadAsync(reader => reader.QueryFirst("SELECT extra FROM test_items", row => row.LongOrNull(0)), Cancel));
    }

    [Fact]
    public async Task A_file_that_is_not_a_backup_is_not_restored()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, new string('x', 10_000));
        var place = await PlaceAsync();
        var refusal = await Assert.ThrowsAsync<StoreException>(async () => await StoreBackup.RestoreAsync(file, place, [TestSchema.Items], replace: true, Cancel));
        Assert.Contains("is not a backup", refusal.Message, StringComparison.Ordinal);
    }
}

public sealed class SqliteContractTests : StoreContractTests
{
    protected override Task<StoreOptions> PlaceAsync() => Task.FromResult(StorePlace.Sqlite());
}

public sealed class PostgresContractTests : StoreContractTests
{
    protected override Task<StoreOptions> PlaceAsync() => StorePlace.PostgresAsync();
}
