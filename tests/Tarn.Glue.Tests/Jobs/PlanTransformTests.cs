using Tarn.Worker.Plans;

namespace Tarn.Glue.Tests.Jobs;

public sealed class PlanTransformTests
{
    private const string People =
        """
        {"id":1,"name":"Ada","age":36,"home":{"city":"London","zip":"N1"},"pets":[{"kind":"cat","name":"Tom"}]}
        {"id":2,"name":"Bob","age":null,"home":{"city":"Paris","zip":"75"},"pets":[]}
        {"id":3,"name":null,"age":20,"home":null,"pets":null}
        """;

    private static PlanHarness Over(string json, PlanNode node) => new PlanHarness().Json("in", json).Node(node with { Inputs = ["in"] }).Target(node.Id);

    private static FieldMapping Map(string from, string? fromType, string to, string? toType) => new(to, [from], fromType, toType, IsDropped: false, []);

    [Fact]
    public void ApplyMapping_renames_casts_nests_unnests_and_drops_what_is_not_listed()
    {
        using var plan = Over(People, new ApplyMapping
        {
            Id = "t", Name = "map",
            Mappings =
            [
                Map("id", "long", "key", "string"),
                new("city", ["home", "city"], "string", "string", false, []),
                Map("name", "string", "who.first name", "string"),
                Map("age", "long", "who.age", "double"),
                Map("age", "long", "`a.b`", "long"),
                new("gone", ["id"], "long", "long", true, []),
                Map("nothing", "string", "nothing", "string"),
            ],
        });
        Assert.Equal(
            [
                """{"key":"1","city":"London","who":{"first name":"Ada","age":36.0},"a.b":36}""",
                """{"key":"2","city":"Paris","who":{"first name":"Bob"}}""",
                """{"key":"3","who":{"age":20.0},"a.b":20}""",
            ],
            plan.Lines());
        Assert.Contains(plan.Warnings, warning => warning.Contains("no field nothing", StringComparison.Ordinal));
    }

    [Fact]
    public void ApplyMapping_builds_structs_of_children()
    {
        using var plan = Over(People, new ApplyMapping
        {
            Id = "t", Name = "map",
            Mappings = [new("place", ["home"], "struct", "struct", false, [new("town", ["home", "city"], "string", "string", false, []), new("zip", ["home", "zip"], "string", "int", false, [])])],
        });
        Assert.Equal("""{"place":{"town":"London"}}""", plan.Lines()[0]);
        Assert.Equal("""{"place":{"town":"Paris","zip":75}}""", plan.Lines()[1]);
    }

    [Theory]
    [InlineData("\"12.9\"", "string", "int", "12")]
    [InlineData("\"-12.9\"", "string", "bigint", "-12")]
    [InlineData("\" 7 \"", "string", "long", "7")]
    [InlineData("\"x\"", "string", "int", null)]
    [InlineData("\"99999999999\"", "string", "int", null)]
    [InlineData("12.9", "double", "int", "12")]
    [InlineData("-1.5", "double", "long", "-1")]
    [InlineData("\"2024-02-30\"", "string", "date", null)]
    [InlineData("\"2024-02-29\"", "string", "date", "\"2024-02-29\"")]
    [InlineData("\"2024-02-29T10:00:00\"", "string", "timestamp", "\"2024-02-29 10:00:00\"")]
    [InlineData("\"true\"", "string", "boolean", "true")]
    [InlineData("5", "int", "string", "\"5\"")]
    [InlineData("\"1.005\"", "string", "decimal(10,2)", "1.01")]
    [InlineData("\"5\"", "long", "long", null)]
    public void ApplyMapping_converts_as_glue_does_and_gives_null_where_it_cannot(string value, string fromType, string toType, string? expected)
    {
        using var plan = Over($"{{\"k\":1,\"v\":{value}}}", new ApplyMapping { Id = "t", Name = "map", Mappings = [Map("k", "int", "k", "int"), Map("v", fromType, "v", toType)] });
        Assert.Equal([expected is null ? """{"k":1}""" : $"{{\"k\":1,\"v\":{expected}}}"], plan.Lines());
    }

