using Tarn.Sql.Scans.Parquet;

namespace Tarn.Glue.Classifiers;

/// <summary>Parquet: known by its magic at both ends; the schema and the true row count come from the footer.</summary>
internal sealed class ParquetClassifier : IClassifier
{
    public string Name => "parquet";

    public async ValueTask<Classification?> ClassifyAsync(FileSample sample, CancellationToken cancellationToken)
    {
        if (!sample.Head.Span.StartsWith("PAR1"u8) && !sample.Head.Span.StartsWith("PARE"u8))
        {
            return null;
        }

        if (sample.Stored is null)
        {
            throw new UnreadableFileException(sample.CompressionType, "Parquet inside another codec cannot be read.");
        }

        var footer = await ParquetFooter.ReadAsync(sample.Stored, sample.StoredBytes, cancellationToken).ConfigureAwait(false);
        var columns = footer.Root.Children.Select(child => new FoundColumn(child.Name, ParquetTypes.ToHiveType(child))).ToArray();
        return new Classification(1.0, new FileSchema(FileFormats.Parquet, columns), footer.RowCount, sample.StoredBytes, footer.RowCount);
    }
}
