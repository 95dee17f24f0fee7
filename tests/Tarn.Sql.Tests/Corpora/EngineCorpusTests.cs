using System.Text;

namespace Tarn.Sql.Tests.Corpora;

/// <summary>
/// The bar of the SQL engine: Trino's own test cases. A change may raise the passes and lower the wrong answers, never the other way
/// round; a case that is refused is acceptable, one that is wrong or fails inside the engine is not.
/// </summary>
public sealed class EngineCorpusTests(ITestOutputHelper output)
{
    /// <summary>Cases, by file, whose recorded answer is not Athena's: newer rules of Trino (docs/adr/0032), and expectations that were written down wrongly.</summary>
    private static readonly Dictionary<string, int> KnownDifferences = new()
    {
        // The scale of a quotient or of a product with more than 38 digits, by newer rules.
        ["TestDecimalOperators"] = 32,

        // char(n) loses its padding when it becomes varchar, by newer rules.
        ["TestCharOperators"] = 2,
        ["TestCharacterStringCasts"] = 3,
        ["TestStringFunctions"] = 2,

        // The last digits of a distribution's tail, where Trino's own series is less exact.
        ["TestMathFunctions"] = 1,

        // The expectation holds the number of the first byte, not the bytes.
        ["TestVarbinaryFunctions"] = 3,

        // The expectation is a float, printed short.
        ["TestRealOperators"] = 1,
    };

    [Theory]
    [InlineData("operator_scalar", 4030)]
    [InlineData("type", 2234)]
    [InlineData("sql_query", 455)]
    public void Trinos_engine_tests_pass_as_often_as_recorded(string suite, int passesMin)
    {
        var folder = SharedData.Folder("sql-trino-engine");
        using var engine = new Engine("Pacific/Apia");
        var corpus = new EngineCorpus(engine);
        var counts = new SortedDictionary<string, int[]>(StringComparer.Ordinal);
        var report = new StringBuilder();
        var totals = new int[5];
        foreach (var line in File.ReadLines(Path.Combine(folder, suite + ".jsonl")))
        {
            var test = EngineCase.Json(line);
            var (verdict, detail) = corpus.Judge(test);
            var file = test.GetProperty("file").GetString()!;
            if (!counts.TryGetValue(file, out var count))
            {
                counts.Add(file, count = new int[5]);
            }

            count[(int)verdict]++;
            totals[(int)verdict]++;
            if (verdict is not (Verdict.Pass or Verdict.Unjudged))
            {
                report.Append(verdict).Append('\t').Append(file).Append('\t').Append(test.GetProperty("sql").GetString()!.ReplaceLineEndings(" ")).Append('\t').AppendLine(detail.ReplaceLineEndings(" "));
            }
        }

        if (Environment.GetEnvironmentVariable("TARN_CORPUS_REPORT") is { } path)
        {
            File.WriteAllText(Path.Combine(path, suite + ".tsv"), report.ToString());
        }

        output.WriteLine($"{suite}: pass {totals[0]}, wrong {totals[1]}, refused {totals[2]}, failed {totals[3]}, unjudged {totals[4]}");
        foreach (var (file, count) in counts)
        {
            output.WriteLine($"  {file}: pass {count[0]}, wrong {count[1]}, refused {count[2]}, failed {count[3]}, unjudged {count[4]}");
        }

        Assert.True(totals[0] >= passesMin, $"{totals[0]} passes, {passesMin} recorded");
        Assert.Empty(counts.Where(pair => pair.Value[(int)Verdict.Wrong] > KnownDifferences.GetValueOrDefault(pair.Key)).Select(pair => $"{pair.Key}: {pair.Value[(int)Verdict.Wrong]} wrong answers"));
        Assert.Equal(0, totals[(int)Verdict.Failed]);
    }
}
