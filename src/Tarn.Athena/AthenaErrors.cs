using Tarn.Contracts;

namespace Tarn.Athena;

/// <summary>Each failure that Athena's operations can answer, in AWS's code and words.</summary>
internal static class AthenaErrors
{
    public static AwsException InvalidRequest(string message) =>
        new("InvalidRequestException", message) { Members = [new("AthenaErrorCode", "INVALID_INPUT")] };

    /// <summary>A text that Trino's grammar does not know, with the parser's words; nothing is started then.</summary>
    public static AwsException MalformedQuery(string message) =>
        new("InvalidRequestException", message) { Members = [new("AthenaErrorCode", "MALFORMED_QUERY")] };

    public static AwsException QueryNotFound(string id) => InvalidRequest($"QueryExecution {id} was not found");

    public static AwsException NamedQueryNotFound(string id) => InvalidRequest($"NamedQuery {id} was not found");

    public static AwsException WorkGroupNotFound(string name) => InvalidRequest($"WorkGroup {name} is not found.");

    public static AwsException WorkGroupExists(string name) => InvalidRequest($"WorkGroup {name} already exists");

    public static AwsException WorkGroupDisabled(string name) => InvalidRequest($"WorkGroup {name} is not enabled.");

    public static AwsException PreparedStatementNotFound(string name, string workGroup) =>
        new("ResourceNotFoundException", $"PreparedStatement {name} was not found in workGroup {workGroup}") { Members = [new("ResourceName", name)] };

    public static AwsException ResourceNotFound(string arn) =>
        new("ResourceNotFoundException", $"Resource {arn} was not found") { Members = [new("ResourceName", arn)] };

    public static AwsException InvalidToken() => InvalidRequest("Invalid token: the NextToken was not made by this operation with these parameters.");

    /// <summary>Asked of the catalog and not there: the same exception for a database, a table and a catalog.</summary>
    public static AwsException Metadata(string message) => new("MetadataException", message);

    public static AwsException TooManyQueries(int limit) =>
        new("TooManyRequestsException", $"You have exceeded the limit of {limit} queries that wait to run. Please reduce your request rate.")
        {
            Members = [new("Reason", "CONCURRENT_QUERY_LIMIT_EXCEEDED")],
        };
}
