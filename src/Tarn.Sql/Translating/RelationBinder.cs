using Tarn.Sql.Binding;
using Tarn.Sql.Tree;
using Tarn.Sql.Types;

namespace Tarn.Sql.Translating;

/// <summary>What stands in FROM. Each table, subquery and UNNEST gets an alias that nothing else in the statement has.</summary>
internal sealed class RelationBinder(BindingContext context, ExpressionBinder? outer, CommonTableScope tables)
{
    /// <param name="left">The columns of what stands to the left, which LATERAL and UNNEST may use.</param>
    public BoundRelation Bind(Relation relation, Scope left)
    {
        BindingContext.CheckStack();
        return relation switch
        {
            Table e => new TableBinder(context, tables).Bind(e),
            AliasedRelation e => Aliased(e, left),
            SubqueryRelation e => Derived(new QueryBinder(context, outer, tables).Bind(e.Query), ""),
            Lateral e => Derived(new QueryBinder(context, Correlated(left), tables).Bind(e.Query), "LATERAL "),
            Unnest e => new UnnestBinder(context, Correlated(left)).Bind(e),
            SampledRelation e => Sampled(e, left),
            Join e => new JoinBinder(context, outer, tables, this).Bind(e, left),
            TableFunctionCall e => TableFunction(e),
            _ => throw new InvalidOperationException(relation.GetType().Name),
        };
    }

    private ExpressionBinder Correlated(Scope left) => new(context, left, outer, tables) { ScalarClause = "FROM clause" };

    private BoundRelation Derived(BoundQuery query, string prefix)
    {
        var alias = context.NewAlias("r");
        return new BoundRelation($"{prefix}({query.Sql}) AS {alias}", new Scope([.. query.Columns.Select((column, i) => new Field(column.Name, null, column.Type, $"{alias}.c{i}", column.Origin))]));
    }

    private BoundRelation Aliased(AliasedRelation aliased, Scope left)
    {
        var inner = Bind(aliased.Relation, left);
        var name = new RelationName(null, null, aliased.Alias.Folded);
        if (aliased.Columns is not { } columns)
        {
            return inner with { Scope = new Scope([.. inner.Scope.Fields.Select(field => field with { Relation = name })]) };
        }

        var visible = inner.Scope.Visible.ToList();
        if (columns.Count != visible.Count)
        {
            throw new SqlException("MISMATCHED_COLUMN_ALIASES", $"Column alias list has {columns.Count} entries but '{aliased.Alias.Folded}' has {visible.Count} columns available", aliased.Position);
        }

        return inner with { Scope = new Scope([.. visible.Select((field, i) => field with { Name = columns[i].Folded, Relation = name })]) };
    }

    private BoundRelation Sampled(SampledRelation sampled, Scope left)
    {
        var inner = Bind(sampled.Relation, left);
        var percentage = new ExpressionBinder(context, Scope.Empty, outer, tables) { ScalarClause = "TABLESAMPLE" }.Bind(sampled.Percentage);
        if (percentage.ConstantText is not { } text || !decimal.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var value) || value is < 0 or > 100)
        {
            throw new SqlException(percentage.ConstantText is null ? "EXPRESSION_NOT_CONSTANT" : "NUMERIC_VALUE_OUT_OF_RANGE", percentage.ConstantText is null ? "Sample percentage cannot contain column references" : "Sample percentage must be between 0 and 100", sampled.Percentage.Position);
        }

        if (sampled.Relation is Join)
        {
            throw new SqlException("NOT_SUPPORTED", "TABLESAMPLE of a join is not supported", sampled.Position);
        }

        return inner with { Sql = $"{inner.Sql} TABLESAMPLE {(sampled.Bernoulli ? "bernoulli" : "system")}({value}%)" };
    }

    /// <summary>The one table function of Trino that needs no table: <c>TABLE(sequence(start, stop, step))</c>.</summary>
    private BoundRelation TableFunction(TableFunctionCall call)
    {
        if (call.Name.ToString() != "sequence" || call.Arguments.Any(argument => argument.Value is null))
        {
            throw new SqlException("FUNCTION_NOT_FOUND", $"Table function '{call.Name}' not registered", call.Position);
        }

        var binder = new ExpressionBinder(context, Scope.Empty, outer, tables) { ScalarClause = "Table function argument" };
        string[] names = ["start", "stop", "step"];
        var values = new long[] { 0, 0, 1 };
        var given = new bool[3];
        for (var i = 0; i < call.Arguments.Count; i++)
        {
            var argument = call.Arguments[i];
            var index = argument.Name is { } name ? Array.IndexOf(names, name.Folded) : i;
            if (index is < 0 or > 2 || binder.Bind(argument.Value!).Constant is not long value)
            {
                throw new SqlException("INVALID_FUNCTION_ARGUMENT", "Arguments of sequence are the constants start, stop and step", argument.Position);
            }

            (values[index], given[index]) = (value, true);
        }

        if (!given[1] || values[2] == 0)
        {
            throw new SqlException("INVALID_FUNCTION_ARGUMENT", given[1] ? "Step must not be 0" : "Missing argument: STOP", call.Position);
        }

        var alias = context.NewAlias("r");
        return new BoundRelation($"(SELECT range AS c0 FROM range(CAST({values[0]} AS BIGINT), CAST({values[1]} AS BIGINT) + {(values[2] > 0 ? 1 : -1)}, CAST({values[2]} AS BIGINT))) AS {alias}", new Scope([new Field("sequential_number", null, SqlType.BigInt, $"{alias}.c0")]));
    }
}
