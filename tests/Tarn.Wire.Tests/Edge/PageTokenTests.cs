using Tarn.Contracts;
using Tarn.Wire.Dispatch;

namespace Tarn.Wire.Tests.Edge;

public sealed class PageTokenTests
{
    private static AwsException Invalid() => new("InvalidInputException", "bad token");

    [Theory]
    [InlineData("")]
    [InlineData("name")]
    [InlineData("a/b\0ü 日本")]
    public void A_token_gives_its_position_back_to_the_request_that_it_is_of(string position) =>
        Assert.Equal(position, PageToken.DecodeText("List/us-east-1/t", PageToken.Encode("List/us-east-1/t", position), Invalid));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void No_token_is_the_first_page(string? token) => Assert.Null(PageToken.Decode("List", token, Invalid));

    [Fact]
    public void A_token_of_another_request_is_refused()
    {
        var token = PageToken.Encode("List/us-east-1/t", "name");
        foreach (var other in new[] { "List/us-east-1/u", "List/us-east-2/t", "", "List/us-east-1/t\0n" })
        {
            Assert.Equal("bad token", Assert.Throws<AwsException>(() => PageToken.Decode(other, token, Invalid)).Message);
        }
    }

    [Fact]
    public void A_token_that_was_touched_anywhere_is_refused()
    {
        var token = PageToken.Encode("List", "position");
        for (var i = 0; i < token.Length; i++)
        {
            foreach (var change in new[] { token.Remove(i, 1), token.Insert(i, "A"), token[..i] + (token[i] == 'A' ? 'B' : 'A') + token[(i + 1)..] })
            {
                if (change != token)
                {
                    Assert.Throws<AwsException>(() => PageToken.Decode("List", change, Invalid));
                }
            }
        }

        foreach (var other in new[] { "abc", "?", "====", "AAAAAAAAAAA", "ä" })
        {
            Assert.Throws<AwsException>(() => PageToken.Decode("List", other, Invalid));
        }
    }

    [Fact]
    public void A_list_read_one_too_long_is_cut_and_goes_on_behind_its_last_row()
    {
        var (page, token) = PageToken.Cut(["a", "b", "c"], 2, "List", name => name);
        Assert.Equal(["a", "b"], page);
        Assert.Equal("b", PageToken.DecodeText("List", token, Invalid));
        Assert.Equal((2, null), (PageToken.Cut(["a", "b"], 2, "List", name => name).Page.Count, PageToken.Cut(["a", "b"], 2, "List", name => name).NextToken));
    }
}
