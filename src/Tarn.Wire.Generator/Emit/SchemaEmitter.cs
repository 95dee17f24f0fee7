using System.Collections.Generic;
using System.Linq;
using Tarn.Wire.Generator.Json;
using Tarn.Wire.Generator.Model;

namespace Tarn.Wire.Generator.Emit;

/// <summary>
/// The facts that protocols need at run time: a <c>StructureSchema</c> per structure, a <c>CollectionSchema</c> per collection with
/// names of its own, a <c>ShapeConstraint</c> per constrained shape. All are properties that make their value on first use.
/// </summary>
internal static class SchemaEmitter
{
    private const string Shapes = "global::Tarn.Wire.Shapes.";

    public static string Schemas(ApiModel model, string @namespace)
    {
        var source = new Source(@namespace);
        source.Open($"internal static class {model.PascalName}Schemas");
        foreach (var shape in model.UsedShapes)
        {
            if (shape.IsStructure)
            {
                Structure(source, model, shape);
            }
            else if (CollectionProperties(shape) is { Length: > 0 } properties)
            {
                source.Line($"public static {Shapes}CollectionSchema {Names.Pascal(shape.Name)} => field ??= new() {{ {properties} }};");
            }
        }

        foreach (var operation in model.Operations)
        {
            EmptyShape(source, operation.Input, operation.Name + "Input");
            EmptyShape(source, operation.Output, operation.Name + "Output");
        }

        return source.Close().ToString();
    }

    public static string Constraints(ApiModel model, string @namespace)
    {
        var source = new Source(@namespace);
        source.Open($"internal static class {model.PascalName}Constraints");
        foreach (var shape in model.UsedShapes)
        {
            if (shape.InInput && HasConstraint(shape))
            {
                source.Line($"public static global::Tarn.Wire.Validation.ShapeConstraint {Names.Pascal(shape.Name)} => field ??= new() {{ {ConstraintProperties(shape)} }};");
            }
        }

        return source.Close().ToString();
    }

    /// <summary>Whether the shape itself, not what is below it, restricts its values.</summary>
    public static bool HasConstraint(ApiShape shape) => shape.Type switch
    {
        "structure" or "boolean" or "timestamp" => false,
        _ => shape.Min is not null || shape.Max is not null || shape.Pattern is not null || shape.IsEnum,
    };

    /// <summary>The expression for the names of a list or map.</summary>
    public static string Collection(ApiModel model, ApiShape shape) => CollectionProperties(shape).Length > 0
        ? $"{model.PascalName}Schemas.{Names.Pascal(shape.Name)}"
        : $"{Shapes}CollectionSchema.Default";

    private static void Structure(Source source, ApiModel model, ApiShape shape)
    {
        var members = string.Join(", ", shape.Members.Select(member => Member(model, shape, member)));
        var properties = Properties(
            ("XmlName", shape.Source["locationName"]?.Text),
            ("XmlNamespace", shape.Source["xmlNamespace"]?["uri"]?.Text ?? shape.Source["xmlNamespace"]?.Text),
            ("XmlPrefix", shape.Source["xmlNamespace"]?["prefix"]?.Text));
        var arguments = Names.Literal(shape.Name) + (members.Length > 0 ? $", [{members}]" : "");
        var initialiser = properties.Length > 0 ? $" {{ {properties} }}" : "";
        source.Line($"public static {Shapes}StructureSchema {Names.Pascal(shape.Name)} => field ??= new({arguments}){initialiser};");
    }

    private static void EmptyShape(Source source, ApiShape? shape, string name)
    {
        if (shape is null)
        {
            source.Line($"public static {Shapes}StructureSchema {name} => field ??= new({Names.Literal(name)});");
        }
    }

