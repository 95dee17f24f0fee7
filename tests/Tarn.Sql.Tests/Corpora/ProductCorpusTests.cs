using System.Globalization;
using System.Text.RegularExpressions;
using Tarn.DuckDb;
using Tarn.Sql.Binding;
using Tarn.Sql.Ddl;
using Tarn.Sql.Parsing;
using Tarn.Sql.Tree;
using Tarn.Sql.Types;

namespace Tarn.Sql.Tests.Corpora;

/// <summary>
/// Trino's product tests: a query a file and its rows beside it, over small tables. Cases over tables that are not there (TPC-H with its generator, other
/// connectors) and statements that are no query are passed over.
/// </summary>
public sealed partial class ProductCorpusTests(ITestOutputHelper output)
{
    /// <summary>Cases whose recorded rows are not Athena's, and why.</summary>
    private static readonly Dictionary<string, string> KnownDifferences = new()
    {
        ["bar.sql"] = "functions of colours are not built",
    };

    [Fact]
    public void Queries_of_Trinos_product_tests_give_the_recorded_rows()
    {
        var folder = SharedData.Folder("sql-trino");
        using var engine = new Engine("UTC");
        var catalog = new Datasets(folder);
        var (passed, skipped) = (0, 0);
        var failures = new List<string>();
        foreach (var file in Directory.GetFiles(Path.Combine(folder, "testcases"), "*.sql", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            var result = Path.ChangeExtension(file, ".result");
            var text = string.Join('\n', File.ReadLines(file).Where(line => !line.StartsWith("--", StringComparison.Ordinal))).Trim();
            if (file.Contains("tpcds", StringComparison.Ordinal) || !File.Exists(result) || text.Contains("${", StringComparison.Ordinal) || KnownDifferences.ContainsKey(Path.GetFileName(file)))
            {
                skipped++;
                continue;
            }

            try
            {
                if (StatementParser.Parse(text) is not Query)
                {
                    skipped++;
                    continue;
                }

                var query = engine.Translate(text, catalog);
                var actual = engine.Run(query, catalog.Relation).Select(row => row.Select((value, i) => Text(query.Columns[i].Type, value)).ToArray()).ToList();
                if (Difference(File.ReadAllLines(result), actual) is { } difference)
                {
                    failures.Add($"{Path.GetFileName(file)}: {difference}");
                }
                else
                {
                    passed++;
                }
            }
            catch (SqlException e) when (e.Code is "TABLE_NOT_FOUND" or "SCHEMA_NOT_FOUND" or "CATALOG_NOT_FOUND" or "FAILED")
            {
                skipped++;
            }
            catch (Exception e) when (e is SqlException or DuckDbException)
            {
                failures.Add($"{Path.GetFileName(file)}: {e.Message.Split('\n')[0]}");
            }
        }

        output.WriteLine($"{passed} passed, {skipped} passed over");
        failures.ForEach(output.WriteLine);
        Assert.Empty(failures);
        Assert.True(passed >= 73, $"{passed} passed");
    }

    /// <summary>How the rows differ from the recorded ones; null when they do not.</summary>
    private static string? Difference(string[] recorded, List<string[]> actual)
    {
        var options = recorded.Length > 0 && recorded[0].StartsWith("--", StringComparison.Ordinal) ? recorded[0].Replace(" ", "", StringComparison.Ordinal) : "";
        var trim = options.Contains("trimValues:true", StringComparison.Ordinal);
        var expected = recorded.Where(line => !line.StartsWith("--", StringComparison.Ordinal) && !string.IsNullOrWhiteSpace(line)).Select(line => Cells(line, trim)).ToList();
        if (expected.Count != actual.Count && !options.Contains("ignoreExcessRows:true", StringComparison.Ordinal))
        {
            return $"{actual.Count} rows, {expected.Count} recorded";
        }

        var rest = actual.ToList();
        for (var i = 0; i < expected.Count; i++)
        {
            var place = options.Contains("ignoreOrder:false", StringComparison.Ordinal) ? (Same(expected[i], actual[i], trim) ? 0 : -1) : rest.FindIndex(row => Same(expected[i], row, trim));
            if (place < 0)
            {
                return $"no row is {string.Join('|', expected[i])}; the first is {string.Join('|', rest.FirstOrDefault() ?? [])}";
            }

            rest.RemoveAt(place);
        }

        return null;
    }

    private static string[] Cells(string line, bool trim)
    {
        var cells = line.Split('|');
        return [.. (line.EndsWith('|') ? cells[..^1] : cells).Select(cell => trim ? cell.Trim() : cell)];
    }

    private static bool Same(string[] expected, string[] actual, bool trim) => expected.Length == actual.Length && expected.Zip(actual).All(pair => Same(pair.First, trim ? pair.Second.Trim() : pair.Second));

    private static bool Same(string expected, string actual)
    {
        if (expected == actual)
        {
            return true;
        }

        return double.TryParse(expected, NumberStyles.Float, CultureInfo.InvariantCulture, out var a) && double.TryParse(actual, NumberStyles.Float, CultureInfo.InvariantCulture, out var b)
            && Math.Abs(a - b) <= 1e-9 * Math.Max(Math.Abs(a), Math.Abs(b));
    }

    /// <summary>As JDBC prints it.</summary>
    private static string Text(SqlType type, object? value) => value switch
    {
        null => "null",
        DateTime time => Fraction().Replace(time.ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture), ".$1"),
        TimeSpan time => time.ToString("hh\\:mm\\:ss", CultureInfo.InvariantCulture),
        _ => ValueText.Of(type, value).Trim('\''),
    };

