using Tarn.Sql.Functions;
using Tarn.Sql.Tree;
using Tarn.Sql.Types;

namespace Tarn.Sql.Binding.Operators;

/// <summary><c>a[i]</c>, <c>m[k]</c> and <c>r[1]</c>, which fail where there is nothing at that place; DuckDB would answer NULL.</summary>
internal static class Subscripts
{
    public static BoundExpression Bind(BindingContext context, BoundExpression value, BoundExpression index, Expression indexTree, SourcePosition position) => value.Type switch
    {
        ArrayType array when TypeCoercion.IsInteger(index.Type) || index.IsUnknown => Element(array, value.Sql, index),
        MapType map when TypeCoercion.CanCoerce(index.Type, map.Key) => Value(map, value.Sql, context.Coerce(index, map.Key)),
        RowType row => Field(row, value.Sql, indexTree, position),
        _ => throw new SqlException("TYPE_MISMATCH", $"Cannot use {index.Type} for subscript of {value.Type}", position),
    };

    private static BoundExpression Element(ArrayType array, string list, BoundExpression index)
    {
        var type = DuckDbTypes.Name(array.Element);
        string Fail(string message) => Failure.Raw(type, "INVALID_FUNCTION_ARGUMENT", message);
        var beyond = $"WHEN {index.Sql} > len({list}) THEN {Fail($"concat('Array subscript must be less than or equal to array length: ', {index.Sql}, ' > ', len({list}))")}";
        var checks = index.Constant is long and > 0
            ? beyond
            : $"WHEN {list} IS NULL THEN NULL WHEN {index.Sql} = 0 THEN {Fail(LiteralSql.Text("SQL array indices start at 1"))} WHEN {index.Sql} < 0 THEN {Fail($"concat('Array subscript is negative: ', {index.Sql})")} {beyond}";
        return new BoundExpression(array.Element, $"(CASE {checks} ELSE list_extract({list}, {index.Sql}) END)");
    }

    private static BoundExpression Value(MapType map, string sql, BoundExpression key)
    {
        var missing = Failure.Raw(DuckDbTypes.Name(map.Value), "INVALID_FUNCTION_ARGUMENT", map.Key is VarcharType ? $"concat('Key not present in map: ', {key.Sql})" : LiteralSql.Text("Key not present in map"));
        return new BoundExpression(map.Value, $"(CASE WHEN NOT map_contains({sql}, {key.Sql}) THEN {missing} ELSE map_extract_value({sql}, {key.Sql}) END)");
    }

    private static BoundExpression Field(RowType row, string sql, Expression index, SourcePosition position)
    {
        if (index is not LongLiteral literal)
        {
            throw new SqlException("EXPRESSION_NOT_CONSTANT", "Subscript expression on ROW requires a constant index", position);
        }

        if (literal.Value < 1 || literal.Value > row.Fields.Count)
        {
            throw new SqlException("INVALID_FUNCTION_ARGUMENT", literal.Value < 1 ? $"Invalid subscript index: {literal.Value}. ROW indices start at 1" : $"Subscript index out of bounds: {literal.Value}, max value is {row.Fields.Count}", position);
        }

        return new BoundExpression(row.Fields[(int)literal.Value - 1].Type, DuckDbTypes.Field(row, sql, (int)literal.Value - 1));
    }
}
