using System.Text.RegularExpressions;
using Tarn.DuckDb.Types;
using Tarn.Worker.Columns;
using Tarn.Worker.Plans;

namespace Tarn.Worker.Transforms;

/// <summary>
/// Filter, with the meaning of the Python that Glue Studio writes for it: NULL equals nothing (so a negated EQ keeps it), and an order or a pattern cannot be asked of
/// NULL (so such a row goes, negated or not).
/// </summary>
internal static partial class FilterTransform
{
    public static string Compile(Filter node, Relation input)
    {
        var conditions = node.Conditions.Select(condition => $"({Condition(node, condition, input)})");
        return $"SELECT * FROM {input.View} AS t WHERE {string.Join(node.IsAnd ? " AND " : " OR ", conditions)}";
    }

    private static string Condition(Filter node, FilterCondition condition, Relation input)
    {
        var operands = condition.Operands;
        var needed = condition.Operation == "ISNULL" ? 1 : 2;
        if (operands.Count < needed || (operands.Count > needed && condition.Operation != "ISNULL"))
        {
            throw new PlanException(node.Id, $"{condition.Operation} takes {needed} values, not {operands.Count}");
        }

        if (condition.Operation == "ISNULL")
        {
            return $"{Field(node, operands.First(operand => operand.IsColumn), input).Sql} IS {(condition.IsNegated ? "NOT " : "")}NULL";
        }

        var (left, right) = Operands(node, operands[0], operands[1], input);
        var not = condition.IsNegated ? "NOT " : "";
        return condition.Operation switch
        {
            "EQ" => $"{not}coalesce({left} = {right}, false)",
            "LT" => $"coalesce({not}({left} < {right}), false)",
            "GT" => $"coalesce({not}({left} > {right}), false)",
            "LTE" => $"coalesce({not}({left} <= {right}), false)",
            "GTE" => $"coalesce({not}({left} >= {right}), false)",

            // Python's re.match looks at the beginning only.
            "REGEX" => $"coalesce({not}regexp_matches({left}::VARCHAR, '^(?:' || {right} || ')'), false)",
            _ => throw new PlanException(node.Id, $"the operation {condition.Operation} is not one of EQ LT GT LTE GTE REGEX ISNULL"),
        };
    }

    private static (string Left, string Right) Operands(Filter node, FilterOperand left, FilterOperand right, Relation input)
    {
        var leftField = left.IsColumn ? Field(node, left, input) : null;
        var rightField = right.IsColumn ? Field(node, right, input) : null;
        return (leftField, rightField) switch
        {
            ({ } l, { } r) => Comparison.Of(l, r),
            ({ } l, null) => (l.Sql, Constant(node, right.Value, l)),
            (null, { } r) => (Constant(node, left.Value, r), r.Sql),
            _ => (DuckDbText.Literal(left.Value[0]), DuckDbText.Literal(right.Value[0])),
        };
    }

    private static FieldReference Field(Filter node, FilterOperand operand, Relation input) =>
        input.Find(operand.Value, "t") ?? throw FieldTransforms.Missing(node, operand.Value);

    /// <summary>A constant in the type of the column that it is compared with.</summary>
    private static string Constant(Filter node, IReadOnlyList<string> value, FieldReference field)
    {
        var text = string.Join("", value);
        if (GlueTypes.IsNumber(field.Type))
        {
            return Number().IsMatch(text.Trim())
                ? text.Trim()
                : throw new PlanException(node.Id, $"{text} is not a number, and {FieldPath.Show(field.Path)} is {GlueTypes.HiveName(field.Type)}");
        }

        return field.Type.Kind switch
        {
            DuckDbKind.Varchar => DuckDbText.Literal(text),
            DuckDbKind.Boolean => text.Trim().ToLowerInvariant() switch
            {
                "true" => "true",
                "false" => "false",
                _ => throw new PlanException(node.Id, $"{text} is neither true nor false, and {FieldPath.Show(field.Path)} is boolean"),
            },
            DuckDbKind.Date => $"CAST({DuckDbText.Literal(text)} AS DATE)",
            DuckDbKind.Timestamp or DuckDbKind.TimestampTz => $"CAST({DuckDbText.Literal(text)} AS {field.Type})",
            DuckDbKind.List or DuckDbKind.Struct or DuckDbKind.Map or DuckDbKind.Blob =>
                throw new PlanException(node.Id, $"{FieldPath.Show(field.Path)} is {GlueTypes.HiveName(field.Type)} and cannot be compared with a constant"),
            _ => $"CAST({DuckDbText.Literal(text)} AS {field.Type})",
        };
    }

    [GeneratedRegex(@"^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?$")]
    private static partial Regex Number();
}

/// <summary>Two fields brought to one type to be compared, as Spark does: a text beside another type is read as that type, and what cannot be read equals nothing.</summary>
internal static class Comparison
{
    public static (string Left, string Right) Of(FieldReference left, FieldReference right) => (left.Type.Kind, right.Type.Kind) switch
    {
        (DuckDbKind.Varchar, not DuckDbKind.Varchar) => (GlueTypes.Convert(left.Sql, left.Type, right.Type.ToString()), right.Sql),
        (not DuckDbKind.Varchar, DuckDbKind.Varchar) => (left.Sql, GlueTypes.Convert(right.Sql, right.Type, left.Type.ToString())),
        _ => (left.Sql, right.Sql),
    };
}
