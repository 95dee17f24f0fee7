using System.Collections.Generic;
using System.Linq;
using Tarn.Wire.Generator.Json;

namespace Tarn.Wire.Generator.Model;

/// <summary>A service as models/&lt;service&gt;.json describes it. The file format is botocore's with the prose removed.</summary>
internal sealed class ApiModel
{
    private ApiModel(JsonValue root)
    {
        Name = root["service"]!.Text!;
        Metadata = root["metadata"]!;
        Shapes = root["shapes"]!.Members.ToDictionary(shape => shape.Key, shape => new ApiShape(shape.Key, shape.Value));
        foreach (var shape in Shapes.Values)
        {
            shape.Link(Shapes);
        }

        Operations = root["operations"]!.Members.Select(operation => new ApiOperation(operation.Key, operation.Value, Shapes)).ToList();
        MarkUse();
    }

    public static ApiModel Parse(string json) => new ApiModel(JsonParser.Parse(json));

    /// <summary>The folder name, such as <c>glue</c>.</summary>
    public string Name { get; }

    public string PascalName => Names.Pascal(Name);

    public string Protocol => Metadata["protocol"]!.Text!;

    public JsonValue Metadata { get; }

    public IReadOnlyDictionary<string, ApiShape> Shapes { get; }

    public IReadOnlyList<ApiOperation> Operations { get; }

    /// <summary>The shapes that code is generated for, in the order of the model: those that an input or an output reaches.</summary>
    public IEnumerable<ApiShape> UsedShapes => Shapes.Values.Where(shape => shape.InInput || shape.InOutput);

    private void MarkUse()
    {
        foreach (var operation in Operations)
        {
            operation.Input?.MarkInput();
            operation.Output?.MarkOutput();
        }
    }
}

/// <summary>One operation.</summary>
internal sealed class ApiOperation
{
    public ApiOperation(string name, JsonValue source, IReadOnlyDictionary<string, ApiShape> shapes)
    {
        Name = name;
        Source = source;
        Input = Find(source["input"], shapes);
        Output = Find(source["output"], shapes);
    }

    public string Name { get; }

    public JsonValue Source { get; }

    /// <summary>Null where the model has none.</summary>
    public ApiShape? Input { get; }

    /// <summary>Null where the model has none.</summary>
    public ApiShape? Output { get; }

    /// <summary>The events that the operation answers with; null for most.</summary>
    public ApiShape? EventStream => Output?.Members.Select(member => member.Shape).FirstOrDefault(shape => shape.IsEventStream);

    public string Method => Source["http"]?["method"]?.Text ?? "POST";

    public string Uri => Source["http"]?["requestUri"]?.Text ?? "/";

    public int StatusCode => int.Parse(Source["http"]?["responseCode"]?.Text ?? "200", System.Globalization.CultureInfo.InvariantCulture);

    private static ApiShape? Find(JsonValue? reference, IReadOnlyDictionary<string, ApiShape> shapes) =>
        reference is null ? null : shapes[reference["shape"]!.Text!];
}
