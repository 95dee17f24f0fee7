using Tarn.Contracts.Lake;

namespace Tarn.Glue.Jobs.Runs;

/// <summary>Folders of partitions below the folder of a table: <c>day=2024-01-01/hour=7/</c>.</summary>
internal static class HivePath
{
    /// <summary>With a slash at the end; empty without keys.</summary>
    public static string Of(IReadOnlyList<string> keys, IReadOnlyList<string?> values) => keys.Count == 0 ? "" : PartitionFolders.Name(keys, values) + "/";
}
