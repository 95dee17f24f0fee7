using Tarn.Sql.Binding;
using Tarn.Sql.Binding.Operators;
using Tarn.Sql.Tree;
using Tarn.Sql.Types;

namespace Tarn.Sql.Translating;

/// <summary>Joins, with USING and NATURAL resolved into conditions of our own: the joined column comes first and belongs to neither side.</summary>
internal sealed class JoinBinder(BindingContext context, ExpressionBinder? outer, CommonTableScope tables, RelationBinder relations)
{
    private readonly LateralJoins laterals = new(context);

    public BoundRelation Bind(Join join, Scope around)
    {
        var left = relations.Bind(join.Left, around);
        var visible = new Scope([.. around.Fields, .. left.Scope.Fields]);
        var right = relations.Bind(join.Right, join.Kind is JoinKind.Right or JoinKind.Full ? around : visible);
        var rightSql = join.Right is Join ? $"({right.Sql})" : right.Sql;
        if (join.Kind is JoinKind.Right or JoinKind.Full && rightSql.StartsWith("LATERAL ", StringComparison.Ordinal))
        {
            if (join.On is not BooleanLiteral { Value: true })
            {
                throw new SqlException("NOT_SUPPORTED", $"{join.Kind.ToString().ToUpperInvariant()} JOIN involving {(join.Right is Unnest or AliasedRelation { Relation: Unnest } ? "UNNEST" : "LATERAL")} is only supported with condition ON TRUE", join.Position);
            }

            // It cannot see the left side, so it is an ordinary relation.
            rightSql = rightSql["LATERAL ".Length..];
        }

        var isOneRow = join is { Kind: JoinKind.Left, On: BooleanLiteral { Value: true } } && laterals.IsAlwaysOneRow(join.Right);
        if (join.Kind == JoinKind.Left && !isOneRow && laterals.HasGlobalAggregate(join.Right))
        {
            throw new SqlException("NOT_SUPPORTED", "LEFT JOIN LATERAL over an aggregation without GROUP BY is supported only ON TRUE and without conditions on its result", join.Position);
        }

        if (join.Kind is JoinKind.Cross or JoinKind.Implicit || isOneRow)
        {
            return new BoundRelation($"{left.Sql} CROSS JOIN {rightSql}", Concat(left.Scope, right.Scope));
        }

        var keyword = join.Kind switch
        {
            JoinKind.Inner => "JOIN",
            JoinKind.LeftSemi => "SEMI JOIN",
            JoinKind.LeftAnti => "ANTI JOIN",
            _ => join.Kind.ToString().ToUpperInvariant() + " JOIN",
        };
        if (join.Natural || join.Using is not null)
        {
            var names = join.Using?.Select(name => (name.Value, name.Position)).ToList() ?? Shared(left.Scope, right.Scope, join.Position);
            var (condition, scope) = Using(join, names, left.Scope, right.Scope);
            return new BoundRelation($"{left.Sql} {keyword} {rightSql} ON {condition}", scope);
        }

        var both = Concat(left.Scope, right.Scope);
        var binder = new ExpressionBinder(context, new Scope([.. both.Fields]), outer, tables) { ScalarClause = "JOIN clause" };
        var on = binder.BindBoolean(join.On!, "JOIN ON clause must evaluate to a boolean: actual type");
        if (join.Kind == JoinKind.Inner)
        {
            PartitionPruning.Note(binder, join.On!);
        }

        return new BoundRelation($"{left.Sql} {keyword} {rightSql} ON {on.Sql}", join.Kind is JoinKind.LeftSemi or JoinKind.LeftAnti ? left.Scope : both);
    }

    private static Scope Concat(Scope left, Scope right) => new([.. left.Fields, .. right.Fields]);

    private static List<(string Name, SourcePosition Position)> Shared(Scope left, Scope right, SourcePosition position) =>
        [.. left.Visible.Where(field => field.Name is not null && right.Named(field.Name).Count > 0).Select(field => field.Name!).Distinct(StringComparer.OrdinalIgnoreCase).Select(name => (name, position))];

    private (string Condition, Scope Scope) Using(Join join, List<(string Name, SourcePosition Position)> names, Scope left, Scope right)
    {
        var conditions = new List<string>();
        var joined = new List<Field>();
        var used = new HashSet<Field>(ReferenceEqualityComparer.Instance);
        foreach (var (name, position) in names)
        {
            var a = One(left, name, "left", position);
            var b = One(right, name, "right", position);
            if (TypeCoercion.CommonSuperType(a.Type, b.Type) is not { } common)
            {
                throw new SqlException("TYPE_MISMATCH", $"Column types of join column '{name.ToLowerInvariant()}' do not match: {a.Type} vs {b.Type}", position);
            }

            conditions.Add(Comparisons.Bind(context, ComparisonOperator.Equal, a.Read(), b.Read(), position).Sql);
            var (x, y) = (context.Coerce(a.Read(), common), context.Coerce(b.Read(), common));
            var sql = join.Kind switch { JoinKind.Full => $"coalesce({x.Sql}, {y.Sql})", JoinKind.Right => y.Sql, _ => x.Sql };
            joined.Add(new Field(name.ToLowerInvariant(), null, common, sql, join.Kind is JoinKind.Inner or JoinKind.Left && common.Equals(a.Type) ? a.Origin : null));
            used.Add(a);
            used.Add(b);
        }

        var rightRest = join.Kind is JoinKind.LeftSemi or JoinKind.LeftAnti ? [] : right.Fields.Where(field => !used.Contains(field));
        var scope = new Scope([.. joined, .. left.Fields.Where(field => !used.Contains(field)), .. rightRest]);
        return (conditions.Count == 0 ? "true" : string.Join(" AND ", conditions), scope);
    }

    private static Field One(Scope scope, string name, string side, SourcePosition position)
    {
        var found = scope.Named(name);
        return found.Count switch
        {
            1 => found[0],
            0 => throw new SqlException("COLUMN_NOT_FOUND", $"Column '{name.ToLowerInvariant()}' is missing from {side} side of join", position),
            _ => throw new SqlException("AMBIGUOUS_NAME", $"Column '{name.ToLowerInvariant()}' is ambiguous", position),
        };
    }
}
