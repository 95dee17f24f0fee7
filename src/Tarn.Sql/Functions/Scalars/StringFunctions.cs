using Tarn.Sql.Functions.Casts;
using Tarn.Sql.Functions.Resolution;
using Tarn.Sql.Types;

namespace Tarn.Sql.Functions.Scalars;

/// <summary>Functions on text. Positions and lengths are in code points, from 1.</summary>
internal static class StringFunctions
{
    /// <summary>What Java's Character.isWhitespace takes for white space, which trim cuts; DuckDB's trim cuts the given characters.</summary>
    private static readonly string WhiteSpace = LiteralSql.Text("\t\n\u000b\f\r\u001c\u001d\u001e\u001f \u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2008\u2009\u200a\u2028\u2029\u205f\u3000");

    public static void Add(ScalarFunctions functions)
    {
        Basic(functions);
        Searching(functions);
        Splitting(functions);
        Comparing(functions);
    }

    private static void Basic(ScalarFunctions functions)
    {
        functions.Add("length(varchar(x)) -> bigint", "length({0})");
        functions.Add("length(char(x)) -> bigint", call => Template.Fill($"CASE WHEN {{0}} IS NULL THEN NULL ELSE CAST({((CharType)call[0].Type).Length} AS BIGINT) END", call.Texts));
        // Trino maps code point by code point, and 'ß' has no capital that way; DuckDB makes it 'ẞ'.
        const string Upper = "CASE WHEN contains({0}, 'ß') THEN array_to_string(list_transform(string_split({0}, 'ß'), lambda _p: upper(_p)), 'ß') ELSE upper({0}) END";
        foreach (var (name, template) in new[] { ("lower", "lower({0})"), ("upper", Upper) })
        {
            functions.Add($"{name}(varchar(x)) -> varchar(x)", template);
            functions.Add($"{name}(char(x)) -> char(x)", template);
        }

        foreach (var name in new[] { "trim", "ltrim", "rtrim" })
        {
            functions.Add($"{name}(varchar(x)) -> varchar(x)", $"{name}({{0}}, {WhiteSpace})");
            functions.Add($"{name}(char(x)) -> char(x)", $"{name}({{0}}, {WhiteSpace})");
            functions.Add($"{name}(varchar(x), varchar) -> varchar(x)", $"{name}({{0}}, {{1}})");
            functions.Add($"{name}(char(x), varchar) -> char(x)", $"rtrim({name}({{0}}, {{1}}), ' ')");
        }

        functions.Add("reverse(varchar(x)) -> varchar(x)", "trino_reverse({0})");
        functions.AddTyped("concat(varchar(x), varchar(y), varchar(z)...) -> varchar", Concat);
        functions.AddTyped("concat(char(x), char(y)) -> varchar", ConcatChars);
        functions.Add("concat_ws(varchar, varchar, varchar...) -> varchar", call => $"concat_ws({string.Join(", ", call.Texts)})");
        functions.Add("concat_ws(varchar, array(varchar)) -> varchar", "CASE WHEN {0} IS NULL OR {1} IS NULL THEN NULL ELSE coalesce(array_to_string({1}, {0}), '') END");
        functions.Add("chr(bigint) -> varchar(1)", "trino_chr({0})");
        functions.Add("codepoint(varchar(1)) -> integer", "trino_codepoint({0})");
        functions.Add("lpad(varchar(x), bigint, varchar) -> varchar", "trino_pad({0}, {1}, {2}, true)");
        functions.Add("rpad(varchar(x), bigint, varchar) -> varchar", "trino_pad({0}, {1}, {2}, false)");
        functions.Add("substr(varchar(x), bigint) -> varchar(x)", "trino_substr({0}, {1})");
        functions.Add("substr(varchar(x), bigint, bigint) -> varchar(x)", "trino_substr({0}, {1}, {2})");
        functions.Add("substr(char(x), bigint) -> char(x)", call => $"rtrim(trino_substr({Padded(call)}, {call[1].Sql}), ' ')");
        functions.Add("substr(char(x), bigint, bigint) -> char(x)", call => $"rtrim(trino_substr({Padded(call)}, {call[1].Sql}, {call[2].Sql}), ' ')");
        functions.Alias("substring", "substr");
        functions.Add("replace(varchar, varchar) -> varchar", "trino_replace({0}, {1}, '')");
        functions.Add("replace(varchar, varchar, varchar) -> varchar", "trino_replace({0}, {1}, {2})");
        functions.Add("translate(varchar(x), varchar(y), varchar(z)) -> varchar", "translate({0}, {1}, {2})");
        functions.Add("normalize(varchar(x)) -> varchar", "nfc_normalize({0})");
        functions.Add("normalize(varchar(x), varchar(y)) -> varchar", "CASE WHEN upper({1}) = 'NFC' THEN nfc_normalize({0}) ELSE trino_normalize({0}, {1}) END");
        functions.AddTyped("format(varchar, any...) -> varchar", Format);
        functions.Add("repeat(T, bigint) -> array(T)", call => ArrayFunctions.Repeat(call));
        functions.Add("to_utf8(varchar) -> varbinary", "encode({0})");
        functions.Add("from_utf8(varbinary) -> varchar", "trino_from_utf8({0}, '\ufffd')");
        functions.Add("from_utf8(varbinary, varchar) -> varchar", "trino_from_utf8({0}, {1})");
        functions.Add("from_utf8(varbinary, bigint) -> varchar", "trino_from_utf8({0}, trino_chr({1}))");
    }