    [Fact]
    public void Names_are_found_whatever_their_case_and_may_hold_any_character()
    {
        using var plan = new PlanHarness().CsvFile("in", "Order Id,a.b,\"x\"\"y\",é\n1,2,3,4\n")
            .Node(new SelectFields { Id = "t", Name = "t", Inputs = ["in"], Paths = [["ORDER ID"], ["a.b"], ["x\"y"], ["É"]] }).Target("t");
        Assert.Equal(["""{"Order Id":"1","a.b":"2","x\"y":"3","é":"4"}"""], plan.Lines());
    }

    [Fact]
    public void SelectFields_keeps_columns_in_the_order_asked_for()
    {
        using var plan = Over(People, new SelectFields { Id = "t", Name = "t", Paths = [["age"], ["id"], ["missing"]] });
        Assert.Equal(["""{"age":20,"id":3}""", """{"age":36,"id":1}""", """{"id":2}"""], plan.Lines());
        Assert.Single(plan.Warnings);
    }

    [Fact]
    public void SelectFields_of_nothing_that_is_there_fails_and_names_the_node()
    {
        using var plan = Over(People, new SelectFields { Id = "t", Name = "t", Paths = [["missing"]] });
        Assert.Equal("t", plan.Run()!.NodeId);
    }

    [Fact]
    public void DropFields_reaches_into_structs_and_lists_of_structs()
    {
        using var plan = Over(People, new DropFields { Id = "t", Name = "t", Paths = [["name"], ["age"], ["home", "zip"], ["pets.kind"]] });
        Assert.Equal(
            ["""{"id":1,"home":{"city":"London"},"pets":[{"name":"Tom"}]}""", """{"id":2,"home":{"city":"Paris"},"pets":[]}""", """{"id":3}"""],
            plan.Lines());
    }

    [Fact]
    public void RenameField_renames_in_place_nests_and_unnests()
    {
        using var inPlace = Over(People, new RenameField { Id = "t", Name = "t", SourcePath = ["id"], TargetPath = ["key"] });
        Assert.StartsWith("""{"key":1,"name":"Ada",""", inPlace.Lines()[0], StringComparison.Ordinal);
        using var inside = Over(People, new RenameField { Id = "t", Name = "t", SourcePath = ["home", "city"], TargetPath = ["home", "town"] });
        Assert.Contains("""{"town":"London","zip":"N1"}""", inside.Lines()[0], StringComparison.Ordinal);
        using var nested = Over("""{"a":1,"b":2}""", new RenameField { Id = "t", Name = "t", SourcePath = ["a"], TargetPath = ["s.x"] });
        Assert.Equal(["""{"b":2,"s":{"x":1}}"""], nested.Lines());
        using var unnested = Over("""{"s":{"x":1,"y":2}}""", new RenameField { Id = "t", Name = "t", SourcePath = ["s", "x"], TargetPath = ["a"] });
        Assert.Equal(["""{"s":{"y":2},"a":1}"""], unnested.Lines());
    }

    [Theory]
    [InlineData("EQ", false, "n", "2", "2")]
    [InlineData("EQ", true, "n", "2", "1,3,4")]
    [InlineData("GT", false, "n", "1.5", "2,3")]
    [InlineData("GT", true, "n", "1.5", "1")]
    [InlineData("LT", false, "n", "3", "1,2")]
    [InlineData("LTE", false, "n", "2", "1,2")]
    [InlineData("GTE", false, "n", "2", "2,3")]
    [InlineData("EQ", false, "s", "b'c", "2")]
    [InlineData("REGEX", false, "s", "a|b", "1,2")]
    [InlineData("REGEX", true, "s", "a", "2,4")]
    [InlineData("REGEX", false, "s", "'", "")]
    [InlineData("EQ", false, "f", "true", "1")]
    public void Filter_compares_as_the_python_of_glue_studio_does(string operation, bool negated, string column, string constant, string expected)
    {
        const string Rows = """
            {"id":1,"n":1,"s":"abc","f":true}
            {"id":2,"n":2,"s":"b'c","f":false}
            {"id":3,"n":3,"s":null,"f":null}
            {"id":4,"n":null,"s":"","f":false}
            """;
        using var plan = Over(Rows, new Filter { Id = "t", Name = "t", IsAnd = true, Conditions = [new(operation, negated, [new(true, [column]), new(false, [constant])])] });
        Assert.Equal(expected, string.Join(',', plan.Lines().Select(line => line[6])));
    }

