using System.Text.Json;
using Tarn.DuckDb;
using Tarn.Sql.Binding;
using Tarn.Sql.Types;

namespace Tarn.Sql.Tests.Corpora;

internal enum Verdict
{
    Pass,

    /// <summary>An answer, but not Trino's; or an answer where Trino fails.</summary>
    Wrong,

    /// <summary>Refused before it ran, where Trino answers.</summary>
    Refused,

    /// <summary>Failed while it ran, where Trino answers.</summary>
    Failed,

    /// <summary>The corpus does not say what is right.</summary>
    Unjudged,
}

/// <summary>Judges the cases of the engine corpus one by one.</summary>
internal sealed class EngineCorpus(Engine engine)
{
    private readonly NoTables catalog = new();

    public (Verdict Verdict, string Detail) Judge(JsonElement test)
    {
        var expected = test.GetProperty("exp");
        if (expected.TryGetProperty("opaque", out _))
        {
            return (Verdict.Unjudged, "");
        }

        var isQuery = test.GetProperty("kind").GetString() == "query";
        var text = test.GetProperty("sql").GetString()!;
        var mustFail = expected.TryGetProperty("error", out _);
        (List<SqlType> Types, List<object?[]> Rows) actual;
        try
        {
            actual = Run(isQuery ? text : "SELECT " + text);
        }
        catch (SqlException e)
        {
            var isRefusal = e.Code is "NOT_SUPPORTED" or "FUNCTION_NOT_FOUND" && !(expected.TryGetProperty("code", out var code) && code.GetString() == e.Code);
            return mustFail && !isRefusal ? (Verdict.Pass, "") : (Verdict.Refused, $"{e.Code}: {e.Message}");
        }
        catch (Exception e) when (e is DuckDbException or InvalidCastException or InvalidOperationException)
        {
            // What a user would see as our fault.
            return (Verdict.Failed, $"{e.GetType().Name}: {e.Message.Split('\n')[0]}");
        }

        if (mustFail)
        {
            return (Verdict.Wrong, "must fail, gave " + Text(actual));
        }

        if (expected.TryGetProperty("value", out var value))
        {
            if (value.ValueKind == JsonValueKind.String && actual.Types[0] is TimeType or TimestampType or SimpleType { Kind: SimpleKind.Uuid or SimpleKind.IpAddress })
            {
                // The corpus has these as Trino prints them.
                actual = Run($"SELECT CAST(({text}) AS VARCHAR)");
            }

            var given = ValueText.Of(actual.Types[0], actual.Rows[0][0]);
            var wanted = ValueText.OfExpected(value, actual.Types[0]);
            return given == wanted ? (Verdict.Pass, "") : (Verdict.Wrong, $"{actual.Types[0]} {given} wanted {wanted}");
        }

        if (expected.TryGetProperty("rows", out var rows))
        {
            return actual.Rows.Count == rows.GetInt32() ? (Verdict.Pass, "") : (Verdict.Wrong, $"{actual.Rows.Count} rows wanted {rows}");
        }

        return Compare(actual, expected.GetProperty("sql").GetString()!, isQuery);
    }

    private (Verdict Verdict, string Detail) Compare((List<SqlType> Types, List<object?[]> Rows) actual, string expected, bool isQuery)
    {
        try
        {
            var wanted = Run(isQuery ? expected : "SELECT " + expected);
            var (a, b) = (Text(actual), Text(wanted));
            var sameTypes = isQuery || actual.Types[0].ToString() == wanted.Types[0].ToString();
            return a == b && sameTypes ? (Verdict.Pass, "") : (Verdict.Wrong, $"{string.Join(",", actual.Types)} {a} wanted {string.Join(",", wanted.Types)} {b}");
        }
        catch (SqlException e)
        {
            return (Verdict.Refused, $"expectation: {e.Code}: {e.Message}");
        }
        catch (Exception e) when (e is DuckDbException or InvalidCastException or InvalidOperationException)
        {
            return (Verdict.Failed, "expectation: " + e.Message.Split('\n')[0]);
        }
    }

    private (List<SqlType> Types, List<object?[]> Rows) Run(string text)
    {
        var query = engine.Translate(text, catalog);
        List<SqlType> types = [.. query.Columns.Select(column => column.Type)];
        try
        {
            return (types, engine.Run(query, NoRelation));
        }
        catch (DuckDbException e) when (types.Count == 1 && e.Message.Contains("outside the years 1 to 9999", StringComparison.Ordinal))
        {
            // .NET has no value for it; its text is compared.
            return (types, engine.Run(engine.Translate($"SELECT CAST(({text}) AS VARCHAR)", catalog), NoRelation));
        }
    }

    private static string NoRelation(TableScan scan) => throw new InvalidOperationException("there are no tables");

    private static string Text((List<SqlType> Types, List<object?[]> Rows) result) =>
        string.Join("; ", result.Rows.Select(row => string.Join(",", row.Select((value, i) => ValueText.Of(result.Types[i], value)))).Order(StringComparer.Ordinal));
}
