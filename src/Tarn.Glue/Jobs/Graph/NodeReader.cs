using Tarn.Api.Glue;
using Plan = Tarn.Worker.Plans;

namespace Tarn.Glue.Jobs.Graph;

/// <summary>Nodes of the API as nodes of a plan.</summary>
internal static class NodeReader
{
    /// <summary>Null for a kind that is not built.</summary>
    public static Plan.PlanNode? Read(string id, CodeGenConfigurationNode node) => node switch
    {
        { S3CsvSource: { } n } => SourceReader.Csv(id, n),
        { S3JsonSource: { } n } => SourceReader.Json(id, n),
        { S3ParquetSource: { } n } => SourceReader.Parquet(id, n),
        { CatalogSource: { } n } => new Plan.CatalogTableSource { Id = id, Name = n.Name!, Database = n.Database!, Table = n.Table!, PartitionPredicate = n.PartitionPredicate, IsS3 = false },
        { S3CatalogSource: { } n } => SourceReader.Catalog(id, n),
        { ApplyMapping: { } n } => new Plan.ApplyMapping { Id = id, Name = n.Name!, Inputs = n.Inputs!, Mappings = [.. n.Mapping!.Select(mapping => Mapping(id, mapping))] },
        { SelectFields: { } n } => new Plan.SelectFields { Id = id, Name = n.Name!, Inputs = n.Inputs!, Paths = Paths(id, n.Paths) },
        { DropFields: { } n } => new Plan.DropFields { Id = id, Name = n.Name!, Inputs = n.Inputs!, Paths = Paths(id, n.Paths) },
        { RenameField: { } n } => new Plan.RenameField { Id = id, Name = n.Name!, Inputs = n.Inputs!, SourcePath = Path(id, n.SourcePath), TargetPath = Path(id, n.TargetPath) },
        { Filter: { } n } => new Plan.Filter { Id = id, Name = n.Name!, Inputs = n.Inputs!, IsAnd = n.LogicalOperator == FilterLogicalOperator.AND, Conditions = [.. n.Filters!.Select(filter => Condition(id, filter))] },
        { Join: { } n } => Join(id, n),
        { Union: { } n } => new Plan.Union { Id = id, Name = n.Name!, Inputs = n.Inputs!, IsDistinct = n.UnionType == UnionType.DISTINCT },
        { Aggregate: { } n } => new Plan.Aggregate
        {
            Id = id, Name = n.Name!, Inputs = n.Inputs!, Groups = Paths(id, n.Groups),
            Aggregates = [.. n.Aggs!.Select(aggregate => new Plan.AggregateField(Path(id, aggregate.Column), aggregate.AggFunc!))],
        },
        { DropDuplicates: { } n } => new Plan.DropDuplicates { Id = id, Name = n.Name!, Inputs = n.Inputs!, Columns = Paths(id, n.Columns) },
        { DropNullFields: { } n } => new Plan.DropNullFields { Id = id, Name = n.Name!, Inputs = n.Inputs!, NullTexts = [.. NullTexts(n)] },
        { FillMissingValues: { } n } => new Plan.FillMissingValues { Id = id, Name = n.Name!, Inputs = n.Inputs!, ImputedPath = n.ImputedPath!, FilledPath = n.FilledPath ?? n.ImputedPath + "_filled" },
        { SparkSQL: { } n } => new Plan.SparkSql { Id = id, Name = n.Name!, Inputs = n.Inputs!, Query = n.SqlQuery!, Aliases = Aliases(id, n) },
        { SplitFields: { } n } => new Plan.SplitFields { Id = id, Name = n.Name!, Inputs = n.Inputs!, Paths = Paths(id, n.Paths) },
        { SelectFromCollection: { } n } => n.Index is 0 or 1
            ? new Plan.SelectFromCollection { Id = id, Name = n.Name!, Inputs = n.Inputs!, Index = n.Index.Value }
            : throw Invalid(id, $"a collection has the frames 0 and 1, not {n.Index}"),
        { Spigot: { } n } => new Plan.Spigot { Id = id, Name = n.Name!, Inputs = n.Inputs!, Path = n.Path!, RowsMax = n.Topk ?? 100, Probability = n.Prob ?? 1 },
        { S3DirectTarget: { } n } => TargetReader.Direct(id, n),
        { S3GlueParquetTarget: { } n } => TargetReader.GlueParquet(id, n),
        { S3CatalogTarget: { } n } => new Plan.CatalogTableTarget
        {
            Id = id, Name = n.Name!, Inputs = n.Inputs!, Database = n.Database!, Table = n.Table!, PartitionKeys = TargetReader.Keys(id, n.PartitionKeys), IsS3 = true,
            UpdatesCatalog = n.SchemaChangePolicy?.EnableUpdateCatalog == true, IsLogOnly = n.SchemaChangePolicy?.UpdateBehavior == UpdateCatalogBehavior.LOG,
        },
        { CatalogTarget: { } n } => new Plan.CatalogTableTarget
        {
            Id = id, Name = n.Name!, Inputs = n.Inputs!, Database = n.Database!, Table = n.Table!, PartitionKeys = TargetReader.Keys(id, n.PartitionKeys),
        },
        _ => null,
    };

