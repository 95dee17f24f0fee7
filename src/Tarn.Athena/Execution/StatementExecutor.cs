using Tarn.Athena.Queries;
using Tarn.Contracts;

namespace Tarn.Athena.Execution;

internal sealed class StatementExecutor
{
    public Task<QueryRecord> ExecuteAsync(AwsScope scope, QueryRecord query, CancellationToken cancellationToken) => throw new NotSupportedException();
}
