using System.Collections.Generic;
using System.Linq;
using Tarn.Wire.Generator.Model;

namespace Tarn.Wire.Generator.Emit;

/// <summary>The classes that services work with: one per structure, and one with constants per enum.</summary>
internal static class ShapeEmitter
{
    private const string Shapes = "global::Tarn.Wire.Shapes.";

    public static string Structures(ApiModel model, string @namespace)
    {
        var source = new Source(@namespace);
        var inputs = new HashSet<ApiShape>(model.Operations.Select(operation => operation.Input).OfType<ApiShape>());
        var outputs = new HashSet<ApiShape>(model.Operations.Select(operation => operation.Output).OfType<ApiShape>());

        // Each event is a document of its own, as an output is.
        outputs.UnionWith(model.Operations.Select(operation => operation.EventStream).OfType<ApiShape>().SelectMany(stream => stream.Events).Select(member => member.Shape));
        foreach (var shape in model.UsedShapes.Where(shape => shape.IsStructure))
        {
            var name = Names.Pascal(shape.Name);
            source.Line($"/// <summary>The shape <c>{shape.Name}</c> of {model.PascalName}.</summary>");
            source.Open($"public sealed class {name}{Roles(name, inputs.Contains(shape), outputs.Contains(shape))}");
            Members(source, shape);
            if (inputs.Contains(shape))
            {
                InputRole(source, model, name, $"{model.PascalName}Codec.Read{name}(ref reader, shape)", ValidationEmitter.Call(model, shape));
            }

            if (outputs.Contains(shape))
            {
                OutputRole(source, model, name, $"{model.PascalName}Codec.Write{name}(ref writer, shape)");
            }

            source.Close();
        }

        EventStreams(source, model);
        EmptyShapes(source, model);
        return source.ToString();
    }

    public static string Enums(ApiModel model, string @namespace)
    {
        var source = new Source(@namespace);
        foreach (var shape in model.UsedShapes)
        {
            if (!shape.IsEnum)
            {
                continue;
            }

            source.Line($"/// <summary>Values of the enum <c>{shape.Name}</c>.</summary>");
            source.Open($"public static class {Names.Pascal(shape.Name)}");
            var taken = new HashSet<string> { Names.Pascal(shape.Name) };
            foreach (var value in shape.Enum)
            {
                source.Line($"public const string {Names.Constant(value, taken)} = {Names.Literal(value)};");
            }

            source.Close();
        }

        return source.ToString();
    }

    private static void Members(Source source, ApiShape shape)
    {
        foreach (var member in shape.Members.Where(member => !member.Shape.IsEventStream))
        {
            var field = Names.Field(member);
            source.Line($"internal {Names.NullableType(member)} {field};");
            source.Line($"public {Names.NullableType(member)} {Names.Property(shape, member)} {{ get => {field}; init => {field} = value; }}");
        }
    }

    /// <summary>An event stream is no value: its class names the events that may be sent.</summary>
    private static void EventStreams(Source source, ApiModel model)
    {
        foreach (var stream in model.Operations.Select(operation => operation.EventStream).OfType<ApiShape>().Distinct())
        {
            source.Line($"/// <summary>The events of <c>{stream.Name}</c>.</summary>");
            source.Open($"public static class {Names.Pascal(stream.Name)}");
            foreach (var member in stream.Events)
            {
                var type = $"global::Tarn.Wire.EventStreams.EventType<{Names.Pascal(member.Shape.Name)}>";
                source.Line($"public static {type} {Names.Pascal(member.Name)} => field ??= new({Names.Literal(member.Name)});");
            }

            source.Close();
        }
    }

    /// <summary>Where the model gives an operation no input or no output, a class without members stands for it.</summary>
    private static void EmptyShapes(Source source, ApiModel model)
    {
        foreach (var operation in model.Operations)
        {
            if (operation.Input is null)
            {
                var name = operation.Name + "Input";
                source.Line("/// <summary>The model has no such shape: nothing is read.</summary>");
                source.Open($"public sealed class {name}{Roles(name, isInput: true, isOutput: false)}");
                InputRole(source, model, name, $"global::Tarn.Wire.Shapes.EmptyShape.Read(ref reader, {model.PascalName}Schemas.{name})", ValidationEmitter.Call(model, null));
                source.Close();
            }

            if (operation.Output is null)
            {
                var name = operation.Name + "Output";
                source.Line("/// <summary>The model has no such shape: nothing is written.</summary>");
                source.Open($"public sealed class {name}{Roles(name, isInput: false, isOutput: true)}");
                OutputRole(source, model, name, $"global::Tarn.Wire.Shapes.EmptyShape.Write(ref writer, {model.PascalName}Schemas.{name})");
                source.Close();
            }
        }
    }

    private static string Roles(string name, bool isInput, bool isOutput)
    {
        var input = isInput ? $"{Shapes}IInputShape<{name}>" : "";
        var output = isOutput ? $"{Shapes}IOutputShape<{name}>" : "";
        var roles = string.Join(", ", new[] { input, output }.Where(role => role.Length > 0));
        return roles.Length > 0 ? " : " + roles : "";
    }

    private static void InputRole(Source source, ApiModel model, string name, string read, string validate)
    {
        var role = $"{Shapes}IInputShape<{name}>";
        source.Line($"static {Shapes}StructureSchema {role}.InputSchema => {model.PascalName}Schemas.{name};");
        source.Line($"static void {role}.Read<TReader>(ref TReader reader, {name} shape) => {read};");
        source.Line($"static void {role}.Validate(ref global::Tarn.Wire.Validation.ShapeValidator validator, {name} shape) => {validate};");
    }

    private static void OutputRole(Source source, ApiModel model, string name, string write)
    {
        var role = $"{Shapes}IOutputShape<{name}>";
        source.Line($"static {Shapes}StructureSchema {role}.OutputSchema => {model.PascalName}Schemas.{name};");
        source.Line($"static void {role}.Write<TWriter>(ref TWriter writer, {name} shape) => {write};");
    }
}
