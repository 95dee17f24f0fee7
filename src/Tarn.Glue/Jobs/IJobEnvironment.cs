using Tarn.Contracts;

namespace Tarn.Glue.Jobs;

/// <summary>What the processes of runs are told of the server that they belong to. Provided by the server, which knows its address and keys.</summary>
public interface IJobEnvironment
{
    /// <summary>
    /// Environment variables for a run of this account and region: <c>AWS_ENDPOINT_URL</c>, <c>AWS_REGION</c>, <c>AWS_DEFAULT_REGION</c>,
    /// <c>AWS_ACCESS_KEY_ID</c>, <c>AWS_SECRET_ACCESS_KEY</c>, and <c>AWS_SESSION_TOKEN</c> where the keys are temporary.
    /// </summary>
    IReadOnlyDictionary<string, string> Variables(AwsScope scope);
}
