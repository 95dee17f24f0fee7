using Tarn.Sql;
using Tarn.Sql.Parsing;

namespace Tarn.Athena.Execution;

/// <summary>
/// What is said about a text before anything is started. Trino's parser answers the request itself; Hive's parser, which reads DDL, and whatever
/// needs the catalog fail the execution instead, as in Athena.
/// </summary>
internal static class StatementCheck
{
    /// <exception cref="Tarn.Contracts.AwsException"><c>InvalidRequestException</c> <c>MALFORMED_QUERY</c> in the parser's words.</exception>
    public static StatementKind KindOf(string text)
    {
        try
        {
            return StatementKind.Of(StatementParser.Parse(text));
        }
        catch (SqlException e) when (e.Code == "SYNTAX_ERROR")
        {
            throw AthenaErrors.MalformedQuery(e.Message);
        }
        catch (SqlException e)
        {
            return e.Code == "FAILED" ? StatementKind.UnreadableDdl : StatementKind.Unsupported;
        }
    }
}
