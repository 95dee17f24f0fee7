using Tarn.DuckDb;
using Tarn.DuckDb.Functions;
using Tarn.DuckDb.Types;
using Tarn.Sql.Functions.Udf;
using Tarn.Sql.Scans.Text;

namespace Tarn.Sql.Functions;

/// <summary>The C# functions that the texts of <see cref="TrinoFunctions"/> and of table scans call.</summary>
public static class DuckDbFunctions
{
    /// <summary>A function of one value of any type, NULL too, that is always true, which DuckDB does not know.</summary>
    internal const string Always = "trino_always";

    private static readonly string[] NamePrefixes = ["trino_", "hive_"];

    private static readonly Lazy<IReadOnlyList<DuckDbScalarFunction>> All = new(Build);

    /// <summary>
    /// Registers all functions with the instance of a connection; every connection of the instance then has them. Once per instance: a second call fails.
    /// Takes a few milliseconds.
    /// </summary>
    public static void Register(DuckDbConnection connection)
    {
        // One transaction: DuckDB would otherwise commit its catalog once for each function.
        connection.Execute("BEGIN TRANSACTION", CancellationToken.None);
        foreach (var function in All.Value)
        {
            function.Register(connection);
        }

        TextScanFunction.Make().Register(connection);
        connection.Execute("COMMIT", CancellationToken.None);
    }

    /// <summary>
    /// Whether a text of DuckDB SQL may call one of these functions, by the beginnings that all their names have. True also for a text that only mentions
    /// such a name.
    /// </summary>
    public static bool AreCalledIn(string sql) => NamePrefixes.Any(prefix => sql.Contains(prefix, StringComparison.OrdinalIgnoreCase));

    private static DuckDbScalarFunction[] Build()
    {
        var udfs = new UdfTable();
        udfs.Add<string, string>(Failure.Function, text => throw new UdfFailure(text));
        udfs.Add(new UdfEntry(Always, [DuckDbType.Any], DuckDbType.Boolean, (chunk, result) =>
        {
            for (var row = 0; row < chunk.RowCount; row++)
            {
                Codec<bool>.Write(result, row, true);
            }
        }));
        NumberTexts.Register(udfs);
        TimeTexts.Register(udfs);
        MathUdfs.Register(udfs);
        StringUdfs.Register(udfs);
        FormatUdfs.Register(udfs);
        RegexUdfs.Register(udfs);
        BinaryUdfs.Register(udfs);
        UrlUdfs.Register(udfs);
        DateTimeUdfs.Register(udfs);
        MySqlDateFormat.Register(udfs);
        JodaDateFormat.Register(udfs);
        JsonUdfs.Register(udfs);
        JsonCastUdfs.Register(udfs);
        var nameless = udfs.Entries.FirstOrDefault(entry => !AreCalledIn(entry.Name));
        return nameless is not null
            ? throw new InvalidOperationException($"The name of {nameless.Name} must begin with one of {string.Join(", ", NamePrefixes)}.")
            : [.. udfs.Entries.Select(entry => new DuckDbScalarFunction(entry.Name, entry.Parameters, entry.Result, Guarded(entry)) { SeesNulls = true })];
    }

    private static ScalarBody Guarded(UdfEntry entry) => (arguments, results) =>
    {
        try
        {
            entry.Body(arguments, results);
        }
        catch (SqlException failure)
        {
            throw UdfFailure.Of(failure);
        }
    };
}

/// <summary>Carries <c>CODE: message</c> through DuckDB, which <see cref="EngineErrors"/> reads back.</summary>
internal sealed class UdfFailure(string message) : Exception(message)
{
    public static UdfFailure Of(SqlException failure) => new($"{failure.Code}: {failure.Message}");
}
