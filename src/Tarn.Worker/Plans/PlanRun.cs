using Tarn.DuckDb;
using Tarn.DuckDb.Types;
using Tarn.Sql;
using Tarn.Sql.Functions;
using Tarn.Worker.Columns;
using Tarn.Worker.Sources;
using Tarn.Worker.Targets;
using Tarn.Worker.Transforms;

namespace Tarn.Worker.Plans;

/// <summary>
/// Runs a plan: each node becomes a view over those before it, so that DuckDB sees one relational plan per target and reads only what the target needs; then the targets are
/// written, in order.
/// </summary>
internal sealed class PlanRun(PlanRequest request, DuckDbConnection connection, Action<PlanEvent> report)
{
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromMilliseconds(500);

    private readonly Dictionary<string, IReadOnlyList<Relation>> relations = new(StringComparer.Ordinal);
    private int views;
    private bool hasFunctions;

    public void Execute(CancellationToken cancellationToken)
    {
        foreach (var node in request.Nodes.Where(node => node is not Target))
        {
            relations[node.Id] = [.. Within(node, () => Compile(node, cancellationToken)).Select(sql => Within(node, () => CreateView(sql, cancellationToken)))];
        }

        foreach (var node in request.Nodes.Where(node => node is Target or Spigot))
        {
            Within(node, () => Write(node, cancellationToken));
        }

        ReportRejects(cancellationToken);
    }

    /// <summary>How the engine of a plan is opened: nothing but its inputs, outputs and temporary folder can be touched.</summary>
    public static DuckDbInstance OpenEngine(PlanRequest request) => DuckDbInstance.Open(new DuckDbOptions
    {
        MemoryBytesMax = request.MemoryBytesMax,
        Threads = request.Threads,
        TempDirectory = request.TempDirectory,
        TempBytesMax = request.TempBytesMax,
        TracksProgress = true,
        Setup = ["SET TimeZone = 'UTC'"],
        Sandbox = new DuckDbSandbox(
            [.. request.Outputs.Values.Select(output => output.Directory)],
            [.. request.Inputs.Values.SelectMany(input => input.Files).Select(file => file.Path).Distinct()]),
    });

    /// <summary>The SELECTs of a node: one, but two for a node whose output is a collection of frames.</summary>
    private IEnumerable<string> Compile(PlanNode node, CancellationToken cancellationToken) => node switch
    {
        FileSource or CatalogTableSource => [SourceRelations.Compile(node, request.Inputs[node.Id], connection, cancellationToken)],
        ApplyMapping mapping => [FieldTransforms.Map(mapping, Input(node, 0), Warn)],
        SelectFields select => [FieldTransforms.Select(select, Input(node, 0), Warn)],
        DropFields drop => [FieldTransforms.Drop(drop, Input(node, 0), Warn)],
        RenameField rename => [FieldTransforms.Rename(rename, Input(node, 0), Warn)],
        Filter filter => [FilterTransform.Compile(filter, Input(node, 0))],
        Join join => [RowTransforms.Join(join, Input(node, 0), Input(node, 1))],
        Union union => [RowTransforms.Union(union, Input(node, 0), Input(node, 1))],
        Aggregate aggregate => [AggregateTransform.Compile(aggregate, Input(node, 0))],
        DropDuplicates duplicates => [RowTransforms.DropDuplicates(duplicates, Input(node, 0))],
        DropNullFields nulls => [RowTransforms.DropNullFields(nulls, Input(node, 0), connection, cancellationToken)],
        FillMissingValues fill => [RowTransforms.FillMissing(fill, Input(node, 0))],
        SparkSql sql => [SparkSqlTransform.Compile(sql, sql.Aliases.ToDictionary(alias => alias.Value, alias => relations[alias.Key][0]))],
        SplitFields split => FieldTransforms.Split(split, Input(node, 0)) is var (selected, rest) ? [selected, rest] : [],
        SelectFromCollection collection => [$"SELECT * FROM {Collection(collection).View}"],
        Spigot => [$"SELECT * FROM {Input(node, 0).View}"],
        _ => throw new PlanException(node.Id, $"nodes of kind {node.GetType().Name} are not built"),
    };