    [Fact]
    public void Filter_joins_conditions_with_and_or_or_and_compares_columns_and_nulls()
    {
        const string Rows = """
            {"id":1,"a":1,"b":"1"}
            {"id":2,"a":2,"b":"x"}
            {"id":3,"a":null,"b":"3"}
            """;
        FilterCondition isNull = new("ISNULL", false, [new(true, ["a"])]);
        FilterCondition same = new("EQ", false, [new(true, ["a"]), new(true, ["b"])]);
        using var or = Over(Rows, new Filter { Id = "t", Name = "t", IsAnd = false, Conditions = [isNull, same] });
        Assert.Equal(["1", "3"], or.Lines().Select(line => line[6..7]));
        using var and = Over(Rows, new Filter { Id = "t", Name = "t", IsAnd = true, Conditions = [isNull with { IsNegated = true }, same with { IsNegated = true }] });
        Assert.Equal(["2"], and.Lines().Select(line => line[6..7]));
        using var wrong = Over(Rows, new Filter { Id = "t", Name = "t", IsAnd = true, Conditions = [new("EQ", false, [new(true, ["a"]), new(false, ["ten"])])] });
        Assert.Contains("ten is not a number", wrong.Run()!.Message, StringComparison.Ordinal);
        using var missing = Over(Rows, new Filter { Id = "t", Name = "t", IsAnd = true, Conditions = [new("ISNULL", false, [new(true, ["zz"])])] });
        Assert.Equal("there is no field zz in what it reads", missing.Run()!.Message);
    }

