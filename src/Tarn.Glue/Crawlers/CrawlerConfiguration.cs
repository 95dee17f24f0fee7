using System.Text.Json;

namespace Tarn.Glue.Crawlers;

/// <summary>The crawler's <c>Configuration</c>, a JSON text: what it says of merging, inheritance and grouping.</summary>
internal sealed record CrawlerConfiguration
{
    public static CrawlerConfiguration Default { get; } = new();

    /// <summary>Columns are only ever added to a table, never removed or retyped.</summary>
    public bool MergeNewColumns { get; init; }

    /// <summary>Partitions take format, SerDe and columns from their table.</summary>
    public bool InheritFromTable { get; init; }

    /// <summary>More tables than this fail the crawl, with nothing written; null for no limit.</summary>
    public int? TableThreshold { get; init; }

    /// <summary>Schemas that can be combined are, however little they share.</summary>
    public bool CombineCompatibleSchemas { get; init; }

    /// <summary>Where tables are, counted from the bucket = 1; null to let the crawler find out.</summary>
    public int? TableLevel { get; init; }

    /// <summary>Partitioned tables are marked for filtering by an index.</summary>
    public bool CreatePartitionIndex { get; init; } = true;

    /// <exception cref="FormatException">The text is not JSON, or a value is not one that is known.</exception>
    public static CrawlerConfiguration Parse(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return Default;
        }

        try
        {
            using var document = JsonDocument.Parse(text);
            return Read(document.RootElement);
        }
        catch (JsonException exception)
        {
            throw new FormatException($"Configuration is not valid JSON: {exception.Message}", exception);
        }
        catch (InvalidOperationException exception)
        {
            throw new FormatException($"Configuration has a value of a wrong type: {exception.Message}", exception);
        }
    }

    private static CrawlerConfiguration Read(JsonElement root)
    {
        Only(root, "", "Version", "CrawlerOutput", "Grouping", "CreatePartitionIndex");
        if (root.TryGetProperty("Version", out var version) && version.GetDouble() != 1.0)
        {
            throw new FormatException("Configuration Version must be 1.0.");
        }

        var configuration = new CrawlerConfiguration();
        if (root.TryGetProperty("CrawlerOutput", out var output))
        {
            configuration = ReadOutput(output, configuration);
        }

        if (root.TryGetProperty("Grouping", out var grouping))
        {
            Only(grouping, "Grouping.", "TableGroupingPolicy", "TableLevelConfiguration");
            configuration = configuration with
            {
                CombineCompatibleSchemas = Choice(grouping, "TableGroupingPolicy", "CombineCompatibleSchemas"),
                TableLevel = Number(grouping, "TableLevelConfiguration"),
            };
        }

        return root.TryGetProperty("CreatePartitionIndex", out var index) ? configuration with { CreatePartitionIndex = index.GetBoolean() } : configuration;
    }

    private static CrawlerConfiguration ReadOutput(JsonElement output, CrawlerConfiguration configuration)
    {
        Only(output, "CrawlerOutput.", "Tables", "Partitions");
        if (output.TryGetProperty("Tables", out var tables))
        {
            Only(tables, "CrawlerOutput.Tables.", "AddOrUpdateBehavior", "TableThreshold");
            configuration = configuration with
            {
                MergeNewColumns = Choice(tables, "AddOrUpdateBehavior", "MergeNewColumns"),
                TableThreshold = Number(tables, "TableThreshold"),
            };
        }

        if (output.TryGetProperty("Partitions", out var partitions))
        {
            Only(partitions, "CrawlerOutput.Partitions.", "AddOrUpdateBehavior");
            configuration = configuration with { InheritFromTable = Choice(partitions, "AddOrUpdateBehavior", "InheritFromTable") };
        }

        return configuration;
    }

    /// <summary>An unknown key is most often a misspelt one, and would be passed over without a word.</summary>
    private static void Only(JsonElement element, string path, params string[] known)
    {
        foreach (var property in element.EnumerateObject())
        {
            if (!known.Contains(property.Name))
            {
                throw new FormatException($"Configuration has an unknown key {path}{property.Name}; known are {string.Join(", ", known)}.");
            }
        }
    }

    private static bool Choice(JsonElement element, string name, string value)
    {
        if (!element.TryGetProperty(name, out var found))
        {
            return false;
        }

        return found.GetString() == value ? true : throw new FormatException($"{name} must be {value}.");
    }

    private static int? Number(JsonElement element, string name)
    {
        if (!element.TryGetProperty(name, out var found))
        {
            return null;
        }

        return found.TryGetInt32(out var number) && number >= 1 ? number : throw new FormatException($"{name} must be a whole number of at least 1.");
    }
}
