using Tarn.Sql.Tree;

namespace Tarn.Sql.Tests.Parsing;

/// <summary>Makes statements that nobody would write, to see that every one of them survives formatting.</summary>
internal sealed class RandomTree(int seed)
{
    private static readonly SourcePosition At = default;
    private readonly Random random = new(seed);

    public Query Query(int depth) => new(
        At,
        depth > 0 && Chance(5) ? new With(At, Chance(3), [new WithQuery(At, Name(), Chance(2) ? [Name(), Name()] : null, Query(depth - 1))]) : null,
        Body(depth),
        Chance(3) ? Many(() => Sort(depth)) : [],
        Chance(6) ? new LongLiteral(At, random.Next(9)) : null,
        Chance(4) ? new RowLimit(At, new LongLiteral(At, random.Next(9)), WithTies: Chance(2)) : null);

    private bool Chance(int of) => random.Next(of) == 0;

    private T Pick<T>(params ReadOnlySpan<T> items) => items[random.Next(items.Length)];

    private NodeList<T> Many<T>(Func<T> make) => new([.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => make())]);

    private Identifier Name() => Chance(4) ? new Identifier(At, Pick("a b", "select", "x\"y", "É", "1a"), Quoted: true) : new Identifier(At, Pick("a", "b_1", "Limit", "date", "row", "first", "values1"), Quoted: false);

    private QualifiedName Qualified() => new(At, Many(Name));

    private string Text() => Pick("", "it's", "a\nb", "--x", "Ünï😀");

    // Queries.

    private QueryBody Body(int depth) => random.Next(depth > 0 ? 7 : 3) switch
    {
        0 => new TableBody(At, Qualified()),
        1 => new Values(At, Many(() => Expression(depth - 1))),
        3 => new SubqueryBody(At, Query(depth - 1)),
        4 => new SetOperation(At, Pick(SetOperator.Union, SetOperator.Except), Chance(2), Body(0), Body(0)),
        5 => new SetOperation(At, SetOperator.Intersect, Chance(2), new SubqueryBody(At, Query(depth - 1)), Select(0)),
        _ => Select(depth),
    };

    private QuerySpecification Select(int depth) => new(
        At,
        Chance(3),
        Many<SelectItem>(() => Chance(6) ? new AllColumns(At, Chance(2) ? Name() : null, []) : new SingleColumn(At, Expression(depth - 1), Chance(2) ? Name() : null)),
        Chance(4) ? null : From(depth),
        Chance(2) ? Expression(depth - 1) : null,
        Chance(4) ? new GroupBy(At, Chance(4), Many(() => Grouping(depth - 1))) : null,
        Chance(5) ? Expression(depth - 1) : null,
        Chance(6) ? [new WindowDefinition(At, Name(), Over(depth - 1))] : []);

    private GroupingElement Grouping(int depth)
    {
        var kind = Pick(GroupingKind.Simple, GroupingKind.Rollup, GroupingKind.Cube, GroupingKind.Sets);
        NodeList<Expression> Set() => Chance(5) ? [] : Many(() => Expression(depth));
        return new GroupingElement(At, kind, kind == GroupingKind.Simple ? [Set()] : Many(Set));
    }

    private SortItem Sort(int depth) => new(At, Expression(depth - 1), Chance(2), Pick<NullOrder?>(null, NullOrder.First, NullOrder.Last));

    /// <summary>Commas stand only directly behind FROM.</summary>
    private Relation From(int depth) => Chance(4) ? new Join(At, JoinKind.Implicit, Natural: false, From(depth - 1), Relation(depth - 1), null, null) : Relation(depth);

    private Relation Relation(int depth)
    {
        if (depth <= 0)
        {
            return new Table(At, Qualified(), Chance(8) ? new TableVersion(At, Chance(2), new StringLiteral(At, Text())) : null);
        }

        var kind = Pick(JoinKind.Inner, JoinKind.Left, JoinKind.Right, JoinKind.Full);
        return random.Next(8) switch
        {
            0 => new AliasedRelation(At, Relation(depth - 1), Name(), Chance(2) ? Many(Name) : null),
            1 => new SampledRelation(At, new AliasedRelation(At, Relation(0), Name(), null), Chance(2), new LongLiteral(At, 10)),
            2 => new SubqueryRelation(At, Query(depth - 1)),
            3 => new Lateral(At, Query(depth - 1)),
            4 => new Unnest(At, Many(() => Expression(depth - 1)), Chance(2)),
            5 => new Join(At, JoinKind.Cross, Natural: false, Relation(depth - 1), Relation(depth - 1), null, null),
            6 => new TableFunctionCall(At, Qualified(), Chance(3) ? [] : Many(() => new TableFunctionArgument(At, Chance(2) ? Name() : null, Expression(depth - 1), null))),
            _ => Chance(2)
                ? new Join(At, kind, Natural: false, Relation(depth - 1), Relation(depth - 1), Expression(depth - 1), null)
                : new Join(At, kind, Natural: Chance(2) is var natural && natural, Relation(0), Relation(0), null, natural ? null : Many(Name)),
        };
    }

    // Expressions.

    private Expression Expression(int depth) => depth <= 0 ? Leaf() : random.Next(30) switch
    {
        0 => new ArithmeticBinary(At, Pick(ArithmeticOperator.Add, ArithmeticOperator.Subtract, ArithmeticOperator.Multiply, ArithmeticOperator.Divide, ArithmeticOperator.Modulus), Expression(depth - 1), Expression(depth - 1)),
        1 => new ArithmeticUnary(At, Chance(2), Expression(depth - 1)),
        2 => new Concatenation(At, Expression(depth - 1), Expression(depth - 1)),
        3 => new Comparison(At, (ComparisonOperator)random.Next(8), Expression(depth - 1), Expression(depth - 1)),
        4 => new Logical(At, Pick(LogicalOperator.And, LogicalOperator.Or), [Expression(depth - 1), Expression(depth - 1), Expression(depth - 1)]),
        5 => new Not(At, Expression(depth - 1)),
        6 => new Between(At, Expression(depth - 1), Expression(depth - 1), Expression(depth - 1)),
        7 => new InList(At, Expression(depth - 1), Many(() => Expression(depth - 1))),
        8 => new InSubquery(At, Expression(depth - 1), Query(depth - 1) with { Body = Select(depth - 1) }),
        9 => new Like(At, Expression(depth - 1), Expression(depth - 1), Chance(2) ? Expression(depth - 1) : null),
        10 => new IsNull(At, Expression(depth - 1)),
        11 => new Exists(At, Query(depth - 1)),
        12 => new QuantifiedComparison(At, (ComparisonOperator)random.Next(6), Chance(2), Expression(depth - 1), Query(depth - 1)),
        13 => new SubqueryExpression(At, Query(depth - 1)),
        14 => new Case(At, Chance(2) ? Expression(depth - 1) : null, Many(() => new WhenClause(At, Expression(depth - 1), Expression(depth - 1))), Chance(2) ? Expression(depth - 1) : null),
        15 => new Cast(At, Expression(depth - 1), Type(depth - 1), Chance(2)),
        16 => new Dereference(At, Expression(depth - 1), Name()),
        17 => new Subscript(At, Expression(depth - 1), Expression(depth - 1)),
        18 => new RowConstructor(At, Many(() => new RowItem(At, Chance(3) ? Name() : null, Expression(depth - 1)))),
        19 => new ArrayConstructor(At, Chance(4) ? [] : Many(() => Expression(depth - 1))),
        20 => new AtTimeZone(At, Expression(depth - 1), Expression(depth - 1)),
        21 => new Extract(At, Pick("YEAR", "DAY_OF_WEEK", "TIMEZONE_HOUR"), Expression(depth - 1)),
        22 => new Trim(At, Pick(TrimSide.Both, TrimSide.Leading, TrimSide.Trailing), Chance(2) ? Expression(depth - 1) : null, Expression(depth - 1)),
        23 => new GroupingOperation(At, Many(() => Expression(depth - 1))),
        24 => new Lambda(At, Chance(4) ? [] : Many(Name), Expression(depth - 1)),
        25 => new Listagg(At, Chance(2), Expression(depth - 1), Text(), Chance(2) ? Text() : null, WithCount: false, Chance(2) ? Many(() => Sort(depth - 1)) : [], Chance(3) ? Expression(depth - 1) : null),
        _ => Call(depth - 1),
    };

    private FunctionCall Call(int depth) => new(
        At,
        new QualifiedName(At, [new Identifier(At, Pick("f", "sum", "substr", "date", "if"), Quoted: false)]),
        Many(() => Expression(depth)),
        Star: false,
        Distinct: Chance(5),
        Chance(5) ? Many(() => Sort(depth)) : [],
        Chance(5) ? Expression(depth) : null,
        Chance(3) ? Chance(2) ? new WindowReference(At, Name()) : Over(depth) : null,
        Pick<NullTreatment?>(null, null, NullTreatment.Ignore, NullTreatment.Respect));

    private WindowSpecification Over(int depth) => new(
        At,
        Chance(4) ? new Identifier(At, "w", Quoted: false) : null,
        Chance(2) ? Many(() => Expression(depth)) : [],
        Chance(2) ? Many(() => Sort(depth)) : [],
        Chance(2) ? new WindowFrame(At, Pick(FrameUnit.Rows, FrameUnit.Range, FrameUnit.Groups), Bound(), Chance(2) ? Bound() : null) : null);

    private FrameBound Bound()
    {
        var kind = (FrameBoundKind)random.Next(5);
        return new FrameBound(At, kind, kind is FrameBoundKind.Preceding or FrameBoundKind.Following ? Leaf() : null);
    }

    private Expression Leaf() => random.Next(12) switch
    {
        0 => new NullLiteral(At),
        1 => new BooleanLiteral(At, Chance(2)),
        2 => new StringLiteral(At, Text()),
        3 => new BinaryLiteral(At, Pick("", "00FF")),
        4 => new LongLiteral(At, Pick(0, 7, -7, long.MaxValue, long.MinValue)),
        5 => new DecimalLiteral(At, Pick("1.50", "-0.1", ".5")),
        6 => new DoubleLiteral(At, Pick(1e10, -2.5, 5e-324, double.MaxValue, 0)),
        7 => new GenericLiteral(At, Pick("date", "timestamp", "json", "double"), Text()),
        8 => new IntervalLiteral(At, "1", Chance(2), IntervalField.Day, Chance(2) ? IntervalField.Second : null),
        9 => new CurrentValue(At, Pick("current_date", "current_user"), null),
        10 => new Dereference(At, Name(), Name()),
        _ => Name(),
    };

    private TypeName Type(int depth) => random.Next(depth > 0 ? 7 : 4) switch
    {
        0 => new GenericTypeName(At, Pick("bigint", "varchar", "double"), []),
        1 => new GenericTypeName(At, "decimal", [new NumberTypeArgument(At, 10), new NumberTypeArgument(At, 2)]),
        2 => new DateTimeTypeName(At, Pick("time", "timestamp"), Chance(2) ? 6 : null, Chance(2)),
        3 => new IntervalTypeName(At, IntervalField.Year, IntervalField.Month),
        4 => new GenericTypeName(At, "map", [Type(depth - 1), Type(depth - 1)]),
        5 => new GenericTypeName(At, "array", [Type(depth - 1)]),
        _ => new RowTypeName(At, Many(() => new RowTypeField(At, Chance(2) ? new Identifier(At, Pick("a", "x y"), Quoted: true) : null, Type(depth - 1)))),
    };
}
