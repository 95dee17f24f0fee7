using System.Text.RegularExpressions;
using Tarn.Sql.Formatting;
using Tarn.Sql.Parsing;
using Tarn.Sql.Tests.Corpora;

namespace Tarn.Sql.Tests.Parsing;

/// <summary>Every statement of the public corpora parses, and parse -> format -> parse gives an equal tree.</summary>
public sealed partial class CorpusRoundTripTests(ITestOutputHelper output)
{
    [Fact]
    public void Engine_cases_parse_and_survive_formatting()
    {
        var folder = SharedData.Folder("sql-trino-engine");
        var statements = Directory.GetFiles(folder, "*.jsonl").SelectMany(File.ReadLines).Select(EngineCase.Json)
            .Where(test => !test.GetProperty("exp").TryGetProperty("error", out _))
            .Select(test => test.GetProperty("kind").GetString() == "query" ? test.GetProperty("sql").GetString()! : "SELECT " + test.GetProperty("sql").GetString());

        // What is left over are Trino features newer than Athena's engine (inline functions, MATCH_RECOGNIZE, methods) and JSON functions.
        Check(statements, refusedMax: 560);
    }

    [Fact]
    public void Product_test_cases_parse_and_survive_formatting()
    {
        var folder = SharedData.Folder("sql-trino");
        var statements = Directory.GetFiles(Path.Combine(folder, "testcases"), "*.sql", SearchOption.AllDirectories).Order(StringComparer.Ordinal).SelectMany(file => Split(File.ReadAllText(file)));
        Check(statements, refusedMax: 12);
    }

    [Fact]
    public void Tpc_queries_parse_and_survive_formatting()
    {
        var folder = SharedData.Folder("sql-tpch-tpcds");
        Check(Directory.GetFiles(folder, "*.sql", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(File.ReadAllText), refusedMax: 0);
    }

    private static IEnumerable<string> Split(string file) =>
        TestName().Split(file).Select(part => Result().Split(part)[0]).Select(part => Header().Replace(part, "").Trim()).Where(part => part.Length > 0);

    private void Check(IEnumerable<string> statements, int refusedMax)
    {
        var refused = new List<string>();
        var count = 0;
        foreach (var text in statements)
        {
            count++;
            try
            {
                var tree = StatementParser.Parse(text);
                var formatted = SqlFormatter.Format(tree);
                Assert.True(tree.Equals(StatementParser.Parse(formatted)), $"{text}\nformats to\n{formatted}\nwhich parses to another tree");
            }
            catch (SqlException e)
            {
                refused.Add($"{e.Message.Split('\n')[0]} <- {text.ReplaceLineEndings(" ")}");
            }
        }

        output.WriteLine($"{count} statements, {refused.Count} refused");
        refused.ForEach(output.WriteLine);
        Assert.True(refused.Count <= refusedMax, $"{refused.Count} refused, at most {refusedMax} known:\n{string.Join('\n', refused.Take(40))}");
    }

    [GeneratedRegex(@"^--! name:.*$", RegexOptions.Multiline)]
    private static partial Regex TestName();

    [GeneratedRegex(@"^--!\s*$", RegexOptions.Multiline)]
    private static partial Regex Result();

    [GeneratedRegex(@"^--.*$", RegexOptions.Multiline)]
    private static partial Regex Header();
}
