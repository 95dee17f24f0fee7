using System.Globalization;
using System.Text.Json;
using System.Text.Encodings.Web;
using Tarn.Worker.Plans;

namespace Tarn.Glue.Jobs.Scripts;

/// <summary>The Python of one node.</summary>
internal static class ScriptNode
{
    private static readonly JsonSerializerOptions Text = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Title(PlanNode node) => $"{node.GetType().Name}: {node.Name.ReplaceLineEndings(" ")}";

    public static string Write(PlanNode node, string name, IReadOnlyList<string> inputs) => node switch
    {
        CsvSource csv => Options(csv, name, "csv", Csv(csv.Format)),
        JsonSource json => Options(json, name, "json", json.RecordPath.Count == 0 ? "{}" : $"{{\"jsonPath\": {Str("$." + string.Join('.', json.RecordPath) + "[*]")}}}"),
        ParquetSource parquet => Options(parquet, name, "parquet", "{}"),
        CatalogTableSource table =>
            $"{name} = glueContext.create_dynamic_frame.from_catalog(\n    database={Str(table.Database)},\n    table_name={Str(table.Table)},\n"
            + (table.PartitionPredicate is { } predicate ? $"    push_down_predicate={Str(predicate)},\n" : "") + $"    transformation_ctx={Str(name)},\n)",
        ApplyMapping mapping => $"{name} = ApplyMapping.apply(\n    frame={inputs[0]},\n    mappings=[\n{string.Concat(Mappings(mapping.Mappings, "").Select(line => $"        {line},\n"))}    ],\n    transformation_ctx={Str(name)},\n)",
        SelectFields select => $"{name} = SelectFields.apply(\n    frame={inputs[0]},\n    paths={Paths(select.Paths)},\n    transformation_ctx={Str(name)},\n)",
        DropFields drop => $"{name} = DropFields.apply(\n    frame={inputs[0]},\n    paths={Paths(drop.Paths)},\n    transformation_ctx={Str(name)},\n)",
        RenameField rename => $"{name} = RenameField.apply(\n    frame={inputs[0]},\n    old_name={Str(Dotted(rename.SourcePath))},\n    new_name={Str(string.Join('.', rename.TargetPath))},\n    transformation_ctx={Str(name)},\n)",
        Filter filter => $"{name} = Filter.apply(\n    frame={inputs[0]},\n    f=lambda row: ({string.Join(filter.IsAnd ? " and " : " or ", filter.Conditions.Select(Condition))}),\n    transformation_ctx={Str(name)},\n)",
        Join join => WriteJoin(join, name, inputs),
        Union union =>
            $"{inputs[0]}.toDF().createOrReplaceTempView(\"source1\")\n{inputs[1]}.toDF().createOrReplaceTempView(\"source2\")\n"
            + $"{name} = DynamicFrame.fromDF(\n    spark.sql(\"(select * from source1) UNION {(union.IsDistinct ? "DISTINCT" : "ALL")} (select * from source2)\"),\n    glueContext,\n    {Str(name)},\n)",
        Aggregate aggregate =>
            $"{name} = DynamicFrame.fromDF(\n    {inputs[0]}.toDF().groupBy({string.Join(", ", aggregate.Groups.Select(path => Str(Dotted(path))))}).agg(\n"
            + string.Concat(aggregate.Aggregates.Select(field => $"        SqlFuncs.{field.Function}({Str(Dotted(field.Path))}),\n")) + $"    ),\n    glueContext,\n    {Str(name)},\n)",
        DropDuplicates duplicates => $"{name} = DynamicFrame.fromDF(\n    {inputs[0]}.toDF().dropDuplicates({(duplicates.Columns.Count == 0 ? "" : StrList(duplicates.Columns.Select(Dotted)))}),\n    glueContext,\n    {Str(name)},\n)",
        DropNullFields nulls =>
            $"{name}_df = {inputs[0]}.toDF()\n{name}_kept = [\n    column for column in {name}_df.columns\n    if {name}_df.filter(SqlFuncs.col(column).isNotNull() & ~SqlFuncs.col(column).cast(\"string\").isin({StrList(nulls.NullTexts)})).limit(1).count() > 0\n]\n"
            + $"{name} = DynamicFrame.fromDF({name}_df.select({name}_kept), glueContext, {Str(name)})",
        FillMissingValues fill =>
            "# Filled by rule: the mean of a number, the most frequent value of anything else.\n"
            + $"{name}_df = {inputs[0]}.toDF()\n{name}_fill = {name}_df.select(SqlFuncs.mode({Str(fill.ImputedPath)})).first()[0]\n"
            + $"{name} = DynamicFrame.fromDF(\n    {name}_df.withColumn({Str(fill.FilledPath)}, SqlFuncs.coalesce(SqlFuncs.col({Str(fill.ImputedPath)}), SqlFuncs.lit({name}_fill))),\n    glueContext,\n    {Str(name)},\n)",
        SparkSql sql => string.Concat(sql.Aliases.Select(alias => $"{inputs[sql.Inputs.ToList().IndexOf(alias.Key)]}.toDF().createOrReplaceTempView({Str(alias.Value)})\n"))
            + $"{name} = DynamicFrame.fromDF(spark.sql({Str(sql.Query)}), glueContext, {Str(name)})",
        SplitFields split => $"{name} = SplitFields.apply(\n    frame={inputs[0]},\n    paths={Paths(split.Paths)},\n    name1={Str(name + "0")},\n    name2={Str(name + "1")},\n    transformation_ctx={Str(name)},\n)",
        SelectFromCollection collection => $"{name} = SelectFromCollection.apply(\n    dfc={inputs[0]},\n    key=list({inputs[0]}.keys())[{collection.Index}],\n    transformation_ctx={Str(name)},\n)",
        Spigot spigot => $"{name} = Spigot.apply(\n    frame={inputs[0]},\n    path={Str(spigot.Path)},\n    options={{\"topk\": {spigot.RowsMax}, \"prob\": {spigot.Probability.ToString(CultureInfo.InvariantCulture)}}},\n    transformation_ctx={Str(name)},\n)",
        FolderTarget target => WriteTarget(target, name, inputs[0]),
        CatalogTableTarget target =>
            $"{name} = glueContext.write_dynamic_frame.from_catalog(\n    frame={inputs[0]},\n    database={Str(target.Database)},\n    table_name={Str(target.Table)},\n    additional_options={{{Update(target.UpdatesCatalog, target.IsLogOnly)}\"partitionKeys\": {StrList(target.PartitionKeys)}}},\n    transformation_ctx={Str(name)},\n)",
        _ => throw new NotSupportedException($"{node.GetType().Name} has no script."),
    };

