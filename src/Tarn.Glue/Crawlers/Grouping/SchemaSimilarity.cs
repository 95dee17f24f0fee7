using Tarn.Glue.Classifiers;

namespace Tarn.Glue.Crawlers.Grouping;

/// <summary>When two schemas may be one table, when they agree, and what they are together (docs/adr/0041).</summary>
internal static class SchemaSimilarity
{
    /// <summary>Two schemas agree when more than this share of their columns does, and a folder is one table when more than this share of its children agree.</summary>
    public const double AgreeMin = 0.7;

    /// <summary>
    /// Whether files of both can be read as one table at all: same format, codec, delimiter and header. Where columns are found by place, the names of the shorter one
    /// must be the first names of the longer one: otherwise values would be read into the wrong columns.
    /// </summary>
    public static bool AreCompatible(FileSchema left, FileSchema right)
    {
        if (ReferenceEquals(left, right))
        {
            return true;
        }

        if (left.Format.CompatibilityKey != right.Format.CompatibilityKey)
        {
            return false;
        }

        if (left.Format.ColumnsByPosition)
        {
            for (var index = 0; index < Math.Min(left.Columns.Count, right.Columns.Count); index++)
            {
                if (!left.Columns[index].Name.Equals(right.Columns[index].Name, StringComparison.OrdinalIgnoreCase))
                {
                    return false;
                }
            }
        }

        return true;
    }

    /// <summary>Whether columns of the same name and kind of type make more than 70 % of the larger schema.</summary>
    public static bool Agree(FileSchema left, FileSchema right)
    {
        if (ReferenceEquals(left, right))
        {
            return true;
        }

        var larger = Math.Max(left.Columns.Count, right.Columns.Count);
        if (larger == 0)
        {
            return true;
        }

        var types = new Dictionary<string, HiveType>(left.Columns.Count, StringComparer.OrdinalIgnoreCase);
        foreach (var column in left.Columns)
        {
            types.TryAdd(column.Name, column.Type);
        }

        var agreeing = right.Columns.Count(column => types.TryGetValue(column.Name, out var type) && HiveTypeMerge.Agree(type, column.Type));
        return (double)agreeing / larger > AgreeMin;
    }

    /// <summary>The columns of both: first the left one's, then what only the right one has; types are widened. The names of a column keep the case first seen.</summary>
    public static FileSchema Unite(FileSchema left, FileSchema right)
    {
        if (ReferenceEquals(left, right) || left.Identity == right.Identity)
        {
            return left;
        }

        var columns = new List<FoundColumn>(left.Columns);
        var places = new Dictionary<string, int>(columns.Count, StringComparer.OrdinalIgnoreCase);
        for (var index = 0; index < columns.Count; index++)
        {
            places.TryAdd(columns[index].Name, index);
        }

        foreach (var column in right.Columns)
        {
            if (places.TryGetValue(column.Name, out var place))
            {
                columns[place] = columns[place] with { Type = HiveTypeMerge.Merge(columns[place].Type, column.Type) };
            }
            else
            {
                places.Add(column.Name, columns.Count);
                columns.Add(column);
            }
        }

        return new FileSchema(left.Format.IsQuoted || !right.Format.IsQuoted ? left.Format : right.Format, columns);
    }

    /// <summary>
    /// What <paramref name="schema"/> is among files of <paramref name="settled"/>: itself, or the first of its alternatives that fits; null when none does.
    /// </summary>
    public static FileSchema? Settle(FileSchema schema, FileSchema settled, bool mustAgree)
    {
        if (Fits(schema))
        {
            return schema;
        }

        return schema.Alternatives.FirstOrDefault(Fits);

        bool Fits(FileSchema candidate) => AreCompatible(candidate, settled) && (!mustAgree || Agree(candidate, settled));
    }
}
