using Tarn.Sql.Functions.Casts;
using Tarn.Sql.Functions.Resolution;
using Tarn.Sql.Types;

namespace Tarn.Sql.Functions.Scalars;

/// <summary>Functions on arrays, indexed from 1. NULL elements are values: only comparisons with them are unknown.</summary>
internal static class ArrayFunctions
{
    public static void Add(ScalarFunctions functions)
    {
        Reading(functions);
        Sets(functions);
        Building(functions);
        HigherOrder(functions);
    }

    /// <summary>repeat(x, n): an array, which DuckDB's repeat is not.</summary>
    public static string Repeat(ResolvedCall call) => Template.Fill(
        $"CASE WHEN {{1}} > 10000 THEN {Failure.Sql(call.Result, "INVALID_FUNCTION_ARGUMENT", "count argument of repeat function must be less than or equal to 10000")} WHEN {{1}} < 0 THEN {Failure.Sql(call.Result, "INVALID_FUNCTION_ARGUMENT", "count argument of repeat function must be greater than or equal to 0")} ELSE list_transform(range({{1}}), lambda _i: {{0}}) END",
        call.Texts);

    private static void Reading(ScalarFunctions functions)
    {
        functions.Add("cardinality(array(T)) -> bigint", "CAST(len({0}) AS BIGINT)");
        functions.Add("element_at(array(T), bigint) -> T", call => Template.Fill(
            $"CASE WHEN {{1}} = 0 THEN {Failure.Sql(call.Result, "INVALID_FUNCTION_ARGUMENT", "SQL array indices start at 1")} ELSE list_extract({{0}}, {{1}}) END", call.Texts));

        // What a[i] is: the binder calls it so.
        functions.Add("$subscript(array(T), bigint) -> T", call => Template.Fill(
            $"CASE WHEN {{1}} = 0 THEN {Failure.Sql(call.Result, "INVALID_FUNCTION_ARGUMENT", "SQL array indices start at 1")} WHEN {{1}} < 0 THEN {Failure.Raw(DuckDbTypes.Name(call.Result), "INVALID_FUNCTION_ARGUMENT", "concat('Array subscript is negative: ', {1})")} WHEN {{1}} > len({{0}}) THEN {Failure.Raw(DuckDbTypes.Name(call.Result), "INVALID_FUNCTION_ARGUMENT", "concat('Array subscript must be less than or equal to array length: ', {1}, ' > ', len({0}))")} ELSE list_extract({{0}}, {{1}}) END",
            call.Texts));
        functions.Add("contains(array(T), T) -> boolean", call => Determinate(call, "contains", "CASE WHEN {0} IS NULL OR {1} IS NULL THEN NULL WHEN list_contains({0}, {1}) THEN true WHEN list_count({0}) < len({0}) THEN NULL ELSE false END"));
        functions.Add("array_position(array(T), T) -> bigint", call => Determinate(call, "array_position", "CASE WHEN {0} IS NULL OR {1} IS NULL THEN NULL ELSE CAST(coalesce(list_position({0}, {1}), 0) AS BIGINT) END"));
        functions.Add("array_position(array(T), T, bigint) -> bigint", call => Template.Fill(
            $"CASE WHEN {{0}} IS NULL OR {{1}} IS NULL OR {{2}} IS NULL THEN NULL WHEN {{2}} = 0 THEN {Failure.Sql(call.Result, "INVALID_FUNCTION_ARGUMENT", "array_position cannot take a 0-valued instance argument.")} ELSE CAST(coalesce(list_extract(list_filter(range(1, len({{0}}) + 1), lambda _i: list_extract({{0}}, _i) = {{1}}), {{2}}), 0) AS BIGINT) END",
            call.Texts));
        functions.Add("array_first(array(T)) -> T", "list_extract({0}, 1)");
        functions.Add("array_last(array(T)) -> T", "list_extract({0}, -1)");
        functions.Add("array_max(array(T)) -> T", call => Extreme(call, "list_max"));
        functions.Add("array_min(array(T)) -> T", call => Extreme(call, "list_min"));
        functions.Add("array_join(array(T), varchar) -> varchar", call => Join(call, null));
        functions.Add("array_join(array(T), varchar, varchar) -> varchar", call => Join(call, call[2].Sql));
        functions.Add("contains_sequence(array(T), array(T)) -> boolean", "CASE WHEN {0} IS NULL OR {1} IS NULL THEN NULL WHEN len({1}) = 0 THEN true ELSE len(list_filter(range(1, greatest(len({0}) - len({1}) + 2, 1)), lambda _i: list_slice({0}, _i, _i + len({1}) - 1) = {1})) > 0 END");
    }

