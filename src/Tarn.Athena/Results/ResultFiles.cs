using System.Globalization;
using System.Text;
using Tarn.Athena.Execution;
using Tarn.Athena.Queries;
using Tarn.Contracts.Lake;

namespace Tarn.Athena.Results;

/// <summary>The objects that a query leaves at its output location: the result, and its <c>.metadata</c> beside it.</summary>
internal sealed class ResultFiles(ILake lake, TimeProvider time)
{
    private const string CsvType = "application/octet-stream";
    private const string TextType = "text/plain";

    /// <summary>A file in the lake's staging folder for a result that is being written.</summary>
    public string NewStagingFile(StatementContext context) => Path.Combine(lake.StagingDirectory, $"athena-{context.QueryId}.csv");

    /// <summary>Makes a finished file the query's <c>.csv</c> object.</summary>
    public async ValueTask<string> AdoptCsvAsync(StatementRun run, string file, IReadOnlyList<ResultColumn> columns, StatementContext context, CancellationToken cancellationToken)
    {
        var location = Location(run, context, ".csv");
        await BothAsync(
            () => WriteMetadataAsync(location, columns, context, cancellationToken),
            () => lake.AdoptAsync(context.Scope, location.Bucket, location.Key, file, CsvType, cancellationToken));
        return location.ToString();
    }

    /// <summary>Writes the <c>.txt</c> object of a DDL or utility statement.</summary>
    public async ValueTask<StatementOutcome> WriteTextAsync(StatementRun run, TextResult result, StatementContext context, CancellationToken cancellationToken)
    {
        var location = Location(run, context, ".txt");
        var bytes = Encoding.UTF8.GetBytes(string.Concat(result.Lines.Select(line => line + "\n")));
        await BothAsync(
            () => WriteMetadataAsync(location, result.Columns, context, cancellationToken),
            () => lake.PutAsync(context.Scope, location.Bucket, location.Key, new MemoryStream(bytes), TextType, cancellationToken));
        return new StatementOutcome(location.ToString(), result.Columns) { OutputRows = result.Lines.Count, OutputBytes = bytes.Length };
    }

    /// <summary>Writes the list of the files that a CTAS or INSERT made: <c>-manifest.csv</c>, a path a line.</summary>
    public async ValueTask<string> WriteManifestAsync(StatementRun run, IReadOnlyList<string> files, StatementContext context, CancellationToken cancellationToken)
    {
        var location = Location(run, context, "-manifest.csv");
        var bytes = Encoding.UTF8.GetBytes(string.Concat(files.Select(file => file + "\n")));
        await BothAsync(
            () => WriteMetadataAsync(Location(run, context, ""), [], context, cancellationToken),
            () => lake.PutAsync(context.Scope, location.Bucket, location.Key, new MemoryStream(bytes), CsvType, cancellationToken));
        return location.ToString();
    }

    public static S3Location Location(StatementRun run, StatementContext context, string ending)
    {
        S3Location.TryParse(run.Query.Result.OutputLocation, out var folder);
        return new S3Location(folder.Bucket, folder.FolderPrefix + context.QueryId + ending);
    }

    /// <summary>Two objects at once: file systems sync those that wait together as one, so that two cost hardly more than one.</summary>
    private static Task BothAsync(Func<ValueTask> first, Func<ValueTask<LakeObject>> second) =>
        Task.WhenAll(Task.Run(async () => await first()), Task.Run(async () => await second()));

    private async ValueTask WriteMetadataAsync(S3Location result, IReadOnlyList<ResultColumn> columns, StatementContext context, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow().UtcDateTime;
        var engineId = string.Create(CultureInfo.InvariantCulture, $"{now:yyyyMMdd_HHmmss}_{Math.Abs(context.QueryId.GetHashCode(StringComparison.Ordinal)) % 100_000:00000}_tarn0");
        var bytes = ResultMetadataFile.Encode(engineId, columns);
        await lake.PutAsync(context.Scope, result.Bucket, result.Key + ".metadata", new MemoryStream(bytes), CsvType, cancellationToken);
    }
}
