namespace Tarn.Sql.Functions.Scalars;

/// <summary>Functions on JSON with the paths of json_extract; the SQL/JSON forms (JSON_VALUE, JSON_TABLE) are syntax and not here.</summary>
internal static class JsonFunctions
{
    public static void Add(ScalarFunctions functions)
    {
        functions.Add("json_parse(varchar(x)) -> json", "trino_json_parse({0})");
        functions.Add("json_format(json) -> varchar", "{0}");
        foreach (var type in new[] { "json", "varchar(x)" })
        {
            functions.Add($"json_extract({type}, varchar) -> json", "trino_json_extract({0}, {1})");
            functions.Add($"json_extract_scalar({type}, varchar) -> varchar", "trino_json_extract_scalar({0}, {1})");
            functions.Add($"json_size({type}, varchar) -> bigint", "trino_json_size({0}, {1})");
            functions.Add($"json_array_length({type}) -> bigint", "trino_json_array_length({0})");
            functions.Add($"json_array_get({type}, bigint) -> json", "trino_json_array_get({0}, {1})");
            functions.Add($"is_json_scalar({type}) -> boolean", "trino_is_json_scalar({0})");
            functions.Add($"json_array_contains({type}, boolean) -> boolean", "trino_json_array_contains_boolean({0}, {1})");
            functions.Add($"json_array_contains({type}, bigint) -> boolean", "trino_json_array_contains_bigint({0}, {1})");
            functions.Add($"json_array_contains({type}, double) -> boolean", "trino_json_array_contains_double({0}, {1})");
            functions.Add($"json_array_contains({type}, varchar(y)) -> boolean", "trino_json_array_contains_text({0}, {1})");
        }
    }
}
