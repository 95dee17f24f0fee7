using Tarn.Wire.Generator.Model;

namespace Tarn.Wire.Generator.Emit;

/// <summary><c>XxxModel</c>: the service, and one <c>Operation</c> per operation of the model.</summary>
internal static class OperationEmitter
{
    public static string Emit(ApiModel model, string @namespace)
    {
        var source = new Source(@namespace);
        source.Line($"/// <summary>{model.Metadata["serviceFullName"]?.Text ?? model.Name}: every operation of the model ({model.Metadata["source"]?.Text}), built or not.</summary>");
        source.Open($"public static class {model.PascalName}Model");
        Service(source, model);
        foreach (var operation in model.Operations)
        {
            var type = $"global::Tarn.Wire.Dispatch.Operation<{InputType(operation)}, {OutputType(operation)}>";
            source.Line($"public static {type} {operation.Name} => field ??= new({Names.Literal(operation.Name)});");
        }

        return source.Close().ToString();
    }

    public static string InputType(ApiOperation operation) => operation.Input is { } shape ? Names.Pascal(shape.Name) : operation.Name + "Input";

    public static string OutputType(ApiOperation operation) => operation.Output is { } shape ? Names.Pascal(shape.Name) : operation.Name + "Output";

    private static void Service(Source source, ApiModel model)
    {
        string Fact(string name) => Names.Literal(model.Metadata[name]?.Text);
        source.Line("public static global::Tarn.Wire.Dispatch.ServiceModel Service => field ??= new(");
        source.Line($"    {Names.Literal(model.Name)}, {Fact("signingName")}, {Fact("protocol")}, {Fact("targetPrefix")}, {Fact("xmlNamespace")},");
        source.Line("    [");
        foreach (var operation in model.Operations)
        {
            source.Line($"        {Names.Literal(operation.Name)},");
        }

        source.Line("    ]);");
        source.Line("");
    }
}
