using Tarn.Glue.Classifiers;

namespace Tarn.Glue.Crawlers.Grouping;

/// <summary>A folder whose content is still coming: what its children (files, and folders that are one group) have in common so far.</summary>
internal sealed class FolderNode(string path, long spillStart)
{
    /// <summary>More different schemas than this among its children, and a folder is not one table.</summary>
    private const int ClustersMax = 5;

    /// <summary>Some more are kept: files that only their neighbours settle start as clusters of their own.</summary>
    private const int ClustersKeptMax = 32;

    private readonly List<SchemaCluster> clusters = [];
    private readonly Dictionary<FileSchema, SchemaCluster> clusterOf = [];
    private readonly List<TableGroup> kept = [];
    private bool clustersAreCut;
    private List<FolderLevel>? levels;

    /// <summary>Relative to the include path, with a slash at the end; empty for the root.</summary>
    public string Path { get; } = path;

    public long SpillStart { get; } = spillStart;

    public long Count { get; private set; }

    public FileCounts Counts { get; private set; }

    /// <summary>The depth of the children below this folder: -1 for files.</summary>
    public int ChildDepth { get; private set; }

    /// <summary>All children are files, or all are folders with their files at the same depth.</summary>
    public bool ChildrenAreAlike { get; private set; } = true;

    /// <summary>A folder below is not one table, so this one cannot be either.</summary>
    public bool IsSplit { get; private set; }

    /// <summary>The children, which are tables of their own if this folder is not one.</summary>
    public IReadOnlyList<TableGroup> Kept => kept;

    /// <summary>There were more children than could be tables; the rest were only counted.</summary>
    public bool KeptIsCut => Count > kept.Count;

    public IReadOnlyList<string?> Levels => [.. levels!.Select(level => level.Key)];

    public void Split() => IsSplit = true;

    public void Add(TableGroup child, FoldRules rules)
    {
        if (Count++ == 0)
        {
            ChildDepth = child.Depth;
        }

        ChildrenAreAlike &= child.Depth == ChildDepth;
        Counts += child.Counts;
        if (kept.Count < rules.TablesMax)
        {
            kept.Add(child);
        }

        if (!child.IsFile)
        {
            AddLevels(child);
        }

        AddToCluster(child, mustAgree: !rules.CombineCompatibleSchemas);
    }

    /// <summary>The schema of all children as one table, or null when they are none.</summary>
    public FileSchema? Settle(bool combine)
    {
        if (clustersAreCut)
        {
            return null;
        }

        PromoteShortFiles();
        SettleByNeighbours(mustAgree: !combine);
        if (clusters.Count == 1)
        {
            return clusters[0].ToSchema();
        }

        var first = clusters[0].United;
        if (!clusters.TrueForAll(cluster => SchemaSimilarity.AreCompatible(cluster.United, first)) || clusters.Exists(cluster => cluster.United.IsUnknown))
        {
            return null;
        }

        if (!combine && (clusters.Count > ClustersMax || (double)clusters.Max(cluster => cluster.Count) / Count <= SchemaSimilarity.AgreeMin))
        {
            return null;
        }

        return clusters.Skip(1).Aggregate(first, (united, cluster) => SchemaSimilarity.Unite(united, cluster.United));
    }

    private void AddToCluster(TableGroup child, bool mustAgree)
    {
        if (clustersAreCut)
        {
            return;
        }

        if (!clusterOf.TryGetValue(child.Schema, out var cluster))
        {
            cluster = clusters.Find(candidate => candidate.Takes(child.Schema, mustAgree));
            if (cluster is null)
            {
                if (clusters.Count == ClustersKeptMax)
                {
                    clustersAreCut = true;
                    return;
                }

                cluster = new SchemaCluster(child.Schema);
                clusters.Add(cluster);
            }

            clusterOf.Add(child.Schema, cluster);
        }

        cluster.Add(child.Schema, child.Counts.SampledRecords - child.Counts.HeadersInDoubt);
    }

    /// <summary>Files too short to be CSV alone are CSV when together they have two rows.</summary>
    private void PromoteShortFiles()
    {
        foreach (var cluster in clusters)
        {
            if (cluster.United.IsUnknown && cluster.Alternative is not null && cluster.SampledRecords >= CsvSettings.BuiltIn.DataRowsMin)
            {
                cluster.Promote();
            }
        }
    }

    /// <summary>A cluster of files that may be two things becomes what a larger cluster is, if it can.</summary>
    private void SettleByNeighbours(bool mustAgree)
    {
        foreach (var doubtful in clusters.Where(cluster => cluster.First.Alternatives.Count > 0).OrderBy(cluster => cluster.Count).ToArray())
        {
            foreach (var neighbour in clusters.OrderByDescending(cluster => cluster.Count))
            {
                if (ReferenceEquals(neighbour, doubtful) || neighbour.United.IsUnknown)
                {
                    continue;
                }

                var candidates = doubtful.Alternative is { } alternative ? doubtful.First.Alternatives.Prepend(alternative) : doubtful.First.Alternatives.Prepend(doubtful.United);
                var settled = candidates.Select(candidate => SchemaSimilarity.Settle(candidate, neighbour.United, mustAgree)).FirstOrDefault(found => found is not null);
                if (settled is not null)
                {
                    neighbour.TakeOver(doubtful, settled);
                    clusters.Remove(doubtful);
                    break;
                }
            }
        }
    }

    private void AddLevels(TableGroup child)
    {
        var segment = child.Path[Path.Length..^1];
        var top = FolderLevel.Of(segment);
        if (levels is null)
        {
            levels = [top, .. child.Levels.Select(key => new FolderLevel(key))];
            return;
        }

        levels[0] = levels[0].With(top);
        for (var index = 1; index < Math.Min(levels.Count, child.Levels.Count + 1); index++)
        {
            levels[index] = levels[index].With(new FolderLevel(child.Levels[index - 1]));
        }
    }
}

/// <summary>One level of folders under a table.</summary>
/// <param name="Key">The key when all folders are <c>key=value</c> with this key, in lower case; null otherwise.</param>
internal readonly record struct FolderLevel(string? Key)
{
    /// <param name="segment">A folder's name without slashes.</param>
    public static FolderLevel Of(string segment)
    {
        var equals = segment.IndexOf('=', StringComparison.Ordinal);
        return new FolderLevel(equals > 0 ? Uri.UnescapeDataString(segment[..equals]).ToLowerInvariant() : null);
    }

    public FolderLevel With(FolderLevel other) => Key == other.Key ? this : new FolderLevel(null);

    /// <summary>The partition value that a folder of this level stands for.</summary>
    public string ValueOf(string segment) => Key is null ? segment : Uri.UnescapeDataString(segment[(segment.IndexOf('=', StringComparison.Ordinal) + 1)..]);
}
