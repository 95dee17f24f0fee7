using System.Text.Json;

namespace Tarn.Glue.Crawlers.Runs;

/// <summary>What a crawl did to the catalog: the numbers of the metrics and the JSON text of the history. One thread at a time.</summary>
internal sealed class CrawlSummary
{
    /// <summary>Names beyond this many are counted only.</summary>
    private const int NamesMax = 20;

    private readonly Change[] tables = [new("ADD"), new("UPDATE"), new("DELETE")];
    private readonly Change[] partitions = [new("ADD"), new("UPDATE"), new("DELETE")];

    public int TablesAdded => (int)tables[0].Count;

    public int TablesUpdated => (int)tables[1].Count;

    public int TablesDeleted => (int)tables[2].Count;

    public long PartitionsAdded => partitions[0].Count;

    public long PartitionsUpdated => partitions[1].Count;

    public long PartitionsDeleted => partitions[2].Count;

    public void AddTable(string name) => tables[0].Add(name);

    public void UpdateTable(string name) => tables[1].Add(name);

    public void DeleteTable(string name) => tables[2].Add(name);

    public void AddPartition(string table, IReadOnlyList<string> values) => partitions[0].Add($"{table}/{string.Join('/', values)}");

    public void UpdatePartition(string table, IReadOnlyList<string> values) => partitions[1].Add($"{table}/{string.Join('/', values)}");

    public void DeletePartition(string table, IReadOnlyList<string> values) => partitions[2].Add($"{table}/{string.Join('/', values)}");

    public string ToJson()
    {
        var summary = new Dictionary<string, object>();
        Write("TABLE", tables);
        Write("PARTITION", partitions);
        return JsonSerializer.Serialize(summary);

        void Write(string kind, Change[] changes)
        {
            var written = changes.Where(change => change.Count > 0).ToDictionary(change => change.Name, change => (object)new { change.Count, Details = new { names = change.Names } });
            if (written.Count > 0)
            {
                summary.Add(kind, written);
            }
        }
    }

    private sealed class Change(string name)
    {
        public string Name { get; } = name;

        public List<string> Names { get; } = [];

        public long Count { get; private set; }

        public void Add(string changed)
        {
            Count++;
            if (Names.Count < NamesMax)
            {
                Names.Add(changed);
            }
        }
    }
}
