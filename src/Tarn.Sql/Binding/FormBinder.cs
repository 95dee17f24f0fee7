using Tarn.Sql.Binding.Operators;
using Tarn.Sql.Functions;
using Tarn.Sql.Tree;
using Tarn.Sql.Types;

namespace Tarn.Sql.Binding;

/// <summary>Expressions with a form of their own: conditions, CASE, CAST, constructors, EXTRACT, AT TIME ZONE.</summary>
internal sealed class FormBinder(ExpressionBinder binder)
{
    private BindingContext Context => binder.Context;

    /// <summary>Null for what has no form of its own.</summary>
    public BoundExpression? Bind(Expression expression) => expression switch
    {
        Logical e => Logical(e),
        Not e => Boolean($"(NOT {binder.BindBoolean(e.Value, "Value of logical NOT expression must evaluate to a boolean (actual: {0})").Sql})"),
        IsNull e => Boolean($"({binder.Bind(e.Value).Sql} IS NULL)"),
        Between e => Between(e),
        InList e => In(e),
        Like e => Like(e),
        Case e => Case(e),
        Cast e => Cast(e),
        RowConstructor e => Row(e),
        ArrayConstructor e => Array(e),
        Concatenation e => Concatenate(e),
        AtTimeZone e => Function(e.Position, "at_timezone", binder.Bind(e.Value), binder.Bind(e.Zone)),
        Extract e => Extract(e),
        Trim e => Trim(e),
        CurrentValue e => Function(e.Position, e.Precision is { } precision ? $"{e.Name}${precision}" : e.Name),
        _ => null,
    };

    private static BoundExpression Boolean(string sql) => new(SqlType.Boolean, sql);

    /// <summary>A call of a function of the library.</summary>
    public BoundExpression Function(SourcePosition position, string name, params BoundExpression[] arguments) =>
        Context.Library.BindScalar(name, [.. arguments.Select(argument => argument.ToCallArgument())], position) is { } call
            ? new BoundExpression(call.Type, call.Sql)
            : throw new SqlException("FUNCTION_NOT_FOUND", $"Function '{name}' not registered", position);

    /// <summary>All values as their common type.</summary>
    /// <param name="message">Trino's words when there is none.</param>
    public BoundExpression[] Unify(IReadOnlyList<BoundExpression> values, IReadOnlyList<Expression> trees, Func<SqlType, SqlType, string> message)
    {
        SqlType common = SqlType.Unknown;
        for (var i = 0; i < values.Count; i++)
        {
            common = TypeCoercion.CommonSuperType(common, values[i].Type) ?? throw new SqlException("TYPE_MISMATCH", message(common, values[i].Type), trees[i].Position);
        }

        return [.. values.Select(value => Context.Coerce(value, common))];
    }

    private BoundExpression Logical(Logical logical)
    {
        var terms = logical.Terms.Select(term => binder.BindBoolean(term, "Logical expression term must evaluate to a boolean (actual: {0})").Sql);
        return Boolean($"({ShortCircuit.Join(logical.Operator, [.. terms])})");
    }

    private BoundExpression Between(Between between)
    {
        var value = binder.Bind(between.Value);
        var min = binder.Bind(between.Min);
        var max = binder.Bind(between.Max);
        if (TypeCoercion.CommonSuperType([value.Type, min.Type, max.Type]) is not { } common || !TypeCoercion.IsOrderable(common))
        {
            throw new SqlException("TYPE_MISMATCH", $"Cannot check if {value.Type} is BETWEEN {min.Type} and {max.Type}", between.Position);
        }

        var coerced = Context.Coerce(value, common);
        var low = Comparisons.Compare(Context, ComparisonOperator.GreaterThanOrEqual, common, coerced, Context.Coerce(min, common), between.Position);
        var high = Comparisons.Compare(Context, ComparisonOperator.LessThanOrEqual, common, coerced, Context.Coerce(max, common), between.Position);
        return Boolean($"({low} AND {high})");
    }

