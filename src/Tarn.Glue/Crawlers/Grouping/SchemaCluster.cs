using Tarn.Glue.Classifiers;

namespace Tarn.Glue.Crawlers.Grouping;

/// <summary>Children of one folder whose schemas agree with the first of them.</summary>
internal sealed class SchemaCluster(FileSchema first)
{
    private readonly HashSet<FileSchema> united = [first];

    public FileSchema First { get; } = first;

    /// <summary>All of them together.</summary>
    public FileSchema United { get; private set; } = first;

    /// <summary>The first alternatives of all of them together; null when the first child has none.</summary>
    public FileSchema? Alternative { get; private set; } = first.Alternatives.Count > 0 ? first.Alternatives[0] : null;

    /// <summary>How many children.</summary>
    public long Count { get; private set; }

    /// <summary>Records looked at in them.</summary>
    public long SampledRecords { get; private set; }

    /// <summary>
    /// Whether <paramref name="schema"/> belongs here. Files that only their neighbours can settle are compared by what they may be.
    /// </summary>
    public bool Takes(FileSchema schema, bool mustAgree)
    {
        if (united.Contains(schema))
        {
            return true;
        }

        if (First.IsUnknown && schema.IsUnknown && (Alternative is not null || schema.Alternatives.Count > 0))
        {
            return Alternative is not null && schema.Alternatives.Count > 0 && Fits(schema.Alternatives[0], Alternative, mustAgree);
        }

        return Fits(schema, First, mustAgree);
    }

    /// <param name="schema">An interned schema.</param>
    public void Add(FileSchema schema, long sampledRecords)
    {
        Count++;
        SampledRecords += sampledRecords;
        if (united.Add(schema))
        {
            United = SchemaSimilarity.Unite(United, schema);
            if (Alternative is not null && schema.Alternatives.Count > 0)
            {
                Alternative = SchemaSimilarity.Unite(Alternative, schema.Alternatives[0]);
            }
        }
    }

    /// <summary>Takes over another cluster whose children have turned out to be <paramref name="settled"/>.</summary>
    public void TakeOver(SchemaCluster other, FileSchema settled)
    {
        Count += other.Count;
        SampledRecords += other.SampledRecords;
        United = SchemaSimilarity.Unite(United, settled);
    }

    /// <summary>Together these children are enough to be what each alone was too short for.</summary>
    public void Promote()
    {
        United = Alternative!;
        Alternative = null;
        IsPromoted = true;
    }

    public bool IsPromoted { get; private set; }

    /// <summary>The schema of the folder that these children make, which its own neighbours may still settle.</summary>
    public FileSchema ToSchema() => Alternative is null || United.Alternatives.Count > 0 ? United : new FileSchema(United.Format, United.Columns) { Alternatives = [Alternative] };

    private static bool Fits(FileSchema left, FileSchema right, bool mustAgree) =>
        SchemaSimilarity.AreCompatible(left, right) && (!mustAgree || SchemaSimilarity.Agree(left, right));
}
