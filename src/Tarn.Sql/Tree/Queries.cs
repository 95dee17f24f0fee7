namespace Tarn.Sql.Tree;

/// <summary>A query with everything that may stand around its body.</summary>
/// <param name="Offset">Rows to leave out; null for none.</param>
/// <param name="Limit">LIMIT or FETCH; null for none.</param>
public sealed record Query(SourcePosition Position, With? With, QueryBody Body, NodeList<SortItem> OrderBy, Expression? Offset, RowLimit? Limit) : Statement(Position);

public sealed record With(SourcePosition Position, bool Recursive, NodeList<WithQuery> Queries) : Node(Position);

/// <param name="Columns">Null when none were named.</param>
public sealed record WithQuery(SourcePosition Position, Identifier Name, NodeList<Identifier>? Columns, Query Query) : Node(Position);

/// <param name="Count">Null for LIMIT ALL.</param>
/// <param name="WithTies">FETCH FIRST n ROWS WITH TIES.</param>
public sealed record RowLimit(SourcePosition Position, Expression? Count, bool WithTies) : Node(Position);

public abstract record QueryBody(SourcePosition Position) : Node(Position);

/// <param name="From">Null when there is no FROM.</param>
public sealed record QuerySpecification(
    SourcePosition Position,
    bool Distinct,
    NodeList<SelectItem> Items,
    Relation? From,
    Expression? Where,
    GroupBy? GroupBy,
    Expression? Having,
    NodeList<WindowDefinition> Windows) : QueryBody(Position);

public enum SetOperator
{
    Union,
    Intersect,
    Except,
}

public sealed record SetOperation(SourcePosition Position, SetOperator Operator, bool All, QueryBody Left, QueryBody Right) : QueryBody(Position);

/// <summary><c>VALUES 1, (2)</c>; a row of one column may stand without parentheses.</summary>
public sealed record Values(SourcePosition Position, NodeList<Expression> Rows) : QueryBody(Position);

/// <summary><c>TABLE t</c></summary>
public sealed record TableBody(SourcePosition Position, QualifiedName Name) : QueryBody(Position);

/// <summary>A query in parentheses.</summary>
public sealed record SubqueryBody(SourcePosition Position, Query Query) : QueryBody(Position);

public abstract record SelectItem(SourcePosition Position) : Node(Position);

public sealed record SingleColumn(SourcePosition Position, Expression Value, Identifier? Alias) : SelectItem(Position);

/// <summary><c>*</c>, <c>t.*</c>, <c>row_expression.* AS (a, b)</c></summary>
public sealed record AllColumns(SourcePosition Position, Expression? Target, NodeList<Identifier> Aliases) : SelectItem(Position);

public sealed record GroupBy(SourcePosition Position, bool Distinct, NodeList<GroupingElement> Elements) : Node(Position);

public enum GroupingKind
{
    /// <summary>A plain expression, or several in parentheses.</summary>
    Simple,
    Rollup,
    Cube,
    Sets,
}

/// <param name="Sets">For <see cref="GroupingKind.Simple"/> one set.</param>
public sealed record GroupingElement(SourcePosition Position, GroupingKind Kind, NodeList<NodeList<Expression>> Sets) : Node(Position);

public abstract record Relation(SourcePosition Position) : Node(Position);

/// <param name="Version">FOR TIMESTAMP AS OF or FOR VERSION AS OF; null for none.</param>
public sealed record Table(SourcePosition Position, QualifiedName Name, TableVersion? Version) : Relation(Position);

public sealed record TableVersion(SourcePosition Position, bool IsTimestamp, Expression Value) : Node(Position);

/// <param name="Columns">Null when none were named.</param>
public sealed record AliasedRelation(SourcePosition Position, Relation Relation, Identifier Alias, NodeList<Identifier>? Columns) : Relation(Position);

/// <param name="Percentage">0 to 100.</param>
public sealed record SampledRelation(SourcePosition Position, Relation Relation, bool Bernoulli, Expression Percentage) : Relation(Position);

public sealed record SubqueryRelation(SourcePosition Position, Query Query) : Relation(Position);

public sealed record Lateral(SourcePosition Position, Query Query) : Relation(Position);

public sealed record Unnest(SourcePosition Position, NodeList<Expression> Values, bool WithOrdinality) : Relation(Position);

/// <summary><c>TABLE(sequence(1, 10))</c></summary>
public sealed record TableFunctionCall(SourcePosition Position, QualifiedName Name, NodeList<TableFunctionArgument> Arguments) : Relation(Position);

/// <param name="Value">An expression, or null when <paramref name="Table"/> is given.</param>
public sealed record TableFunctionArgument(SourcePosition Position, Identifier? Name, Expression? Value, Relation? Table) : Node(Position);

public enum JoinKind
{
    Cross,

    /// <summary><c>FROM a, b</c></summary>
    Implicit,
    Inner,
    Left,
    Right,
    Full,

    /// <summary>Spark's LEFT SEMI and LEFT ANTI.</summary>
    LeftSemi,
    LeftAnti,
}

/// <param name="On">Null unless ON was written.</param>
/// <param name="Using">Null unless USING was written.</param>
public sealed record Join(SourcePosition Position, JoinKind Kind, bool Natural, Relation Left, Relation Right, Expression? On, NodeList<Identifier>? Using) : Relation(Position);