    private Relation Input(PlanNode node, int index) => relations[node.Inputs[index]][0];

    private Relation Collection(SelectFromCollection node)
    {
        var frames = relations[node.Inputs[0]];
        return node.Index < frames.Count
            ? frames[node.Index]
            : throw new PlanException(node.Id, $"the collection has {frames.Count} frames, so there is none of index {node.Index}");
    }

    /// <summary>The front end's own functions are registered with the first query that calls one: most call none, and there are two hundred.</summary>
    private void RegisterFunctions(string sql)
    {
        if (!hasFunctions && DuckDbFunctions.AreCalledIn(sql))
        {
            DuckDbFunctions.Register(connection);
            hasFunctions = true;
        }
    }

    private Relation CreateView(string sql, CancellationToken cancellationToken)
    {
        RegisterFunctions(sql);
        var view = DuckDbText.Identifier($"v{views++}");
        connection.Execute($"CREATE TEMP VIEW {view} AS {sql}", cancellationToken);
        using var statement = connection.Prepare($"SELECT * FROM {view}");
        return new Relation(view, statement.Columns);
    }

    private bool Write(PlanNode node, CancellationToken cancellationToken)
    {
        var input = node is Spigot spigot ? Sample(spigot, cancellationToken) : Input(node, 0);
        report(new PlanProgress(node.Id, null));
        using var timer = new Timer(_ => ReportProgress(node.Id), null, ProgressInterval, ProgressInterval);
        var written = new TargetWriter(connection).Write(node.Id, input, request.Outputs[node.Id], cancellationToken);
        report(new PlanLog($"{node.Name}: {written.RowCount} records written in {written.Files.Count} files", IsWarning: false));
        report(written);
        return true;
    }

    private Relation Sample(Spigot node, CancellationToken cancellationToken)
    {
        var where = node.Probability < 1 ? FormattableString.Invariant($" WHERE random() < {node.Probability}") : "";
        return CreateView($"SELECT * FROM {relations[node.Id][0].View}{where} LIMIT {node.RowsMax}", cancellationToken);
    }

    private void ReportProgress(string nodeId)
    {
        if (connection.Progress.Percentage is { } percentage)
        {
            report(new PlanProgress(nodeId, percentage));
        }
    }

    /// <summary>Says how many records of CSV files could not be read, and why the first one.</summary>
    private void ReportRejects(CancellationToken cancellationToken)
    {
        if (connection.QueryValue("SELECT count(*) FROM duckdb_tables() WHERE table_name = 'reject_errors'", cancellationToken) is not > 0L)
        {
            return;
        }

        var rows = connection.QueryAll(
            "SELECT count(DISTINCT (s.file_path, e.line)), min_by(s.file_path || ' line ' || e.line || ': ' || e.error_message, e.line) FROM reject_errors e JOIN reject_scans s USING (scan_id, file_id)",
            1,
            cancellationToken);
        if (rows is [[> 0L and var count, string first]])
        {
            Warn($"{count} records of CSV files could not be read and were left out; the first: {first}");
        }
    }

    private void Warn(string text) => report(new PlanLog(text, IsWarning: true));

    /// <summary>Failures of one node name it.</summary>
    private static T Within<T>(PlanNode node, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (PlanException failure) when (failure.NodeId is null)
        {
            throw new PlanException(node.Id, failure.Message);
        }
        catch (SqlException failure)
        {
            throw new PlanException(node.Id, failure.Message);
        }
        catch (PlanTypeException failure)
        {
            throw new PlanException(node.Id, failure.Message);
        }
        catch (DuckDbException failure) when (failure.Kind is DuckDbErrorKind.Binder or DuckDbErrorKind.Catalog or DuckDbErrorKind.InvalidInput or DuckDbErrorKind.Conversion or DuckDbErrorKind.OutOfRange)
        {
            throw new PlanException(node.Id, failure.Message);
        }
    }
}
