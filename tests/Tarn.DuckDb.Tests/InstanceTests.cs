using Tarn.DuckDb.Profiling;

namespace Tarn.DuckDb.Tests;

public sealed class InstanceTests
{
    [Fact]
    public void A_statement_that_needs_more_memory_than_allowed_fails_and_leaves_the_connection_usable()
    {
        using var database = new TestDatabase(new DuckDbOptions { MemoryBytesMax = 64 << 20, Threads = 2 });
        var failure = Assert.Throws<DuckDbException>(() => database.Rows("SELECT len(list(i::VARCHAR || repeat('x', 100))) FROM range(5000000) t(i)"));
        Assert.Equal(DuckDbErrorKind.OutOfMemory, failure.Kind);
        Assert.Equal(1, database.Value("SELECT 1"));
    }

    [Fact]
    public void What_does_not_fit_in_memory_goes_to_the_temporary_directory_up_to_its_limit()
    {
        var temp = Directory.CreateTempSubdirectory("tarn-duckdb-temp-").FullName;
        const string Fill = "CREATE TABLE t AS SELECT md5(i::VARCHAR) || md5((-i)::VARCHAR) AS s FROM range(2000000) t(i)";
        using (var database = new TestDatabase(new DuckDbOptions { MemoryBytesMax = 80 << 20, Threads = 2, TempDirectory = temp }))
        {
            database.Execute(Fill);
            Assert.Equal(64L, database.Value("SELECT max(len(s)) FROM t"));
        }

        using (var database = new TestDatabase(new DuckDbOptions { MemoryBytesMax = 80 << 20, Threads = 2, TempDirectory = temp, TempBytesMax = 1 << 20 }))
        {
            Assert.Equal(DuckDbErrorKind.OutOfMemory, Assert.Throws<DuckDbException>(() => database.Execute(Fill)).Kind);
        }

        Directory.Delete(temp, recursive: true);
    }

    [Fact]
    public void A_sandbox_denies_other_files_settings_and_extensions()
    {
        var inside = Directory.CreateTempSubdirectory("tarn-inside-").FullName;
        var outside = Directory.CreateTempSubdirectory("tarn-outside-").FullName;
        File.WriteAllText(Path.Combine(inside, "a.csv"), "x\n1\n");
        File.WriteAllText(Path.Combine(outside, "b.csv"), "x\n2\n");
        File.WriteAllText(Path.Combine(outside, "c.csv"), "x\n3\n");
        File.CreateSymbolicLink(Path.Combine(inside, "link.csv"), Path.Combine(outside, "b.csv"));
        var options = new DuckDbOptions { Sandbox = new DuckDbSandbox([inside], [Path.Combine(outside, "c.csv")]), TracksProgress = true };
        using var database = new TestDatabase(options);
        Assert.Equal(1L, database.Value($"SELECT x FROM read_csv('{inside}/a.csv')"));
        Assert.Equal(3L, database.Value($"SELECT x FROM read_csv('{outside}/c.csv')"));
        database.Execute($"COPY (SELECT 1) TO '{inside}/out.parquet'");
        foreach (var sql in new[]
                 {
                     $"FROM read_csv('{outside}/b.csv')", $"FROM read_csv('{inside}/../{Path.GetFileName(outside)}/b.csv')", $"FROM read_csv('{inside}/link.csv')",
                     $"COPY (SELECT 1) TO '{outside}/out.csv'", "FROM read_text('/etc/hostname')", $"ATTACH '{outside}/x.db'", "INSTALL httpfs",
                     "SET enable_external_access = true", "SET memory_limit = '100GB'",
                 })
        {
            Assert.Throws<DuckDbException>(() => database.Execute(sql));
        }

        Directory.Delete(inside, recursive: true);
        Directory.Delete(outside, recursive: true);
    }

