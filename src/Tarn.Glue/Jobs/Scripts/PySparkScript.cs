using System.Text;
using Tarn.Worker.Plans;

namespace Tarn.Glue.Jobs.Scripts;

/// <summary>
/// The script of a visual job, in the style in which Glue Studio writes it: for reading, and for taking the job to AWS. Tarn itself runs
/// the graph.
/// </summary>
internal static class PySparkScript
{
    private const string Header =
        """
        import sys
        from awsglue.transforms import *
        from awsglue.utils import getResolvedOptions
        from pyspark.context import SparkContext
        from awsglue.context import GlueContext
        from awsglue.job import Job
        """;

    private const string Start =
        """
        args = getResolvedOptions(sys.argv, ["JOB_NAME"])
        sc = SparkContext()
        glueContext = GlueContext(sc)
        spark = glueContext.spark_session
        job = Job(glueContext)
        job.init(args["JOB_NAME"], args)

        """;

    public static string Write(IReadOnlyList<PlanNode> nodes)
    {
        var text = new StringBuilder(Header).Append('\n');
        if (nodes.Any(node => node is Join or Union or Aggregate or DropDuplicates or DropNullFields or FillMissingValues or SparkSql))
        {
            text.Append("from awsglue.dynamicframe import DynamicFrame\n");
        }

        if (nodes.Any(node => node is Aggregate or DropNullFields or FillMissingValues))
        {
            text.Append("from pyspark.sql import functions as SqlFuncs\n");
        }

        if (nodes.Any(node => node is Filter))
        {
            text.Append("import re\n");
        }

        text.Append('\n').Append(Start);
        var names = Names(nodes);
        foreach (var node in nodes)
        {
            text.Append("# ").Append(ScriptNode.Title(node)).Append('\n');
            text.Append(ScriptNode.Write(node, names[node.Id], [.. node.Inputs.Select(input => names[input])])).Append("\n\n");
        }

        return text.Append("job.commit()\n").ToString();
    }

    /// <summary>Variables: the node's name as Python takes it, with the node's number.</summary>
    private static Dictionary<string, string> Names(IReadOnlyList<PlanNode> nodes)
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        var taken = new HashSet<string>(StringComparer.Ordinal);
        foreach (var node in nodes)
        {
            var word = string.Concat((node.Name + "_" + node.Id).Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_'));
            word = char.IsAsciiDigit(word[0]) ? "_" + word : word;
            for (var n = 2; !taken.Add(word); n++)
            {
                word = $"{word}_{n}";
            }

            names[node.Id] = word;
        }

        return names;
    }
}
