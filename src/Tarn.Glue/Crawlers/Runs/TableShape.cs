using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Tarn.Contracts.Catalog;
using Tarn.Glue.Classifiers;
using Tarn.Glue.Crawlers.Grouping;

namespace Tarn.Glue.Crawlers.Runs;

/// <summary>Who writes: goes into the parameters of tables and partitions.</summary>
/// <param name="Exclusions">The target's patterns over whole URIs; empty for none.</param>
internal sealed record CrawlStamp(string Crawler, string RunId, IReadOnlyList<string> Exclusions);

/// <summary>What a crawler writes of a table or a partition: parameters, descriptor, names. Pure.</summary>
internal static class TableShape
{
    public const string UpdatedByCrawler = "UPDATED_BY_CRAWLER";
    public const string CrawlRunId = "CRAWL_RUN_ID";
    public const string DeprecatedByCrawler = "DEPRECATED_BY_CRAWLER";
    public const string PartitionFiltering = "partition_filtering.enabled";

    private const int NameCharsMax = 128;

    public static SortedDictionary<string, string> Parameters(FileFormat format, FileCounts counts, CrawlStamp stamp)
    {
        counts = counts.In(format);
        var parameters = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["classification"] = format.Classification,
            ["compressionType"] = format.CompressionType,
            ["typeOfData"] = "file",
            ["objectCount"] = counts.Files.ToString(),
            ["recordCount"] = counts.RecordCount.ToString(),
            ["sizeKey"] = counts.Bytes.ToString(),
            ["averageRecordSize"] = counts.AverageRecordSize.ToString(),
            [UpdatedByCrawler] = stamp.Crawler,
            [CrawlRunId] = stamp.RunId,
            ["CrawlerSchemaSerializerVersion"] = "1.0",
            ["CrawlerSchemaDeserializerVersion"] = "1.0",
        };
        if (stamp.Exclusions.Count > 0)
        {
            parameters["exclusions"] = JsonSerializer.Serialize(stamp.Exclusions);
        }

        foreach (var (key, value) in format.TableParameters)
        {
            parameters[key] = value;
        }

        return parameters;
    }

    /// <param name="partitionKeys">Names that the data may not use as well.</param>
    public static StorageDescriptor Descriptor(FileSchema schema, IReadOnlyList<string> partitionKeys, string location, IReadOnlyDictionary<string, string> parameters)
    {
        var format = schema.Format;
        var serde = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in format.SerDeParameters)
        {
            serde[key] = value;
        }

        if (format.NamesPaths)
        {
            serde["paths"] = string.Join(',', schema.Columns.Select(column => column.Name).Order(StringComparer.Ordinal));
        }

        return new StorageDescriptor
        {
            Columns = Columns(schema, partitionKeys),
            Location = location,
            InputFormat = format.InputFormat,
            OutputFormat = format.OutputFormat,
            Compressed = format.CompressionType != Compression.None,
            NumberOfBuckets = -1,
            SerdeInfo = new SerDeInfo(null, format.SerializationLibrary, serde),
            Parameters = parameters,
        };
    }

    /// <summary>
    /// Lower-case names, each once. A column that is also a partition key is left out where columns are found by name, and gets another name where they are found by place.
    /// </summary>
    private static List<CatalogColumn> Columns(FileSchema schema, IReadOnlyList<string> partitionKeys)
    {
        var names = new HashSet<string>(partitionKeys, StringComparer.Ordinal);
        var columns = new List<CatalogColumn>(schema.Columns.Count);
        foreach (var column in schema.Columns)
        {
            var name = column.CatalogName;
            if (schema.Format.ColumnsByPosition)
            {
                for (var number = 2; !names.Add(name); number++)
                {
                    name = $"{column.CatalogName}_{number}";
                }
            }
            else if (!names.Add(name))
            {
                continue;
            }

            columns.Add(new CatalogColumn(name, column.Type.ToString()));
        }

        return columns;
    }

    /// <summary>The names of the partition columns: the key of named folders, else <c>partition_0</c> and on, counted from the table.</summary>
    public static IReadOnlyList<string> PartitionKeys(IReadOnlyList<string?> levels)
    {
        var keys = new List<string>(levels.Count);
        for (var index = 0; index < levels.Count; index++)
        {
            var key = levels[index];
            keys.Add(key is null || keys.Contains(key) ? $"partition_{index}" : key);
        }

        return keys;
    }

    /// <summary>The values of the folders between a table and one of its leaves.</summary>
    /// <param name="below">The leaf's path below the table, with a slash at the end.</param>
    public static IReadOnlyList<string> PartitionValues(IReadOnlyList<string?> levels, string below) =>
        [.. below.TrimEnd('/').Split('/').Select((segment, index) => new FolderLevel(levels[index]).ValueOf(segment))];

    /// <summary>The name that a folder or file gives its table: the last part of its path, lower case, <c>_</c> for all that is not a letter, digit or <c>_</c>.</summary>
    public static string TableName(string prefix, string bucket, string key)
    {
        var path = key.TrimEnd('/');
        var segment = path.Length == 0 ? bucket : path[(path.LastIndexOf('/') + 1)..];
        var name = new StringBuilder(prefix.ToLowerInvariant());
        foreach (var character in segment.ToLowerInvariant())
        {
            name.Append(char.IsAsciiLetterLower(character) || char.IsAsciiDigit(character) ? character : '_');
        }

        return name.Length > NameCharsMax ? name.ToString(0, NameCharsMax) : name.ToString();
    }

    /// <summary>The name with a suffix that depends on the location only, so that the next crawl makes the same.</summary>
    public static string WithSuffix(string name, string location)
    {
#pragma warning disable CA5351 // A name, not a secret: 32 characters is what Glue's crawlers append.
        var suffix = "_" + Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(location)));
#pragma warning restore CA5351
        return (name.Length > NameCharsMax - suffix.Length ? name[..(NameCharsMax - suffix.Length)] : name) + suffix;
    }

    /// <summary>Whether two definitions are the same but for the crawl that wrote them.</summary>
    public static bool AreSame(IReadOnlyDictionary<string, string> leftParameters, StorageDescriptor? left, IReadOnlyDictionary<string, string> rightParameters, StorageDescriptor? right) =>
        AreSame(leftParameters, rightParameters)
        && (left is null || right is null
            ? left is null && right is null
            : left.Location == right.Location
                && left.InputFormat == right.InputFormat
                && left.OutputFormat == right.OutputFormat
                && left.SerdeInfo?.SerializationLibrary == right.SerdeInfo?.SerializationLibrary
                && AreSame(left.SerdeInfo?.Parameters, right.SerdeInfo?.Parameters)
                && left.Columns.Select(column => (column.Name, column.Type)).SequenceEqual(right.Columns.Select(column => (column.Name, column.Type))));

    private static bool AreSame(IReadOnlyDictionary<string, string>? left, IReadOnlyDictionary<string, string>? right)
    {
        static IEnumerable<KeyValuePair<string, string>> Compared(IReadOnlyDictionary<string, string>? parameters) =>
            (parameters ?? new Dictionary<string, string>()).Where(pair => pair.Key != CrawlRunId).OrderBy(pair => pair.Key, StringComparer.Ordinal);

        return Compared(left).SequenceEqual(Compared(right));
    }
}
