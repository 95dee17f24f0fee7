using Tarn.Worker;
using Tarn.Worker.Plans;

namespace Tarn.Glue.Tests.Jobs;

/// <summary>Runs plans in this process over small texts, and gives what each target wrote as lines.</summary>
internal sealed class PlanHarness : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("tarn-plan-").FullName;
    private readonly List<PlanNode> nodes = [];
    private readonly Dictionary<string, NodeInput> inputs = [];
    private readonly Dictionary<string, NodeOutput> outputs = [];

    public static readonly CsvFormat Csv = new(",", "\"", null, IsMultiline: false, HasHeader: true, SkipsFirstLine: false);

    public List<PlanEvent> Events { get; } = [];

    public IEnumerable<string> Warnings => Events.OfType<PlanLog>().Where(log => log.IsWarning).Select(log => log.Text);

    public long MemoryBytesMax { get; set; } = 512L << 20;

    public long TempBytesMax { get; set; } = 1L << 30;

    public string File(string name, string content)
    {
        var path = Path.Combine(folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        System.IO.File.WriteAllText(path, content);
        return path;
    }

    public PlanHarness Json(string id, params string[] files) => Source(
        new JsonSource { Id = id, Name = id, Paths = [] },
        [.. files.Select((content, i) => File($"{id}-{i}.json", content))]);

    public PlanHarness CsvFile(string id, string content, CsvFormat? format = null) =>
        Source(new CsvSource { Id = id, Name = id, Paths = [], Format = format ?? Csv }, File($"{id}.csv", content));

    public PlanHarness Source(PlanNode node, params string[] files) =>
        Source(node, new NodeInput { Files = [.. files.Select(file => new InputFile(file, null, []))] });

    public PlanHarness Source(PlanNode node, NodeInput input)
    {
        nodes.Add(node);
        inputs[node.Id] = input;
        return this;
    }

    public PlanHarness Node(PlanNode node)
    {
        nodes.Add(node);
        return this;
    }

    public PlanHarness Target(string input, string format = "json", string? id = null, IReadOnlyList<string>? keys = null, Func<NodeOutput, NodeOutput>? change = null)
    {
        id ??= "out";
        var output = new NodeOutput { Directory = Directory.CreateDirectory(Path.Combine(folder, "out", id)).FullName, Format = format, PartitionKeys = keys ?? [], Csv = format == "csv" ? Csv : null };
        outputs[id] = change is null ? output : change(output);
        nodes.Add(new FolderTarget { Id = id, Name = id, Inputs = [input], Path = "", Format = format });
        return this;
    }

    public PlanHarness SpigotOutput(string id)
    {
        outputs[id] = new NodeOutput { Directory = Directory.CreateDirectory(Path.Combine(folder, "out", id)).FullName, Format = "json" };
        return this;
    }

    public PlanFailed? Run(CancellationToken cancellationToken = default)
    {
        var request = new PlanRequest
        {
            Nodes = nodes,
            Inputs = inputs,
            Outputs = outputs,
            MemoryBytesMax = MemoryBytesMax,
            Threads = 2,
            TempDirectory = Directory.CreateDirectory(Path.Combine(folder, "temp")).FullName,
            TempBytesMax = TempBytesMax,
        };
        lock (Events)
        {
        }

        return WorkerProgram.Run(request, e =>
        {
            lock (Events)
            {
                Events.Add(e);
            }
        }, cancellationToken);
    }

    /// <summary>Runs and gives the lines of all files of the target, sorted.</summary>
    public string[] Lines(string id = "out")
    {
        if (!Events.OfType<PlanWritten>().Any())
        {
            var failure = Run();
            Assert.True(failure is null, failure?.Message);
        }

        return [.. Written(id).Files.SelectMany(file => System.IO.File.ReadAllLines(file.Path)).Order(StringComparer.Ordinal)];
    }

    public PlanWritten Written(string id = "out") => Events.OfType<PlanWritten>().Single(written => written.NodeId == id);

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