    private BoundExpression In(InList list)
    {
        var value = binder.Bind(list.Value);
        var items = list.Items.Select(binder.Bind).ToList();
        var all = Unify([value, .. items], [list.Value, .. list.Items], (a, b) => $"IN value and list items must be the same type or coercible to a common type. Cannot find common type between {a} and {b}");
        var type = all[0].Type;
        if (!TypeCoercion.IsComparable(type))
        {
            throw new SqlException("TYPE_MISMATCH", $"Type {type} is not comparable", list.Position);
        }

        // DuckDB's IN compares as its = does, which for these types is not Trino's.
        if (type is ArrayType or RowType or MapType || (type is SimpleType { Kind: SimpleKind.Double or SimpleKind.Real } && items.Any(item => item.Constant is null)))
        {
            return Boolean($"({string.Join(" OR ", all.Skip(1).Select(item => Equality.Equal(Context, type, all[0].Sql, item.Sql)))})");
        }

        return Boolean($"({Equality.Key(type, all[0].Sql)} IN ({string.Join(", ", all.Skip(1).Select(item => Equality.Key(type, item.Sql)))}))");
    }

    private BoundExpression Like(Like like)
    {
        var value = Text(binder.Bind(like.Value), like.Value, "Left side of LIKE expression must evaluate to a varchar (actual: {0})");
        var pattern = Text(binder.Bind(like.Pattern), like.Pattern, "Pattern for LIKE expression must evaluate to a varchar (actual: {0})");
        if (like.Escape is null)
        {
            return Boolean($"({value.Sql} LIKE {pattern.Sql} ESCAPE '')");
        }

        var escape = Text(binder.Bind(like.Escape), like.Escape, "Escape for LIKE expression must evaluate to a varchar (actual: {0})");
        if (escape.Constant is string text && text.Length != 1)
        {
            throw new SqlException("INVALID_FUNCTION_ARGUMENT", "Escape string must be a single character", like.Escape.Position);
        }

        if (escape.Constant is string character && pattern.Constant is string written && !EscapesAreValid(written, character[0]))
        {
            throw new SqlException("INVALID_FUNCTION_ARGUMENT", "Escape character must be followed by '%', '_' or the escape character itself", like.Pattern.Position);
        }

        return Boolean($"({value.Sql} LIKE {pattern.Sql} ESCAPE {escape.Sql})");
    }

    private static bool EscapesAreValid(string pattern, char escape)
    {
        for (var i = 0; i < pattern.Length; i++)
        {
            if (pattern[i] == escape && (++i >= pattern.Length || (pattern[i] is not ('%' or '_') && pattern[i] != escape)))
            {
                return false;
            }
        }

        return true;
    }

    private BoundExpression Text(BoundExpression value, Expression tree, string message) => value.Type switch
    {
        VarcharType => value,
        CharType => new BoundExpression(SqlType.Varchar, Context.Library.Cast(value.ToArgument(), SqlType.Varchar, tryCast: false, tree.Position)),
        _ when value.IsUnknown => Context.Coerce(value, SqlType.Varchar),
        _ => throw new SqlException("TYPE_MISMATCH", message.Replace("{0}", value.Type.ToString(), StringComparison.Ordinal), tree.Position),
    };

    private BoundExpression Case(Case @case)
    {
        var operand = @case.Operand is null ? null : binder.Bind(@case.Operand);
        var conditions = @case.Whens.Select(when => operand is null
            ? binder.BindBoolean(when.Condition, "CASE WHEN clause must evaluate to a boolean (actual: {0})")
            : CaseOperand(operand, when)).ToList();
        var trees = @case.Whens.Select(when => when.Result).ToList();
        if (@case.Else is not null)
        {
            trees.Add(@case.Else);
        }

        var results = Unify([.. trees.Select(binder.Bind)], trees, (a, b) => $"All CASE results must be the same type or coercible to a common type. Cannot find common type between {a} and {b}, all types (without duplicates): [{a}, {b}]");
        var whens = conditions.Zip(results).Select(pair => $"WHEN {pair.First.Sql} THEN {pair.Second.Sql}");
        return new BoundExpression(results[0].Type, $"(CASE {string.Join(' ', whens)} ELSE {(@case.Else is null ? "NULL" : results[^1].Sql)} END)");
    }

    private BoundExpression CaseOperand(BoundExpression operand, WhenClause when)
    {
        var value = binder.Bind(when.Condition);
        return TypeCoercion.CommonSuperType(operand.Type, value.Type) is null
            ? throw new SqlException("TYPE_MISMATCH", $"CASE operand type does not match WHEN clause operand type: {operand.Type} vs {value.Type}", when.Condition.Position)
            : Comparisons.Bind(Context, ComparisonOperator.Equal, operand, value, when.Position);
    }

