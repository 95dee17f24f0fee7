using System.Numerics;
using Tarn.DuckDb.Types;
using Tarn.DuckDb.Values;

namespace Tarn.DuckDb.Tests;

public sealed class ValueTests
{
    public static TheoryData<string, object?> Values => new()
    {
        { "true", true },
        { "(-128)::TINYINT", sbyte.MinValue },
        { "(-32768)::SMALLINT", short.MinValue },
        { "2147483647", int.MaxValue },
        { "9223372036854775807", long.MaxValue },
        { "255::UTINYINT", byte.MaxValue },
        { "65535::USMALLINT", ushort.MaxValue },
        { "4294967295::UINTEGER", uint.MaxValue },
        { "18446744073709551615::UBIGINT", ulong.MaxValue },
        { "(-170141183460469231731687303715884105728)::HUGEINT", Int128.MinValue },
        { "340282366920938463463374607431768211455::UHUGEINT", UInt128.MaxValue },
        { "'123456789012345678901234567890123456789012'::BIGNUM", BigInteger.Parse("123456789012345678901234567890123456789012") },
        { "'-123456789012345678901234567890'::BIGNUM", BigInteger.Parse("-123456789012345678901234567890") },
        { "1.5::FLOAT", 1.5f },
        { "-1e300::DOUBLE", -1e300 },
        { "-12.3::DECIMAL(4,1)", new DuckDbDecimal(-123, 1) },
        { "12345.67::DECIMAL(9,2)", new DuckDbDecimal(1_234_567, 2) },
        { "-1234567890.12345678::DECIMAL(18,8)", new DuckDbDecimal(-123456789012345678, 8) },
        { "'-99999999999999999999999999999999999.999'::DECIMAL(38,3)", new DuckDbDecimal(Int128.Parse("-99999999999999999999999999999999999999"), 3) },
        { "'héllo'", "héllo" },
        { "'twelve bytes'", "twelve bytes" },
        { "'more than twelve bytes'", "more than twelve bytes" },
        { "''", "" },
        { "DATE '2024-02-29'", new DateOnly(2024, 2, 29) },
        { "DATE '0001-01-01'", new DateOnly(1, 1, 1) },
        { "TIME '23:59:59.123456'", new TimeSpan(0, 23, 59, 59, 123, 456) },
        { "TIME '24:00:00'", TimeSpan.FromHours(24) },
        { "TIMESTAMP '2024-02-29 12:34:56.789012'", new DateTime(2024, 2, 29, 12, 34, 56, 789, 12) },
        { "TIMESTAMP '1900-01-01 00:00:00.000001'", new DateTime(1900, 1, 1, 0, 0, 0, 0, 1) },
        { "TIMESTAMP_S '2024-02-29 12:34:56'", new DateTime(2024, 2, 29, 12, 34, 56) },
        { "TIMESTAMP_MS '2024-02-29 12:34:56.789'", new DateTime(2024, 2, 29, 12, 34, 56, 789) },
        { "TIMESTAMP_NS '1970-01-01 00:00:01.000000001'", new DuckDbTimestampNs(1_000_000_001) },
        { "TIMESTAMPTZ '2024-02-29 12:00:00+02'", new DateTimeOffset(2024, 2, 29, 10, 0, 0, TimeSpan.Zero) },
        { "TIMETZ '12:00:00+02'", new DuckDbTimeTz(43_200_000_000, 7200) },
        { "INTERVAL '14 months 3 days 2 seconds'", new DuckDbInterval(14, 3, 2_000_000) },
        { "UUID '6f9619ff-8b86-d011-b42d-00c04fc964ff'", Guid.Parse("6f9619ff-8b86-d011-b42d-00c04fc964ff") },
        { "'10110'::BIT", "10110" },
        { "'b'::ENUM('a', 'b')", "b" },
        { "union_value(n := 3)", 3 },
        { "NULL", null },
        { "NULL::INTEGER", null },
        { "json('{\"a\": 1}')", "{\"a\":1}" },
    };

    [Theory]
    [MemberData(nameof(Values))]
    public void A_value_of_every_type_reads_as_its_object(string sql, object? expected)
    {
        using var database = new TestDatabase();
        Assert.Equal(expected, database.Value($"SELECT {sql}"));
    }

    [Fact]
    public void Blobs_lists_arrays_structs_and_maps_read_nested()
    {
        using var database = new TestDatabase();
        Assert.Equal(new byte[] { 0, 1, 255 }, database.Value("SELECT '\\x00\\x01\\xFF'::BLOB"));
        Assert.Equal(new object?[] { 1, null, 3 }, database.Value("SELECT [1, NULL, 3]"));
        Assert.Equal(new object?[] { 1, 2 }, database.Value("SELECT [1, 2]::INTEGER[2]"));
        var nested = (DuckDbStruct)database.Value("SELECT {'a': 1, 'b': [{'c': 'x'}, NULL], 'd': MAP {'k': [1.5]}}")!;
        Assert.Equal(1, nested["A"]);
        var list = (object?[])nested["b"]!;
        Assert.Equal("x", ((DuckDbStruct)list[0]!)["c"]);
        Assert.Null(list[1]);
        var entry = ((DuckDbMap)nested["d"]!)[0];
        Assert.Equal("k", entry.Key);
        Assert.Equal(new DuckDbDecimal(15, 1), ((object?[])entry.Value!)[0]);
    }

