using Tarn.Sql.Formatting;
using Tarn.Sql.Parsing;

namespace Tarn.Sql.Tests.Parsing;

public sealed class RandomRoundTripTests
{
    [Fact]
    public void Random_trees_survive_formatting_and_parsing()
    {
        var first = Random.Shared.Next();
        for (var seed = first; seed != first + 1000; seed++)
        {
            var tree = new RandomTree(seed).Query(4);
            var text = SqlFormatter.Format(tree);
            try
            {
                Assert.Equal(text, SqlFormatter.Format(StatementParser.Parse(text)));
                Assert.True(tree.Equals(StatementParser.Parse(text)), $"seed {seed}: {text}");
            }
            catch (SqlException e)
            {
                Assert.Fail($"seed {seed}: {e.Message}: {text}");
            }
        }
    }

    [Fact]
    public void A_damaged_statement_is_an_error_with_a_place_and_never_another_exception()
    {
        var first = Random.Shared.Next();
        for (var seed = first; seed != first + 1000; seed++)
        {
            var random = new Random(seed);
            var text = SqlFormatter.Format(new RandomTree(seed).Query(3));
            var at = random.Next(text.Length);
            var damaged = random.Next(3) switch { 0 => text[..at], 1 => text.Remove(at, Math.Min(text.Length - at, random.Next(1, 9))), _ => text.Insert(at, "('\"`;[}\0é?,"[random.Next(11)].ToString()) };
            try
            {
                StatementParser.Parse(damaged);
            }
            catch (SqlException e)
            {
                Assert.True(e.Position is not null || e.Message.StartsWith("Only one", StringComparison.Ordinal) || e.Code == "FAILED", $"seed {seed}: {e.Message}");
            }
        }
    }
}
