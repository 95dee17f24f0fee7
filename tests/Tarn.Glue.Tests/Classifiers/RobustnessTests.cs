using System.Diagnostics;
using Tarn.Glue.Classifiers;
using Tarn.Sql.Scans.Text;

namespace Tarn.Glue.Tests.Classifiers;

public sealed class RobustnessTests
{
    [Theory]
    [InlineData("csv")]
    [InlineData("json")]
    [InlineData("orc")]
    [InlineData("avro")]
    [InlineData("xml")]
    [InlineData("ion")]
    public async Task No_file_of_a_corpus_breaks_a_classifier(string corpus)
    {
        foreach (var path in Directory.EnumerateFiles(SharedData.Folder(corpus), "*", SearchOption.AllDirectories))
        {
            var found = await Classify.FileAsync(path);
            Assert.All(found.Schema.Columns, column => Assert.NotEqual("", column.Name));
            Assert.Equal(found.Schema.Columns.Count, found.Schema.Columns.Select(column => column.CatalogName).Distinct().Count());
        }
    }

    [Fact]
    public async Task Zstd_is_read_through_the_library_of_the_system()
    {
        if (!ZstdStream.IsAvailable)
        {
            Assert.Skip("libzstd.so.1 is not installed.");
        }

        var found = await Classify.FileAsync(Path.Combine(SharedData.Folder("csv"), "duckdb-csv", "zstd", "lineitem1k.tbl.zst"));
        Assert.Equal(("csv", "zstd", "|"), (found.Schema.Format.Classification, found.Schema.Format.CompressionType, found.Parameter("delimiter")));
        Assert.Equal(16, found.Schema.Columns.Count);
    }

    [Theory]
    [InlineData(new byte[] { 0x28, 0xB5, 0x2F, 0xFD, 1, 2, 3 })]
    [InlineData(new byte[] { 0x1F, 0x8B, 8, 0, 1, 2, 3, 4, 5, 6, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF })]
    [InlineData(new byte[] { (byte)'P', (byte)'A', (byte)'R', (byte)'1', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 })]
    public async Task A_magic_number_before_rubbish_is_damage(byte[] bytes) => await Assert.ThrowsAnyAsync<Exception>(() => Classify.BytesAsync(bytes));

    [Fact]
    public async Task Random_bytes_are_not_known_and_take_no_time()
    {
        const int seed = 11;
        var random = new Random(seed);
        var watch = Stopwatch.StartNew();
        for (var round = 0; round < 50; round++)
        {
            var bytes = new byte[random.Next(200_000)];
            random.NextBytes(bytes);
            Assert.True((await Classify.BytesAsync(bytes)).Schema.IsUnknown);
        }

        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(30));
    }
}
