using Tarn.Contracts.Catalog;
using Tarn.Glue.Classifiers;

namespace Tarn.Glue.Crawlers.Runs;

/// <summary>MergeNewColumns: a table keeps its columns and their types; new columns, and new fields inside structs, are added.</summary>
internal static class ColumnMerge
{
    public static IReadOnlyList<CatalogColumn> AddNew(IReadOnlyList<CatalogColumn> existing, IReadOnlyList<CatalogColumn> found)
    {
        var columns = existing.ToList();
        foreach (var column in found)
        {
            var place = columns.FindIndex(candidate => candidate.Name == column.Name);
            if (place < 0)
            {
                columns.Add(column);
            }
            else if (columns[place].Type is { } type && column.Type is { } foundType && type != foundType)
            {
                columns[place] = columns[place] with { Type = AddNew(HiveType.Parse(type), HiveType.Parse(foundType)).ToString() };
            }
        }

        return columns;
    }

    /// <summary>The found SerDe, with the names of both in its parameter <c>paths</c>.</summary>
    public static SerDeInfo? AddPaths(SerDeInfo? existing, SerDeInfo? found)
    {
        if (existing?.Parameters?.GetValueOrDefault("paths") is not { } old || found?.Parameters?.GetValueOrDefault("paths") is not { } now)
        {
            return found;
        }

        var paths = now.Split(',').Union(old.Split(','), StringComparer.OrdinalIgnoreCase).Order(StringComparer.Ordinal);
        return found with { Parameters = new SortedDictionary<string, string>(found.Parameters.ToDictionary(), StringComparer.Ordinal) { ["paths"] = string.Join(',', paths) } };
    }

    private static HiveType AddNew(HiveType existing, HiveType found) => (existing, found) switch
    {
        (HiveStruct a, HiveStruct b) => AddNewFields(a, b),
        (HiveArray a, HiveArray b) => new HiveArray(AddNew(a.Element, b.Element)),
        (HiveMap a, HiveMap b) => new HiveMap(a.Key, AddNew(a.Value, b.Value)),
        _ => existing,
    };

    private static HiveStruct AddNewFields(HiveStruct existing, HiveStruct found)
    {
        var fields = existing.Fields.ToList();
        foreach (var field in found.Fields)
        {
            var place = fields.FindIndex(candidate => candidate.Name.Equals(field.Name, StringComparison.OrdinalIgnoreCase));
            if (place < 0)
            {
                fields.Add(field);
            }
            else
            {
                fields[place] = fields[place] with { Type = AddNew(fields[place].Type, field.Type) };
            }
        }

        return new HiveStruct(fields);
    }
}
