using System.Text.Json.Nodes;

namespace Tarn.Athena.Execution.Explaining;

/// <summary>A plan as text, a step a line with what it gives below it, and as JSON with Trino's member names.</summary>
internal static class PlanText
{
    public static List<string> Lines(PlanNode root)
    {
        var lines = new List<string>();
        Append(lines, root, "", "");
        return lines;
    }

    public static JsonObject Json(PlanNode root)
    {
        var next = 0;
        return Json(root, ref next);
    }

    private static void Append(List<string> lines, PlanNode node, string first, string rest)
    {
        lines.Add($"{first}{node.Name}[{string.Join(", ", node.Descriptor.Select(entry => $"{entry.Key} = {entry.Value}"))}]");
        if (node.Outputs.Count > 0)
        {
            lines.Add($"{rest}{(node.Children.Count > 0 ? "│" : " ")}   Layout: [{string.Join(", ", node.Outputs.Select(output => $"{output.Name}:{output.Type}"))}]");
        }

        for (var i = 0; i < node.Children.Count; i++)
        {
            var isLast = i == node.Children.Count - 1;
            Append(lines, node.Children[i], rest + (isLast ? "└─ " : "├─ "), rest + (isLast ? "   " : "│  "));
        }
    }

    private static JsonObject Json(PlanNode node, ref int next)
    {
        var json = new JsonObject
        {
            ["id"] = (next++).ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["name"] = node.Name,
            ["descriptor"] = new JsonObject(node.Descriptor.Select(entry => KeyValuePair.Create(entry.Key, (JsonNode?)JsonValue.Create(entry.Value)))),
            ["outputs"] = new JsonArray([.. node.Outputs.Select(output => new JsonObject { ["symbol"] = output.Name, ["type"] = output.Type })]),
            ["details"] = new JsonArray(),
            ["estimates"] = new JsonArray(),
        };
        var children = new JsonArray();
        foreach (var child in node.Children)
        {
            children.Add((JsonNode)Json(child, ref next));
        }

        json["children"] = children;
        return json;
    }
}
