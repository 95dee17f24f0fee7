namespace Tarn.Glue.Classifiers;

/// <summary>Whether the first row names the columns: the values of the API's <c>ContainsHeader</c>.</summary>
internal enum CsvHeaderOption
{
    Unknown,
    Present,
    Absent,
}

/// <summary>What a CSV classifier is told to look for; <see cref="BuiltIn"/> is Glue's own.</summary>
internal sealed record CsvSettings
{
    /// <summary>Glue's own classifier: five delimiters, at least two columns and two rows of data.</summary>
    public static CsvSettings BuiltIn { get; } = new();

    /// <summary>Tried in this order: comma, pipe, tab, semicolon, Ctrl-A.</summary>
    public IReadOnlyList<char> Delimiters { get; init; } = [',', '|', '\t', ';', '\u0001'];

    public char Quote { get; init; } = '"';

    public CsvHeaderOption ContainsHeader { get; init; } = CsvHeaderOption.Unknown;

    /// <summary>Column names to use whatever the file says; empty for none.</summary>
    public IReadOnlyList<string> Header { get; init; } = [];

    /// <summary>Whether blanks around a value are taken off before its type is told.</summary>
    public bool TrimValues { get; init; } = true;

    public bool AllowSingleColumn { get; init; }

    /// <summary>The fewest rows of data that make a CSV file.</summary>
    public int DataRowsMin { get; init; } = 2;

    /// <summary>Types by place of the column, which are taken instead of what the values look like; empty for none.</summary>
    public IReadOnlyList<HiveType> ColumnTypes { get; init; } = [];

    /// <summary>True for OpenCSVSerde, false for LazySimpleSerDe, null for the crawler's choice.</summary>
    public bool? OpenCsv { get; init; }
}
