using System.Text;

namespace Tarn.Sql.Tests.Corpora;

/// <summary>
/// The bar of the SQL engine: Trino's own test cases. A change may raise the passes and lower the wrong answers, never the other way
/// round; a case that is refused is acceptable, one that is wrong is not.
/// </summary>
public sealed class EngineCorpusTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("operator_scalar", 3940, 101)]
    [InlineData("type", 2200, 83)]
    [InlineData("sql_query", 440, 3)]
    public void Trinos_engine_tests_pass_as_often_as_recorded(string suite, int passesMin, int wrongMax)
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
        Assert.True(totals[1] <= wrongMax, $"{totals[1]} wrong answers, {wrongMax} recorded");
    }
}
