namespace Tarn.Bench.Measuring;

/// <summary>Something that can be measured.</summary>
/// <param name="RunAsync">Measures and prints; gets the arguments after the subject's name.</param>
internal sealed record Subject(string Name, string Measures, Func<string[], Task> RunAsync);
