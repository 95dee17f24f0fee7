using System.Text.Json;
using Tarn.Worker.Plans;

namespace Tarn.Glue.Tests.Jobs;

public sealed class PlanJsonTests
{
    public static TheoryData<string> Kinds => [.. typeof(PlanNode).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(PlanNode)) && !type.IsAbstract).Select(type => type.Name)];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_node_of_a_plan_comes_to_the_worker_as_what_it_was(string name)
    {
        var type = typeof(PlanNode).Assembly.GetType($"{typeof(PlanNode).Namespace}.{name}")!;
        var node = (PlanNode)System.Runtime.CompilerServices.RuntimeHelpers.GetUninitializedObject(type);
        var kind = PlanNodeConverter.Kind(node);
        Assert.Equal(type, PlanNodeConverter.Info(kind).Type);
    }

    [Fact]
    public void A_request_reads_as_it_was_written()
    {
        var request = new PlanRequest
        {
            Nodes =
            [
                new JsonSource { Id = "a", Name = "in", Paths = ["s3://b/"], RecordPath = ["x"], Compression = "gzip" },
                new Filter { Id = "b", Name = "f", Inputs = ["a"], IsAnd = true, Conditions = [new("EQ", true, [new(true, ["k"]), new(false, ["v"])])] },
                new FolderTarget { Id = "c", Name = "out", Inputs = ["b"], Path = "s3://b/o/", Format = "json", Update = new("db", "t", true) },
            ],
            Inputs = new Dictionary<string, NodeInput> { ["a"] = new() { Files = [new("/p", null, ["1", null])], PartitionColumns = [new("p", "int")] } },
            Outputs = new Dictionary<string, NodeOutput> { ["c"] = new() { Directory = "/o", Format = "json", PartitionKeys = ["p"] } },
            MemoryBytesMax = 1, Threads = 2, TempDirectory = "/t", TempBytesMax = 3,
        };
        var text = JsonSerializer.Serialize(request, PlanJson.Default.PlanRequest);
        Assert.DoesNotContain('\n', text);
        var read = JsonSerializer.Deserialize(text, PlanJson.Default.PlanRequest)!;
        Assert.Equal(text, JsonSerializer.Serialize(read, PlanJson.Default.PlanRequest));
        Assert.Equal(["JsonSource", "Filter", "FolderTarget"], read.Nodes.Select(node => node.GetType().Name));
        Assert.Equal(("gzip", "x"), (((JsonSource)read.Nodes[0]).Compression, ((JsonSource)read.Nodes[0]).RecordPath[0]));
        Assert.Equal("t", ((FolderTarget)read.Nodes[2]).Update!.Table);
    }
}
