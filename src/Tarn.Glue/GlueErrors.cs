using Tarn.Contracts;

namespace Tarn.Glue;

/// <summary>The errors of Glue, in AWS's codes and words. Those of crawlers and jobs stand in files of their own beside their operations.</summary>
internal static class GlueErrors
{
    public static AwsException EntityNotFound(string message) => new("EntityNotFoundException", message);

    public static AwsException AlreadyExists(string what) => new("AlreadyExistsException", $"{what} already exists.");

    public static AwsException InvalidInput(string message) => new("InvalidInputException", message);

    public static AwsException InvalidState(string message) => new("InvalidStateException", message);

    public static AwsException ConcurrentModification(string message) => new("ConcurrentModificationException", message);

    public static AwsException ConditionCheckFailure(string message) => new("ConditionCheckFailureException", message);

    public static AwsException ResourceNumberLimitExceeded(string message) => new("ResourceNumberLimitExceededException", message);

    public static AwsException DatabaseNotFound(string name) => EntityNotFound($"Database {name} not found.");

    public static AwsException DatabaseExists() => AlreadyExists("Database");

    public static AwsException TableNotFound(string name) => EntityNotFound($"Table {name} not found.");

    public static AwsException TableExists() => AlreadyExists("Table");

    public static AwsException VersionNotFound() => EntityNotFound("Version not found.");

    public static AwsException TableChanged() => ConcurrentModification("Update table failed due to concurrent modifications.");

    public static AwsException PartitionNotFound() => EntityNotFound("Cannot find partition.");

    public static AwsException PartitionExists() => AlreadyExists("Partition");

    public static AwsException PartitionValuesMismatch() => InvalidInput("The number of partition keys do not match the number of partition values");

    public static AwsException FunctionNotFound(string name) => EntityNotFound($"Function {name} not found.");

    public static AwsException UnsupportedExpression(string expression) => InvalidInput($"Unsupported expression '{expression}'");

    public static AwsException UnknownPartitionKey() => InvalidInput("Invalid partition expression!");

    public static AwsException InvalidToken() => InvalidInput("Invalid pagination token provided.");

    /// <summary>Another account's catalog: nobody was given access to it.</summary>
    public static AwsException AccessDenied(string callerArn, string operation, string resourceArn) =>
        new("AccessDeniedException", $"User: {callerArn} is not authorized to perform: glue:{operation} on resource: {resourceArn} because no resource-based policy allows the glue:{operation} action");
}
