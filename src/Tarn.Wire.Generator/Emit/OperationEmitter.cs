using System.Linq;
using Tarn.Wire.Generator.Model;

namespace Tarn.Wire.Generator.Emit;

/// <summary><c>XxxModel</c>: the service, and one <c>Operation</c> or <c>EventStreamOperation</c> per operation of the model.</summary>
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
            var kind = operation.EventStream is null ? "Operation" : "EventStreamOperation";
            var exceptions = operation.EventStream is { } events
                ? $", [{string.Join(", ", events.Exceptions.Select(member => Names.Literal(member.Name)))}]"
                : "";
            var type = $"global::Tarn.Wire.Dispatch.{kind}<{InputType(operation)}, {OutputType(operation)}>";
            source.Line($"public static {type} {operation.Name} => field ??= new({Names.Literal(operation.Name)}{exceptions});");
        }

        return source.Close().ToString();
    }

    public static string InputType(ApiOperation operation) => operation.Input is { } shape ? Names.Pascal(shape.Name) : operation.Name + "Input";

    public static string OutputType(ApiOperation operation) => operation.Output is { } shape ? Names.Pascal(shape.Name) : operation.Name + "Output";

    private static void Service(Source source, ApiModel model)
    {
        string Fact(string name) => Names.Literal(model.Metadata[name]?.Text);
        var fullName = Names.Literal(model.Metadata["serviceFullName"]?.Text ?? model.Name);
        source.Open("public static global::Tarn.Wire.Dispatch.ServiceModel Service => field ??= new()");
        source.Line($"Name = {Names.Literal(model.Name)}, FullName = {fullName}, SigningName = {Fact("signingName")}, ApiVersion = {Fact("apiVersion")},");
        source.Line($"Protocol = {Fact("protocol")}, JsonVersion = {Fact("jsonVersion")}, TargetPrefix = {Fact("targetPrefix")}, XmlNamespace = {Fact("xmlNamespace")},");
        source.Line("Operations =").Line("[");
        foreach (var operation in model.Operations)
        {
            source.Line($"    new({Names.Literal(operation.Name)}{Http(model, operation)},");
        }

        source.Line("],").Close(";");
        source.Line("");
    }

    /// <summary>The rest of an operation's constructor call; only REST protocols tell operations apart by HTTP.</summary>
    private static string Http(ApiModel model, ApiOperation operation)
    {
        if (!model.Protocol.StartsWith("rest-", System.StringComparison.Ordinal))
        {
            return ")";
        }

        var query = Required(operation, "querystring");
        var headers = Required(operation, "header");
        var requirements = (query.Length, headers.Length) switch
        {
            (0, 0) => "",
            (_, 0) => $" {{ RequiredQuery = [{query}] }}",
            (0, _) => $" {{ RequiredHeaders = [{headers}] }}",
            _ => $" {{ RequiredQuery = [{query}], RequiredHeaders = [{headers}] }}",
        };
        return $", {Names.Literal(operation.Method)}, {Names.Literal(operation.Uri)}, {operation.StatusCode}){requirements}";
    }

    private static string Required(ApiOperation operation, string location) => string.Join(", ",
        (operation.Input?.Members ?? new ApiMember[0])
            .Where(member => member.IsRequired && member.Location == location)
            .Select(member => Names.Literal(member.LocationName ?? member.Name)));
}
