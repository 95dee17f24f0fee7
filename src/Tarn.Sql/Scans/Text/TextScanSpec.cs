using System.Text.Json;
using System.Text.Json.Serialization;
using Tarn.Sql.Types;

namespace Tarn.Sql.Scans.Text;

/// <summary>
/// How text files are read: what a SerDe and its properties come to. It travels through DuckDB's SQL as JSON, because that is what a call of
/// <see cref="TextScanFunction"/> can carry.
/// </summary>
internal sealed record TextScanSpec
{
    public required TableFormat Format { get; init; }

    /// <summary>The columns that are read, as the columns <c>c0</c>, <c>c1</c>, ... of the scan.</summary>
    public required IReadOnlyList<TextColumn> Columns { get; init; }

    /// <summary>Lines at the start of every file that are no rows.</summary>
    public int HeaderLines { get; init; }

    public TextEncoding Encoding { get; init; }

    /// <summary>Of delimited text: of fields, then of the levels below. Of quoted text: separator, quote, escape.</summary>
    public IReadOnlyList<string> Delimiters { get; init; } = [];

    /// <summary>The character that keeps a delimiter inside a field of delimited text; null for none.</summary>
    public string? Escape { get; init; }

    /// <summary>The text that means NULL in delimited text.</summary>
    public string NullText { get; init; } = "\\N";

    /// <summary>A line that is no JSON is a row of NULLs.</summary>
    public bool IgnoresMalformed { get; init; }

    /// <summary>A JSON value that does not read as its column is NULL; otherwise it fails.</summary>
    public bool IsLenient { get; init; }

    public bool IsCaseSensitive { get; init; }

    /// <summary>Where the records of a JSON document are; null for the documents themselves.</summary>
    public string? JsonPath { get; init; }

    /// <summary>An array at the top is one row of one column, as crawlers type it; otherwise its elements are the rows.</summary>
    public bool TakesArrayWhole { get; init; }

    public string ToJson() => JsonSerializer.Serialize(this, SpecJson.Default.TextScanSpec);

    public static TextScanSpec Parse(string json) => JsonSerializer.Deserialize(json, SpecJson.Default.TextScanSpec)!;
}

/// <param name="TypeName">As <see cref="TypeParser"/> reads it.</param>
/// <param name="Place">Index of the field in a line, from 0; of JSON the column's index in the table, for records that are arrays.</param>
/// <param name="Key">The member of a JSON object; the column's name for other formats.</param>
internal sealed record TextColumn(string TypeName, int Place, string Key)
{
    [JsonIgnore]
    public SqlType Type => TypeParser.Parse(TypeName);
}

internal enum TextEncoding
{
    Utf8,
    Latin1,
    Utf16,
    Utf16LittleEndian,
    Utf16BigEndian,
}

[JsonSerializable(typeof(TextScanSpec))]
internal sealed partial class SpecJson : JsonSerializerContext;