    [Theory]
    [InlineData("equijoin", "1:a:1:x")]
    [InlineData("left", "1:a:1:x|2:b::|3:c::")]
    [InlineData("right", "1:a:1:x|::4:y|:::z")]
    [InlineData("outer", "1:a:1:x|2:b::|3:c::|::4:y|:::z")]
    [InlineData("leftsemi", "1:a")]
    [InlineData("leftanti", "2:b|3:c")]
    public void Join_has_six_types_and_names_that_clash_get_a_dot(string type, string expected)
    {
        using var plan = new PlanHarness().CsvFile("l", "id,name\n1,a\n2,b\n3,c\n").Json("r", """
            {"id":1,"name":"x"}
            {"id":4,"name":"y"}
            {"id":null,"name":"z"}
            """).Node(new Join { Id = "t", Name = "t", Inputs = ["l", "r"], JoinType = type, LeftKeys = [["id"]], RightKeys = [["ID"]] }).Target("t");
        var rows = plan.Lines().Select(line => System.Text.Json.JsonDocument.Parse(line).RootElement).Select(row =>
            string.Join(':', new[] { "id", "name", ".id", ".name" }.Take(type.StartsWith("lefts", StringComparison.Ordinal) || type == "leftanti" ? 2 : 4)
                .Select(name => row.TryGetProperty(name, out var value) ? value.ToString() : "")));
        Assert.Equal(expected.Split('|').Order(StringComparer.Ordinal), rows.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Union_goes_by_position_and_distinct_drops_equal_rows()
    {
        foreach (var (distinct, count) in new[] { (false, 4), (true, 3) })
        {
            using var plan = new PlanHarness().CsvFile("l", "a,b\n1,x\n2,y\n").CsvFile("r", "c,d\n1,x\n3,z\n")
                .Node(new Union { Id = "t", Name = "t", Inputs = ["l", "r"], IsDistinct = distinct }).Target("t");
            Assert.Equal(count, plan.Lines().Length);
            Assert.Contains("""{"a":"3","b":"z"}""", plan.Lines());
        }

        using var uneven = new PlanHarness().CsvFile("l", "a,b\n1,x\n").CsvFile("r", "c\n1\n").Node(new Union { Id = "t", Name = "t", Inputs = ["l", "r"], IsDistinct = false }).Target("t");
        Assert.Contains("2 and 1", uneven.Run()!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Aggregate_has_every_function_under_sparks_names()
    {
        string[] functions = ["avg", "countDistinct", "count", "first", "last", "kurtosis", "max", "min", "skewness", "stddev_samp", "stddev_pop", "sum", "sumDistinct", "var_samp", "var_pop"];
        using var plan = new PlanHarness().Json("in", string.Join('\n', new[] { 2, 4, 4, 4, 5, 5, 7, 9 }.Select(x => $"{{\"g\":\"a\",\"x\":{x}}}")) + "\n{\"g\":\"a\",\"x\":null}")
            .Node(new Aggregate { Id = "t", Name = "t", Inputs = ["in"], Groups = [["g"]], Aggregates = [.. functions.Select(function => new AggregateField(["x"], function))] }).Target("t");
        var row = System.Text.Json.JsonDocument.Parse(Assert.Single(plan.Lines())).RootElement;
        var expected = new Dictionary<string, double>
        {
            ["avg(x)"] = 5, ["count(DISTINCT x)"] = 5, ["count(x)"] = 8, ["max(x)"] = 9, ["min(x)"] = 2, ["sum(x)"] = 40, ["sum(DISTINCT x)"] = 27,
            ["stddev_pop(x)"] = 2, ["var_pop(x)"] = 4, ["var_samp(x)"] = 32.0 / 7, ["stddev_samp(x)"] = Math.Sqrt(32.0 / 7), ["skewness(x)"] = 0.65625, ["kurtosis(x)"] = -0.21875,
        };
        foreach (var (name, value) in expected)
        {
            Assert.True(row.TryGetProperty(name, out var actual), $"{name} is not in {row}");
            Assert.Equal(value, actual.GetDouble(), 9);
        }

        Assert.Equal("bigint", plan.Written().Columns.Single(column => column.Name == "sum(x)").HiveType);
        Assert.Equal("double", plan.Written().Columns.Single(column => column.Name == "avg(x)").HiveType);
    }

    [Fact]
    public void Aggregate_of_few_values_and_without_groups_answers_as_spark()
    {
        using var plan = new PlanHarness().Json("in", """{"x":3}""")
            .Node(new Aggregate { Id = "t", Name = "t", Inputs = ["in"], Groups = [], Aggregates = [new(["x"], "skewness"), new(["x"], "stddev_samp"), new(["x"], "kurtosis"), new(["x"], "stddev_pop")] }).Target("t");
        Assert.Equal(["""{"stddev_pop(x)":0.0}"""], plan.Lines());
        using var text = Over("""{"s":"1.5"}""", new Aggregate { Id = "t", Name = "t", Groups = [], Aggregates = [new(["s"], "sum"), new(["s"], "max")] });
        Assert.Equal(["""{"sum(s)":1.5,"max(s)":"1.5"}"""], text.Lines());
        using var wrong = Over("""{"s":[1]}""", new Aggregate { Id = "t", Name = "t", Groups = [], Aggregates = [new(["s"], "sum")] });
        Assert.Contains("needs a number", wrong.Run()!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void DropDuplicates_looks_at_whole_rows_or_at_some_columns()
    {
        const string Rows = "{\"a\":1,\"b\":1}\n{\"a\":1,\"b\":1}\n{\"a\":1,\"b\":2}\n{\"a\":2,\"b\":1}";
        using var whole = Over(Rows, new DropDuplicates { Id = "t", Name = "t" });
        Assert.Equal(3, whole.Lines().Length);
        using var some = Over(Rows, new DropDuplicates { Id = "t", Name = "t", Columns = [["a"]] });
        Assert.Equal(2, some.Lines().Length);
    }

    [Fact]
    public void DropNullFields_drops_columns_that_are_null_throughout_by_the_texts_given()
    {
        const string Rows = "{\"a\":null,\"b\":\"\",\"c\":-1,\"d\":\"x\",\"e\":\"null\"}\n{\"a\":null,\"b\":null,\"c\":-1,\"d\":null,\"e\":null}";
        using var plain = Over(Rows, new DropNullFields { Id = "t", Name = "t" });
        plain.Lines();
        Assert.Equal(["b", "c", "d", "e"], plain.Written().Columns.Select(column => column.Name));
        using var more = Over(Rows, new DropNullFields { Id = "t", Name = "t", NullTexts = ["", "null", "-1"] });
        more.Lines();
        Assert.Equal(["d"], more.Written().Columns.Select(column => column.Name));
    }

    [Fact]
    public void FillMissingValues_fills_numbers_with_the_mean_and_texts_with_the_commonest()
    {
        const string Rows = "{\"n\":1,\"s\":\"a\"}\n{\"n\":4,\"s\":\"a\"}\n{\"n\":null,\"s\":\"\"}\n{\"n\":4,\"s\":\"b\"}";
        using var number = Over(Rows, new FillMissingValues { Id = "t", Name = "t", ImputedPath = "n", FilledPath = "n_filled" });
        Assert.Contains("""{"s":"","n_filled":3}""", number.Lines());
        using var text = Over(Rows, new FillMissingValues { Id = "t", Name = "t", ImputedPath = "s", FilledPath = "s" });
        Assert.Contains("""{"s":"a"}""", text.Lines());
    }

    [Fact]
    public void SplitFields_gives_a_collection_of_which_one_frame_is_selected()
    {
        foreach (var (index, expected) in new[] { (0, """{"a":1}"""), (1, """{"b":2,"c":3}""") })
        {
            using var plan = new PlanHarness().Json("in", """{"a":1,"b":2,"c":3}""").Node(new SplitFields { Id = "s", Name = "s", Inputs = ["in"], Paths = [["a"]] })
                .Node(new SelectFromCollection { Id = "t", Name = "t", Inputs = ["s"], Index = index }).Target("t");
            Assert.Equal([expected], plan.Lines());
        }
    }

    [Fact]
    public void Spigot_writes_a_sample_and_passes_everything_on()
    {
        var rows = string.Join('\n', Enumerable.Range(0, 50).Select(i => $"{{\"i\":{i}}}"));
        using var plan = new PlanHarness().Json("in", rows).Node(new Spigot { Id = "s", Name = "s", Inputs = ["in"], Path = "s3://b/p", RowsMax = 7 }).SpigotOutput("s").Target("s");
        Assert.Equal(50, plan.Lines().Length);
        Assert.Equal(7, plan.Lines("s").Length);
    }

    [Fact]
    public void SparkSql_queries_its_inputs_by_their_aliases()
    {
        using var plan = new PlanHarness().Json("l", "{\"id\":1,\"Name\":\"a\"}\n{\"id\":2,\"Name\":\"b\"}").CsvFile("r", "id,n\n1,7\n1,2\n")
            .Node(new SparkSql { Id = "t", Name = "t", Inputs = ["l", "r"], Aliases = new Dictionary<string, string> { ["l"] = "people", ["r"] = "numbers" }, Query = "SELECT `name`, count(*) AS c, sum(CAST(n AS int)) / 2 AS half FROM people p JOIN numbers ON cast(numbers.id AS bigint) = p.id WHERE name != \"z\" GROUP BY name" })
            .Target("t");
        Assert.Equal(["""{"name":"a","c":2,"half":4.5}"""], plan.Lines());
        using var wrong = new PlanHarness().Json("l", "{\"id\":1}").Node(new SparkSql { Id = "t", Name = "t", Inputs = ["l"], Aliases = new Dictionary<string, string> { ["l"] = "people" }, Query = "SELECT nothing FROM people" }).Target("t");
        Assert.Equal("COLUMN_NOT_FOUND: line 1:8: Column 'nothing' cannot be resolved", wrong.Run()!.Message);
    }

    [Fact]
    public void A_table_without_files_has_columns_and_no_rows_and_writes_nothing()
    {
        var table = new NodeInput { Files = [], PartitionColumns = [new TableColumn("day", "date")], Table = new TableFormat("parquet", [new TableColumn("a", "array<int>")], null, SkipsHeaderLine: false) };
        using var plan = new PlanHarness().Source(new CatalogTableSource { Id = "in", Name = "in", Database = "d", Table = "t" }, table).Target("in");
        Assert.Empty(plan.Lines());
        Assert.Equal(["a array<int>", "day date"], plan.Written().Columns.Select(column => $"{column.Name} {column.HiveType}"));
    }
}
