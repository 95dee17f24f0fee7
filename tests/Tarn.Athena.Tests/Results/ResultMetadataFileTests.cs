using Tarn.Athena.Queries;
using Tarn.Athena.Results;

namespace Tarn.Athena.Tests.Results;

public sealed class ResultMetadataFileTests
{
    [Fact]
    public void A_column_is_written_as_drivers_read_it()
    {
        var bytes = ResultMetadataFile.Encode("q", [new ResultColumn("n", "integer", 10, 0, CaseSensitive: false)]);

        // Field 1 "q"; field 4: catalog hive, name n, label n, type integer, precision 10, scale 0, nullable 3, case sensitive 0.
        Assert.Equal("0A0171" + "221D" + "0A0468697665" + "22016E" + "2A016E" + "3207696E7465676572" + "380A" + "4000" + "4803" + "5000", Convert.ToHexString(bytes));
    }

    [Fact]
    public void A_nested_column_has_no_precision_scale_or_case()
    {
        var bytes = ResultMetadataFile.Encode("q", [new ResultColumn("a", "array", 0, 0, CaseSensitive: false)]);
        Assert.Equal("0A0171" + "2215" + "0A0468697665" + "220161" + "2A0161" + "32056172726179" + "4803", Convert.ToHexString(bytes));
    }
}