    private static void Sets(ScalarFunctions functions)
    {
        functions.Add("array_distinct(array(T)) -> array(T)", Distinct("{0}"));
        functions.Add("array_union(array(T), array(T)) -> array(T)", call => Template.Fill($"CASE WHEN {{0}} IS NULL OR {{1}} IS NULL THEN NULL ELSE {Template.Fill(Distinct("{0}"), ["list_concat({0}, {1})"])} END", call.Texts));
        // In the order of the longer one, as Trino does it.
        functions.Add("array_intersect(array(T), array(T)) -> array(T)", $"CASE WHEN {{0}} IS NULL OR {{1}} IS NULL THEN NULL WHEN len({{0}}) < len({{1}}) THEN list_filter({Distinct("{1}")}, lambda _e: list_position({{0}}, _e) IS NOT NULL) ELSE list_filter({Distinct("{0}")}, lambda _e: list_position({{1}}, _e) IS NOT NULL) END");
        functions.Add("array_except(array(T), array(T)) -> array(T)", $"CASE WHEN {{0}} IS NULL OR {{1}} IS NULL THEN NULL ELSE list_filter({Distinct("{0}")}, lambda _e: list_position({{1}}, _e) IS NULL) END");
        functions.Add("array_remove(array(T), T) -> array(T)", call => Determinate(call, "array_remove", "CASE WHEN {1} IS NULL THEN NULL ELSE list_filter({0}, lambda _e: _e IS NULL OR _e <> {1}) END"));
        functions.Add("arrays_overlap(array(T), array(T)) -> boolean", "CASE WHEN {0} IS NULL OR {1} IS NULL THEN NULL WHEN len(list_filter({0}, lambda _e: _e IS NOT NULL AND list_contains({1}, _e))) > 0 THEN true WHEN len({0}) > 0 AND len({1}) > 0 AND (list_count({0}) < len({0}) OR list_count({1}) < len({1})) THEN NULL ELSE false END");
        functions.Add("array_sort(array(T)) -> array(T)", call => Sort(call));
        functions.Add("array_histogram(array(T)) -> map(T, bigint)", $"CASE WHEN {{0}} IS NULL THEN NULL ELSE map_from_entries(list_transform(list_filter({Distinct("{0}")}, lambda _k: _k IS NOT NULL), lambda _k: struct_pack(\"key\" := _k, \"value\" := CAST(len(list_filter({{0}}, lambda _e: _e = _k)) AS BIGINT)))) END");
    }

