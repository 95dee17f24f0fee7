using Tarn.Sql.Functions.Resolution;
using Tarn.Sql.Functions.Scalars;
using Tarn.Sql.Types;

namespace Tarn.Sql.Functions.Aggregates;

/// <summary>Aggregates that gather values into arrays, maps and texts.</summary>
internal static class CollectingAggregates
{
    public static void Add(FunctionTable<BoundAggregate> table)
    {
        table.Add("array_agg(T) -> array(T)", call => BasicAggregates.Plain(call, "list"));
        table.Add("histogram(T) -> map(T, bigint)", call => BasicAggregates.Cast(call, "histogram", DuckDbTypes.Name(call.Result)));
        table.Add("map_agg(K, V) -> map(K, V)", call => Pairs(call, MapOf));
        table.Add("multimap_agg(K, V) -> map(K, array(V))", call => Pairs(call, MultimapOf));
        table.Add("map_union(map(K, V)) -> map(K, V)", call => new BoundAggregate(call.Result, (distinct, order, behind) =>
            MapOf($"list_transform(flatten(list({distinct}map_entries({call[0].Sql}){order}){behind}), lambda _p: struct_pack(k := _p.\"key\", v := _p.\"value\"))")));
        table.Add("listagg(varchar(x), varchar) -> varchar", ListAggregate);
        table.Add("listagg(varchar(x)) -> varchar", ListAggregate);
    }

    private static BoundAggregate ListAggregate(ResolvedCall call) => new(call.Result, (distinct, order, behind) =>
        $"string_agg({distinct}{call[0].Sql}, {(call.Arguments.Count > 1 ? call[1].Sql : "''")}{order}){behind}");

    private static BoundAggregate Pairs(ResolvedCall call, Func<string, string> build) => new(call.Result, (distinct, order, behind) =>
        build($"list({distinct}struct_pack(k := {call[0].Sql}, v := {call[1].Sql}){order}){behind}"));

    /// <summary>The first value of each key; pairs without key are passed over. NULL of no pairs.</summary>
    private static string MapOf(string pairs) => Template.Let($"list_filter({pairs}, lambda _p: _p.k IS NOT NULL)", list =>
        Template.Let($"list_transform({list}, lambda _p: _p.k)", keys =>
            $"CASE WHEN {list} IS NULL THEN NULL WHEN len(list_distinct({keys})) = len({keys}) THEN map({keys}, list_transform({list}, lambda _p: _p.v)) "
            + $"ELSE map_from_entries(list_transform(list_filter({list}, lambda _p, _n: list_position({keys}, _p.k) = _n), lambda _p: struct_pack(\"key\" := _p.k, \"value\" := _p.v))) END"));

    private static string MultimapOf(string pairs) => Template.Let($"list_filter({pairs}, lambda _p: _p.k IS NOT NULL)", list =>
        Template.Let($"list_transform({list}, lambda _p: _p.k)", keys =>
            $"CASE WHEN {list} IS NULL THEN NULL ELSE map_from_entries(list_transform({ArrayFunctions.Distinct(keys)}, lambda _k: struct_pack(\"key\" := _k, \"value\" := list_transform(list_filter({list}, lambda _p: _p.k = _k), lambda _p: _p.v)))) END"));
}