    [Fact]
    public void Elements_of_lists_are_those_of_their_row()
    {
        using var database = new TestDatabase();
        var rows = database.Rows("SELECT range(i) FROM range(5) t(i) ORDER BY i");
        Assert.Equal(["", "0", "0,1", "0,1,2", "0,1,2,3"], rows.Select(row => string.Join(',', (object?[])row[0]!)));
    }

    [Theory]
    [InlineData("DATE 'infinity'")]
    [InlineData("TIMESTAMP '-infinity'")]
    [InlineData("DATE '12000-01-01'")]
    public void A_date_that_dotnet_cannot_hold_is_refused(string sql)
    {
        using var database = new TestDatabase();
        var failure = Assert.Throws<DuckDbException>(() => database.Value($"SELECT {sql}"));
        Assert.Equal(DuckDbErrorKind.NotRepresentable, failure.Kind);
    }

    public static TheoryData<object?> Parameters => new()
    {
        true, sbyte.MinValue, byte.MaxValue, short.MinValue, ushort.MaxValue, int.MinValue, uint.MaxValue, long.MinValue, ulong.MaxValue, Int128.MinValue, UInt128.MaxValue,
        1.5f, double.Epsilon, "text with ' and \u0000 NUL and more than twelve bytes", "", new DateOnly(1969, 12, 31), TimeSpan.FromHours(5),
        new DateTime(1969, 12, 31, 23, 59, 59, 999), new DateTimeOffset(2024, 1, 1, 0, 0, 0, TimeSpan.Zero), new DuckDbTimestampNs(-1),
        new DuckDbInterval(-1, 2, 3), Guid.Parse("ffffffff-8b86-d011-b42d-00c04fc964ff"), new DuckDbDecimal(-12345, 3),
    };

    [Theory]
    [MemberData(nameof(Parameters))]
    public void A_parameter_comes_back_as_it_was(object? value)
    {
        using var database = new TestDatabase();
        Assert.Equal(value, database.Value("SELECT $1", value));
    }

    [Fact]
    public void Lists_structs_and_maps_are_parameters_too()
    {
        using var database = new TestDatabase();
        Assert.Equal(new object?[] { "a", null, "c" }, database.Value("SELECT $1", new List<string?> { "a", null, "c" }));
        Assert.Equal(6L, database.Value("SELECT list_sum($1::BIGINT[])::BIGINT", new[] { 1L, 2L, 3L }));
        Assert.Equal(0L, database.Value("SELECT len($1)", (object)Array.Empty<string>()));
        Assert.Equal("x", database.Value("SELECT $1.b", new DuckDbStruct(["a", "b"], [1, "x"])));
        Assert.Equal(new byte[] { 1, 0 }, database.Value("SELECT $1", new byte[] { 1, 0 }));
        var map = (DuckDbMap)database.Value("SELECT $1", new DuckDbMap([new("k", 5)]))!;
        Assert.Equal(5, map[0].Value);
        Assert.Equal("2.50", database.Value("SELECT $1::VARCHAR", 2.50m));
    }

    [Theory]
    [InlineData("0", 0, "0")]
    [InlineData("-5", 3, "-0.005")]
    [InlineData("12345", 2, "123.45")]
    public void Decimals_print_all_their_digits(string unscaled, byte scale, string expected)
    {
        Assert.Equal(expected, new DuckDbDecimal(Int128.Parse(unscaled), scale).ToString());
    }

    [Fact]
    public void Decimals_turn_into_dotnets_where_they_fit()
    {
        Assert.Equal(-1.50m, new DuckDbDecimal(-150, 2).ToDecimal());
        Assert.Equal(1m, new DuckDbDecimal(Int128.Parse("1" + new string('0', 37)), 37).ToDecimal());
        Assert.Equal(79228162514264337593543950335m, DuckDbDecimal.From(decimal.MaxValue).ToDecimal());
        Assert.Throws<OverflowException>(() => new DuckDbDecimal(Int128.MaxValue, 0).ToDecimal());
    }

    [Fact]
    public void Types_are_read_whole_and_spell_themselves_as_sql()
    {
        using var database = new TestDatabase();
        using var statement = database.Connection.Prepare("SELECT NULL::STRUCT(a INTEGER, \"b c\" DECIMAL(10,2)[])[] AS x, MAP {'a': 1::TINYINT} AS y, '1'::ENUM('1', '2''') AS z");
        Assert.Equal("STRUCT(\"a\" INTEGER, \"b c\" DECIMAL(10,2)[])[]", statement.Columns[0].Type.ToString());
        Assert.Equal("MAP(VARCHAR, TINYINT)", statement.Columns[1].Type.ToString());
        Assert.Equal("ENUM('1', '2''')", statement.Columns[2].Type.ToString());
        Assert.Equal(DuckDbType.MapOf(DuckDbType.Varchar, DuckDbType.TinyInt), statement.Columns[1].Type);
    }
}
