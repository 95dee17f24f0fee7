using Tarn.Sql.Binding.Operators;
using Tarn.Sql.Tree;
using Tarn.Sql.Types;

namespace Tarn.Sql.Binding;

/// <summary>The text of OVER: partition, order and frame.</summary>
internal sealed class WindowBinder(ExpressionBinder binder)
{
    public string Text(Window window)
    {
        var specification = Resolve(window, depth: 0);
        var parts = new List<string>();
        if (specification.PartitionBy.Count > 0)
        {
            parts.Add("PARTITION BY " + string.Join(", ", specification.PartitionBy.Select(PartitionKey)));
        }

        var range = RangeType(specification);
        if (range is not null)
        {
            var key = binder.Context.Coerce(binder.Bind(specification.OrderBy[0].Key), range);
            parts.Add("ORDER BY " + CallBinder.SortText(binder.Context, key, specification.OrderBy[0]));
        }
        else if (specification.OrderBy.Count > 0)
        {
            parts.Add("ORDER BY " + CallBinder.SortText(binder, specification.OrderBy));
        }

        if (specification.Frame is { } frame)
        {
            parts.Add(Frame(frame, specification.OrderBy, range));
        }

        return $"({string.Join(' ', parts)})";
    }

    private string PartitionKey(Expression expression)
    {
        var key = binder.Bind(expression);
        return TypeCoercion.IsComparable(key.Type) ? Equality.Key(key.Type, key.Sql) : throw new SqlException("TYPE_MISMATCH", $"{key.Type} is not comparable, and therefore cannot be used in window function PARTITION BY", expression.Position);
    }

    /// <summary>A named window, and what it is built on, as one specification.</summary>
    private WindowSpecification Resolve(Window window, int depth)
    {
        if (window is WindowReference reference)
        {
            return Resolve(Named(reference.Name), depth + 1);
        }

        var specification = (WindowSpecification)window;
        if (specification.Base is not { } name)
        {
            return specification;
        }

        if (depth > binder.Windows.Count)
        {
            throw NotFound(name);
        }

        var @base = Resolve(Named(name), depth + 1);
        if (specification.PartitionBy.Count > 0)
        {
            throw new SqlException("INVALID_PARTITION_BY", "WINDOW specification with named WINDOW reference cannot specify PARTITION BY", specification.Position);
        }

        if (specification.OrderBy.Count > 0 && @base.OrderBy.Count > 0)
        {
            throw new SqlException("INVALID_ORDER_BY", "Cannot specify ORDER BY if referenced named WINDOW specifies ORDER BY", specification.Position);
        }

        if (@base.Frame is not null)
        {
            throw new SqlException("INVALID_WINDOW_REFERENCE", "Cannot reference named WINDOW containing frame specification", name.Position);
        }

        return specification with { Base = null, PartitionBy = @base.PartitionBy, OrderBy = @base.OrderBy.Count > 0 ? @base.OrderBy : specification.OrderBy };
    }

    private WindowSpecification Named(Identifier name) =>
        binder.Windows.FirstOrDefault(definition => string.Equals(definition.Name.Value, name.Value, StringComparison.OrdinalIgnoreCase))?.Window ?? throw NotFound(name);

    private static SqlException NotFound(Identifier name) => new("INVALID_WINDOW_REFERENCE", $"Cannot resolve WINDOW name {name.Value}", name.Position);

    /// <summary>The number type in which a RANGE frame's distances are added to its sort key; null when there is no such sum.</summary>
    private SqlType? RangeType(WindowSpecification window)
    {
        if (window is not { Frame: { Unit: FrameUnit.Range } frame, OrderBy.Count: 1 } || (frame.Start.Distance ?? frame.End?.Distance) is null)
        {
            return null;
        }

        var distances = new[] { frame.Start.Distance, frame.End?.Distance }.Where(distance => distance is not null).Select(distance => binder.Bind(distance!).Type);
        return TypeCoercion.CommonSuperType(distances.Prepend(binder.Bind(window.OrderBy[0].Key).Type)) is { } common && TypeCoercion.IsNumeric(common) ? common : null;
    }