    private static string Options(FileSource node, string name, string format, string formatOptions) =>
        $"{name} = glueContext.create_dynamic_frame.from_options(\n    connection_type=\"s3\",\n    connection_options={{\"paths\": {StrList(node.Paths)}, \"recurse\": {(node.IsRecursive ? "True" : "False")}"
        + (node.Exclusions.Count > 0 ? $", \"exclusions\": {Str(StrList(node.Exclusions))}" : "") + (node.Compression is { } compression ? $", \"compressionType\": {Str(compression)}" : "")
        + $"}},\n    format={Str(format)},\n    format_options={formatOptions},\n    transformation_ctx={Str(name)},\n)";

    private static string Csv(CsvFormat format) =>
        $"{{\"separator\": {Str(format.Separator)}, \"quoteChar\": {(format.Quote is { } quote ? Str(quote) : "-1")}, \"withHeader\": {Bool(format.HasHeader)}, \"multiLine\": {Bool(format.IsMultiline)}"
        + (format.SkipsFirstLine ? ", \"skipFirst\": True" : "") + (format.Escape is { } escape ? $", \"escaper\": {Str(escape)}" : "") + "}";

    private static IEnumerable<string> Mappings(IEnumerable<FieldMapping> mappings, string parent) => mappings.Where(mapping => !mapping.IsDropped).SelectMany(mapping =>
    {
        var target = parent + (mapping.ToKey ?? mapping.FromPath[^1]);
        return mapping.Children.Count > 0
            ? Mappings(mapping.Children, target + ".")
            : [$"({Str(Dotted(mapping.FromPath))}, {Str(mapping.FromType ?? "string")}, {Str(target)}, {Str(mapping.ToType ?? mapping.FromType ?? "string")})"];
    });