    private static void Searching(ScalarFunctions functions)
    {
        functions.Add("strpos(varchar, varchar) -> bigint", "CAST(instr({0}, {1}) AS BIGINT)");
        functions.Add("strpos(varchar, varchar, bigint) -> bigint", "trino_strpos({0}, {1}, {2})");
        functions.Alias("position", "strpos");
        functions.Add("starts_with(varchar, varchar) -> boolean", "starts_with({0}, {1})");
        functions.Add("ends_with(varchar, varchar) -> boolean", "ends_with({0}, {1})");
        functions.Add("luhn_check(varchar) -> boolean", "trino_luhn_check({0})");
    }

    private static void Splitting(ScalarFunctions functions)
    {
        functions.Add("split(varchar, varchar) -> array(varchar)", "trino_split({0}, {1}, 2147483647)");
        functions.Add("split(varchar, varchar, bigint) -> array(varchar)", "trino_split({0}, {1}, {2})");
        functions.Add("split_part(varchar, varchar, bigint) -> varchar", "trino_split_part({0}, {1}, {2})");
        functions.Add("split_to_map(varchar, varchar, varchar) -> map(varchar, varchar)", "trino_split_to_map({0}, {1}, {2})");
        functions.Add("split_to_multimap(varchar, varchar, varchar) -> map(varchar, array(varchar))", "trino_split_to_multimap({0}, {1}, {2})");
    }

    private static void Comparing(ScalarFunctions functions)
    {
        functions.Add("levenshtein_distance(varchar, varchar) -> bigint", "trino_levenshtein({0}, {1})");
        functions.Add("hamming_distance(varchar, varchar) -> bigint", "trino_hamming({0}, {1})");
        functions.Add("soundex(varchar) -> varchar(4)", "trino_soundex({0})");
    }

    private static string Padded(ResolvedCall call) => TrinoCasts.Pad((CharType)call[0].Type, call[0].Sql);

    /// <summary><c>||</c> rather than DuckDB's concat, which passes NULLs over.</summary>
    private static BoundCall Concat(ResolvedCall call)
    {
        return new BoundCall(SqlType.Varchar, $"({string.Join(" || ", call.Texts)})");
    }

    private static BoundCall ConcatChars(ResolvedCall call)
    {
        var (a, b) = ((CharType)call[0].Type, (CharType)call[1].Type);
        return new BoundCall(new CharType(Math.Min(65_536, a.Length + b.Length)), $"({TrinoCasts.Pad(a, call[0].Sql)} || {call[1].Sql})");
    }

    /// <summary>The arguments as a list of texts that say their types, which Java's formatter looks at.</summary>
    private static BoundCall Format(ResolvedCall call)
    {
        if (call.Arguments.Count == 1)
        {
            throw new SqlException("FUNCTION_NOT_FOUND", "Unexpected parameters (varchar) for function format. Expected: format(varchar, any...)", call.Position);
        }

        var casts = new TrinoCasts(TrinoSession.AtUtc(default));
        var texts = call.Arguments.Skip(1).Select(argument => Template.Let(
            argument.Sql,
            value => $"CASE WHEN {value} IS NULL THEN NULL ELSE concat('{FormatKind(argument.Type)}', {FormatText(argument.Type, value, casts) ?? throw new SqlException("NOT_SUPPORTED", $"format() of {argument.Type} is not supported", call.Position)}) END"));
        return new BoundCall(SqlType.Varchar, $"trino_format({call[0].Sql}, [{string.Join(", ", texts)}])");
    }

    /// <summary>The value as text; an instant as its microseconds and its zone. Null for a type that has no text.</summary>
    private static string? FormatText(SqlType type, string value, TrinoCasts casts) => type is TimestampType { WithTimeZone: true }
        ? $"epoch_us(struct_extract({value}, 'instant')), ' ', struct_extract({value}, 'zone')"
        : casts.Cast(type, SqlType.Varchar, value);

    private static char FormatKind(SqlType type) => type switch
    {
        _ when TypeCoercion.IsInteger(type) => 'i',
        DecimalType => 'd',
        SimpleType { Kind: SimpleKind.Double or SimpleKind.Real } => 'f',
        SimpleType { Kind: SimpleKind.Boolean } => 'b',
        SimpleType { Kind: SimpleKind.Date } or TimestampType { WithTimeZone: false } => 't',
        TimestampType => 'z',
        TimeType { WithTimeZone: false } => 'c',
        TimeType => throw new SqlException("NOT_SUPPORTED", $"format() of {type} is not supported"),
        _ => 's',
    };
}
