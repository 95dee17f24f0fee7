using Tarn.Glue.Classifiers;

namespace Tarn.Glue.Crawlers.Grouping;

/// <summary>Files that are one table: a folder with all below it, or a single file.</summary>
/// <param name="Path">Relative to the include path: empty for itself, <c>a/b/</c> for a folder, <c>a/b.csv</c> for a file.</param>
/// <param name="Schema">All columns, interned.</param>
/// <param name="Levels">
/// The folder levels between the table and its files, from the top: the key of <c>key=value</c> folders, null where folders are not all named with one key. Empty for a table without partitions.
/// </param>
/// <param name="Leaves">Where its leaf folders stand in the <see cref="LeafSpill"/>.</param>
internal sealed record TableGroup(string Path, FileSchema Schema, IReadOnlyList<string?> Levels, FileCounts Counts, LeafRange Leaves)
{
    public bool IsFile => Path.Length > 0 && Path[^1] != '/';

    /// <summary>How many folder levels lie between this and the files; a file itself is -1.</summary>
    public int Depth => IsFile ? -1 : Levels.Count;
}

/// <summary>A folder with files in it: a partition, or a whole table.</summary>
internal sealed record LeafFolder(string Path, FileSchema Schema, FileCounts Counts);

/// <param name="Start">Offset in bytes.</param>
/// <param name="End">Offset in bytes after the last.</param>
/// <param name="Fold">Whose leaves: folds that run side by side share a spill.</param>
internal readonly record struct LeafRange(long Start, long End, int Fold);
