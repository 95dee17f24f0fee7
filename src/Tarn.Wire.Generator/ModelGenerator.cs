using System.IO;
using Microsoft.CodeAnalysis;
using Tarn.Wire.Generator.Emit;
using Tarn.Wire.Generator.Model;

namespace Tarn.Wire.Generator;

/// <summary>
/// Turns models/&lt;service&gt;.json, given to the compiler as additional files, into the shapes, codecs, validation and operation
/// table of the service, in the namespace <c>Tarn.Api.&lt;Service&gt;</c>. One model file is one unit of incremental work.
/// </summary>
[Generator(LanguageNames.CSharp)]
public sealed class ModelGenerator : IIncrementalGenerator
{
    private const string RootNamespace = "Tarn.Api";

    private static readonly DiagnosticDescriptor UnreadableModel = new DiagnosticDescriptor(
        "TARN001", "Unreadable service model", "{0}: {1}", "Tarn.Models", DiagnosticSeverity.Error, isEnabledByDefault: true);

    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var models = context.AdditionalTextsProvider
            .Where(file => file.Path.EndsWith(".json", System.StringComparison.Ordinal))
            .Select((file, cancellationToken) => (Name: Path.GetFileName(file.Path), Json: file.GetText(cancellationToken)?.ToString() ?? ""));
        context.RegisterSourceOutput(models, (output, model) => Generate(output, model.Name, model.Json));
    }

    private static void Generate(SourceProductionContext output, string fileName, string json)
    {
        ApiModel model;
        try
        {
            model = ApiModel.Parse(json);
        }
        catch (System.Exception exception) when (exception is System.FormatException or System.NullReferenceException
            or System.Collections.Generic.KeyNotFoundException)
        {
            output.ReportDiagnostic(Diagnostic.Create(UnreadableModel, Location.None, fileName, exception.Message));
            return;
        }

        var name = model.PascalName;
        var @namespace = RootNamespace + "." + name;
        output.AddSource($"{name}Model.g.cs", OperationEmitter.Emit(model, @namespace));
        output.AddSource($"{name}Shapes.g.cs", ShapeEmitter.Structures(model, @namespace));
        output.AddSource($"{name}Enums.g.cs", ShapeEmitter.Enums(model, @namespace));
        output.AddSource($"{name}Schemas.g.cs", SchemaEmitter.Schemas(model, @namespace));
        output.AddSource($"{name}Constraints.g.cs", SchemaEmitter.Constraints(model, @namespace));
        output.AddSource($"{name}Codec.g.cs", CodecEmitter.Emit(model, @namespace));
        output.AddSource($"{name}Validation.g.cs", ValidationEmitter.Emit(model, @namespace));
    }
}
