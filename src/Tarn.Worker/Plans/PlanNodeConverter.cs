using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Tarn.Worker.Plans;

/// <summary>
/// Nodes with their kind as the property <c>kind</c>. The serialiser's own way to do this makes ready all kinds there are when it meets the first node,
/// which is a third of what a small run costs; this one makes ready those that are used.
/// </summary>
internal sealed class PlanNodeConverter : JsonConverter<PlanNode>
{
    private const string KindName = "kind";

    public override PlanNode Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        var kind = document.RootElement.GetProperty(KindName).GetString()!;
        return (PlanNode)document.RootElement.Deserialize(Info(kind))!;
    }

    public override void Write(Utf8JsonWriter writer, PlanNode value, JsonSerializerOptions options)
    {
        var kind = Kind(value);
        writer.WriteStartObject();
        writer.WriteString(KindName, kind);
        foreach (var property in JsonSerializer.SerializeToElement(value, Info(kind)).EnumerateObject())
        {
            property.WriteTo(writer);
        }

        writer.WriteEndObject();
    }

    /// <summary>The name of a node's kind: that of the API's node that it is read from.</summary>
    internal static string Kind(PlanNode node) => node switch
    {
        CsvSource => "S3CsvSource",
        JsonSource => "S3JsonSource",
        ParquetSource => "S3ParquetSource",
        CatalogTableSource => "CatalogSource",
        ApplyMapping => "ApplyMapping",
        SelectFields => "SelectFields",
        DropFields => "DropFields",
        RenameField => "RenameField",
        Filter => "Filter",
        Join => "Join",
        Union => "Union",
        Aggregate => "Aggregate",
        DropDuplicates => "DropDuplicates",
        DropNullFields => "DropNullFields",
        FillMissingValues => "FillMissingValues",
        SplitFields => "SplitFields",
        SelectFromCollection => "SelectFromCollection",
        Spigot => "Spigot",
        SparkSql => "SparkSQL",
        FolderTarget => "S3DirectTarget",
        CatalogTableTarget => "CatalogTarget",
        _ => throw new JsonException($"{node.GetType().Name} has no kind"),
    };

    internal static JsonTypeInfo Info(string kind) => kind switch
    {
        "S3CsvSource" => PlanJson.Default.CsvSource,
        "S3JsonSource" => PlanJson.Default.JsonSource,
        "S3ParquetSource" => PlanJson.Default.ParquetSource,
        "CatalogSource" => PlanJson.Default.CatalogTableSource,
        "ApplyMapping" => PlanJson.Default.ApplyMapping,
        "SelectFields" => PlanJson.Default.SelectFields,
        "DropFields" => PlanJson.Default.DropFields,
        "RenameField" => PlanJson.Default.RenameField,
        "Filter" => PlanJson.Default.Filter,
        "Join" => PlanJson.Default.Join,
        "Union" => PlanJson.Default.Union,
        "Aggregate" => PlanJson.Default.Aggregate,
        "DropDuplicates" => PlanJson.Default.DropDuplicates,
        "DropNullFields" => PlanJson.Default.DropNullFields,
        "FillMissingValues" => PlanJson.Default.FillMissingValues,
        "SplitFields" => PlanJson.Default.SplitFields,
        "SelectFromCollection" => PlanJson.Default.SelectFromCollection,
        "Spigot" => PlanJson.Default.Spigot,
        "SparkSQL" => PlanJson.Default.SparkSql,
        "S3DirectTarget" => PlanJson.Default.FolderTarget,
        "CatalogTarget" => PlanJson.Default.CatalogTableTarget,
        _ => throw new JsonException($"{kind} is no kind of node"),
    };
}
