using Tarn.Contracts;
using Tarn.Contracts.Lake;
using Tarn.Glue.Classifiers;

namespace Tarn.Glue.Crawlers.Runs;

/// <summary>A file that was read.</summary>
internal sealed record ReadFile(string Path, FileSchema Schema, FileCounts Counts);

/// <summary>Opens files and classifies them. What cannot be read is UNKNOWN and said so in the log; it never fails a crawl. Thread-safe.</summary>
internal sealed class FileReading(ILake lake, AwsScope scope, ClassifierChain classifiers, CrawlLog log)
{
    public async Task<ReadFile> ReadAsync(SampledFile file, CancellationToken cancellationToken)
    {
        var found = await ClassifyAsync(file, cancellationToken).ConfigureAwait(false);
        var counts = new FileCounts(1, file.Object.Size, found.SampledRecords, found.SampledBytes, found.RecordCount ?? 0, found.RecordCount is null ? 0 : 1, found.HeadersInDoubt);
        return new ReadFile(file.Path, found.Schema, counts + file.Unread);
    }

    private async ValueTask<Classification> ClassifyAsync(SampledFile file, CancellationToken cancellationToken)
    {
        var found = file.Object;
        try
        {
            var stored = await lake.OpenReadAsync(scope, found.Bucket, found.Key, cancellationToken).ConfigureAwait(false);
            await using var sample = await FileSample.OpenAsync(found.Key, stored, found.Size, cancellationToken).ConfigureAwait(false);
            var classification = await classifiers.ClassifyAsync(sample, cancellationToken).ConfigureAwait(false);
            if (classification.Schema.IsUnknown && classification.Schema.Alternatives.Count == 0)
            {
                log.Warning($"Classification UNKNOWN: no classifier recognises s3://{found.Bucket}/{found.Key}");
            }

            return classification;
        }
        catch (UnreadableFileException exception)
        {
            log.Warning($"Classification UNKNOWN: s3://{found.Bucket}/{found.Key}: {exception.Message}");
            return ClassifierChain.Unknown(exception.CompressionType, found.Size);
        }
        catch (Exception exception) when (exception is InvalidDataException or EndOfStreamException)
        {
            log.Warning($"Classification UNKNOWN: s3://{found.Bucket}/{found.Key} is damaged: {exception.Message}");
            return ClassifierChain.Unknown(Compression.None, found.Size);
        }
        catch (AwsException exception) when (exception.Code == "NoSuchKey")
        {
            log.Warning($"s3://{found.Bucket}/{found.Key} was deleted while the crawl ran.");
            return ClassifierChain.Unknown(Compression.None, 0);
        }
    }
}