    private static string Condition(FilterCondition condition)
    {
        var operands = condition.Operands.Select(operand => operand.IsColumn ? $"row{string.Concat(operand.Value.Select(part => $"[{Str(part)}]"))}" : Constant(operand.Value[0])).ToList();
        var test = condition.Operation switch
        {
            "REGEX" => $"bool(re.match({operands[1]}, {operands[0]}))",
            "ISNULL" => $"{operands[0]} is None",
            "EQ" => $"{operands[0]} == {operands[1]}",
            "LT" => $"{operands[0]} < {operands[1]}",
            "GT" => $"{operands[0]} > {operands[1]}",
            "LTE" => $"{operands[0]} <= {operands[1]}",
            _ => $"{operands[0]} >= {operands[1]}",
        };
        return condition.IsNegated ? $"not ({test})" : $"({test})";
    }

    private static string Constant(string value) => double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out _) ? value : Str(value);

    private static string WriteJoin(Join join, string name, IReadOnlyList<string> inputs)
    {
        if (join.JoinType == "equijoin")
        {
            return $"{name} = Join.apply(\n    frame1={inputs[0]},\n    frame2={inputs[1]},\n    keys1={Paths(join.LeftKeys)},\n    keys2={Paths(join.RightKeys)},\n    transformation_ctx={Str(name)},\n)";
        }

        var on = join.LeftKeys.Zip(join.RightKeys, (left, right) => $"({name}_left[{Str(Dotted(left))}] == {name}_right[{Str(Dotted(right))}])");
        return $"{name}_left = {inputs[0]}.toDF()\n{name}_right = {inputs[1]}.toDF()\n"
            + $"{name} = DynamicFrame.fromDF(\n    {name}_left.join({name}_right, {string.Join(" & ", on)}, {Str(join.JoinType)}),\n    glueContext,\n    {Str(name)},\n)";
    }

    private static string WriteTarget(FolderTarget target, string name, string input)
    {
        if (target.Update is null && !target.IsGlueParquet)
        {
            return $"{name} = glueContext.write_dynamic_frame.from_options(\n    frame={input},\n    connection_type=\"s3\",\n    format={Str(target.Format)},\n"
                + $"    connection_options={{\"path\": {Str(target.Path)}, \"partitionKeys\": {StrList(target.PartitionKeys)}}},\n"
                + (target.Compression is { } codec ? $"    format_options={{\"compression\": {Str(codec)}}},\n" : "") + $"    transformation_ctx={Str(name)},\n)";
        }

        var sink = $"{name} = glueContext.getSink(\n    path={Str(target.Path)},\n    connection_type=\"s3\",\n    partitionKeys={StrList(target.PartitionKeys)},\n"
            + (target.Update is { } update ? $"    enableUpdateCatalog=True,\n    updateBehavior={Str(update.IsLogOnly ? "LOG" : "UPDATE_IN_DATABASE")},\n" : "")
            + (target.Compression is { } compression ? $"    compression={Str(compression)},\n" : "") + $"    transformation_ctx={Str(name)},\n)\n";
        return sink
            + (target.Update is { } catalog ? $"{name}.setCatalogInfo(catalogDatabase={Str(catalog.Database)}, catalogTableName={Str(catalog.Table)})\n" : "")
            + $"{name}.setFormat({Str(target.Format == "parquet" ? "glueparquet" : target.Format)})\n{name}.writeFrame({input})";
    }

    private static string Update(bool updates, bool isLogOnly) => updates ? $"\"enableUpdateCatalog\": True, \"updateBehavior\": {Str(isLogOnly ? "LOG" : "UPDATE_IN_DATABASE")}, " : "";

    private static string Dotted(IReadOnlyList<string> path) => path.Count == 1 ? path[0] : string.Join('.', path.Select(part => part.Contains('.', StringComparison.Ordinal) ? $"`{part}`" : part));

    private static string Paths(IEnumerable<IReadOnlyList<string>> paths) => StrList(paths.Select(Dotted));

    private static string StrList(IEnumerable<string> values) => $"[{string.Join(", ", values.Select(Str))}]";

    private static string Bool(bool value) => value ? "True" : "False";

    /// <summary>A Python string literal: JSON's escapes are Python's.</summary>
    private static string Str(string value) => JsonSerializer.Serialize(value, Text);
}
