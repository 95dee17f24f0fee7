using Tarn.Glue.Classifiers;

namespace Tarn.Glue.Crawlers.Grouping;

/// <summary>How folders become tables.</summary>
/// <param name="CombineCompatibleSchemas">Schemas need not agree, only be readable as one table.</param>
/// <param name="IncludeLevel">The level of the include path, counted from the bucket = 1.</param>
/// <param name="TableLevel">Folders above this level are not combined; null for no such rule.</param>
/// <param name="TablesMax">More tables than this from one include path fail the crawl.</param>
/// <param name="StaysApart">Folders, relative to the include path, that are not combined whatever they hold; null for none.</param>
internal sealed record FoldRules(bool CombineCompatibleSchemas, int IncludeLevel, int? TableLevel, int TablesMax, Func<string, bool>? StaysApart);

/// <summary>
/// Folds the files of one include path into tables, from the leaves to the root: a folder becomes one table when its children can be read as one, more than 70 % of them agree and
/// there are at most five different schemas; otherwise each child is a table. Files come in folder order (all that lies below a folder before anything beside it), and only the folders
/// from the root to the current file are held: memory does not grow with the number of files. One thread at a time.
/// </summary>
internal sealed class FolderFold(FoldRules rules, LeafSpill spill, FileSchemaPool pool)
{
    private readonly Stack<FolderNode> open = new();
    private readonly List<TableGroup> tables = [];
    private readonly int number = spill.AddFold();

    /// <param name="path">Relative to the include path; the part before the last slash is its folder.</param>
    /// <param name="schema">Interned in the pool.</param>
    public void AddFile(string path, FileSchema schema, FileCounts counts)
    {
        var folder = path[..(path.LastIndexOf('/') + 1)];
        Enter(folder);
        open.Peek().Add(new TableGroup(path, schema, [], counts, default), rules);
    }

    /// <summary>Closes all folders; the tables in the order of their paths.</summary>
    /// <exception cref="TooManyTablesException">There are more tables than one crawl may make.</exception>
    public IReadOnlyList<TableGroup> Finish()
    {
        while (open.Count > 0)
        {
            CloseTop();
        }

        tables.Sort((left, right) => string.CompareOrdinal(left.Path, right.Path));
        return tables;
    }

    private void Enter(string folder)
    {
        while (open.Count > 0 && !folder.StartsWith(open.Peek().Path, StringComparison.Ordinal))
        {
            CloseTop();
        }

        if (open.Count == 0)
        {
            open.Push(new FolderNode("", spill.Position));
        }

        while (open.Peek().Path.Length < folder.Length)
        {
            var slash = folder.IndexOf('/', open.Peek().Path.Length);
            open.Push(new FolderNode(folder[..(slash + 1)], spill.Position));
        }
    }

    private void CloseTop()
    {
        var node = open.Pop();
        var parent = open.Count > 0 ? open.Peek() : null;
        var group = node.IsSplit ? null : Fold(node);
        if (group is not null)
        {
            if (parent is null)
            {
                AddTable(group);
            }
            else
            {
                parent.Add(group, rules);
            }

            return;
        }

        if (node.KeptIsCut)
        {
            throw new TooManyTablesException($"The {node.Count} files and folders in '{node.Path}' cannot be one table, and are more than the {rules.TablesMax} tables that a crawl may make.");
        }

        foreach (var child in node.Kept)
        {
            AddTable(child);
        }

        parent?.Split();
    }

    private void AddTable(TableGroup group)
    {
        if (tables.Count >= rules.TablesMax)
        {
            throw new TooManyTablesException($"The files under the include path make more than the {rules.TablesMax} tables that a crawl may make; the last is '{group.Path}'.");
        }

        tables.Add(group);
    }

    /// <summary>The folder as one group, or null when its children are tables of their own.</summary>
    private TableGroup? Fold(FolderNode node)
    {
        var holdsFolders = node.ChildDepth >= 0;
        var isAbove = holdsFolders && rules.TableLevel is { } level && LevelOf(node.Path) < level;
        if (!node.ChildrenAreAlike || isAbove || rules.StaysApart?.Invoke(node.Path) == true)
        {
            return null;
        }

        var schema = node.Settle(rules.CombineCompatibleSchemas);
        if (schema is null)
        {
            return null;
        }

        schema = pool.Intern(schema);
        if (holdsFolders)
        {
            return new TableGroup(node.Path, schema, node.Levels, node.Counts, new LeafRange(node.SpillStart, spill.Position, number));
        }

        return new TableGroup(node.Path, schema, [], node.Counts, spill.Append(new LeafFolder(node.Path, schema, node.Counts), number));
    }

    private int LevelOf(string path) => rules.IncludeLevel + path.AsSpan().Count('/');
}

/// <summary>A crawl would make more tables than it may: most often files that are no table were not excluded.</summary>
internal sealed class TooManyTablesException(string message) : Exception(message);
