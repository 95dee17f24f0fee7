using Tarn.DuckDb.Native;
using Tarn.DuckDb.Types;

namespace Tarn.DuckDb.Tests;

public sealed class StatementTests
{
    [Fact]
    public void The_library_is_found_and_of_the_version_that_is_pinned()
    {
        Assert.NotNull(DuckDbLibrary.Find());
        Assert.StartsWith("v1.5.", DuckDbLibrary.Version, StringComparison.Ordinal);
    }

    [Fact]
    public void A_result_streams_chunk_by_chunk()
    {
        using var database = new TestDatabase();
        using var result = database.Connection.Query("SELECT i, i::VARCHAR FROM range(10000) t(i)", CancellationToken.None);
        long sum = 0, chunks = 0;
        while (result.NextChunk(CancellationToken.None) is { } chunk)
        {
            using (chunk)
            {
                chunks++;
                var numbers = chunk.Column(0);
                foreach (var number in numbers.RawSpan<long>(chunk.RowCount))
                {
                    sum += number;
                }

                Assert.Equal($"{numbers.Raw<long>(0)}", chunk.Column(1).Text(0));
            }
        }

        Assert.Equal(49_995_000, sum);
        Assert.True(chunks >= 5);
    }

    [Fact]
    public void An_empty_result_has_columns_and_no_rows()
    {
        using var database = new TestDatabase();
        using var result = database.Connection.Query("SELECT 1 AS a WHERE false", CancellationToken.None);
        Assert.Equal("a", Assert.Single(result.Columns).Name);
        Assert.Null(result.NextChunk(CancellationToken.None));
        Assert.Null(result.NextChunk(CancellationToken.None));
    }

    [Fact]
    public void A_result_larger_than_allowed_is_not_materialised()
    {
        using var database = new TestDatabase();
        Assert.Throws<InvalidOperationException>(() => database.Connection.QueryAll("SELECT * FROM range(100000)", 1000, CancellationToken.None));
    }

    [Fact]
    public void Kind_and_schema_are_known_without_running()
    {
        using var database = new TestDatabase();
        database.Execute("CREATE TABLE t (a INTEGER, b VARCHAR)");
        using var select = database.Connection.Prepare("SELECT a + 1 AS n, b FROM t WHERE a > $1");
        Assert.Equal(DuckDbStatementKind.Select, select.Kind);
        Assert.Equal(1, select.ParameterCount);
        Assert.Equal([new DuckDbField("n", DuckDbType.Integer), new DuckDbField("b", DuckDbType.Varchar)], select.Columns);
        using var insert = database.Connection.Prepare("INSERT INTO t VALUES (1, 'x')");
        Assert.Equal(DuckDbStatementKind.Insert, insert.Kind);
        using var copy = database.Connection.Prepare("COPY t TO '/tmp/never-written.csv'");
        Assert.Equal(DuckDbStatementKind.Copy, copy.Kind);
    }

    [Fact]
    public void A_statement_runs_again_with_other_parameters_by_position_and_by_name()
    {
        using var database = new TestDatabase();
        using var statement = database.Connection.Prepare("SELECT $a::INTEGER * 10 + $b::INTEGER");
        foreach (var (a, b) in new[] { (1, 2), (3, 4) })
        {
            statement.Bind("a", a).Bind("b", b);
            using var result = statement.Run(CancellationToken.None);
            Assert.Equal((a * 10) + b, result.ReadAll(1, CancellationToken.None)[0][0]);
        }

        Assert.Equal(DuckDbErrorKind.InvalidInput, Assert.Throws<DuckDbException>(() => statement.Bind("c", 1)).Kind);
        statement.ClearBindings();
        Assert.Throws<DuckDbException>(() => statement.Run(CancellationToken.None));
    }

    [Fact]
    public void Execute_runs_every_statement_each_prepared_after_the_one_before()
    {
        using var database = new TestDatabase();
        database.Execute("CREATE TABLE t AS SELECT 1 AS a; INSERT INTO t VALUES (2); UPDATE t SET a = a * 10; -- done");
        Assert.Equal(30L, database.Value("SELECT sum(a)::BIGINT FROM t"));
    }

    [Theory]
    [InlineData("SELEC 1", DuckDbErrorKind.Parser)]
    [InlineData("", DuckDbErrorKind.Parser)]
    [InlineData("SELECT 1; SELECT 2", DuckDbErrorKind.Parser)]
    [InlineData("SELECT 1\0", DuckDbErrorKind.Parser)]
    [InlineData("SELECT x", DuckDbErrorKind.Binder)]
    [InlineData("SELECT * FROM nowhere", DuckDbErrorKind.Catalog)]
    [InlineData("SELECT 'x'::INTEGER", DuckDbErrorKind.Conversion)]
    [InlineData("SELECT i::TINYINT FROM range(1000) t(i)", DuckDbErrorKind.Conversion)]
    [InlineData("SELECT 9223372036854775807 + 1", DuckDbErrorKind.OutOfRange)]
    [InlineData("SELECT error('stop')", DuckDbErrorKind.InvalidInput)]
    [InlineData("FROM read_csv('/nowhere/at/all.csv')", DuckDbErrorKind.Io)]
    public void A_failure_has_its_kind(string sql, DuckDbErrorKind kind)
    {
        using var database = new TestDatabase();
        var failure = Assert.Throws<DuckDbException>(() => database.Rows(sql));
        Assert.Equal(kind, failure.Kind);
        Assert.DoesNotContain(" Error: ", failure.Message, StringComparison.Ordinal);
        Assert.Equal(1, database.Value("SELECT 1"));
    }

    [Fact]
    public void A_failure_in_the_middle_of_a_stream_surfaces_there()
    {
        using var database = new TestDatabase();
        using var result = database.Connection.Query("SELECT CASE WHEN i = 500000 THEN error('here') ELSE i END FROM range(1000000) t(i)", CancellationToken.None);
        var failure = Assert.Throws<DuckDbException>(() => result.Drain(CancellationToken.None));
        Assert.Equal("here", failure.Message);
    }

    [Fact]
    public void Cancelling_stops_a_statement_wherever_it_is()
    {
        using var database = new TestDatabase();
        foreach (var delay in new[] { 0, 1, 50, 200 })
        {
            using var source = new CancellationTokenSource(TimeSpan.FromMilliseconds(delay));
            Assert.ThrowsAny<OperationCanceledException>(() =>
            {
                using var result = database.Connection.Query("SELECT count(*) FROM range(100000000) a(i), range(100000000) b(j) WHERE (i * j) % 7 = 3", source.Token);
                result.Drain(source.Token);
            });
        }

        Assert.Equal(1, database.Value("SELECT 1"));
    }

    [Fact]
    public void Cancelling_stops_a_stream_between_chunks()
    {
        using var database = new TestDatabase();
        using var source = new CancellationTokenSource();
        using var result = database.Connection.Query("SELECT i FROM range(10000000000) t(i)", source.Token);
        result.NextChunk(source.Token)!.Dispose();
        source.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => result.Drain(source.Token));
    }
}
