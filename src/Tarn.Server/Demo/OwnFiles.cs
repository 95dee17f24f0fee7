using System.Text.Json.Nodes;

namespace Tarn.Server.Demo;

/// <summary>The crawl-and-query part of the demo on the user's own folder.</summary>
internal sealed class OwnFiles(DemoClient client, DemoTerminal terminal, string folder)
{
    private const string Bucket = "demo-files";
    private const string Results = "s3://demo-results/";
    private const string Database = "files";
    private const int SampleRows = 3;

    /// <summary>Columns shown of a sample: more do not fit a terminal.</summary>
    private const int SampleColumns = 6;

    private readonly DemoSteps steps = new(client, terminal);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await client.CreateBucketAsync(Bucket, cancellationToken);
        await client.CreateBucketAsync("demo-results", cancellationToken);
        var (files, bytes) = await terminal.StageAsync($"put the files of {folder} into the lake", progress => UploadAsync(progress, cancellationToken));
        terminal.Line($"  {files} files, {bytes:N0} bytes");
        var tables = await terminal.StageAsync("crawl", progress => steps.CrawlAsync(Database, [new JsonObject { ["Path"] = $"s3://{Bucket}/" }], null, progress, cancellationToken));
        await steps.ShowTablesAsync(Database, cancellationToken);
        if (tables.Count == 0)
        {
            throw new DemoException("the crawler found no table: are there CSV, JSON or Parquet files in the folder?");
        }

        var answered = 0;
        foreach (var table in tables)
        {
            try
            {
                await QueryAsync(table, cancellationToken);
                answered++;
            }
            catch (DemoException e)
            {
                // A format that Athena's SerDes do not read: the others are still worth seeing.
                terminal.Line($"  {table} cannot be queried: {e.Message}");
            }
        }

        terminal.Line($"{answered} of {tables.Count} tables were queried");
        if (answered == 0)
        {
            throw new DemoException("no table could be queried.");
        }
    }

    private async Task<(int Files, long Bytes)> UploadAsync(Action<string> progress, CancellationToken cancellationToken)
    {
        var (files, bytes) = (0, 0L);
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            await using var stream = File.OpenRead(file);
            var key = Path.GetRelativePath(folder, file).Replace(Path.DirectorySeparatorChar, '/');
            bytes += stream.Length;
            await client.PutObjectAsync(Bucket, key, new StreamContent(stream), cancellationToken);
            progress($"{++files} files");
        }

        return (files, bytes);
    }

    private async Task QueryAsync(string table, CancellationToken cancellationToken)
    {
        var quoted = $"\"{table.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
        var count = $"SELECT count(*) AS number_of_rows FROM {quoted}";
        var (_, rows, scanned) = await terminal.StageAsync($"athena: {count}", _ => steps.QueryAsync(Database, Results, count, cancellationToken));
        terminal.Line($"  {rows[0][0]} rows, {scanned:N0} bytes scanned");
        var (header, sample, _) = await steps.QueryAsync(Database, Results, $"SELECT * FROM {quoted} LIMIT {SampleRows}", cancellationToken);
        terminal.Table([.. header.Take(SampleColumns)], [.. sample.Select(row => (IReadOnlyList<string?>)[.. row.Take(SampleColumns)])]);
    }
}
