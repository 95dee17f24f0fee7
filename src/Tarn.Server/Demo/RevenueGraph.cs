using System.Text.Json.Nodes;

namespace Tarn.Server.Demo;

/// <summary>The demo's visual job, as Glue Studio would save it: captured payments of orders with a quantity, summed by country and channel.</summary>
internal static class RevenueGraph
{
    public static JsonObject Nodes(string database, string output) => new()
    {
        ["orders"] = new JsonObject { ["CatalogSource"] = new JsonObject { ["Name"] = "orders", ["Database"] = database, ["Table"] = "orders" } },
        ["payments"] = new JsonObject { ["CatalogSource"] = new JsonObject { ["Name"] = "payments", ["Database"] = database, ["Table"] = "payments" } },
        ["with_quantity"] = new JsonObject
        {
            ["Filter"] = new JsonObject
            {
                ["Name"] = "with quantity",
                ["Inputs"] = new JsonArray("orders"),
                ["LogicalOperator"] = "AND",
                ["Filters"] = new JsonArray(Condition("GT", "quantity", "0")),
            },
        },
        ["captured"] = new JsonObject
        {
            ["Filter"] = new JsonObject
            {
                ["Name"] = "captured",
                ["Inputs"] = new JsonArray("payments"),
                ["LogicalOperator"] = "AND",
                ["Filters"] = new JsonArray(Condition("REGEX", "status", "^captured$")),
            },
        },
        ["paid"] = new JsonObject
        {
            ["ApplyMapping"] = new JsonObject
            {
                ["Name"] = "paid",
                ["Inputs"] = new JsonArray("captured"),
                ["Mapping"] = new JsonArray(
                    Mapping("paid_order", "bigint", "order_id"),
                    Mapping("amount", "double", "amount")),
            },
        },
        ["joined"] = new JsonObject
        {
            ["Join"] = new JsonObject
            {
                ["Name"] = "joined",
                ["Inputs"] = new JsonArray("with_quantity", "paid"),
                ["JoinType"] = "equijoin",
                ["Columns"] = new JsonArray(JoinColumn("with_quantity", "order_id"), JoinColumn("paid", "paid_order")),
            },
        },
        ["summed"] = new JsonObject
        {
            ["Aggregate"] = new JsonObject
            {
                ["Name"] = "summed",
                ["Inputs"] = new JsonArray("joined"),
                ["Groups"] = new JsonArray(new JsonArray("country"), new JsonArray("channel")),
                ["Aggs"] = new JsonArray(Aggregation("order_id", "count"), Aggregation("amount", "sum")),
            },
        },
        ["named"] = new JsonObject
        {
            ["ApplyMapping"] = new JsonObject
            {
                ["Name"] = "named",
                ["Inputs"] = new JsonArray("summed"),
                ["Mapping"] = new JsonArray(
                    Mapping("channel", "string", "channel"),
                    Mapping("orders", "bigint", "count(order_id)"),
                    Mapping("revenue", "double", "sum(amount)"),
                    Mapping("country", "string", "country")),
            },
        },
        ["revenue"] = new JsonObject
        {
            ["S3GlueParquetTarget"] = new JsonObject
            {
                ["Name"] = "revenue",
                ["Inputs"] = new JsonArray("named"),
                ["Path"] = output,
                ["Compression"] = "snappy",
                ["PartitionKeys"] = new JsonArray(new JsonArray("country")),
                ["SchemaChangePolicy"] = new JsonObject
                {
                    ["EnableUpdateCatalog"] = true,
                    ["UpdateBehavior"] = "UPDATE_IN_DATABASE",
                    ["Database"] = database,
                    ["Table"] = "revenue",
                },
            },
        },
    };

    private static JsonObject Condition(string operation, string column, string constant) => new()
    {
        ["Operation"] = operation,
        ["Negated"] = false,
        ["Values"] = new JsonArray(
            new JsonObject { ["Type"] = "COLUMNEXTRACTED", ["Value"] = new JsonArray(column) },
            new JsonObject { ["Type"] = "CONSTANT", ["Value"] = new JsonArray(constant) }),
    };

    private static JsonObject Mapping(string to, string type, string from) => new()
    {
        ["ToKey"] = to,
        ["FromPath"] = new JsonArray(from),
        ["FromType"] = type,
        ["ToType"] = type,
        ["Dropped"] = false,
    };

    private static JsonObject JoinColumn(string from, string key) => new() { ["From"] = from, ["Keys"] = new JsonArray(new JsonArray(key)) };

    private static JsonObject Aggregation(string column, string function) => new() { ["Column"] = new JsonArray(column), ["AggFunc"] = function };
}
