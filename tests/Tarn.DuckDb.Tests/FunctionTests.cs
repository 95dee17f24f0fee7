using Tarn.DuckDb.Functions;
using Tarn.DuckDb.Types;
using Tarn.DuckDb.Values;

namespace Tarn.DuckDb.Tests;

public sealed class FunctionTests
{
    [Fact]
    public void A_scalar_function_works_on_vectors_and_passes_nulls_through()
    {
        using var database = new TestDatabase();
        new DuckDbScalarFunction("twice", [DuckDbType.BigInt], DuckDbType.BigInt, (arguments, results) =>
        {
            var input = arguments.Column(0);
            for (var row = 0; row < arguments.RowCount; row++)
            {
                results.Raw(row, input.Raw<long>(row) * 2);
            }
        }).Register(database.Connection);
        Assert.Equal(9_999_900_000L, database.Value("SELECT sum(twice(i))::BIGINT FROM range(100000) t(i)"));
        Assert.Null(database.Value("SELECT twice(NULL)"));
        using var other = database.Instance.Connect();
        Assert.Equal(14L, other.QueryValue("SELECT twice(7)", CancellationToken.None));
    }

    [Fact]
    public void A_scalar_function_that_sees_nulls_may_answer_them()
    {
        using var database = new TestDatabase();
        new DuckDbScalarFunction("or_none", [DuckDbType.Varchar], DuckDbType.Varchar, (arguments, results) =>
        {
            for (var row = 0; row < arguments.RowCount; row++)
            {
                results.Value(row, arguments.Column(0).Value(row) ?? "none");
            }
        }) { SeesNulls = true }.Register(database.Connection);
        Assert.Equal(["none", "0", "none", "2"], database.Rows("SELECT or_none(CASE WHEN i % 2 = 1 THEN (i - 1)::VARCHAR END) FROM range(4) t(i)").Select(row => row[0]));
    }

    [Fact]
    public void An_exception_in_a_function_is_the_error_of_the_statement()
    {
        using var database = new TestDatabase();
        DuckDbScalarFunction.PerRow("picky", [DuckDbType.BigInt], DuckDbType.Varchar, arguments =>
            (long)arguments[0]! == 3 ? throw new InvalidOperationException("not three") : $"{arguments[0]}").Register(database.Connection);
        Assert.Equal("2", database.Value("SELECT picky(2)"));
        var failure = Assert.Throws<DuckDbException>(() => database.Rows("SELECT picky(i) FROM range(10) t(i)"));
        Assert.Equal("not three", failure.Message);
        Assert.Equal(DuckDbErrorKind.InvalidInput, failure.Kind);
    }

    [Fact]
    public void Functions_take_and_give_nested_values()
    {
        using var database = new TestDatabase();
        var pair = DuckDbType.StructOf(new DuckDbField("first", DuckDbType.Varchar), new DuckDbField("rest", DuckDbType.ListOf(DuckDbType.Varchar)));
        DuckDbScalarFunction.PerRow("split_first", [DuckDbType.ListOf(DuckDbType.Varchar)], pair, arguments =>
        {
            var list = (object?[])arguments[0]!;
            return list.Length == 0 ? null : new DuckDbStruct(["first", "rest"], [list[0], list[1..]]);
        }).Register(database.Connection);
        var rows = database.Rows("SELECT split_first(list_transform(range(i), lambda x: 'a long element number ' || x)) AS s FROM range(3) t(i)");
        Assert.Null(rows[0][0]);
        Assert.Empty((object?[])((DuckDbStruct)rows[1][0]!)["rest"]!);
        Assert.Equal("a long element number 1", ((object?[])((DuckDbStruct)rows[2][0]!)["rest"]!)[0]);
    }

    [Fact]
    public void A_table_function_is_asked_only_for_the_columns_that_are_used()
    {
        using var database = new TestDatabase();
        var asked = new List<string>();
        Numbers(asked).Register(database.Connection);
        Assert.Equal(10L, database.Value("SELECT sum(n)::BIGINT FROM numbers(5)"));
        Assert.Equal(["n"], asked);
        asked.Clear();
        Assert.Equal([[0L, "#0", null], [1L, "#1", 1.5m]], database.Rows("SELECT n, name, amount::DECIMAL(3,1) FROM numbers(2) ORDER BY n")
            .Select(row => new object?[] { row[0], row[1], row[2] is DuckDbDecimal d ? d.ToDecimal() : null }));
        Assert.Equal(3, asked.Count);
        Assert.Equal(5000L, database.Value("SELECT count(*) FROM numbers(5000)"));
        Assert.Equal(10L, database.Value("SELECT n FROM numbers(5, first := 10) LIMIT 1"));
    }

    [Fact]
    public void A_table_function_may_be_read_by_several_threads()
    {
        using var database = new TestDatabase();
        Numbers([]).Register(database.Connection);
        database.Execute("SET preserve_insertion_order = false");
        Assert.Equal(499_999_500_000L, database.Value("SELECT sum(n)::BIGINT FROM numbers(1000000)"));
    }

    [Fact]
    public void Failures_of_a_table_function_are_errors_of_the_statement()
    {
        using var database = new TestDatabase();
        Numbers([]).Register(database.Connection);
        Assert.Equal("count must not be negative", Assert.Throws<DuckDbException>(() => database.Rows("FROM numbers(-1)")).Message.Split('\n')[0]);
        Assert.Equal("too far", Assert.Throws<DuckDbException>(() => database.Rows("SELECT sum(n) FROM numbers(5000000)")).Message);
    }