    private string Frame(WindowFrame frame, NodeList<SortItem> order, SqlType? range)
    {
        Check(frame);
        var hasDistance = frame.Start.Distance is not null || frame.End?.Distance is not null;
        if (frame.Unit == FrameUnit.Range && hasDistance)
        {
            if (order.Count == 0)
            {
                throw new SqlException("MISSING_ORDER_BY", "Window frame of type RANGE PRECEDING or FOLLOWING requires ORDER BY", frame.Position);
            }

            if (order.Count > 1)
            {
                throw new SqlException("INVALID_ORDER_BY", $"Window frame of type RANGE PRECEDING or FOLLOWING requires single sort item in ORDER BY (actual: {order.Count})", order[1].Position);
            }
        }

        if (frame.Unit == FrameUnit.Groups && order.Count == 0)
        {
            throw new SqlException("MISSING_ORDER_BY", "Window frame of type GROUPS PRECEDING or FOLLOWING requires ORDER BY", frame.Position);
        }

        var key = frame.Unit == FrameUnit.Range && hasDistance ? range ?? binder.Bind(order[0].Key).Type : SqlType.BigInt;
        var start = Bound(frame.Start, frame.Unit, key);
        var unit = frame.Unit.ToString().ToUpperInvariant();
        return frame.End is { } end ? $"{unit} BETWEEN {start} AND {Bound(end, frame.Unit, key)}" : $"{unit} {start}";
    }

    private static void Check(WindowFrame frame)
    {
        var end = frame.End?.Kind ?? FrameBoundKind.CurrentRow;
        string? message = frame.Start.Kind == FrameBoundKind.UnboundedFollowing ? "Window frame start cannot be UNBOUNDED FOLLOWING"
            : end == FrameBoundKind.UnboundedPreceding ? "Window frame end cannot be UNBOUNDED PRECEDING"
            : frame.Start.Kind == FrameBoundKind.CurrentRow && end == FrameBoundKind.Preceding ? "Window frame starting from CURRENT ROW cannot end with PRECEDING"
            : frame.Start.Kind == FrameBoundKind.Following && end == FrameBoundKind.Preceding ? "Window frame starting from FOLLOWING cannot end with PRECEDING"
            : frame.Start.Kind == FrameBoundKind.Following && end == FrameBoundKind.CurrentRow ? "Window frame starting from FOLLOWING cannot end with CURRENT ROW"
            : null;
        if (message is not null)
        {
            throw new SqlException("INVALID_WINDOW_FRAME", message, frame.Position);
        }
    }

    private string Bound(FrameBound bound, FrameUnit unit, SqlType key) => bound.Kind switch
    {
        FrameBoundKind.UnboundedPreceding => "UNBOUNDED PRECEDING",
        FrameBoundKind.CurrentRow => "CURRENT ROW",
        FrameBoundKind.UnboundedFollowing => "UNBOUNDED FOLLOWING",
        FrameBoundKind.Preceding => Distance(bound.Distance!, unit, key) + " PRECEDING",
        _ => Distance(bound.Distance!, unit, key) + " FOLLOWING",
    };

    private string Distance(Expression expression, FrameUnit unit, SqlType key)
    {
        var value = binder.Bind(expression);
        if (unit != FrameUnit.Range)
        {
            return TypeCoercion.IsInteger(value.Type) ? binder.Context.Coerce(value, SqlType.BigInt).Sql : throw new SqlException("TYPE_MISMATCH", $"Window frame {unit.ToString().ToUpperInvariant()} value type must be exact numeric type with scale 0 (actual {value.Type})", expression.Position);
        }

        return (key, value.Type) switch
        {
            // Intervals are numbers of months or milliseconds themselves.
            (SimpleType { Kind: SimpleKind.IntervalDayToSecond or SimpleKind.IntervalYearToMonth }, _) when key.Equals(value.Type) => value.Sql,
            (_, SimpleType { Kind: SimpleKind.IntervalDayToSecond }) when IsMoment(key) => $"to_microseconds({value.Sql} * 1000)",
            (_, SimpleType { Kind: SimpleKind.IntervalYearToMonth }) when IsMoment(key) => $"to_months({value.Sql})",
            _ when TypeCoercion.IsNumeric(key) && TypeCoercion.IsNumeric(value.Type) && TypeCoercion.CanCoerce(value.Type, key) => binder.Context.Coerce(value, key).Sql,
            _ => throw new SqlException("TYPE_MISMATCH", $"Window frame of type RANGE does not match types of the sort key ({key}) and frame value ({value.Type})", expression.Position),
        };
    }

    private static bool IsMoment(SqlType key) => key is SimpleType { Kind: SimpleKind.Date } or TimestampType { WithTimeZone: false } or TimeType { WithTimeZone: false };
}
