using Tarn.Sql.Scans.Text;

namespace Tarn.Glue.Classifiers;

/// <summary>
/// Tells what a file is, and its schema. The built-in ones stand in <see cref="BuiltInClassifiers"/>: a new format is a new class and a line there.
/// Stateless and thread-safe.
/// </summary>
internal interface IClassifier
{
    /// <summary>The name of the built-in one in the documentation's order, or the name that the user gave.</summary>
    string Name { get; }

    /// <summary>
    /// What the file is; null when it is none of this classifier's (certainty 0.0). Damage within the format is an
    /// <see cref="InvalidDataException"/> only where the file says that it is of this format (a magic number).
    /// </summary>
    ValueTask<Classification?> ClassifyAsync(FileSample sample, CancellationToken cancellationToken);
}

/// <summary>What a classifier found.</summary>
/// <param name="Certainty">0.0 to 1.0; the first 1.0 wins, else the highest. 0.0 with a schema that has alternatives is unknown alone, but may be settled by its neighbours.</param>
/// <param name="SampledRecords">Records looked at.</param>
/// <param name="SampledBytes">How many stored bytes these records take.</param>
/// <param name="RecordCount">The true number of records, where the format states it or the file was read whole; null when it is only estimated.</param>
internal sealed record Classification(double Certainty, FileSchema Schema, long SampledRecords, long SampledBytes, long? RecordCount)
{
    /// <summary>1 when the first of the records is a header, should the file be settled as one that has a header; else 0.</summary>
    public int HeadersInDoubt { get; init; }
}

/// <summary>The built-in classifiers in Glue's fixed order. Avro, ORC, BSON, XML, Ion and the logs have their places here and are not built yet.</summary>
internal static class BuiltInClassifiers
{
    public static IReadOnlyList<IClassifier> InOrder { get; } =
    [
        new ParquetClassifier(),
        new JsonClassifier("json", JsonPath.Document),
        new CsvClassifier("csv", CsvSettings.BuiltIn),
    ];
}

/// <summary>Runs the classifiers of one crawler over a file: custom ones first, in the order listed, then the built-in ones.</summary>
internal sealed class ClassifierChain(IReadOnlyList<IClassifier> custom)
{
    private readonly IClassifier[] classifiers = [.. custom, .. BuiltInClassifiers.InOrder];

    /// <summary>The answer of the first classifier that is certain, else the best one, else UNKNOWN.</summary>
    public async ValueTask<Classification> ClassifyAsync(FileSample sample, CancellationToken cancellationToken)
    {
        Classification? best = null;
        foreach (var classifier in classifiers)
        {
            var found = await classifier.ClassifyAsync(sample, cancellationToken).ConfigureAwait(false);
            if (found is { Certainty: >= 1.0 })
            {
                return found;
            }

            if (found is not null && (best is null || found.Certainty > best.Certainty))
            {
                best = found;
            }
        }

        return best ?? Unknown(sample.CompressionType, sample.StoredBytes);
    }

    public static Classification Unknown(string compressionType, long storedBytes) =>
        new(0.0, new FileSchema(FileFormats.Unknown(compressionType), []), 0, storedBytes, null);
}