    public static Exception Invalid(string id, string message) => GlueErrors.InvalidInput($"Node {id}: {message}.");

    public static IReadOnlyList<string> Path(string id, IReadOnlyList<string>? path) =>
        path is { Count: > 0 } && path.All(name => name.Length > 0) ? path : throw Invalid(id, "a path has no names");

    public static IReadOnlyList<IReadOnlyList<string>> Paths(string id, IEnumerable<IReadOnlyList<string>>? paths) => [.. (paths ?? []).Select(path => Path(id, path))];

    private static Plan.FieldMapping Mapping(string id, Mapping mapping)
    {
        IReadOnlyList<Plan.FieldMapping> children = [.. (mapping.Children ?? []).Select(child => Mapping(id, child))];
        if (children.Count > 0 && mapping.FromType is "array" or "map" && children.Any(child => !child.IsDropped))
        {
            throw Invalid(id, $"a mapping cannot reach inside the {mapping.FromType} {string.Join('.', mapping.FromPath ?? [])}");
        }

        return children.Count == 0 && mapping.FromPath is not { Count: > 0 }
            ? throw Invalid(id, "a mapping has no FromPath")
            : new Plan.FieldMapping(mapping.ToKey, mapping.FromPath ?? [], mapping.FromType, mapping.ToType, mapping.Dropped == true, children);
    }

    private static Plan.FilterCondition Condition(string id, FilterExpression filter) => new(
        filter.Operation!,
        filter.Negated == true,
        [.. filter.Values!.Select(value => new Plan.FilterOperand(
            value.Type == FilterValueType.COLUMNEXTRACTED,
            value.Type == FilterValueType.COLUMNEXTRACTED ? Path(id, value.Value) : value.Value is { Count: > 0 } constant ? constant : throw Invalid(id, "a constant has no value")))]);

    /// <summary>Keys come with the node that they are of; for a join of a node with itself their order tells.</summary>
    private static Plan.Join Join(string id, Join node)
    {
        var (left, right) = (node.Columns![0], node.Columns[1]);
        if (left.From != node.Inputs![0] && right.From == node.Inputs[0])
        {
            (left, right) = (right, left);
        }

        if (left.From != node.Inputs[0] || right.From != node.Inputs[1])
        {
            throw Invalid(id, $"the keys are of {left.From} and {right.From}, the inputs are {node.Inputs[0]} and {node.Inputs[1]}");
        }

        return left.Keys!.Count != right.Keys!.Count || left.Keys.Count == 0
            ? throw Invalid(id, $"the sides have {left.Keys.Count} and {right.Keys.Count} keys")
            : new Plan.Join { Id = id, Name = node.Name!, Inputs = node.Inputs, JoinType = node.JoinType!, LeftKeys = Paths(id, left.Keys), RightKeys = Paths(id, right.Keys) };
    }

    private static Dictionary<string, string> Aliases(string id, SparkSQL node)
    {
        var aliases = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var alias in node.SqlAliases!)
        {
            if (!node.Inputs!.Contains(alias.From) || !aliases.TryAdd(alias.From!, alias.Alias!))
            {
                throw Invalid(id, $"the alias {alias.Alias} is of {alias.From}, which is not an input or has an alias already");
            }
        }

        return aliases.Values.Distinct(StringComparer.OrdinalIgnoreCase).Count() == aliases.Count ? aliases : throw Invalid(id, "two inputs have the same alias");
    }

    private static IEnumerable<string> NullTexts(DropNullFields node)
    {
        if (node.NullCheckBoxList?.IsEmpty == true)
        {
            yield return "";
        }

        if (node.NullCheckBoxList?.IsNullString == true)
        {
            yield return "null";
        }

        if (node.NullCheckBoxList?.IsNegOne == true)
        {
            yield return "-1";
        }

        foreach (var value in node.NullTextList ?? [])
        {
            yield return value.Value!;
        }
    }
}