    [Fact]
    public void Extensions_are_never_downloaded()
    {
        using var database = new TestDatabase();
        Assert.Throws<DuckDbException>(() => database.Rows("FROM read_parquet('http://127.0.0.1:9/x.parquet')"));
        Assert.Equal(false, database.Value("SELECT current_setting('autoinstall_known_extensions')"));
        Assert.Equal(false, database.Value("SELECT current_setting('autoload_known_extensions')"));
    }

    [Fact]
    public void Progress_is_known_while_a_statement_runs()
    {
        using var database = new TestDatabase(new DuckDbOptions { TracksProgress = true, Threads = 1 });
        database.Execute("CREATE TABLE t AS SELECT i, hash(i) AS h FROM range(3000000) t(i)");
        var seen = new List<double>();
        var query = Task.Run(() => database.Value("SELECT sum(sqrt(h) * ln(h + 1) / (i + 1)) FROM t"));
        while (!query.IsCompleted)
        {
            if (database.Connection.Progress.Percentage is { } percentage)
            {
                seen.Add(percentage);
            }
        }

        Assert.NotEmpty(seen);
        Assert.All(seen, percentage => Assert.InRange(percentage, 0, 100));
    }

    [Fact]
    public void A_wrong_setting_is_refused_at_the_start()
    {
        Assert.Throws<DuckDbException>(() => DuckDbInstance.Open(new DuckDbOptions { Threads = -1 }));
        Assert.Throws<DuckDbException>(() => DuckDbInstance.Open(new DuckDbOptions { DatabasePath = "/nowhere/at/all.db" }));
        Assert.Throws<DuckDbException>(() => DuckDbInstance.Open(new DuckDbOptions { Setup = ["SELEC"] }));
    }

    [Fact]
    public void Profiles_count_rows_files_and_bytes()
    {
        using var database = new TestDatabase(new DuckDbOptions { CountsFileBytes = true, Profiles = true });
        var file = Path.Combine(database.Folder, "a.csv");
        File.WriteAllLines(file, ["a,b", .. Enumerable.Range(0, 1000).Select(i => $"{i},x")]);
        FileBytes.Reset(database.Connection, CancellationToken.None);
        Assert.Equal(500L, database.Value($"SELECT count(*) FROM read_csv('{file}', header = true, columns = {{'a': 'INTEGER', 'b': 'VARCHAR'}}) WHERE a * 1 >= 500"));
        var profile = QueryProfile.Read(database.Connection)!;
        Assert.Equal(1000, profile.RowsScanned);
        using var observer = database.Instance.Connect();
        var bytes = FileBytes.Of(observer, database.Connection.Id, CancellationToken.None);
        Assert.Equal(1, bytes.FilesRead);
        Assert.True(bytes.Read >= new FileInfo(file).Length, $"{bytes}");
    }

    /// <summary>
    /// A statement that finds no room to spill leaves a temporary file open, and DuckDB logs its closing after it has freed the log: unless the log is off
    /// by then, the memory of the process is corrupted. The C library kills the process for it at once when the variable MALLOC_PERTURB_ is set, else
    /// only now and then.
    /// </summary>
    [Fact]
    public void An_instance_that_counts_bytes_closes_after_it_found_no_room_to_spill()
    {
        for (var i = 0; i < 5; i++)
        {
            using var folder = new TestDatabase();
            using var database = new TestDatabase(new DuckDbOptions
            {
                CountsFileBytes = true,
                MemoryBytesMax = 40 << 20,
                Threads = 2,
                TempDirectory = Path.Combine(folder.Folder, "spill"),
                TempBytesMax = 1 << 20,
                Sandbox = new DuckDbSandbox([], []),
            });
            var failure = Assert.Throws<DuckDbException>(() => database.Rows("SELECT * FROM (SELECT hash(i) AS a, hash(i + 1) AS b, i FROM range(4000000) r(i) ORDER BY a) LIMIT 5 OFFSET 3000000"));
            Assert.Equal(DuckDbErrorKind.OutOfMemory, failure.Kind);
        }
    }
}
