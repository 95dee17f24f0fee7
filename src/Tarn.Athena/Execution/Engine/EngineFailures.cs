using Tarn.DuckDb;
using Tarn.Sql.Functions;

namespace Tarn.Athena.Execution.Engine;

/// <summary>Failures of the engine in the words that Athena has for them.</summary>
internal static class EngineFailures
{
    /// <summary>Code and message. A failure of a value comes back as Trino's; one of a file as Hive's; one of the machine says which limit to raise.</summary>
    public static (string Code, string Message) Translate(DuckDbException e)
    {
        if (EngineErrors.Translate(e.Message) is { } known)
        {
            return (known.Code, known.Message);
        }

        return e.Kind switch
        {
            DuckDbErrorKind.OutOfMemory => ("EXCEEDED_LOCAL_MEMORY_LIMIT", "Query exceeded the memory limit of athena.memoryMaxMiB: " + FirstLine(e.Message)),
            DuckDbErrorKind.Io or DuckDbErrorKind.Permission => ("HIVE_CANNOT_OPEN_SPLIT", FirstLine(e.Message)),
            DuckDbErrorKind.InvalidInput or DuckDbErrorKind.Conversion or DuckDbErrorKind.Serialization => ("HIVE_BAD_DATA", FirstLine(e.Message)),
            _ => ("GENERIC_INTERNAL_ERROR", FirstLine(e.Message)),
        };
    }

    private static string FirstLine(string message) => message.Split('\n')[0].Trim();
}
