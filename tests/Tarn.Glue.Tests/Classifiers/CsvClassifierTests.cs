using System.IO.Compression;
using System.Text;
using Tarn.Glue.Classifiers;

namespace Tarn.Glue.Tests.Classifiers;

public sealed class CsvClassifierTests
{
    [Theory]
    [InlineData(",")]
    [InlineData("|")]
    [InlineData("\t")]
    [InlineData(";")]
    [InlineData("\u0001")]
    public async Task Each_of_the_five_delimiters_is_found(string delimiter)
    {
        var found = await Classify.TextAsync($"id{delimiter}name\n1{delimiter}a\n2{delimiter}b\n");
        Assert.Equal("csv", found.Schema.Format.Classification);
        Assert.Equal("id:bigint,name:string", found.Columns());
        Assert.Equal(delimiter, found.Parameter("delimiter"));
        Assert.Equal("1", found.Parameter("skip.header.line.count"));
        Assert.Equal(FileFormats.LazySimpleSerDe, found.Schema.Format.SerializationLibrary);
        Assert.Equal(2, found.RecordCount);
    }

    [Fact]
    public async Task Other_delimiters_are_not_tried() => Assert.True((await Classify.TextAsync("id:name\n1:a\n2:b\n")).Schema.IsUnknown);

    [Fact]
    public async Task One_column_is_not_CSV() => Assert.True((await Classify.TextAsync("name\na\nb\nc\n")).Schema.IsUnknown);

    [Fact]
    public async Task A_header_with_one_row_is_not_CSV_by_itself()
    {
        var found = await Classify.TextAsync("id,name\n1,a\n");
        Assert.True(found.Schema.IsUnknown);
        Assert.Equal("id:bigint,name:string", found.Schema.Alternatives[0].Columns());
    }

    [Fact]
    public async Task Strings_alone_have_no_header()
    {
        var found = await Classify.TextAsync("name,city\nann,rome\nbob,oslo\n");
        Assert.Equal("col0:string,col1:string", found.Columns());
        Assert.Null(found.Parameter("skip.header.line.count"));
        Assert.Equal(3, found.RecordCount);
    }

    [Theory]
    [InlineData("1,name\n1,a\n2,b\n")]
    [InlineData("true,name\n1,a\n2,b\n")]
    [InlineData("2020-01-02,name\n1,a\n2,b\n")]
    [InlineData("id,\n1,a\n2,b\n")]
    public async Task A_first_row_with_a_value_that_is_no_name_is_data(string text) => Assert.Equal(3, (await Classify.TextAsync(text)).RecordCount);

    [Fact]
    public async Task A_long_field_is_no_header_except_in_the_last_column()
    {
        var length = new string('x', 150);
        Assert.StartsWith("col0", (await Classify.TextAsync($"{length},b\n1,2\n3,4\n")).Columns(), StringComparison.Ordinal);
        Assert.Equal($"a:bigint,{length}:bigint", (await Classify.TextAsync($"a,{length}\n1,2\n3,4\n")).Columns());
    }

    [Fact]
    public async Task A_delimiter_at_the_end_of_each_line_makes_no_column()
    {
        Assert.Equal("a:bigint,b:bigint", (await Classify.TextAsync("a,b,\n1,2,\n3,4,\n")).Columns());
        Assert.Equal("a:bigint,b:bigint", (await Classify.TextAsync("a,b\n1,2,\n3,4,\n5,6,\n7,8,\n9,1,\n1,1,\n1,1,\n1,1,\n1,1,\n1,1,\n")).Columns());
        Assert.Equal("col0:bigint,col1:bigint", (await Classify.TextAsync("1|2|\n3|4|\n")).Columns());
    }

    [Fact]
    public async Task Values_have_the_documented_types()
    {
        var found = await Classify.TextAsync("i,d,b,t,s,e,big,z\n1,1.5,true,2020-01-01,x,,99999999999999999999,00123\n-2,2,FALSE,2021-02-03,y,,1,7\n");
        Assert.Equal("i:bigint,d:double,b:boolean,t:string,s:string,e:string,big:string,z:bigint", found.Columns());
    }

    [Fact]
    public async Task Names_that_differ_in_case_only_get_numbers() => Assert.Equal("id:bigint,ID_2:bigint,Id_3:bigint", (await Classify.TextAsync("id,ID,Id\n1,2,3\n4,5,6\n")).Columns());

    [Fact]
    public async Task Quoted_values_with_delimiters_quotes_and_line_ends_are_one_value()
    {
        var found = await Classify.TextAsync("id,text\r\n1,\"a, \"\"b\"\"\r\nc\"\r\n2,\"d\"\r\n");
        Assert.Equal("id:bigint,text:string", found.Columns());
        Assert.Equal(2, found.RecordCount);
        Assert.Equal("true", found.Parameter("areColumnsQuoted"));
        Assert.Equal(FileFormats.OpenCsvSerDe, found.Schema.Format.SerializationLibrary);
        Assert.Equal([new("quoteChar", "\""), new("separatorChar", ",")], found.Schema.Format.SerDeParameters);
    }

