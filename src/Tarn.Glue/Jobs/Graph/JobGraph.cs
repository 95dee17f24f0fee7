using System.Reflection;
using Tarn.Api.Glue;
using Plan = Tarn.Worker.Plans;

namespace Tarn.Glue.Jobs.Graph;

/// <summary>
/// The graph of a visual job, checked: every node is of a kind that is built, reads nodes that are there and as many as it needs, and no node reads itself in
/// the end. What is wrong is an InvalidInputException that names the node.
/// </summary>
internal static class JobGraph
{
    private static readonly PropertyInfo[] Kinds = typeof(CodeGenConfigurationNode).GetProperties();

    /// <summary>The nodes, each after those that it reads.</summary>
    public static IReadOnlyList<Plan.PlanNode> Read(IReadOnlyDictionary<string, CodeGenConfigurationNode> nodes)
    {
        var parsed = new Dictionary<string, Plan.PlanNode>(StringComparer.Ordinal);
        foreach (var (id, node) in nodes)
        {
            parsed.Add(id, Read(id, node));
        }

        var ordered = Order(parsed);
        Check(parsed);
        return ordered;
    }

    private static Plan.PlanNode Read(string id, CodeGenConfigurationNode node)
    {
        var set = Kinds.Where(kind => kind.GetValue(node) is not null).ToList();
        if (set.Count != 1)
        {
            throw GlueErrors.InvalidInput(set.Count == 0
                ? $"Node {id} has no kind, or one that this version of the API does not have."
                : $"Node {id} has more than one kind: {string.Join(", ", set.Select(kind => kind.Name))}.");
        }

        return NodeReader.Read(id, node)
            ?? throw GlueErrors.InvalidInput($"Node {id} ({NameOf(set[0].GetValue(node)!)}) is of kind {set[0].Name}, which Tarn does not run yet.");
    }

    private static string NameOf(object node) => node.GetType().GetProperty("Name")?.GetValue(node) as string ?? "unnamed";

    private static List<Plan.PlanNode> Order(Dictionary<string, Plan.PlanNode> nodes)
    {
        var ordered = new List<Plan.PlanNode>();
        var done = new HashSet<string>(StringComparer.Ordinal);
        var open = new List<string>();
        foreach (var id in nodes.Keys.Order(StringComparer.Ordinal))
        {
            Visit(id);
        }

        return ordered;

        void Visit(string id)
        {
            if (done.Contains(id))
            {
                return;
            }

            if (open.Contains(id))
            {
                throw GlueErrors.InvalidInput($"The nodes {string.Join(" -> ", open.SkipWhile(other => other != id).Append(id))} read each other in a circle.");
            }

            open.Add(id);
            foreach (var input in nodes[id].Inputs)
            {
                if (!nodes.ContainsKey(input))
                {
                    throw GlueErrors.InvalidInput($"Node {id} ({nodes[id].Name}) reads node {input}, which is not in the graph.");
                }

                Visit(input);
            }

            open.RemoveAt(open.Count - 1);
            done.Add(id);
            ordered.Add(nodes[id]);
        }
    }

    private static void Check(Dictionary<string, Plan.PlanNode> nodes)
    {
        foreach (var node in nodes.Values)
        {
            var (least, most) = InputCounts(node);
            if (node.Inputs.Count < least || node.Inputs.Count > most)
            {
                throw GlueErrors.InvalidInput($"Node {node.Id} ({node.Name}) reads {node.Inputs.Count} nodes; {node.GetType().Name} reads {(least == most ? $"{least}" : $"{least} or more")}.");
            }

            foreach (var input in node.Inputs.Select(input => nodes[input]))
            {
                if (input is Plan.Target)
                {
                    throw GlueErrors.InvalidInput($"Node {node.Id} ({node.Name}) reads node {input.Id} ({input.Name}), which is a target.");
                }

                if (input is Plan.SplitFields != node is Plan.SelectFromCollection)
                {
                    throw GlueErrors.InvalidInput(input is Plan.SplitFields
                        ? $"Node {node.Id} ({node.Name}) reads the collection of node {input.Id} ({input.Name}): put a SelectFromCollection between them."
                        : $"Node {node.Id} ({node.Name}) selects from node {input.Id} ({input.Name}), which is no collection.");
                }
            }
        }

        if (!nodes.Values.Any(node => node is Plan.Target or Plan.Spigot))
        {
            throw GlueErrors.InvalidInput("The graph has no target: nothing would be written.");
        }
    }

    private static (int Least, int Most) InputCounts(Plan.PlanNode node) => node switch
    {
        Plan.FileSource or Plan.CatalogTableSource => (0, 0),
        Plan.Join or Plan.Union => (2, 2),
        Plan.SparkSql => (1, int.MaxValue),
        _ => (1, 1),
    };
}
