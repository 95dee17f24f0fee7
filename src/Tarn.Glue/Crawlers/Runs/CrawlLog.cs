using System.Globalization;
using System.Text;

namespace Tarn.Glue.Crawlers.Runs;

/// <summary>
/// The log of one crawl, appended to its crawler's file: <c>time [run id] BENCHMARK : text</c>, the lines that Glue sends to the log group <c>/aws-glue/crawlers</c>. It is
/// for people: a line is flushed, not synced. Thread-safe.
/// </summary>
internal sealed class CrawlLog : IDisposable
{
    /// <summary>Warnings beyond this many are counted only: a folder of a million odd files must not fill the disk.</summary>
    private const int WarningsMax = 1000;

    private readonly Lock gate = new();
    private readonly StreamWriter writer;
    private readonly TimeProvider time;
    private readonly string runId;
    private int warnings;

    public CrawlLog(CrawlerOptions options, string crawler, string runId, TimeProvider time)
    {
        var path = PathOf(options, crawler);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        Cut(path, options.LogBytesMax);
        writer = new StreamWriter(new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite), new UTF8Encoding(false)) { AutoFlush = true };
        this.time = time;
        this.runId = runId;
    }

    /// <summary>The file of a crawler; characters that a file name cannot hold are escaped as in a URL.</summary>
    public static string PathOf(CrawlerOptions options, string crawler)
    {
        var name = Uri.EscapeDataString(crawler).Replace(".", "%2E", StringComparison.Ordinal);
        return Path.Combine(options.LogDirectory, "aws-glue", "crawlers", name.Length > 200 ? TableShape.WithSuffix(name, crawler) : name);
    }

    public void Benchmark(string text) => Write("BENCHMARK", text);

    public void Info(string text) => Write("INFO", text);

    public void Error(string text) => Write("ERROR", text);

    public void Warning(string text)
    {
        if (Interlocked.Increment(ref warnings) <= WarningsMax)
        {
            Write("WARN", text);
        }
    }

    public void Dispose()
    {
        if (warnings > WarningsMax)
        {
            Write("WARN", $"{warnings - WarningsMax} more warnings are not shown.");
        }

        writer.Dispose();
    }

    private void Write(string level, string text)
    {
        var line = string.Create(CultureInfo.InvariantCulture, $"{time.GetUtcNow():yyyy-MM-ddTHH:mm:ss.fffZ} [{runId}] {level} : {text.ReplaceLineEndings(" ")}");
        lock (gate)
        {
            writer.WriteLine(line);
        }
    }

    private static void Cut(string path, long bytesMax)
    {
        var file = new FileInfo(path);
        if (!file.Exists || file.Length <= bytesMax)
        {
            return;
        }

        var lines = File.ReadAllLines(path);
        File.WriteAllLines(path, lines[(lines.Length / 2)..]);
    }
}
