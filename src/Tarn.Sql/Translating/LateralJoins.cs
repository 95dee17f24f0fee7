using Tarn.Sql.Binding;
using Tarn.Sql.Tree;

namespace Tarn.Sql.Translating;

/// <summary>
/// LEFT JOIN LATERAL over an aggregate without GROUP BY. Such a query gives a row even where nothing matches, and DuckDB forgets what that row
/// holds besides the aggregates; as a CROSS JOIN it is right.
/// </summary>
internal sealed class LateralJoins(BindingContext context)
{
    /// <summary>Whether a LEFT JOIN ON TRUE to the relation is a CROSS JOIN, as it gives one row each time.</summary>
    public bool IsAlwaysOneRow(Relation relation) => Query(relation) is { } query && IsAlwaysOneRow(query);

    /// <summary>Whether the relation is a lateral query that has such an aggregate.</summary>
    public bool HasGlobalAggregate(Relation relation) => Query(relation) is { } query && HasGlobalAggregate(query.Body);

    private static Query? Query(Relation relation) => relation switch
    {
        AliasedRelation aliased => Query(aliased.Relation),
        Lateral lateral => lateral.Query,
        _ => null,
    };

    private bool IsAlwaysOneRow(Query query) => query is { Limit: null, Offset: null, With: null } && query.Body switch
    {
        QuerySpecification { GroupBy: null, Having: null } select when HasAggregate(select) => true,
        QuerySpecification { GroupBy: null, Having: null, Where: null } select => select.From is null || (Derived(select.From) is { } inner && IsAlwaysOneRow(inner)),
        SubqueryBody body => IsAlwaysOneRow(body.Query),
        _ => false,
    };

    private bool HasGlobalAggregate(QueryBody body) => body switch
    {
        QuerySpecification select => (select.GroupBy is null && HasAggregate(select)) || (select.From is not null && HasGlobalAggregateBelow(select.From)),
        SetOperation set => HasGlobalAggregate(set.Left) || HasGlobalAggregate(set.Right),
        SubqueryBody inner => HasGlobalAggregate(inner.Query.Body),
        _ => false,
    };

    private bool HasGlobalAggregateBelow(Relation relation) => relation switch
    {
        Join join => HasGlobalAggregateBelow(join.Left) || HasGlobalAggregateBelow(join.Right),
        AliasedRelation aliased => HasGlobalAggregateBelow(aliased.Relation),
        SubqueryRelation derived => HasGlobalAggregate(derived.Query.Body),
        Lateral lateral => HasGlobalAggregate(lateral.Query.Body),
        _ => false,
    };

    private static Query? Derived(Relation relation) => relation switch
    {
        AliasedRelation aliased => Derived(aliased.Relation),
        SubqueryRelation derived => derived.Query,
        _ => null,
    };

    private bool HasAggregate(QuerySpecification select) => select.Having is not null || select.Items.OfType<SingleColumn>().Any(item => ExpressionChildren.Any(item.Value, inner =>
        inner is Listagg || (inner is FunctionCall { Window: null, Name.Parts.Count: 1 } call && context.IsAggregate(call.Name.Suffix))));
}