    private BoundExpression Cast(Cast cast)
    {
        var value = binder.Bind(cast.Value);
        var type = TypeResolver.Resolve(cast.Type);
        return new BoundExpression(type, Context.Library.Cast(value.ToArgument(), type, cast.Try, cast.Position)) { ConstantText = value.ConstantText };
    }

    private BoundExpression Row(RowConstructor row)
    {
        var values = row.Items.Select(item => binder.Bind(item.Value)).ToList();
        var type = new RowType([.. row.Items.Zip(values).Select(pair => new RowField(pair.First.Name?.Folded, pair.Second.Type))]);
        return new BoundExpression(type, DuckDbTypes.Row(type, [.. values.Select(value => value.Sql)]));
    }

    private BoundExpression Array(ArrayConstructor array)
    {
        if (array.Items.Count == 0)
        {
            return new BoundExpression(new ArrayType(SqlType.Unknown), "[]");
        }

        var items = Unify([.. array.Items.Select(binder.Bind)], array.Items, (a, b) => $"All ARRAY elements must be the same type or coercible to a common type. Cannot find common type between {a} and {b}, all types (without duplicates): [{a}, {b}]");
        return new BoundExpression(new ArrayType(items[0].Type), $"[{string.Join(", ", items.Select(item => item.Sql))}]");
    }

    private BoundExpression Concatenate(Concatenation concatenation)
    {
        var left = binder.Bind(concatenation.Left);
        var right = binder.Bind(concatenation.Right);
        try
        {
            return Function(concatenation.Position, "concat", left, right);
        }
        catch (SqlException e) when (e.Code == "FUNCTION_NOT_FOUND")
        {
            throw OperatorError.CannotApply(concatenation.Position, left.Type, "||", right.Type);
        }
    }

    private BoundExpression Extract(Extract extract)
    {
        var function = extract.Field switch
        {
            "YEAR" or "QUARTER" or "MONTH" or "WEEK" or "DAY" or "HOUR" or "MINUTE" or "SECOND" or "TIMEZONE_HOUR" or "TIMEZONE_MINUTE" => extract.Field.ToLowerInvariant(),
            "DAY_OF_MONTH" => "day",
            "DAY_OF_WEEK" or "DOW" => "day_of_week",
            "DAY_OF_YEAR" or "DOY" => "day_of_year",
            "YEAR_OF_WEEK" or "YOW" => "year_of_week",
            _ => throw new SqlException("SYNTAX_ERROR", $"Invalid EXTRACT field: {extract.Field}", extract.Position),
        };
        var value = binder.Bind(extract.Value);
        if (value.Type is not (TimestampType or TimeType or SimpleType { Kind: SimpleKind.Date or SimpleKind.IntervalDayToSecond or SimpleKind.IntervalYearToMonth or SimpleKind.Unknown }))
        {
            throw new SqlException("TYPE_MISMATCH", $"Type of argument to extract must be DATE, TIME, TIMESTAMP, or INTERVAL (actual {value.Type})", extract.Value.Position);
        }

        var isTime = function is "hour" or "minute" or "second";
        var isZone = function is "timezone_hour" or "timezone_minute";
        var fits = value.Type switch
        {
            SimpleType { Kind: SimpleKind.Date } => !isTime && !isZone,
            TimestampType { WithTimeZone: false } => !isZone,
            TimeType time => isTime || (isZone && time.WithTimeZone),
            _ => true,
        };
        if (!fits)
        {
            throw new SqlException("TYPE_MISMATCH", $"Cannot extract {extract.Field} from {value.Type}", extract.Position);
        }

        try
        {
            return Function(extract.Position, function, value);
        }
        catch (SqlException e) when (e.Code == "FUNCTION_NOT_FOUND")
        {
            throw new SqlException("TYPE_MISMATCH", $"Cannot extract {extract.Field} from {value.Type}", extract.Position);
        }
    }

    private BoundExpression Trim(Trim trim)
    {
        var name = trim.Side switch { TrimSide.Leading => "ltrim", TrimSide.Trailing => "rtrim", _ => "trim" };
        var value = binder.Bind(trim.Value);
        return trim.Characters is null ? Function(trim.Position, name, value) : Function(trim.Position, name, value, binder.Bind(trim.Characters));
    }
}
