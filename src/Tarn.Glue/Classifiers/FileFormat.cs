namespace Tarn.Glue.Classifiers;

/// <summary>
/// How a file is read, and what it holds: what a classifier finds out and what the catalog is told. Files whose
/// <see cref="CompatibilityKey"/>s are equal can be read as one table.
/// </summary>
internal sealed record FileFormat
{
    public const string UnknownClassification = "UNKNOWN";

    /// <summary>The classification string, such as <c>csv</c>; <c>UNKNOWN</c> when no classifier knew the file.</summary>
    public required string Classification { get; init; }

    /// <summary>The codec around the whole file: <c>none</c>, <c>gzip</c>, <c>zstd</c>.</summary>
    public required string CompressionType { get; init; }

    /// <summary>The class name of the SerDe.</summary>
    public string? SerializationLibrary { get; init; }

    /// <summary>Class names of the Hadoop formats.</summary>
    public string? InputFormat { get; init; }

    public string? OutputFormat { get; init; }

    /// <summary>Parameters of the SerDe, in order of their names.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> SerDeParameters { get; init; } = [];

    /// <summary>Parameters of the table that the format asks for, such as <c>delimiter</c>.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> TableParameters { get; init; } = [];

    /// <summary>Columns are found by their place in the record (CSV), not by name: one cannot be left out.</summary>
    public bool ColumnsByPosition { get; init; }

    /// <summary>The first row of each file holds the names (CSV).</summary>
    public bool HasHeader { get; init; }

    /// <summary>Values of the sample are really quoted (CSV): one such file makes the whole table one that is read with quotes.</summary>
    public bool IsQuoted { get; init; }

    /// <summary>The SerDe takes the column names in the case of the source as its parameter <c>paths</c> (JSON).</summary>
    public bool NamesPaths { get; init; }

    /// <summary>Files with the same key may be one table: classification, codec, delimiter, header.</summary>
    public string CompatibilityKey { get; init; } = "";
}

/// <summary>A column as a classifier found it; the name is in the case of the source.</summary>
internal readonly record struct FoundColumn(string Name, HiveType Type)
{
    /// <summary>The name in the catalog.</summary>
    public string CatalogName => Name.ToLowerInvariant();
}

/// <summary>A format with its columns. Interned per crawl (<see cref="FileSchemaPool"/>), so that thousands of equal files share one.</summary>
internal sealed class FileSchema(FileFormat format, IReadOnlyList<FoundColumn> columns)
{
    public FileFormat Format { get; } = format;

    public IReadOnlyList<FoundColumn> Columns { get; } = columns;

    /// <summary>
    /// What the file may be beside this, if its neighbours are: a CSV file of one row alone is no CSV, and one of strings alone has no header, until it lies
    /// among files that settle it. Empty for most files.
    /// </summary>
    public IReadOnlyList<FileSchema> Alternatives { get; init; } = [];

    public bool IsUnknown => Format.Classification == FileFormat.UnknownClassification;

    /// <summary>Everything that tells two schemas apart, as one string.</summary>
    public string Identity => identity ??= string.Join(
        '\u0001',
        [Format.CompatibilityKey, Format.SerializationLibrary ?? "", .. Columns.Select(column => $"{column.Name}\u0002{column.Type.Signature}"), .. Alternatives.Select(alternative => alternative.Identity)]);

    private string? identity;
}

/// <summary>The distinct schemas of one crawl. One thread at a time.</summary>
internal sealed class FileSchemaPool
{
    private readonly Dictionary<string, FileSchema> schemas = new(StringComparer.Ordinal);

    public int Count => schemas.Count;

    /// <summary>The one instance that stands for <paramref name="schema"/> in this crawl.</summary>
    public FileSchema Intern(FileSchema schema)
    {
        if (schemas.TryGetValue(schema.Identity, out var known))
        {
            return known;
        }

        schemas.Add(schema.Identity, schema);
        return schema;
    }
}