    private static void Building(ScalarFunctions functions)
    {
        functions.Add("concat(array(T), array(T)...) -> array(T)", call => $"({string.Join(" || ", call.Texts)})");
        functions.Add("concat(array(T), T) -> array(T)", "CASE WHEN {0} IS NULL OR {1} IS NULL THEN NULL ELSE list_append({0}, {1}) END");
        functions.Add("concat(T, array(T)) -> array(T)", "CASE WHEN {0} IS NULL OR {1} IS NULL THEN NULL ELSE list_prepend({0}, {1}) END");
        functions.Add("flatten(array(array(T))) -> array(T)", "flatten({0})");
        functions.Add("reverse(array(T)) -> array(T)", "list_reverse({0})");
        functions.Add("shuffle(array(T)) -> array(T)", "list_transform(list_sort(list_transform({0}, lambda _e: struct_pack(r := random(), v := _e))), lambda _e: _e.v)");
        functions.Add("slice(array(T), bigint, bigint) -> array(T)", call => Template.Fill(
            $"CASE WHEN {{1}} = 0 THEN {Failure.Sql(call.Result, "INVALID_FUNCTION_ARGUMENT", "SQL array indices start at 1")} WHEN {{2}} < 0 THEN {Failure.Sql(call.Result, "INVALID_FUNCTION_ARGUMENT", "length must be greater than or equal to 0")} WHEN {{1}} > len({{0}}) OR -{{1}} > len({{0}}) OR {{2}} = 0 THEN list_slice({{0}}, 1, 0) WHEN {{1}} > 0 THEN list_slice({{0}}, {{1}}, {{1}} + {{2}} - 1) ELSE list_slice({{0}}, len({{0}}) + {{1}} + 1, least(len({{0}}) + {{1}} + {{2}}, len({{0}}))) END",
            call.Texts));
        functions.Add("trim_array(array(T), bigint) -> array(T)", call => Template.Fill(
            $"CASE WHEN {{1}} < 0 THEN {Failure.Sql(call.Result, "INVALID_FUNCTION_ARGUMENT", "size must not be negative: ")} WHEN {{1}} > len({{0}}) THEN {Failure.Raw(DuckDbTypes.Name(call.Result), "INVALID_FUNCTION_ARGUMENT", "concat('size must not exceed array cardinality ', len({0}), ': ', {1})")} ELSE list_slice({{0}}, 1, len({{0}}) - {{1}}) END",
            call.Texts));
        functions.Add("sequence(bigint, bigint) -> array(bigint)", call => Template.Fill(Sequence("CASE WHEN {0} <= {1} THEN 1 ELSE -1 END"), call.Texts));
        functions.Add("sequence(bigint, bigint, bigint) -> array(bigint)", call => Template.Fill(Sequence("{2}"), call.Texts));
        functions.Add("sequence(date, date) -> array(date)", call => Template.Fill(
            "CASE WHEN {0} IS NULL OR {1} IS NULL THEN NULL ELSE list_transform(generate_series(0, {1} - {0}, CASE WHEN {0} <= {1} THEN 1 ELSE -1 END), lambda _i: {0} + CAST(_i AS INTEGER)) END", call.Texts));
        functions.Add("sequence(date, date, interval day to second) -> array(date)", call => Template.Fill(
            $"CASE WHEN {{2}} % 86400000 <> 0 THEN {Failure.Sql(call.Result, "INVALID_FUNCTION_ARGUMENT", "sequence step must be a day interval if start and end values are dates")} WHEN {{2}} = 0 THEN {Failure.Sql(call.Result, "INVALID_FUNCTION_ARGUMENT", "interval must not be zero")} WHEN {{2}} > 0 AND {{0}} > {{1}} OR {{2}} < 0 AND {{0}} < {{1}} THEN {WrongDirection(call.Result)} ELSE list_transform(generate_series(CAST({{0}} - DATE '1970-01-01' AS BIGINT), CAST({{1}} - DATE '1970-01-01' AS BIGINT), {{2}} // 86400000), lambda _i: DATE '1970-01-01' + CAST(_i AS INTEGER)) END",
            call.Texts));
        functions.Add("sequence(date, date, interval year to month) -> array(date)", call => Template.Fill(
            MonthsChecked(call.Result, "list_transform(generate_series(CAST({0} AS TIMESTAMP), CAST({1} AS TIMESTAMP), to_months({2})), lambda _e: CAST(_e AS DATE))"), call.Texts));
        functions.Add("sequence(timestamp(p), timestamp(p), interval day to second) -> array(timestamp(p))", call => Template.Fill(
            $"CASE WHEN {{2}} = 0 THEN {Failure.Sql(call.Result, "INVALID_FUNCTION_ARGUMENT", "interval must not be zero")} WHEN {{2}} > 0 AND {{0}} > {{1}} OR {{2}} < 0 AND {{0}} < {{1}} THEN {WrongDirection(call.Result)} WHEN (epoch_us({{1}}) - epoch_us({{0}})) // (CAST({{2}} AS HUGEINT) * 1000) >= 10000 THEN {Failure.Sql(call.Result, "INVALID_FUNCTION_ARGUMENT", "result of sequence function must not have more than 10000 entries")} ELSE generate_series({{0}}, {{1}}, to_milliseconds({{2}})) END",
            call.Texts));
        functions.Add("sequence(timestamp(p), timestamp(p), interval year to month) -> array(timestamp(p))", call => Template.Fill(
            MonthsChecked(call.Result, "generate_series({0}, {1}, to_months({2}))"), call.Texts));
        functions.AddTyped("zip(array(A), array(B)) -> unknown", Zip);
        functions.AddTyped("zip(array(A), array(B), array(C)) -> unknown", Zip);
        functions.AddTyped("zip(array(A), array(B), array(C), array(D)) -> unknown", Zip);
        functions.AddTyped("zip(array(A), array(B), array(C), array(D), array(E)) -> unknown", Zip);
        functions.Add("ngrams(array(T), bigint) -> array(array(T))", call => Template.Fill(
            $"CASE WHEN {{1}} <= 0 THEN {Failure.Sql(call.Result, "INVALID_FUNCTION_ARGUMENT", "N must be positive")} WHEN len({{0}}) <= {{1}} THEN [{{0}}] ELSE list_transform(range(1, len({{0}}) - {{1}} + 2), lambda _i: list_slice({{0}}, _i, _i + {{1}} - 1)) END", call.Texts));
        functions.Add("combinations(array(T), bigint) -> array(array(T))", call => Template.Fill(
            "CASE WHEN {0} IS NULL THEN NULL ELSE list_transform(trino_combinations(len({0}), {1}), lambda _c: list_transform(CAST(string_split(_c, ',') AS BIGINT[]), lambda _i: list_extract({0}, _i))) END", call.Texts));
    }

