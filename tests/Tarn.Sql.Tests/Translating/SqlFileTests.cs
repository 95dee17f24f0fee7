using Tarn.DuckDb;
using Tarn.Sql.Lexing;
using Tarn.Sql.Tests.Corpora;

namespace Tarn.Sql.Tests.Translating;

/// <summary>
/// Behaviour as text: each test of a <c>.sqltest</c> file is a line <c>-- name</c>, a query, and then either <c>== columns and types</c> with one line a
/// row (values as <see cref="ValueText"/> spells them, <c>|</c> between), or <c>!! CODE: message</c>. Rows are in order when the query orders them; else sorted.
/// Files that begin with <c>spark_</c> are in that dialect.
/// </summary>
public sealed class SqlFileTests(EngineFixture fixture) : IClassFixture<EngineFixture>
{
    public static TheoryData<string, string> Cases()
    {
        var data = new TheoryData<string, string>();
        foreach (var file in Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Translating", "Sql"), "*.sqltest").Order(StringComparer.Ordinal))
        {
            foreach (var test in File.ReadAllText(file).ReplaceLineEndings("\n").Split("\n-- ").Skip(1))
            {
                data.Add(Path.GetFileNameWithoutExtension(file), test.Trim());
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Query_gives_what_the_file_says(string file, string test)
    {
        var lines = test.Split('\n').Skip(1).ToList();
        var split = lines.FindIndex(line => line.StartsWith("==", StringComparison.Ordinal) || line.StartsWith("!!", StringComparison.Ordinal));
        var query = string.Join('\n', lines.Take(split));
        var expected = string.Join('\n', lines.Skip(split)).Trim();
        Assert.Equal(expected, Run(query, file.StartsWith("spark_", StringComparison.Ordinal) ? SqlDialect.Spark : SqlDialect.Trino));
    }

    private string Run(string query, SqlDialect dialect)
    {
        try
        {
            var translated = fixture.Engine.Translate(query, new MemoryCatalog(), dialect);
            var rows = fixture.Engine.Run(translated, MemoryCatalog.Relation).Select(row => string.Join(" | ", row.Select((value, i) => ValueText.Of(translated.Columns[i].Type, value))));
            var ordered = query.Contains("ORDER BY", StringComparison.OrdinalIgnoreCase) ? rows : rows.Order(StringComparer.Ordinal);
            return string.Join('\n', ordered.Prepend("== " + string.Join(", ", translated.Columns.Select(column => $"{column.Name} {column.Type}"))));
        }
        catch (SqlException e)
        {
            return $"!! {e.Code}: {e.Message}";
        }
        catch (DuckDbException e)
        {
            return $"DuckDB: {e.Message}";
        }
    }
}

/// <summary>One engine for all cases of a class; they run one after the other.</summary>
public sealed class EngineFixture : IDisposable
{
    internal Engine Engine { get; } = new("UTC");

    public void Dispose() => Engine.Dispose();
}
