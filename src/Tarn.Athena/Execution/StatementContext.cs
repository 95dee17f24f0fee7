using Tarn.Contracts;

namespace Tarn.Athena.Execution;

/// <summary>For whom and where a statement runs.</summary>
/// <param name="Database">The database for names without one; <c>default</c> where the client named none.</param>
internal sealed record StatementContext(AwsScope Scope, string Database, string WorkGroup, string QueryId);