    [Fact]
    public void Functions_are_released_with_their_instance()
    {
        var kept = new List<WeakReference>();
        for (var i = 0; i < 20; i++)
        {
            kept.Add(RegisterAndForget());
        }

        for (var i = 0; i < 5; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.True(kept.Count(reference => reference.IsAlive) <= 1);
    }

    [Fact]
    public void An_appender_adds_rows_of_every_kind()
    {
        using var database = new TestDatabase();
        database.Execute("CREATE TABLE t (id BIGINT, name VARCHAR, price DECIMAL(10,2), day DATE, moment TIMESTAMP, tags VARCHAR[], pair STRUCT(a INTEGER, b VARCHAR), props MAP(VARCHAR, BIGINT), key UUID, bits BLOB)");
        using (var appender = DuckDbAppender.Open(database.Connection, schema: null, "t"))
        {
            for (var i = 0L; i < 5000; i++)
            {
                if (i % 3 == 0)
                {
                    appender.AddRow(i, null, null, null, null, null, null, null, null, null);
                    continue;
                }

                appender.AddRow(
                    i, $"the name of number {i}", new DuckDbDecimal(i, 2), new DateOnly(2024, 1, 1).AddDays((int)i), DateTime.UnixEpoch.AddSeconds(i), new[] { "a", $"{i}" },
                    new DuckDbStruct(["a", "b"], [(int)i, null]), new DuckDbMap([new("k", i)]), Guid.Empty, new byte[] { 1, 2 });
            }

            appender.Complete();
        }

        var row = database.Rows("SELECT count(*), count(name), sum(price)::VARCHAR, max(day), max(moment), sum(tags[2]::BIGINT)::BIGINT, sum(pair.a)::BIGINT, sum(props['k'])::BIGINT FROM t")[0];
        var sum = Enumerable.Range(0, 5000).Where(i => i % 3 != 0).Sum(i => (long)i);
        Assert.Equal([5000L, 3333L, $"{sum / 100m:0.00}", new DateOnly(2024, 1, 1).AddDays(4999), DateTime.UnixEpoch.AddSeconds(4999), sum, sum, sum], row);
    }

    [Fact]
    public void An_appender_reports_what_the_table_refuses()
    {
        using var database = new TestDatabase();
        Assert.Equal(DuckDbErrorKind.Catalog, Assert.Throws<DuckDbException>(() => DuckDbAppender.Open(database.Connection, schema: null, "missing")).Kind);
        database.Execute("CREATE TABLE t (a INTEGER PRIMARY KEY, d DECIMAL(4,2))");
        using var appender = DuckDbAppender.Open(database.Connection, schema: null, "t");
        Assert.Throws<OverflowException>(() => appender.AddRow(1, 1000m));
        using var second = DuckDbAppender.Open(database.Connection, schema: null, "t");
        second.AddRow(1, 1m);
        second.AddRow(1, 2m);
        Assert.Equal(DuckDbErrorKind.Constraint, Assert.Throws<DuckDbException>(second.Complete).Kind);
    }

    private static WeakReference RegisterAndForget()
    {
        using var database = new TestDatabase();
        var function = Numbers([]);
        function.Register(database.Connection);
        database.Rows("SELECT sum(n) FROM numbers(10)");
        return new WeakReference(function);
    }

    /// <summary>numbers(count, first := 0): n, name, amount (NULL for even numbers).</summary>
    private static DuckDbTableFunction Numbers(List<string> asked) => new("numbers", [DuckDbType.BigInt], arguments =>
    {
        var count = (long)arguments.Positional[0]!;
        var first = (long)(arguments.Named["first"] ?? 0L);
        if (count < 0)
        {
            throw new ArgumentException("count must not be negative");
        }

        string[] names = ["n", "name", "amount"];
        return new TableBinding
        {
            Columns = [new("n", DuckDbType.BigInt), new("name", DuckDbType.Varchar), new("amount", DuckDbType.Double)],
            RowCount = count,
            Open = columns =>
            {
                asked.AddRange(columns.Select(column => names[column]));
                var next = new long[1];
                return new TableScan(2, () => new NumberReader(next, first, count, columns));
            },
        };
    })
    {
        NamedParameters = new Dictionary<string, DuckDbType> { ["first"] = DuckDbType.BigInt },
    };

    private sealed class NumberReader(long[] next, long first, long count, IReadOnlyList<int> columns) : ITableReader
    {
        public int Read(TableChunkWriter chunk)
        {
            var start = Interlocked.Add(ref next[0], DuckDbChunk.RowsMax) - DuckDbChunk.RowsMax;
            if (start > 2_000_000)
            {
                throw new InvalidOperationException("too far");
            }

            var rows = (int)Math.Clamp(count - start, 0, DuckDbChunk.RowsMax);
            for (var column = 0; column < columns.Count; column++)
            {
                var writer = chunk.Column(column);
                for (var row = 0; row < rows; row++)
                {
                    var n = first + start + row;
                    writer.Value(row, columns[column] switch { 0 => n, 1 => $"#{n}", _ => n % 2 == 0 ? null : n * 1.5 });
                }
            }

            return rows;
        }
    }
}
