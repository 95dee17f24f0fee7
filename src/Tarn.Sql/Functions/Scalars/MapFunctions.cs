using Tarn.Sql.Functions.Resolution;
using Tarn.Sql.Types;

namespace Tarn.Sql.Functions.Scalars;

/// <summary>Functions on maps. NULL keys and repeated keys fail, as in Trino.</summary>
internal static class MapFunctions
{
    public static void Add(ScalarFunctions functions)
    {
        functions.AddTyped("map() -> map(unknown, unknown)", call => new BoundCall(call.Result, $"CAST(MAP {{}} AS {DuckDbTypes.Name(call.Result)})"));
        functions.Add("map(array(K), array(V)) -> map(K, V)", call => Template.Fill(
            $"CASE WHEN len({{0}}) <> len({{1}}) THEN {Failure.Sql(call.Result, "INVALID_FUNCTION_ARGUMENT", "Key and value arrays must be the same length")} WHEN {{0}} IS NULL OR {{1}} IS NULL THEN NULL ELSE map({{0}}, {{1}}) END", call.Texts));
        functions.Add("cardinality(map(K, V)) -> bigint", "CAST(cardinality({0}) AS BIGINT)");
        functions.Add("map_keys(map(K, V)) -> array(K)", "map_keys({0})");
        functions.Add("map_values(map(K, V)) -> array(V)", "map_values({0})");
        functions.Add("element_at(map(K, V), K) -> V", "list_extract(map_extract({0}, {1}), 1)");

        // What m[k] is: the binder calls it so.
        functions.Add("$subscript(map(K, V), K) -> V", call => Template.Fill(
            $"CASE WHEN {{0}} IS NULL OR {{1}} IS NULL THEN NULL WHEN map_contains({{0}}, {{1}}) THEN list_extract(map_extract({{0}}, {{1}}), 1) ELSE {Failure.Raw(DuckDbTypes.Name(call.Result), "INVALID_FUNCTION_ARGUMENT", MissingKey(((MapType)call[0].Type).Key))} END",
            call.Texts));
        functions.Add("map_concat(map(K, V), map(K, V)...) -> map(K, V)", call => call.Arguments.Count == 1
            ? call[0].Sql
            : call.Texts.Skip(1).Aggregate(call.Texts[0], (left, right) => Template.Fill("CASE WHEN {0} IS NULL OR {1} IS NULL THEN NULL ELSE map_concat({0}, {1}) END", [left, right])));
        functions.AddTyped("map_entries(map(K, V)) -> unknown", Entries);
        functions.AddTyped("map_from_entries(array(row(r))) -> unknown", call => FromEntries(call, multi: false));
        functions.AddTyped("multimap_from_entries(array(row(r))) -> unknown", call => FromEntries(call, multi: true));
        functions.Add("map_filter(map(K, V), function(K,V,boolean)) -> map(K, V)", call =>
            $"map_from_entries(list_filter(map_entries({call[0].Sql}), lambda _m: {Apply(call[1])}))");
        functions.Add("transform_values(map(K, V), function(K,V,R)) -> map(K, R)", call =>
            $"map_from_entries(list_transform(map_entries({call[0].Sql}), lambda _m: struct_pack(\"key\" := _m.\"key\", \"value\" := {Apply(call[1])})))");
        functions.Add("transform_keys(map(K, V), function(K,V,R)) -> map(R, V)", call =>
            $"map_from_entries(list_transform(map_entries({call[0].Sql}), lambda _m: struct_pack(\"key\" := {Apply(call[1])}, \"value\" := _m.\"value\")))");
        functions.Add("map_zip_with(map(K, A), map(K, B), function(K,A,B,R)) -> map(K, R)", call => Template.Let(call[0].Sql, left => Template.Let(call[1].Sql, right =>
            $"CASE WHEN {left} IS NULL OR {right} IS NULL THEN NULL ELSE map_from_entries(list_transform(list_concat(map_keys({left}), list_filter(map_keys({right}), lambda _k: NOT map_contains({left}, _k))), lambda _k: struct_pack(\"key\" := _k, \"value\" := {ArrayFunctions.Apply(call[2], ["_k", $"list_extract(map_extract({left}, _k), 1)", $"list_extract(map_extract({right}, _k), 1)"])}))) END")));
    }

    private static string Apply(BoundArgument lambda) => ArrayFunctions.Apply(lambda, ["_m.\"key\"", "_m.\"value\""]);

    private static string MissingKey(SqlType key) => key is RowType or ArrayType or MapType or SimpleType { Kind: SimpleKind.Varbinary }
        ? "'Key not present in map'"
        : "concat('Key not present in map: ', CAST({1} AS VARCHAR))";

    private static BoundCall Entries(ResolvedCall call)
    {
        var map = (MapType)call[0].Type;
        var row = new RowType([new RowField(null, map.Key), new RowField(null, map.Value)]);
        return new BoundCall(new ArrayType(row), $"list_transform(map_entries({call[0].Sql}), lambda _m: {DuckDbTypes.Row(row, ["_m.\"key\"", "_m.\"value\""])})");
    }

    private static BoundCall FromEntries(ResolvedCall call, bool multi)
    {
        if (call[0].Type is not ArrayType { Element: RowType row })
        {
            var empty = new MapType(SqlType.Unknown, multi ? new ArrayType(SqlType.Unknown) : SqlType.Unknown);
            var nullRow = Failure.Sql(empty, "INVALID_FUNCTION_ARGUMENT", "map entry cannot be null");
            return new BoundCall(empty, call[0].Type is ArrayType
                ? $"CASE WHEN {call[0].Sql} IS NULL THEN NULL WHEN len({call[0].Sql}) > 0 THEN {nullRow} ELSE CAST(MAP {{}} AS {DuckDbTypes.Name(empty)}) END"
                : DuckDbTypes.Null(empty));
        }

        if (row.Fields.Count != 2)
        {
            throw new SqlException("FUNCTION_NOT_FOUND", $"Unexpected parameters ({call[0].Type}) for function {(multi ? "multimap_from_entries" : "map_from_entries")}. Expected: an array of rows of two fields", call.Position);
        }

        var (key, value) = (DuckDbTypes.Field(row, "_m", 0), DuckDbTypes.Field(row, "_m", 1));
        var type = multi ? new MapType(row.Fields[0].Type, new ArrayType(row.Fields[1].Type)) : new MapType(row.Fields[0].Type, row.Fields[1].Type);
        var nullEntry = Failure.Sql(type, "INVALID_FUNCTION_ARGUMENT", "map entry cannot be null");
        var sql = Template.Let(call[0].Sql, list =>
        {
            var build = multi
                ? Template.Let($"list_transform({list}, lambda _m: {key})", keys =>
                    $"map_from_entries(list_transform({ArrayFunctions.Distinct(keys)}, lambda _k: struct_pack(\"key\" := _k, \"value\" := list_transform(list_filter({list}, lambda _m: {key} = _k), lambda _m: {value}))))")
                : $"map_from_entries(list_transform({list}, lambda _m: struct_pack(\"key\" := {key}, \"value\" := {value})))";
            return $"CASE WHEN {list} IS NULL THEN NULL WHEN list_count({list}) < len({list}) THEN {nullEntry} ELSE {build} END";
        });
        return new BoundCall(type, sql);
    }
}
