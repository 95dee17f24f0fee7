using Tarn.Sql.Functions.Resolution;

namespace Tarn.Sql.Functions.Scalars;

/// <summary>Java's regular expressions, run by .NET's engine with a limit on time.</summary>
internal static class RegexFunctions
{
    public static void Add(ScalarFunctions functions)
    {
        functions.Add("regexp_like(varchar(x), varchar) -> boolean", "trino_regexp_like({0}, {1})");
        functions.Add("regexp_extract(varchar(x), varchar) -> varchar(x)", "trino_regexp_extract({0}, {1}, 0)");
        functions.Add("regexp_extract(varchar(x), varchar, bigint) -> varchar(x)", "trino_regexp_extract({0}, {1}, {2})");
        functions.Add("regexp_extract_all(varchar(x), varchar) -> array(varchar(x))", "trino_regexp_extract_all({0}, {1}, 0)");
        functions.Add("regexp_extract_all(varchar(x), varchar, bigint) -> array(varchar(x))", "trino_regexp_extract_all({0}, {1}, {2})");
        functions.Add("regexp_replace(varchar(x), varchar) -> varchar(x)", "trino_regexp_replace({0}, {1}, '')");
        functions.Add("regexp_replace(varchar(x), varchar, varchar) -> varchar", "trino_regexp_replace({0}, {1}, {2})");
        functions.Add("regexp_replace(varchar(x), varchar, function(array(varchar(x)), varchar)) -> varchar", call => Template.Let(call[0].Sql, text =>
            Template.Let(call[1].Sql, pattern => $"trino_regexp_join({text}, {pattern}, list_transform(trino_regexp_groups({text}, {pattern}), {Template.Lambda(call[2])}))")));
        functions.Add("regexp_split(varchar(x), varchar) -> array(varchar(x))", "trino_regexp_split({0}, {1})");
        functions.Add("regexp_count(varchar, varchar) -> bigint", "trino_regexp_count({0}, {1})");
        functions.Add("regexp_position(varchar, varchar) -> integer", "trino_regexp_position({0}, {1}, 1, 1)");
        functions.Add("regexp_position(varchar, varchar, integer) -> integer", "trino_regexp_position({0}, {1}, {2}, 1)");
        functions.Add("regexp_position(varchar, varchar, integer, integer) -> integer", "trino_regexp_position({0}, {1}, {2}, {3})");
    }
}
