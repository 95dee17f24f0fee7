using System.Text.Json;
using System.Text.RegularExpressions;
using Tarn.Wire.Validation;

namespace Tarn.Wire.Tests.Validation;

/// <summary>Java's patterns under .NET.</summary>
public sealed class PatternTests
{
    [Theory]
    [InlineData(@"[\u0020-\uD7FF\uE000-\uFFFD\uD800\uDC00-\uDBFF\uDFFF\t]*", "tab\tand 日本 and 😀", true)]
    [InlineData(@"[\u0020-\uD7FF\uE000-\uFFFD\uD800\uDC00-\uDBFF\uDFFF\t]*", "line\nbreak", false)]
    [InlineData("[a-z]+", "abc", true)]
    [InlineData("[a-z]+", "abc\n", false)]
    [InlineData("^[a-z]+$", "abc\n", false)]
    [InlineData("[a-z]+", "abcD", false)]
    [InlineData("a|b", "ab", false)]
    [InlineData(@"\d{12}", "١٢٣٤٥٦٧٨٩٠١٢", false)]
    [InlineData(@"[\w+=,.@-]*", "a_b@c", true)]
    [InlineData(@"[\w+=,.@-]*", "é", false)]
    [InlineData(@"[\p{L}\p{N}\p{P}]*", "é9!", true)]
    [InlineData(@"[a-zA-Z0-9-_$#.]+", "a-$#", true)]
    [InlineData(@"[\p{Alpha}_]+", "Az_", true)]
    [InlineData(@"\p{Alpha}+", "é", false)]
    [InlineData("^$|arn:.*", "", true)]
    public void A_pattern_matches_the_whole_value_as_in_Java(string pattern, string value, bool matches) =>
        Assert.Equal(matches, new ShapeConstraint { Pattern = pattern }.Matches(value));

    [Fact]
    public void Every_pattern_of_every_model_compiles()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "Tarn.slnx")))
        {
            directory = directory.Parent!;
        }

        var count = 0;
        foreach (var file in directory.GetDirectories("models")[0].GetFiles("*.json"))
        {
            using var model = JsonDocument.Parse(File.ReadAllBytes(file.FullName));
            foreach (var shape in model.RootElement.GetProperty("shapes").EnumerateObject())
            {
                if (shape.Value.TryGetProperty("pattern", out var pattern))
                {
                    _ = new Regex(PatternTranslation.ToWholeMatch(pattern.GetString()!));
                    count++;
                }
            }
        }

        Assert.True(count > 100, $"only {count} patterns");
    }

    [Fact]
    public void A_pattern_that_takes_too_long_does_not_match() =>
        Assert.False(new ShapeConstraint { Pattern = "(a+)+b" }.Matches(new string('a', 40)));
}