    private static void HigherOrder(ScalarFunctions functions)
    {
        functions.Add("transform(array(T), function(T,U)) -> array(U)", "list_transform({0}, {1})");
        functions.Add("filter(array(T), function(T,boolean)) -> array(T)", "list_filter({0}, {1})");
        functions.Add("any_match(array(T), function(T,boolean)) -> boolean", call => Match(call, "WHEN list_contains({0}, true) THEN true WHEN list_count({0}) < len({0}) THEN NULL ELSE false"));
        functions.Add("all_match(array(T), function(T,boolean)) -> boolean", call => Match(call, "WHEN list_contains({0}, false) THEN false WHEN list_count({0}) < len({0}) THEN NULL ELSE true"));
        functions.Add("none_match(array(T), function(T,boolean)) -> boolean", call => Match(call, "WHEN list_contains({0}, true) THEN false WHEN list_count({0}) < len({0}) THEN NULL ELSE true"));
        functions.Add("reduce(array(T), S, function(S,T,S), function(S,R)) -> R", Reduce);
        functions.Add("zip_with(array(T), array(U), function(T,U,R)) -> array(R)", call => Template.Let(call[0].Sql, left => Template.Let(call[1].Sql, right =>
            $"CASE WHEN {left} IS NULL OR {right} IS NULL THEN NULL ELSE list_transform(range(1, greatest(len({left}), len({right})) + 1), lambda _z: {Apply(call[2], [$"list_extract({left}, _z)", $"list_extract({right}, _z)"])}) END")));
    }

    /// <summary>A lambda's body with its parameters bound to texts.</summary>
    public static string Apply(BoundArgument lambda, IReadOnlyList<string> arguments)
    {
        var body = lambda.Sql;
        for (var i = arguments.Count - 1; i >= 0; i--)
        {
            body = $"list_extract(list_transform([{arguments[i]}], lambda {lambda.LambdaParameters![i]}: {body}), 1)";
        }

        return body;
    }

    public static string Distinct(string list) => $"list_filter({list}, lambda _d, _n: list_position({list}, _d) = _n)";

    private static string Sort(ResolvedCall call) => TypeCoercion.IsOrderable(((ArrayType)call.Result).Element)
        ? $"list_sort({call[0].Sql}, 'ASC', 'NULLS LAST')"
        : throw new SqlException("FUNCTION_NOT_FOUND", $"Unexpected parameters ({call[0].Type}) for function array_sort. Expected: array_sort(array(E)) E:orderable", call.Position);

