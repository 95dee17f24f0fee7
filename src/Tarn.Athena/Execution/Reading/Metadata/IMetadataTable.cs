using Tarn.Contracts;
using Tarn.Sql.Binding;

namespace Tarn.Athena.Execution.Reading.Metadata;

/// <summary>A table whose rows are what the catalog knows and not what files hold: the handle of its bound table.</summary>
internal interface IMetadataTable
{
    /// <summary>A DuckDB SELECT of the columns that <paramref name="scan"/> reads. It reads no more of the catalog than the scan's predicates ask for.</summary>
    ValueTask<string> ReadAsync(AwsScope scope, TableScan scan, CancellationToken cancellationToken);
}
