using FsCheck;
using FsCheck.Fluent;
using Tarn.Contracts.Lake;

namespace Tarn.Glue.Tests.Crawlers;

public sealed class ExclusionGlobTests
{
    [Theory]
    [InlineData("*.csv", "a.csv", true)]
    [InlineData("*.csv", "x/a.csv", false)]
    [InlineData("**.csv", "x/y/a.csv", true)]
    [InlineData("*.*", "a.b", true)]
    [InlineData("*.{csv,avro}", "a.avro", true)]
    [InlineData("foo.?", "foo.x", true)]
    [InlineData("foo.?", "foo.", false)]
    [InlineData("myfolder/*", "myfolder/a", true)]
    [InlineData("myfolder/*", "myfolder/a/b", false)]
    [InlineData("myfolder/*/*", "myfolder/a/b", true)]
    [InlineData("myfolder/**", "myfolder/a/b", true)]
    [InlineData("myfolder**", "myfolder", true)]
    [InlineData("myfolder**", "myfolder2/a/b", true)]
    [InlineData("departments/**", "departments/market/a.csv", true)]
    [InlineData("departments/market*", "departments/market_us.csv", true)]
    [InlineData("departments/market*", "departments/market/a.csv", false)]
    [InlineData("[abc].csv", "b.csv", true)]
    [InlineData("[a-c].csv", "d.csv", false)]
    [InlineData("[!a-c].csv", "d.csv", true)]
    [InlineData("[!a-c]x", "/x", false)]
    [InlineData("[*?\\]x", "\\x", true)]
    [InlineData("[-a]x", "-x", true)]
    [InlineData("\\*x", "*x", true)]
    [InlineData("\\*x", "yx", false)]
    [InlineData("*", ".hidden", true)]
    [InlineData("2024-{01,02}-??/*.{csv,json}", "2024-02-17/a.json", true)]
    [InlineData("", "", true)]
    [InlineData("", "a", false)]
    public void Documented_patterns_match_as_documented(string pattern, string key, bool matches) => Assert.Equal(matches, ExclusionGlob.Parse(pattern).Matches(key));

    [Theory]
    [InlineData("[abc")]
    [InlineData("{a,b")]
    [InlineData("{a,{b}}")]
    [InlineData("a\\")]
    [InlineData("[c-a]")]
    [InlineData("{a,b,c,d,e,f,g,h,i,j}{a,b,c,d,e,f,g,h,i,j}{a,b,c,d,e,f,g,h,i,j}{a,b}")]
    public void Broken_patterns_are_refused(string pattern) => Assert.Throws<FormatException>(() => ExclusionGlob.Parse(pattern));

    [Fact]
    public void A_pattern_made_for_slowness_is_not_slow()
    {
        var glob = ExclusionGlob.Parse(string.Concat(Enumerable.Repeat("**a", 50)) + "b");
        Assert.False(glob.Matches(new string('a', 1024)));
    }

    [Fact]
    public void Any_pattern_of_stars_and_letters_matches_as_the_plain_recursion_does()
    {
        var text = Gen.Elements('a', 'b', '/').ArrayOf().Select(characters => new string(characters));
        var pattern = Gen.Elements("a", "b", "/", "*", "**", "?", "[ab]", "[!a]").ArrayOf().Select(string.Concat);
        Check.QuickThrowOnFailure(Prop.ForAll(
            pattern.ToArbitrary(),
            text.ToArbitrary(),
            (glob, key) => ExclusionGlob.Parse(glob).Matches(key) == Model(glob, key)));
    }

    private static bool Model(string pattern, string key)
    {
        if (pattern.Length == 0)
        {
            return key.Length == 0;
        }

        if (pattern.StartsWith("**", StringComparison.Ordinal))
        {
            return Enumerable.Range(0, key.Length + 1).Any(taken => Model(pattern[2..], key[taken..]));
        }

        if (pattern[0] == '*')
        {
            return Enumerable.Range(0, key.Length + 1).TakeWhile(taken => !key[..taken].Contains('/')).Any(taken => Model(pattern[1..], key[taken..]));
        }

        if (key.Length == 0)
        {
            return false;
        }

        return pattern[0] switch
        {
            '?' => key[0] != '/' && Model(pattern[1..], key[1..]),
            '[' when pattern.StartsWith("[ab]", StringComparison.Ordinal) => key[0] is 'a' or 'b' && Model(pattern[4..], key[1..]),
            '[' => key[0] is not ('a' or '/') && Model(pattern[4..], key[1..]),
            var literal => key[0] == literal && Model(pattern[1..], key[1..]),
        };
    }
}