    /// <summary>
    /// Elements that hold NULLs themselves compare as unknown, which Trino refuses in these functions.
    /// </summary>
    private static string Determinate(ResolvedCall call, string name, string template)
    {
        var element = call[1].Type;
        if (element is not (ArrayType or MapType or RowType))
        {
            return Template.Fill(template, call.Texts);
        }

        var fail = Failure.Sql(call.Result, "NOT_SUPPORTED", $"{name} does not support arrays with elements that are null or contain null");
        return Template.Fill($"CASE WHEN {{1}} IS NOT NULL AND {HasNull(element, "{1}")} OR len(list_filter({{0}}, lambda _h: {HasNull(element, "_h")})) > 0 THEN {fail} ELSE {template} END", call.Texts);
    }

    private static string HasNull(SqlType type, string sql)
    {
        var name = Template.NewName();
        return type switch
        {
            ArrayType array => $"(len(list_filter({sql}, lambda {name}: {name} IS NULL OR {HasNull(array.Element, name)})) > 0)",
            MapType map => $"(len(list_filter(map_values({sql}), lambda {name}: {name} IS NULL OR {HasNull(map.Value, name)})) > 0)",
            RowType row => $"({string.Join(" OR ", row.Fields.Select((field, i) => $"{DuckDbTypes.Field(row, sql, i)} IS NULL OR {HasNull(field.Type, DuckDbTypes.Field(row, sql, i))}"))})",
            _ => "false",
        };
    }

    /// <summary>NaN is passed over unless nothing else is there; DuckDB takes it for the largest.</summary>
    private static string Extreme(ResolvedCall call, string function)
    {
        var element = ((ArrayType)call[0].Type).Element;
        if (!TypeCoercion.IsOrderable(element))
        {
            throw new SqlException("FUNCTION_NOT_FOUND", $"Unexpected parameters ({call[0].Type}) for function array_max. Expected: an array of orderable elements", call.Position);
        }

        if (element is not SimpleType { Kind: SimpleKind.Double or SimpleKind.Real } && HasFloating(element))
        {
            throw new SqlException("NOT_SUPPORTED", $"The extreme of {call[0].Type} is not supported: rows with NaN have no place in the order", call.Position);
        }

        var extreme = element is SimpleType { Kind: SimpleKind.Double or SimpleKind.Real }
            ? $"coalesce({function}(list_filter({{0}}, lambda _e: NOT isnan(_e))), {function}({{0}}))"
            : $"{function}({{0}})";
        return Template.Fill($"CASE WHEN list_count({{0}}) < len({{0}}) THEN NULL ELSE {extreme} END", call.Texts);
    }

    private static bool HasFloating(SqlType type) => type switch
    {
        SimpleType { Kind: SimpleKind.Double or SimpleKind.Real } => true,
        ArrayType array => HasFloating(array.Element),
        RowType row => row.Fields.Any(field => HasFloating(field.Type)),
        _ => false,
    };

    private static string Match(ResolvedCall call, string choice) =>
        Template.Let($"list_transform({call[0].Sql}, {Template.Lambda(call[1])})", list => $"CASE WHEN {list} IS NULL THEN NULL {choice.Replace("{0}", list)} END");

    /// <summary>DuckDB's list_reduce wants state and elements of one type, so both ride in a struct.</summary>
    private static string Reduce(ResolvedCall call)
    {
        var element = ((ArrayType)call[0].Type).Element;
        var state = call[1].Type;
        var step = Apply(call[2], ["struct_extract(_a, 's')", "struct_extract(_b, 'x')"]);
        var list = $"list_transform({call[0].Sql}, lambda _x: struct_pack(s := {DuckDbTypes.Null(state)}, x := _x))";
        var initial = $"struct_pack(s := {call[1].Sql}, x := {DuckDbTypes.Null(element)})";
        var reduced = $"list_reduce({list}, lambda _a, _b: struct_pack(s := {step}, x := {DuckDbTypes.Null(element)}), {initial})";
        return Template.Let(reduced, result => $"CASE WHEN {result} IS NULL THEN NULL ELSE {Apply(call[3], [$"struct_extract({result}, 's')"])} END");
    }