    [Fact]
    public async Task A_quote_that_is_never_closed_is_a_character()
    {
        var found = await Classify.TextAsync("id,name\n1,\"a\n2,b\n");
        Assert.Equal("id:bigint,name:string", found.Columns());
        Assert.Equal((2L, FileFormats.LazySimpleSerDe), (found.RecordCount, found.Schema.Format.SerializationLibrary));
    }

    [Fact]
    public async Task Prose_with_commas_is_not_CSV() =>
        Assert.True((await Classify.TextAsync("Hello, world.\nThis is text, with commas, here and there.\nNone here.\nThe end, my friend.\n")).Schema.IsUnknown);

    [Fact]
    public async Task Damaged_JSON_is_not_CSV() => Assert.True((await Classify.TextAsync("{\"a\":1,\"b\":2\n{\"a\":1,\"b\":2\n{\"a\":1,\"b\":2\n")).Schema.IsUnknown);

    [Fact]
    public async Task Byte_order_marks_UTF16_and_Latin1_are_read()
    {
        const string text = "id,näme\n1,ä\n2,ö\n";
        (byte[] Bytes, string? Encoding)[] files =
        [
            ([.. Encoding.UTF8.GetPreamble(), .. Encoding.UTF8.GetBytes(text)], null),
            ([.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes(text)], "UTF-16LE"),
            ([.. Encoding.BigEndianUnicode.GetPreamble(), .. Encoding.BigEndianUnicode.GetBytes(text)], "UTF-16BE"),
            (Encoding.Latin1.GetBytes(text), null),
        ];
        foreach (var file in files)
        {
            var found = await Classify.BytesAsync(file.Bytes);
            Assert.Equal("id:bigint,näme:string", found.Columns());
            Assert.Equal(file.Encoding, found.Schema.Format.SerDeParameters.FirstOrDefault(parameter => parameter.Key == "serialization.encoding").Value);
        }
    }

    [Fact]
    public async Task Gzip_is_told_by_its_magic()
    {
        var compressed = new MemoryStream();
        await using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
        {
            await gzip.WriteAsync("id,name\n1,a\n2,b\n"u8.ToArray());
        }

        var found = await Classify.BytesAsync(compressed.ToArray());
        Assert.Equal("gzip", found.Schema.Format.CompressionType);
        Assert.Equal("id:bigint,name:string", found.Columns());
        Assert.Equal(compressed.Length, found.SampledBytes);
        Assert.Equal(2, found.RecordCount);
    }

    [Fact]
    public async Task A_record_at_the_cut_is_not_split()
    {
        // The column is a number until far beyond the first MB; the row at the cut must not be read as a shorter number of columns.
        var text = new StringBuilder("id,pad\n");
        for (var row = 0; row < 990; row++)
        {
            text.Append(row).Append(',').Append('x', 2000).Append('\n');
        }

        var found = await Classify.TextAsync(text.ToString());
        Assert.Equal("id:bigint,pad:string", found.Columns());
        Assert.Null(found.RecordCount);
        Assert.InRange(found.SampledRecords, 500, 530);
        Assert.InRange(found.SampledBytes, 1_000_000, FileSample.StepBytes);
    }

    [Fact]
    public async Task No_more_than_1000_records_are_looked_at()
    {
        var text = "id,name\n" + string.Concat(Enumerable.Range(0, 5000).Select(row => $"{row},n\n")) + "x,y\n";
        var found = await Classify.TextAsync(text);
        Assert.Equal("id:bigint,name:string", found.Columns());
        Assert.Equal(1000, found.SampledRecords);
        Assert.Null(found.RecordCount);
    }

    [Fact]
    public async Task A_custom_classifier_has_its_own_rules()
    {
        var custom = new CsvClassifier("mine", new CsvSettings { Delimiters = ['^'], Quote = '\'', ContainsHeader = CsvHeaderOption.Absent, Header = ["a", "b"], DataRowsMin = 1 });
        var found = await Classify.TextAsync("1^'x^y'\n", custom);
        Assert.Equal("a:bigint,b:string", found.Columns());
        Assert.Equal("^", found.Parameter("delimiter"));

        var single = new CsvClassifier("single", new CsvSettings { Delimiters = [','], AllowSingleColumn = true, ContainsHeader = CsvHeaderOption.Present, DataRowsMin = 1 });
        Assert.Equal("name:string", (await Classify.TextAsync("name\na\nb\n", single)).Columns());
    }
}
