using Tarn.Glue.Classifiers;
using Tarn.Sql.Scans.Parquet;

namespace Tarn.Glue.Tests.Classifiers;

public sealed class ParquetClassifierTests
{
    [Theory]
    [InlineData("alltypes_plain.snappy.parquet", 2, "id:int,bool_col:boolean,tinyint_col:int,smallint_col:int,int_col:int,bigint_col:bigint,float_col:float,double_col:double,date_string_col:binary,string_col:binary,timestamp_col:timestamp")]
    [InlineData("nested_lists.snappy.parquet", 3, "a:array<array<array<string>>>,b:int")]
    [InlineData("nested_maps.snappy.parquet", 6, "a:map<string,map<int,boolean>>,b:int,c:double")]
    [InlineData("old_list_structure.parquet", 1, "a:array<array<int>>")]
    [InlineData("repeated_no_annotation.parquet", 6, "id:int,phoneNumbers:struct<phone:array<struct<number:bigint,kind:string>>>")]
    [InlineData("fixed_length_decimal.parquet", 24, "value:decimal(25,2)")]
    [InlineData("int64_decimal.parquet", 24, "value:decimal(10,2)")]
    [InlineData("float16_nonzeros_and_nans.parquet", 8, "x:float")]
    [InlineData("list_columns.parquet", 3, "int64_list:array<bigint>,utf8_list:array<string>")]
    public async Task The_schema_comes_from_the_footer(string file, long rows, string columns)
    {
        var found = await Classify.FileAsync(Path.Combine(SharedData.Folder("parquet"), "parquet-testing", file));
        Assert.Equal("parquet", found.Schema.Format.Classification);
        Assert.Equal(columns, found.Columns());
        Assert.Equal(rows, found.RecordCount);
    }

    [Fact]
    public async Task Strange_files_never_break_a_crawl()
    {
        var known = 0;
        foreach (var path in Directory.EnumerateFiles(SharedData.Folder("parquet"), "*", SearchOption.AllDirectories))
        {
            var found = await Classify.FileAsync(path);
            known += found.Schema.IsUnknown ? 0 : 1;
            Assert.All(found.Schema.Columns, column => Assert.Equal(column.Type.ToString(), HiveType.Parse(column.Type.ToString()).ToString()));
        }

        Assert.True(known > 100, $"only {known} files were known");
    }

    [Fact]
    public async Task A_footer_cut_or_changed_anywhere_is_refused_or_read_but_never_more()
    {
        var bytes = await File.ReadAllBytesAsync(Path.Combine(SharedData.Folder("parquet"), "parquet-testing", "nested_maps.snappy.parquet"));
        var length = BitConverter.ToInt32(bytes, bytes.Length - 8);
        var footer = bytes[^(length + 8)..^8];
        const int seed = 7;
        var random = new Random(seed);
        for (var round = 0; round < 20_000; round++)
        {
            var damaged = footer[..random.Next(footer.Length + 1)];
            for (var change = random.Next(4); change > 0 && damaged.Length > 0; change--)
            {
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            }

            try
            {
                var parsed = ParquetFooter.Parse(damaged);
                parsed.Root.Children.ForEach(child => ParquetTypes.ToHiveType(child));
            }
            catch (Exception exception) when (exception is InvalidDataException)
            {
                // Said what is wrong.
            }
        }
    }
}
