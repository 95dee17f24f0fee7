using Tarn.Wire.Dispatch;

namespace Tarn.Wire.Tests.Support;

/// <summary>Service models without operations, for tests of what comes before an operation.</summary>
internal static class TestServices
{
    public static ServiceModel Model(string name, string protocol, string? targetPrefix) =>
        new() { Name = name, FullName = name, SigningName = name, Protocol = protocol, ApiVersion = "", TargetPrefix = targetPrefix, Operations = [] };
}
