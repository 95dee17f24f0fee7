using System.Globalization;
using Tarn.Sql.Types;

namespace Tarn.Sql.Scans;

/// <summary>
/// Hive's delimited text: no quotes; a value that is not one of its type is NULL, a missing column is NULL, one too many is ignored.
/// DuckDB's reader passes over empty lines, which Hive reads as rows of NULLs.
/// </summary>
internal sealed class LazySimpleSerde : ISerde
{
    private const string DefaultNull = "\\N";

    public IReadOnlyList<string> Libraries { get; } = ["org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe", "org.apache.hadoop.hive.serde2.lazybinary.LazyBinarySerDe"];

    public string Select(SerdeInput input)
    {
        if (input.Storage.SerdeInfo?.SerializationLibrary != Libraries[0])
        {
            throw new SqlException("NOT_SUPPORTED", $"The SerDe {input.Storage.SerdeInfo?.SerializationLibrary} is not read by Tarn yet");
        }

        var delimiter = Delimiter(input.Parameter("field.delim") ?? input.Parameter("serialization.format"), "\u0001");
        var nullText = input.Parameter("serialization.null.format") ?? DefaultNull;
        return input.Parameter("escape.delim") is { Length: > 0 } escape
            ? SelectEscaped(input, delimiter, Delimiter(escape, "\\"), nullText)
            : SelectPlain(input, delimiter, nullText);
    }

    private static string SelectPlain(SerdeInput input, string delimiter, string nullText)
    {
        var names = string.Join(", ", Enumerable.Range(0, Math.Max(input.ColumnCount, 1)).Select(i => $"'c{i}': 'VARCHAR'"));
        var items = input.Columns.Select(column => $"{Value(input, $"c{column.Index}", column.Type, 0)} AS {LiteralSql.Identifier(column.Name)}");
        return $"SELECT {string.Concat(items.Select(item => item + ", "))}filename FROM read_csv({input.Paths}, columns = {{{names}}}, delim = {LiteralSql.Text(delimiter)}, "
            + $"quote = '', escape = '', header = false, skip = {input.HeaderLines}, nullstr = {LiteralSql.Text(nullText)}, null_padding = true, auto_detect = false, strict_mode = false, "
            + $"filename = true, hive_partitioning = false, compression = '{TextCompression.Of(input.Files[0].Name)}')";
    }

    /// <summary>An escape character in the fields: lines are read whole and cut at delimiters that it does not stand before.</summary>
    private static string SelectEscaped(SerdeInput input, string delimiter, string escape, string nullText)
    {
        var (d, e) = (Quote(delimiter), Quote(escape));
        var pattern = $"((?:{e}.|[^{d}{e}])*)(?:{d}|$)";
        var unescape = $"{e}(.)";
        string Field(int index)
        {
            var raw = $"fields[{index + 1}]";
            return $"CASE WHEN {raw} IS NULL OR {raw} = {LiteralSql.Text(nullText)} THEN NULL ELSE regexp_replace({raw}, {LiteralSql.Text(unescape)}, '\\1', 'g') END";
        }

        var items = input.Columns.Select(column => $"{Value(input, $"({Field(column.Index)})", column.Type, 0)} AS {LiteralSql.Identifier(column.Name)}");
        return $"SELECT {string.Concat(items.Select(item => item + ", "))}filename FROM (SELECT regexp_extract_all(line, {LiteralSql.Text(pattern)}, 1) AS fields, filename "
            + $"FROM read_csv({input.Paths}, columns = {{'line': 'VARCHAR'}}, delim = chr(0), quote = '', escape = '', header = false, skip = {input.HeaderLines}, nullstr = chr(1), "
            + $"auto_detect = false, strict_mode = false, filename = true, hive_partitioning = false, compression = '{TextCompression.Of(input.Files[0].Name)}'))";
    }

    /// <summary>A field: nested types are cut at the delimiters of their depth.</summary>
    private static string Value(SerdeInput input, string sql, SqlType type, int depth)
    {
        switch (type)
        {
            case ArrayType array:
                return $"CASE WHEN {sql} = '' THEN [] ELSE list_transform(string_split({sql}, {Separator(input, depth)}), lambda e{depth}: {Value(input, $"e{depth}", array.Element, depth + 1)}) END";
            case MapType map:
                var pair = $"string_split(e{depth}, {Separator(input, depth + 1)})";
                return $"CASE WHEN {sql} = '' THEN MAP {{}} ELSE map_from_entries(list_transform(string_split({sql}, {Separator(input, depth)}), lambda e{depth}: "
                    + $"{{'key': {Value(input, pair + "[1]", map.Key, depth + 2)}, 'value': {Value(input, pair + "[2]", map.Value, depth + 2)}}})) END";
            case RowType row:
                var fields = row.Fields.Select((field, i) => Value(input, $"string_split({sql}, {Separator(input, depth)})[{i + 1}]", field.Type, depth + 1));
                return $"CASE WHEN {sql} IS NULL THEN NULL ELSE {DuckDbTypes.Row(row, [.. fields])} END";
            default:
                return TextValues.Read(sql, type, BadValue.Null);
        }
    }

    /// <summary>The delimiter inside a nested value: collection items, map keys, then Ctrl-D and on.</summary>
    private static string Separator(SerdeInput input, int depth) => LiteralSql.Text(depth switch
    {
        0 => Delimiter(input.Parameter("collection.delim") ?? input.Parameter("colelction.delim"), "\u0002"),
        1 => Delimiter(input.Parameter("mapkey.delim"), "\u0003"),
        _ => ((char)(depth + 2)).ToString(),
    });

    /// <summary>A delimiter as Hive reads it: a character, or the number of one.</summary>
    private static string Delimiter(string? text, string defaultValue) => text switch
    {
        null or "" => defaultValue,
        { Length: > 1 } when byte.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var code) => ((char)code).ToString(),
        "1" => "\u0001",
        _ => text[..1],
    };

    /// <summary>A character for the inside of a regular expression, in a class or outside.</summary>
    private static string Quote(string character) => $"\\x{{{(int)character[0]:X}}}";
}