    private static string Member(ApiModel model, ApiShape structure, ApiMember member)
    {
        var traits = new List<string>();
        void Trait(bool isSet, string name)
        {
            if (isSet)
            {
                traits.Add($"{Shapes}MemberTraits.{name}");
            }
        }

        Trait(member.IsRequired, "Required");
        Trait(member.IsXmlAttribute, "XmlAttribute");
        Trait(member.IsFlattened && model.Protocol != "json", "Flattened");
        Trait(member.Shape.Source["sensitive"]?.IsTrue == true, "Sensitive");
        Trait(member.IsJsonValue, "JsonValue");
        Trait(member.IsStreaming, "Streaming");
        Trait(member.Location == "querystring" && member.Shape.Type == "map", "QueryMap");
        var properties = new List<string>();
        if (Location(structure, member) is { } location)
        {
            properties.Add($"Location = {Shapes}MemberLocation.{location}");
        }

        var strings = Properties(
            ("WireName", WireName(model, structure, member)),
            ("XmlNamespace", member.Source["xmlNamespace"]?["uri"]?.Text ?? member.Source["xmlNamespace"]?.Text),
            ("XmlPrefix", member.Source["xmlNamespace"]?["prefix"]?.Text));
        if (strings.Length > 0)
        {
            properties.Add(strings);
        }

        var arguments = Names.Literal(member.Name) + (traits.Count > 0 ? ", " + string.Join(" | ", traits) : "");
        return $"new({arguments})" + (properties.Count > 0 ? $" {{ {string.Join(", ", properties)} }}" : "");
    }

    /// <summary>
    /// Null where it is the name of the member. A payload's name is the root of the document: in S3's model it is the member's, in others
    /// the shape's, unless the member was given one of its own.
    /// </summary>
    private static string? WireName(ApiModel model, ApiShape structure, ApiMember member)
    {
        var given = member.LocationName;
        if (Location(structure, member) != "Payload" || (given is not null && (model.Name == "s3" || given != member.Name)))
        {
            return given;
        }

        return member.Shape.Source["locationName"]?.Text ?? member.Shape.Name;
    }

    private static string? Location(ApiShape structure, ApiMember member) => member.Location switch
    {
        "header" => "Header",
        "headers" => "PrefixHeaders",
        "uri" => "Uri",
        "querystring" => "Query",
        "statusCode" => "StatusCode",
        _ when structure.Source["payload"]?.Text != member.Name => null,
        _ => member.Shape.Type is "structure" or "list" or "map" && !member.Shape.IsEventStream ? "Payload" : "RawPayload",
    };

    private static string CollectionProperties(ApiShape shape)
    {
        static string? Namespace(ApiMember? member) => member?.Source["xmlNamespace"]?["uri"]?.Text ?? member?.Source["xmlNamespace"]?.Text;

        return shape.Type switch
        {
            "list" => Properties(
                ("ItemName", shape.Element!.LocationName),
                ("XmlNamespace", Namespace(shape.Element)),
                ("XmlPrefix", shape.Element.Source["xmlNamespace"]?["prefix"]?.Text)),
            "map" => Properties(
                ("KeyName", shape.Key!.LocationName),
                ("ValueName", shape.Element!.LocationName),
                ("KeyNamespace", Namespace(shape.Key)),
                ("ValueNamespace", Namespace(shape.Element))),
            _ => "",
        };
    }

    private static string ConstraintProperties(ApiShape shape)
    {
        var properties = new List<string>();
        if (Whole(shape.Min) is { } min)
        {
            properties.Add($"Min = {min}L");
        }

        if (Whole(shape.Max) is { } max)
        {
            properties.Add($"Max = {max}L");
        }

        if (shape.Pattern is { } pattern)
        {
            properties.Add($"Pattern = {Names.Literal(pattern)}");
        }

        if (shape.IsEnum)
        {
            properties.Add($"Enum = [{string.Join(", ", shape.Enum.Select(Names.Literal))}]");
        }

        if (shape.Source["sensitive"]?.IsTrue == true)
        {
            properties.Add("IsSensitive = true");
        }

        return string.Join(", ", properties);
    }

    /// <summary>Bounds of doubles are written <c>0.0</c>. None has a fraction: one that had would not compile as a long, and so be noticed.</summary>
    private static string? Whole(string? number) => number is not null && number.EndsWith(".0", System.StringComparison.Ordinal)
        ? number.Substring(0, number.Length - 2)
        : number;

    private static string Properties(params (string Name, string? Value)[] properties) =>
        string.Join(", ", properties.Where(property => property.Value is not null).Select(property => $"{property.Name} = {Names.Literal(property.Value)}"));
}
