using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;
using Tarn.Wire.Dispatch;
using Tarn.Wire.Generator;

namespace Tarn.Wire.Tests.Protocols;

/// <summary>
/// The models of one vector file, run through the real generator and compiled: the test exercises the same generated code that the
/// server has, only from other models.
/// </summary>
internal sealed class VectorAssembly
{
    private static readonly Lazy<IReadOnlyList<MetadataReference>> References = new(() =>
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(path => MetadataReference.CreateFromFile(path))]);

    private readonly Assembly assembly;

    public VectorAssembly(JsonArray suites)
    {
        var models = suites.Select((suite, index) => (AdditionalText)new ModelText(Name(index), Model(Name(index), suite!))).ToArray();
        var compilation = CSharpCompilation.Create("Vectors" + Guid.NewGuid().ToString("N"), references: References.Value,
            options: new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
        var driver = CSharpGeneratorDriver.Create([new ModelGenerator().AsSourceGenerator()], models,
            CSharpParseOptions.Default.WithLanguageVersion(LanguageVersion.Preview));
        driver.RunGeneratorsAndUpdateCompilation(compilation, out var generated, out var diagnostics);
        Assert.Empty(diagnostics);
        using var stream = new MemoryStream();
        var result = generated.Emit(stream);
        Assert.True(result.Success, string.Join("\n", result.Diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error).Take(5)));
        assembly = Assembly.Load(stream.ToArray());
    }

    public ServiceModel Service(int suite) =>
        (ServiceModel)assembly.GetType($"Tarn.Api.{Name(suite)}.{Name(suite)}Model")!.GetProperty("Service")!.GetValue(null)!;

    /// <summary>The generic arguments of the operation: input and output.</summary>
    public Type[] Shapes(int suite, string operation) =>
        assembly.GetType($"Tarn.Api.{Name(suite)}.{Name(suite)}Model")!.GetProperty(operation)!.PropertyType.GetGenericArguments();

    private static string Name(int suite) => "Suite" + suite;

    /// <summary>A vector file writes the operation beside each case; a model has them once, by name.</summary>
    private static string Model(string name, JsonNode suite)
    {
        var operations = new JsonObject();
        foreach (var testCase in suite["cases"]!.AsArray())
        {
            var given = testCase!["given"]!;
            operations[given["name"]!.GetValue<string>()] ??= given.DeepClone();
        }

        var metadata = suite["metadata"]!.DeepClone();
        if (metadata["protocol"]!.GetValue<string>() == "query")
        {
            // The vectors' bodies are in this namespace, their metadata forgot it.
            metadata["xmlNamespace"] = "https://example.com/";
        }

        return new JsonObject
        {
            ["service"] = name,
            ["metadata"] = metadata,
            ["operations"] = operations,
            ["shapes"] = suite["shapes"]!.DeepClone(),
        }.ToJsonString(new JsonSerializerOptions { MaxDepth = 256 });
    }

    private sealed class ModelText(string name, string json) : AdditionalText
    {
        public override string Path => name + ".json";

        public override SourceText GetText(CancellationToken cancellationToken = default) => SourceText.From(json);
    }
}
