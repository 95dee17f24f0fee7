using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tarn.Athena.Execution.Reading;
using Tarn.Sql;
using Tarn.Sql.Binding;
using Tarn.Sql.Translating;
using Tarn.Sql.Tree;
using ResultColumn = Tarn.Athena.Queries.ResultColumn;

namespace Tarn.Athena.Execution.Explaining;

/// <summary>EXPLAIN without ANALYZE: a statement is bound against the catalog and its steps are shown; no file is looked at.</summary>
internal sealed class ExplainStatement(QueryPlanner planner)
{
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public async ValueTask<TextResult> RunAsync(Explain statement, IReadOnlyList<Expression> parameters, StatementContext context, CancellationToken cancellationToken)
    {
        if (statement.Analyze || statement.Format == ExplainFormat.Graphviz)
        {
            throw new SqlException("NOT_SUPPORTED", statement.Analyze ? "EXPLAIN ANALYZE is not built in Tarn yet" : "EXPLAIN (FORMAT GRAPHVIZ) is not built in Tarn yet", statement.Position);
        }

        var (query, table, folder) = Parts(statement.Statement, context);
        var translated = await planner.TranslateAsync(query, parameters, context, cancellationToken);
        switch (statement.Type ?? ExplainType.Distributed)
        {
            case ExplainType.Validate:
                return new TextResult([new ResultColumn("Valid", "boolean", Precision: 0, Scale: 0, CaseSensitive: false)], ["true"]);
            case ExplainType.Io when statement.Format is ExplainFormat.Json or null:
                return Plan(Io(translated, table).ToJsonString(Json).Split('\n'));
            case ExplainType.Io:
                throw new SqlException("NOT_SUPPORTED", "EXPLAIN (TYPE IO) is JSON only", statement.Position);
            case var type:
                var root = new PlanBuilder(translated, context.Database).Build(query);
                var target = table is var (database, name) ? $"awsdatacatalog:{database}:{name}" : folder;
                root = target is null ? root : PlanNode.Of("TableWriter", [("target", target)], root);
                if (statement.Format == ExplainFormat.Json)
                {
                    var json = PlanText.Json(root);
                    return Plan((type == ExplainType.Logical ? json : new JsonObject { ["0"] = json }).ToJsonString(Json).Split('\n'));
                }

                var lines = PlanText.Lines(root);
                return Plan(type == ExplainType.Logical ? lines : ["Fragment 0 [SINGLE]", .. lines.Select(line => "    " + line)]);
        }
    }

    private static TextResult Plan(IReadOnlyList<string> lines) => new([new ResultColumn("Query Plan", "varchar", int.MaxValue, 0, CaseSensitive: true)], lines);

    /// <summary>The query of a statement, and the table or the folder that it writes.</summary>
    private static (Query Query, (string Database, string Table)? Table, string? Folder) Parts(Statement statement, StatementContext context) => statement switch
    {
        Query query => (query, null, null),
        Insert insert => (insert.Query, TargetName.Of(insert.Target, context), null),
        CreateTableAsSelect create => (create.Query, TargetName.Of(create.Name, context), null),
        Unload unload => (unload.Query, null, unload.Location),
        _ => throw new SqlException("NOT_SUPPORTED", $"EXPLAIN of {StatementKind.Of(statement).Substatement} is not built in Tarn yet", statement.Position),
    };

    /// <summary>The tables that are read, each with what is known of its partition keys. Nothing is estimated.</summary>
    private static JsonObject Io(TranslatedQuery translated, (string Database, string Table)? target)
    {
        var tables = translated.Scans.Select(scan => (JsonNode)new JsonObject
        {
            ["table"] = Table(scan.Table.Catalog, scan.Table.Schema, scan.Table.Name),
            ["constraint"] = new JsonObject
            {
                ["none"] = false,
                ["columnConstraints"] = new JsonArray([.. scan.PartitionPredicates.Where(predicate => predicate.Comparison != PartitionComparison.NotEqual).Select(Constraint)]),
            },
            ["estimate"] = Unknown(),
        });
        var json = new JsonObject { ["inputTableColumnInfos"] = new JsonArray([.. tables]) };
        if (target is var (database, table))
        {
            json["outputTable"] = Table("awsdatacatalog", database, table);
        }

        json["estimate"] = Unknown();
        return json;
    }

    private static JsonObject Table(string catalog, string schema, string table) => new() { ["catalog"] = catalog, ["schemaTable"] = new JsonObject { ["schema"] = schema, ["table"] = table } };

    private static JsonNode Constraint(PartitionPredicate predicate) => new JsonObject
    {
        ["columnName"] = predicate.Column,
        ["type"] = predicate.Type.ToString(),
        ["domain"] = new JsonObject { ["nullsAllowed"] = false, ["ranges"] = new JsonArray([.. predicate.Values.Select(value => (JsonNode)Range(predicate.Comparison, value))]) },
    };

    private static JsonObject Range(PartitionComparison comparison, string value)
    {
        var (low, high) = comparison switch
        {
            PartitionComparison.GreaterThan => ("ABOVE", null),
            PartitionComparison.GreaterThanOrEqual => ("EXACTLY", null),
            PartitionComparison.LessThan => (null, "BELOW"),
            PartitionComparison.LessThanOrEqual => (null, "EXACTLY"),
            _ => ((string?)"EXACTLY", (string?)"EXACTLY"),
        };
        return new JsonObject { ["low"] = Bound(low, "ABOVE", value), ["high"] = Bound(high, "BELOW", value) };
    }

    private static JsonObject Bound(string? kind, string open, string value) => kind is null ? new JsonObject { ["bound"] = open } : new JsonObject { ["value"] = value, ["bound"] = kind };

    private static JsonObject Unknown() => new() { ["outputRowCount"] = "NaN", ["outputSizeInBytes"] = "NaN", ["cpuCost"] = "NaN", ["maxMemory"] = "NaN", ["networkCost"] = "NaN" };
}
