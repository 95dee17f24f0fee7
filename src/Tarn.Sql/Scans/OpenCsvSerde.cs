using Tarn.Sql.Types;

namespace Tarn.Sql.Scans;

/// <summary>
/// Quoted text. An empty field is an empty string, and NULL in a column of another type (Athena fails there, where its own crawlers make such
/// tables); any other text that is no value of its column's type fails the query. Timestamps are milliseconds and dates days since 1970, as Athena has it; ISO text is read too.
/// </summary>
internal sealed class OpenCsvSerde : ISerde
{
    /// <summary>From Unicode's private use: no field is this text.</summary>
    private const string NoNull = "\uE000\uE001\uE002";

    public IReadOnlyList<string> Libraries { get; } = ["org.apache.hadoop.hive.serde2.OpenCSVSerde"];

    public string Select(SerdeInput input)
    {
        var (separator, quote, escape) = (Character(input, "separatorChar", ","), Character(input, "quoteChar", "\""), Character(input, "escapeChar", "\\"));
        var names = string.Join(", ", Enumerable.Range(0, Math.Max(input.ColumnCount, 1)).Select(i => $"'c{i}': 'VARCHAR'"));
        var items = input.Columns.Select(column => $"{Value($"c{column.Index}", column.Type)} AS {LiteralSql.Identifier(column.Name)}");

        // OpenCSV takes a doubled quote and an escaped one alike; DuckDB takes one kind. Files double it unless their SerDe names an escape of its own.
        var duckDbEscape = input.Parameter("escapeChar") is null || escape == "\\" ? quote : escape;
        return $"SELECT {string.Concat(items.Select(item => item + ", "))}filename FROM read_csv({input.Paths}, columns = {{{names}}}, delim = {LiteralSql.Text(separator)}, "
            + $"quote = {LiteralSql.Text(quote)}, escape = {LiteralSql.Text(duckDbEscape)}, header = false, skip = {input.HeaderLines}, nullstr = {LiteralSql.Text(NoNull)}, null_padding = true, "
            + $"auto_detect = false, strict_mode = false, parallel = false, filename = true, hive_partitioning = false, compression = '{TextCompression.Of(input.Files[0].Name)}')";
    }

    private static string Value(string sql, SqlType type)
    {
        var text = $"nullif({sql}, '')";
        return type switch
        {
            VarcharType or CharType => TextValues.Read(sql, type, BadValue.Fails),
            TimestampType { WithTimeZone: false } => $"CASE WHEN translate({text}, '0123456789-', '') = '' AND length({text}) > 10 THEN make_timestamp(CAST({text} AS BIGINT) * 1000) ELSE {TextValues.Read(text, type, BadValue.Fails)} END",
            SimpleType { Kind: SimpleKind.Date } => $"CASE WHEN translate({text}, '0123456789', '') IN ('', '-') THEN DATE '1970-01-01' + CAST({text} AS INTEGER) ELSE {TextValues.Read(text, type, BadValue.Fails)} END",
            ArrayType or MapType or RowType => throw new SqlException("NOT_SUPPORTED", $"OpenCSVSerde does not read columns of type {type}"),
            _ => TextValues.Read(text, type, BadValue.Fails),
        };
    }

    private static string Character(SerdeInput input, string name, string defaultValue) => input.Parameter(name) is { Length: > 0 } text ? text[..1] : defaultValue;
}