    /// <summary>Zeros at the end of a fraction, but for the first digit.</summary>
    [GeneratedRegex(@"\.([0-9]+?)0*$")]
    private static partial Regex Fraction();

    /// <summary>The data sets of the corpus by name, and TPC-H's nation, which one of its results holds whole.</summary>
    private sealed class Datasets(string folder) : ISqlCatalog
    {
        public string DefaultCatalog => "awsdatacatalog";

        public string? DefaultSchema => "default";

        public CatalogTable? ResolveTable(string catalog, string schema, string name)
        {
            if (name == "nation")
            {
                // Trino's own TPC-H catalog has no prefixes.
                var prefix = schema == "tiny" ? "" : "n_";
                return new CatalogTable(catalog, schema, name, [new(prefix + "nationkey", SqlType.BigInt), new(prefix + "name", SqlType.Varchar), new(prefix + "regionkey", SqlType.BigInt), new(prefix + "comment", SqlType.Varchar)], Path.Combine(folder, "testcases", "union", "unionDistinctSameTable.result"));
            }

            var data = Path.Combine(folder, "datasets", name + ".data");
            if (name is not ("workers" or "datatype" or "empty") || !File.Exists(data))
            {
                return null;
            }

            var ddl = File.ReadAllText(Path.ChangeExtension(data, ".ddl")).Replace("%NAME%", name, StringComparison.Ordinal).Replace("%EXTERNAL%", "", StringComparison.Ordinal);
            var columns = ((CreateTable)StatementParser.Parse(ddl)).Columns.Select(column => new CatalogColumn(column.Name, HiveTypes.Parse(column.Type)));
            return new CatalogTable(catalog, schema, name, [.. columns], data);
        }

        public bool CatalogExists(string catalog) => true;

        public bool SchemaExists(string catalog, string schema) => true;

        public string Relation(TableScan scan)
        {
            var file = (string)scan.Table.Handle!;
            var all = string.Join(", ", scan.Table.Columns.Select(column => $"{LiteralSql.Text(column.Name)}: 'VARCHAR'"));
            var wanted = scan.Columns.Select(column => $"CAST({LiteralSql.Identifier(column.Name)} AS {DuckDbTypes.Name(column.Type)}) AS {LiteralSql.Identifier(column.Name)}").DefaultIfEmpty("true AS one");
            return $"SELECT {string.Join(", ", wanted)} FROM read_csv({LiteralSql.Text(file)}, header=false, auto_detect=false, delim='|', quote='', escape='', skip={(file.EndsWith(".result", StringComparison.Ordinal) ? 1 : 0)}, nullstr='\\N', null_padding=true, strict_mode=false, columns={{{all}}})";
        }
    }
}
