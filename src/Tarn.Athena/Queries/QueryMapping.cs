using Tarn.Api.Athena;
using Tarn.Athena.WorkGroups;

namespace Tarn.Athena.Queries;

/// <summary>From the stored execution to the shapes of the API.</summary>
internal static class QueryMapping
{
    public static QueryExecution ToShape(QueryRecord query) => new()
    {
        QueryExecutionId = query.Id,
        Query = query.Query,
        StatementType = query.StatementType,
        SubstatementType = query.SubstatementType,
        ResultConfiguration = WorkGroupMapping.ToShape(query.Result),
        ResultReuseConfiguration = new ResultReuseConfiguration { ResultReuseByAgeConfiguration = new ResultReuseByAgeConfiguration { Enabled = query.ReuseResults, MaxAgeInMinutes = query.ReuseMaxAgeMinutes } },
        QueryExecutionContext = new QueryExecutionContext { Database = query.Database, Catalog = query.Catalog },
        Status = new QueryExecutionStatus
        {
            State = query.State,
            StateChangeReason = query.StateChangeReason,
            SubmissionDateTime = query.Submitted,
            CompletionDateTime = query.Completed,
            AthenaError = query.Failure is { } failure
                ? new AthenaError { ErrorCategory = failure.Category, ErrorType = failure.Type, Retryable = failure.Retryable, ErrorMessage = failure.Message }
                : null,
        },
        Statistics = ToShape(query.Statistics ?? new QueryStatistics()),
        WorkGroup = query.WorkGroup,
        EngineVersion = WorkGroupMapping.ToEngineVersion(EngineVersions.Auto),
        ExecutionParameters = query.ExecutionParameters,
    };

    public static QueryRuntimeStatistics ToRuntimeStatistics(QueryRecord query)
    {
        var statistics = query.Statistics ?? new QueryStatistics();
        return new QueryRuntimeStatistics
        {
            Timeline = new QueryRuntimeStatisticsTimeline
            {
                QueryQueueTimeInMillis = statistics.QueueMs,
                QueryPlanningTimeInMillis = statistics.PlanningMs,
                EngineExecutionTimeInMillis = statistics.EngineMs,
                ServiceProcessingTimeInMillis = statistics.ServiceMs,
                TotalExecutionTimeInMillis = statistics.TotalMs,
            },
            Rows = new QueryRuntimeStatisticsRows { InputRows = statistics.InputRows, InputBytes = statistics.ScannedBytes, OutputRows = statistics.OutputRows, OutputBytes = statistics.OutputBytes },
        };
    }

    private static QueryExecutionStatistics ToShape(QueryStatistics statistics) => new()
    {
        EngineExecutionTimeInMillis = statistics.EngineMs,
        DataScannedInBytes = statistics.ScannedBytes,
        DataManifestLocation = statistics.ManifestLocation,
        TotalExecutionTimeInMillis = statistics.TotalMs,
        QueryQueueTimeInMillis = statistics.QueueMs,
        QueryPlanningTimeInMillis = statistics.PlanningMs,
        ServiceProcessingTimeInMillis = statistics.ServiceMs,
        ResultReuseInformation = new ResultReuseInformation { ReusedPreviousResult = statistics.Reused },
    };
}
