namespace Tarn.Sql.Tests.Functions;

public sealed class StringFunctionTests
{
    [Theory]
    [InlineData("Straße", "STRAßE")]
    [InlineData("ß", "ß")]
    [InlineData("ßaßß", "ßAßß")]
    [InlineData("ẞß", "ẞß")]
    [InlineData("ärger ÿ ǆ", "ÄRGER Ÿ Ǆ")]
    [InlineData("", "")]
    public void Upper_maps_each_code_point_by_itself(string text, string expected)
    {
        using var engine = new Engine();
        Assert.Equal(expected, engine.Call("upper", Engine.Of(text)));
    }
}
