namespace Tarn.Athena.WorkGroups;

/// <summary>The engine versions that can be selected: automatic, which is version 3, and version 3.</summary>
internal static class EngineVersions
{
    public const string Auto = "AUTO";
    public const string Version3 = "Athena engine version 3";

    /// <summary>The selection, or AUTO for none; refuses the rest (version 2 has ended, PySpark is not built).</summary>
    public static string Check(string? selected) => selected switch
    {
        null or Auto => Auto,
        Version3 => Version3,
        _ => throw AthenaErrors.InvalidRequest($"Engine version {selected} is not available. Available are {Auto} and {Version3}."),
    };
}
