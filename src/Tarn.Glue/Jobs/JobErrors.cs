using Tarn.Contracts;

namespace Tarn.Glue.Jobs;

/// <summary>The errors of jobs, in AWS's codes and words.</summary>
internal static class JobErrors
{
    public static AwsException NotFound(string name) => GlueErrors.EntityNotFound($"Job {name} not found.");

    public static AwsException RunNotFound(string id) => GlueErrors.EntityNotFound($"Job run {id} not found.");

    public static AwsException SameExists() => GlueErrors.AlreadyExists("Job");

    public static AwsException OtherExists(string name) => new("IdempotentParameterMismatchException", $"Job '{name}' already submitted with different configuration.");

    public static AwsException ConcurrentRunsExceeded(string name) => new("ConcurrentRunsExceededException", $"Concurrent runs exceeded for {name}");

    public static AwsException TooManyRuns(int max) => GlueErrors.ResourceNumberLimitExceeded($"The server has {max} job runs waiting already.");
}
