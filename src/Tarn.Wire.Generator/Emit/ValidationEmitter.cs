using System.Linq;
using Tarn.Wire.Generator.Model;

namespace Tarn.Wire.Generator.Emit;

/// <summary><c>XxxValidation</c>: one routine per shape of an input that has something to check, in it or below it.</summary>
internal sealed class ValidationEmitter
{
    private const string Validator = "ref global::Tarn.Wire.Validation.ShapeValidator validator";

    private readonly ApiModel model;
    private readonly Source source;

    private ValidationEmitter(ApiModel model, string @namespace)
    {
        this.model = model;
        source = new Source(@namespace);
    }

    public static string Emit(ApiModel model, string @namespace)
    {
        var emitter = new ValidationEmitter(model, @namespace);
        emitter.source.Open($"internal static class {model.PascalName}Validation");
        foreach (var shape in model.UsedShapes.Where(shape => shape.InInput && shape.IsConstrained))
        {
            if (shape.IsStructure)
            {
                emitter.Structure(shape);
            }
            else if (shape.Type is "list" or "map")
            {
                emitter.Collection(shape);
            }
        }

        return emitter.source.Close().ToString();
    }

    /// <summary>The call that validates an operation's input; an empty statement where nothing can be wrong.</summary>
    public static string Call(ApiModel model, ApiShape? input) => input?.IsConstrained == true
        ? $"{model.PascalName}Validation.Validate{Names.Pascal(input.Name)}(ref validator, shape)"
        : "_ = shape";

    private void Structure(ApiShape shape)
    {
        source.Open($"public static void Validate{Names.Pascal(shape.Name)}({Validator}, {Names.Pascal(shape.Name)} shape)");
        source.Line($"var schema = {model.PascalName}Schemas.{Names.Pascal(shape.Name)};");
        for (var i = 0; i < shape.Members.Count; i++)
        {
            var member = shape.Members[i];
            var check = Check(member, i);
            var missing = $"validator.Missing(schema, {i});";
            var field = $"shape.{Names.Field(member)}";
            if (check is not null)
            {
                source.Line($"if ({field} is {{ }} m{i}) {check}{(member.IsRequired ? " else " + missing : "")}");
            }
            else if (member.IsRequired)
            {
                source.Line($"if ({field} is null) {missing}");
            }
        }

        source.Close();
    }

    /// <summary>Null where a value that is present cannot be wrong.</summary>
    private string? Check(ApiMember member, int index)
    {
        var shape = member.Shape;
        if (member.IsStreaming || !shape.IsConstrained || shape.IsDocument || shape.IsEventStream)
        {
            return null;
        }

        var value = "m" + index;
        var constraint = $"{model.PascalName}Constraints.{Names.Pascal(shape.Name)}";
        switch (shape.Type)
        {
            case "structure" or "list" or "map":
                return $"{{ validator.Enter(schema, {index}); Validate{Names.Pascal(shape.Name)}(ref validator, {value}); validator.Leave(); }}";
            case "integer" or "long" or "float" or "double":
                return $"{{ validator.Number(schema, {index}, {value}, {constraint}); }}";
            case "blob":
                return $"{{ validator.Bytes(schema, {index}, {value}, {constraint}); }}";
            case "string":
                return $"{{ validator.Text(schema, {index}, {value}, {constraint}); }}";
            default:
                return null;
        }
    }

    private void Collection(ApiShape shape)
    {
        var element = shape.Element!;
        var isMap = shape.Type == "map";
        var type = isMap ? $"IReadOnlyDictionary<string, {Names.Type(element)}>" : $"IReadOnlyList<{Names.Type(element)}>";
        source.Open($"public static void Validate{Names.Pascal(shape.Name)}({Validator}, global::System.Collections.Generic.{type} values)");
        if (SchemaEmitter.HasConstraint(shape))
        {
            source.Line($"validator.Count(values.Count, values, {model.PascalName}Constraints.{Names.Pascal(shape.Name)});");
        }

        if (isMap && SchemaEmitter.HasConstraint(shape.Key!.Shape))
        {
            source.Line($"validator.Keys(values, {model.PascalName}Constraints.{Names.Pascal(shape.Key.Shape.Name)});");
        }

        Elements(element.Shape, isMap);
        source.Close();
    }

    private void Elements(ApiShape element, bool isMap)
    {
        var name = Names.Pascal(element.Name);
        switch (element.Type)
        {
            case "string" when SchemaEmitter.HasConstraint(element):
                source.Line($"validator.{(isMap ? "Values" : "Elements")}(values, {model.PascalName}Constraints.{name});");
                break;
            case "integer" or "long" or "double" or "float" when SchemaEmitter.HasConstraint(element) && !isMap:
                source.Line($"foreach (var value in values) validator.NumberElement(value, {model.PascalName}Constraints.{name});");
                break;
            case "structure" or "list" or "map" when element.IsConstrained && !element.IsDocument:
                source.Line(isMap
                    ? $"foreach (var entry in values) {{ validator.EnterEntry(entry.Key); Validate{name}(ref validator, entry.Value); validator.Leave(); }}"
                    : $"for (var i = 0; i < values.Count; i++) {{ validator.EnterElement(i); Validate{name}(ref validator, values[i]); validator.Leave(); }}");
                break;
        }
    }
}
