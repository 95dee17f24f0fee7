using Tarn.Sql.Types;

namespace Tarn.Sql.Binding.Operators;

/// <summary>
/// = as Trino means it. NaN equals nothing; instants are compared without their zones; rows, arrays and maps are compared value by value,
/// so that a NULL inside makes the answer unknown unless another value already differs.
/// </summary>
internal static class Equality
{
    /// <summary>DuckDB text of <c>a = b</c>; both of <paramref name="type"/>. The texts may be used several times.</summary>
    public static string Equal(BindingContext context, SqlType type, string a, string b) => type switch
    {
        SimpleType { Kind: SimpleKind.Double or SimpleKind.Real } => $"({a} = {b} AND NOT isnan({a}))",
        RowType row => Row(context, row, a, b),
        ArrayType array => Array(context, array.Element, a, b),
        MapType map => Map(context, map, a, b),
        _ => $"({Key(type, a)} = {Key(type, b)})",
    };

    /// <summary>
    /// A value whose DuckDB equality and order are the type's: what GROUP BY, DISTINCT, ORDER BY and IN work on.
    /// </summary>
    /// <exception cref="SqlException"><c>NOT_SUPPORTED</c> for maps, and for instants inside other values.</exception>
    public static string Key(SqlType type, string sql) => type switch
    {
        TimestampType { WithTimeZone: true } => $"({sql}).instant",
        TimeType { WithTimeZone: true } => $"(({sql}).\"local\" - to_minutes(CAST(({sql}).minutes AS INTEGER)))",
        MapType => throw new SqlException("NOT_SUPPORTED", $"Grouping and comparing by {type} is not supported"),
        ArrayType or RowType when !IsPlain(type) => throw new SqlException("NOT_SUPPORTED", $"Grouping and comparing by {type} is not supported"),
        _ => sql,
    };

    /// <summary>Whether DuckDB's own comparison of the type is Trino's, as far as NULL and NaN inside do not matter.</summary>
    public static bool IsPlain(SqlType type) => type switch
    {
        TimestampType { WithTimeZone: true } or TimeType { WithTimeZone: true } or MapType => false,
        ArrayType array => IsPlain(array.Element),
        RowType row => row.Fields.All(field => IsPlain(field.Type)),
        _ => true,
    };

    private static string Row(BindingContext context, RowType row, string a, string b)
    {
        if (row.Fields.Count == 0)
        {
            return $"({a} = {b})";
        }

        var equal = row.Fields.Select((field, i) => Equal(context, field.Type, DuckDbTypes.Field(row, a, i), DuckDbTypes.Field(row, b, i)));
        return $"(CASE WHEN {a} IS NULL OR {b} IS NULL THEN NULL ELSE {string.Join(" AND ", equal)} END)";
    }

    private static string Array(BindingContext context, SqlType element, string a, string b)
    {
        var pair = context.NewAlias("p");
        var equal = Equal(context, element, $"{pair}[1]", $"{pair}[2]");
        var all = AllTrue(context, $"list_transform(list_zip({a}, {b}), lambda {pair}: {equal})");
        return $"(CASE WHEN {a} IS NULL OR {b} IS NULL THEN NULL WHEN len({a}) <> len({b}) THEN false ELSE {all} END)";
    }

    private static string Map(BindingContext context, MapType map, string a, string b)
    {
        if (!IsPlain(map.Key))
        {
            throw new SqlException("NOT_SUPPORTED", $"Comparing {map} is not supported");
        }

        var key = context.NewAlias("k");
        var equal = Equal(context, map.Value, $"map_extract_value({a}, {key})", $"map_extract_value({b}, {key})");
        var all = AllTrue(context, $"list_transform(map_keys({a}), lambda {key}: CASE WHEN NOT map_contains({b}, {key}) THEN false ELSE {equal} END)");
        return $"(CASE WHEN {a} IS NULL OR {b} IS NULL THEN NULL WHEN cardinality({a}) <> cardinality({b}) THEN false ELSE {all} END)";
    }

    /// <summary>False when one is false, else NULL when one is NULL, else true. The list is evaluated once.</summary>
    private static string AllTrue(BindingContext context, string list)
    {
        var name = context.NewAlias("l");
        var item = context.NewAlias("i");
        return $"list_extract(list_transform([{list}], lambda {name}: CASE WHEN len(list_filter({name}, lambda {item}: {item} = false)) > 0 THEN false WHEN len(list_filter({name}, lambda {item}: {item} IS NULL)) > 0 THEN NULL ELSE true END), 1)";
    }
}
