using System.Globalization;
using System.Text;
using Tarn.Sql.Scans;
using Tarn.Sql.Tests.Functions;

namespace Tarn.Sql.Tests.Scans;

/// <summary>Delimited and quoted lines.</summary>
public sealed class TextScanTests : ScanTests
{
    [Fact]
    public void A_blank_line_of_delimited_text_is_a_row_whose_first_field_is_empty()
    {
        var file = Write("a.txt", "1,x\n\n2,y\r\n\r\n");
        Assert.Equal(["1|x", "|NULL", "2|y", "|NULL"], Rows(Table(Lazy, "a string, b string", ("field.delim", ",")), [Part(file)]));
        Assert.Equal(["1", "NULL", "2", "NULL"], Rows(Table(Lazy, "a int", ("field.delim", ",")), [Part(file)]));
        Assert.Equal(["4"], Query($"SELECT count(*) FROM {TableScan.ToDuckDb(Table(Lazy, "a int"), [Part(file)], [])} t"));
    }

    [Theory]
    [InlineData("serialization.format", "1", "\u0001")]
    [InlineData("field.delim", "9", "\t")]
    [InlineData("field.delim", "\\t", "\t")]
    [InlineData("field.delim", "124", "|")]
    [InlineData("field.delim", "\\u0001", "\u0001")]
    [InlineData("field.delim", "||", "||")]
    public void A_delimiter_is_itself_an_escape_or_a_number(string property, string value, string delimiter) =>
        Assert.Equal(["1|x1"], Rows(Table(Lazy, "a int, b string", (property, value)), [Part(Write("a.txt", $"1{delimiter}x1\n"))]));

    [Fact]
    public void A_blank_line_of_quoted_text_is_a_row_of_NULLs() =>
        Assert.Equal(["1|x", "NULL|NULL", "2|y"], Rows(Table(OpenCsv, "a string, b string"), [Part(Write("a.csv", "1,x\n\n2,y\n"))]));

    [Fact]
    public void Quoted_text_takes_separators_beyond_ASCII()
    {
        var file = Write("a.csv", "é§\"a§b\"§3\n東京§\"q\"§\n");
        Assert.Equal(["é|a§b|3", "東京|q|NULL"], Rows(Table(OpenCsv, "a string, b string, c int", ("separatorChar", "§")), [Part(file)]));
    }

    [Fact]
    public void Quotes_in_the_middle_of_fields_stay_as_opencsv_leaves_them()
    {
        var file = Write("a.csv", "a,bc\"d\"ef,g\nlost,\"open\n\"\",\"x\"\"y\"\n");
        Assert.Equal(["a|bc\"d\"ef|g", "lost|NULL|NULL", "|x\"y|NULL"], Rows(Table(OpenCsv, "a string, b string, c string"), [Part(file)]));
    }

    [Fact]
    public void Numbers_read_as_Java_reads_them_whichever_way_they_are_written()
    {
        string[] texts = ["0", "-0", "1.5", "-1.50", "0.1", "123456789012345", "1234567890123456789", "1e5", "1.", ".5", "1,5", "NaN", "-Infinity", "0x1", "1d", " 2", "1e400", "4.9E-324", "9007199254740993", "0.30000000000000004", "3.4028235e38", "16777217", "", "-", "+3"];
        var file = Write("a.txt", string.Join('\n', texts) + "\n");
        var doubles = Query($"SELECT coalesce(CAST(a AS VARCHAR), '') FROM {TableScan.ToDuckDb(Table(Lazy, "a double"), [Part(file)], null)} t");
        var expected = texts.Select(text => text is "1,5" or "0x1" or "" or "-"
            ? double.NaN
            : double.Parse(text.TrimEnd('d').Replace("-Infinity", "-Infinity", StringComparison.Ordinal), CultureInfo.InvariantCulture)).ToList();
        Assert.Equal(texts.Length, doubles.Length);
        for (var i = 0; i < texts.Length; i++)
        {
            var found = doubles[i] is "" or "nan" ? double.NaN : double.Parse(doubles[i].Replace("inf", "Infinity", StringComparison.Ordinal), CultureInfo.InvariantCulture);
            Assert.True(expected[i].Equals(found), $"{texts[i]}: {doubles[i]}");
        }
    }

