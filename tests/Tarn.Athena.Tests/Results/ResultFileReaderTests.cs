using System.Text;
using Tarn.Athena.Results;

namespace Tarn.Athena.Tests.Results;

public sealed class ResultFileReaderTests
{
    private const string Csv = "\"a\",\"b\"\n\"1\",\n\"\",\"x \"\"y\"\", z\"\nnot quoted";

    [Fact]
    public async Task Nothing_between_commas_is_null_and_quotes_are_doubled()
    {
        var reader = Reader(0);
        Assert.Equal(["a", "b"], await reader.ReadCsvRowAsync(TestContext.Current.CancellationToken));
        Assert.Equal(["1", null], await reader.ReadCsvRowAsync(TestContext.Current.CancellationToken));
        Assert.Equal(["", "x \"y\", z"], await reader.ReadCsvRowAsync(TestContext.Current.CancellationToken));
        await Assert.ThrowsAsync<InvalidDataException>(async () => await reader.ReadCsvRowAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_page_starts_where_the_one_before_ended()
    {
        var first = Reader(0);
        await first.ReadCsvRowAsync(TestContext.Current.CancellationToken);
        var second = Reader(first.Offset);
        Assert.Equal(["1", null], await second.ReadCsvRowAsync(TestContext.Current.CancellationToken));
    }

    private static ResultFileReader Reader(long offset)
    {
        var stream = new MemoryStream(Encoding.UTF8.GetBytes(Csv)) { Position = offset };
        return new ResultFileReader(stream, offset);
    }
}
