using System.Collections.Generic;
using Tarn.Wire.Generator.Model;

namespace Tarn.Wire.Generator.Emit;

/// <summary>The classes that services work with: one per structure, and one with constants per enum.</summary>
internal static class ShapeEmitter
{
    public static string Structures(ApiModel model, string @namespace)
    {
        var source = new Source(@namespace);
        foreach (var shape in model.UsedShapes)
        {
            if (shape.IsStructure)
            {
                Structure(source, model, shape);
            }
        }

        foreach (var operation in model.Operations)
        {
            EmptyShape(source, operation.Input, operation.Name + "Input", "IInputShape");
            EmptyShape(source, operation.Output, operation.Name + "Output", "IOutputShape");
        }

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

    private static void Structure(Source source, ApiModel model, ApiShape shape)
    {
        source.Line($"/// <summary>The shape <c>{shape.Name}</c> of {model.PascalName}.</summary>");
        source.Open($"public sealed class {Names.Pascal(shape.Name)}");
        foreach (var member in shape.Members)
        {
            var field = Names.Field(member);
            source.Line($"internal {Names.NullableType(member)} {field};");
            source.Line($"public {Names.NullableType(member)} {Names.Property(shape, member)} {{ get => {field}; init => {field} = value; }}");
        }

        source.Close();
    }

    /// <summary>Where the model gives an operation no input or no output, a class without members stands for it.</summary>
    private static void EmptyShape(Source source, ApiShape? shape, string name, string role)
    {
        if (shape is null)
        {
            source.Line($"/// <summary>The model has no such shape; nothing is {(role == "IInputShape" ? "read" : "written")}.</summary>");
            source.Line($"public sealed class {name};");
        }
    }
}
