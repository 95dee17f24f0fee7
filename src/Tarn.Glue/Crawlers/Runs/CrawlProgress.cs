namespace Tarn.Glue.Crawlers.Runs;

/// <summary>How far a running crawl is. Thread-safe.</summary>
internal sealed class CrawlProgress
{
    private long files;

    public long FilesRead => Interlocked.Read(ref files);

    public void FileRead() => Interlocked.Increment(ref files);
}