    private static string Join(ResolvedCall call, string? forNull)
    {
        var casts = new TrinoCasts(TrinoSession.AtUtc(default));
        var text = casts.Cast(((ArrayType)call[0].Type).Element, SqlType.Varchar, "_e")
            ?? throw new SqlException("FUNCTION_NOT_FOUND", $"Input type {((ArrayType)call[0].Type).Element} not supported", call.Position);
        return forNull is null
            ? Template.Fill($"CASE WHEN {{0}} IS NULL OR {{1}} IS NULL THEN NULL ELSE coalesce(array_to_string(list_transform(list_filter({{0}}, lambda _e: _e IS NOT NULL), lambda _e: {text}), {{1}}), '') END", call.Texts)
            : Template.Fill($"CASE WHEN {{0}} IS NULL OR {{1}} IS NULL OR {{2}} IS NULL THEN NULL ELSE coalesce(array_to_string(list_transform({{0}}, lambda _e: CASE WHEN _e IS NULL THEN {{2}} ELSE {text} END), {{1}}), '') END", call.Texts);
    }

    private static string MonthsChecked(SqlType type, string series) =>
        $"CASE WHEN {{2}} = 0 THEN {Failure.Sql(type, "INVALID_FUNCTION_ARGUMENT", "interval must not be zero")} WHEN {{2}} > 0 AND {{0}} > {{1}} OR {{2}} < 0 AND {{0}} < {{1}} THEN {WrongDirection(type)} WHEN date_sub('month', CAST({{0}} AS TIMESTAMP), CAST({{1}} AS TIMESTAMP)) // {{2}} >= 10000 THEN {Failure.Sql(type, "INVALID_FUNCTION_ARGUMENT", "result of sequence function must not have more than 10000 entries")} ELSE {series} END";

    private static string WrongDirection(SqlType type) => Failure.Sql(
        type, "INVALID_FUNCTION_ARGUMENT", "sequence stop value should be greater than or equal to start value if step is greater than zero otherwise stop should be less than or equal to start");

    private static string Sequence(string step)
    {
        var big = Failure.Sql(new ArrayType(SqlType.BigInt), "INVALID_FUNCTION_ARGUMENT", "result of sequence function must not have more than 10000 entries");
        var wrong = Failure.Sql(new ArrayType(SqlType.BigInt), "INVALID_FUNCTION_ARGUMENT", "sequence stop value should be greater than or equal to start value if step is greater than zero otherwise stop should be less than or equal to start");
        var zero = Failure.Sql(new ArrayType(SqlType.BigInt), "INVALID_FUNCTION_ARGUMENT", "step must not be zero");
        return $"CASE WHEN ({step}) = 0 THEN {zero} WHEN ({step}) > 0 AND {{0}} > {{1}} OR ({step}) < 0 AND {{0}} < {{1}} THEN {wrong} WHEN abs(CAST({{1}} AS HUGEINT) - {{0}}) // abs(CAST({step} AS HUGEINT)) >= 10000 THEN {big} ELSE generate_series({{0}}, {{1}}, {step}) END";
    }

    private static BoundCall Zip(ResolvedCall call)
    {
        var row = new RowType([.. call.Arguments.Select(argument => new RowField(null, ((ArrayType)argument.Type).Element))]);
        var names = call.Arguments.Select(_ => Template.NewName()).ToArray();
        var body = $"list_transform(range(1, greatest({string.Join(", ", names.Select(name => $"len({name})"))}) + 1), lambda _z: {DuckDbTypes.Row(row, [.. names.Select(name => $"list_extract({name}, _z)")])})";
        body = $"CASE WHEN {string.Join(" OR ", names.Select(name => $"{name} IS NULL"))} THEN NULL ELSE {body} END";
        for (var i = names.Length - 1; i >= 0; i--)
        {
            body = $"list_extract(list_transform([{call[i].Sql}], lambda {names[i]}: {body}), 1)";
        }

        return new BoundCall(new ArrayType(row), body);
    }
}