    [Fact]
    public void Decimals_are_rounded_half_away_from_zero_and_too_many_digits_are_NULL()
    {
        var file = Write("a.txt", "1.005\n-1.005\n1.0049\n999.994\n999.995\n1e2\n12345678901234567890\nx\n.5\n5.\n");
        Assert.Equal(["1.01", "-1.01", "1.00", "999.99", "NULL", "100.00", "NULL", "NULL", "0.50", "5.00"], Rows(Table(Lazy, "a decimal(5,2)"), [Part(file)]));
        Assert.Equal("12345678901234567890.000000", Rows(Table(Lazy, "a decimal(38,6)"), [Part(file)])[6]);
    }

    [Fact]
    public void Reals_are_rounded_once()
    {
        // The first is just below the middle of two floats; as a double it is the middle, and would round up.
        var file = Write("a.txt", "1.00000017881393432617187499\n1e39\n0.1\n");
        Assert.Equal(
            ["true|false|false", "false|true|false", "false|false|true"],
            Query($"SELECT concat_ws('|', a = 1.0000001::FLOAT, a = 'inf'::FLOAT, a = 0.1::FLOAT) FROM {TableScan.ToDuckDb(Table(Lazy, "a float"), [Part(file)], null)} t"));
    }

    [Fact]
    public void Dates_and_timestamps_read_in_every_form()
    {
        var file = Write("a.txt", "2020-02-29,2020-02-29 03:04:05\n2019-02-29,2019-02-29 03:04:05\n2020-1-2,2020-01-02 03:04:05.5\n2020-01-02,2020-01-02T03:04:05Z\n1969-12-31,1969-12-31 23:59:59.9995\nx,2020-01-02 24:00:00\n");
        Assert.Equal(
            ["2020-02-29|2020-02-29 03:04:05.000", "NULL|NULL", "2020-01-02|2020-01-02 03:04:05.500", "2020-01-02|2020-01-02 03:04:05.000", "1969-12-31|1970-01-01 00:00:00.000", "NULL|NULL"],
            Rows(Table(Lazy, "a date, b timestamp", ("field.delim", ",")), [Part(file)]));
    }

    [Fact]
    public void Maps_of_delimited_text_keep_the_first_of_equal_keys_and_no_NULL_key()
    {
        var file = Write("a.txt", "1:x,01:y,q:z,2\n");
        Assert.Equal(["{1=x, 2=NULL}"], Rows(Table(Lazy, "m map<int,string>", ("field.delim", "|"), ("collection.delim", ","), ("mapkey.delim", ":")), [Part(file)]));
    }

    [Fact]
    public void Text_that_is_not_UTF8_fails_only_where_it_is_read_as_text()
    {
        var path = Path.Combine(Folder, "a.txt");
        System.IO.File.WriteAllBytes(path, [.. "1,Zo"u8, 0xEB, .. "\n"u8]);
        var table = Table(Lazy, "a int, b string", ("field.delim", ","));
        Assert.Equal(["1"], Rows(table, [Part(path)], "a"));
        Assert.Equal("HIVE_BAD_DATA", Engine.Fails(() => Rows(table, [Part(path)])).Code);
        Assert.Equal(["1|Zoë"], Rows(Table(Lazy, "a int, b string", ("field.delim", ","), ("serialization.encoding", "ISO-8859-1")), [Part(path)]));
    }

    [Fact]
    public void Large_files_are_read_in_parts_with_headers_only_at_their_start()
    {
        const int count = 700_000;
        var text = new StringBuilder("id;name\n");
        for (var i = 0; i < count; i++)
        {
            text.Append(i).Append(';').Append('x', i % 41).Append(i % 2 == 0 ? "\n" : "\r\n");
        }

        var table = Table(Lazy, "id bigint, name string", ("field.delim", ";")) with { Parameters = Map(("skip.header.line.count", "1")) };
        var part = Part(Write("a.csv", text.ToString()));
        Assert.True(part.Files[0].Size > 17 << 20);
        var sql = TableScan.ToDuckDb(table, [part], null);
        Assert.Equal([$"{count}|{count * (count - 1L) / 2}|{Enumerable.Range(0, count).Sum(i => (long)(i % 41))}"], Query($"SELECT concat_ws('|', count(id), sum(id), sum(length(name))) FROM {sql} t"));
    }
}
