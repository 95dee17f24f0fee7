namespace Tarn.Sql.Tree;

public enum ArithmeticOperator
{
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulus,

    /// <summary>Spark's DIV.</summary>
    IntegerDivide,
}

public enum ComparisonOperator
{
    Equal,
    NotEqual,
    LessThan,
    LessThanOrEqual,
    GreaterThan,
    GreaterThanOrEqual,
    IsDistinctFrom,
    IsNotDistinctFrom,
}

public enum LogicalOperator
{
    And,
    Or,
}

public sealed record ArithmeticBinary(SourcePosition Position, ArithmeticOperator Operator, Expression Left, Expression Right) : Expression(Position);

public sealed record ArithmeticUnary(SourcePosition Position, bool Negative, Expression Value) : Expression(Position);

/// <summary><c>a || b</c></summary>
public sealed record Concatenation(SourcePosition Position, Expression Left, Expression Right) : Expression(Position);

public sealed record Comparison(SourcePosition Position, ComparisonOperator Operator, Expression Left, Expression Right) : Expression(Position);

/// <summary>A chain of one operator is one node, so that long conditions are not deep trees.</summary>
public sealed record Logical(SourcePosition Position, LogicalOperator Operator, NodeList<Expression> Terms) : Expression(Position);

public sealed record Not(SourcePosition Position, Expression Value) : Expression(Position);

public sealed record Between(SourcePosition Position, Expression Value, Expression Min, Expression Max) : Expression(Position);

public sealed record InList(SourcePosition Position, Expression Value, NodeList<Expression> Items) : Expression(Position);

public sealed record InSubquery(SourcePosition Position, Expression Value, Query Query) : Expression(Position);

/// <param name="Escape">Null when none was written.</param>
public sealed record Like(SourcePosition Position, Expression Value, Expression Pattern, Expression? Escape) : Expression(Position);

public sealed record IsNull(SourcePosition Position, Expression Value) : Expression(Position);

public sealed record Exists(SourcePosition Position, Query Query) : Expression(Position);

/// <summary><c>a = ANY (SELECT ...)</c></summary>
public sealed record QuantifiedComparison(SourcePosition Position, ComparisonOperator Operator, bool All, Expression Value, Query Query) : Expression(Position);

public sealed record SubqueryExpression(SourcePosition Position, Query Query) : Expression(Position);

public sealed record WhenClause(SourcePosition Position, Expression Condition, Expression Result) : Node(Position);

/// <param name="Operand">Null for <c>CASE WHEN condition</c>; a value for <c>CASE value WHEN value</c>.</param>
public sealed record Case(SourcePosition Position, Expression? Operand, NodeList<WhenClause> Whens, Expression? Else) : Expression(Position);

public sealed record Cast(SourcePosition Position, Expression Value, TypeName Type, bool Try) : Expression(Position);

/// <summary><c>base.field</c>: a qualified column or a row's field; which of the two only the binder knows.</summary>
public sealed record Dereference(SourcePosition Position, Expression Base, Identifier Field) : Expression(Position);

public sealed record Subscript(SourcePosition Position, Expression Base, Expression Index) : Expression(Position);

public sealed record RowItem(SourcePosition Position, Identifier? Name, Expression Value) : Node(Position);

/// <summary><c>ROW(1, 2)</c> or <c>(1, 2)</c></summary>
public sealed record RowConstructor(SourcePosition Position, NodeList<RowItem> Items) : Expression(Position);

public sealed record ArrayConstructor(SourcePosition Position, NodeList<Expression> Items) : Expression(Position);

public sealed record AtTimeZone(SourcePosition Position, Expression Value, Expression Zone) : Expression(Position);

/// <param name="Field">Upper case: <c>YEAR</c>, <c>DAY_OF_WEEK</c>, ...</param>
public sealed record Extract(SourcePosition Position, string Field, Expression Value) : Expression(Position);

public enum TrimSide
{
    Both,
    Leading,
    Trailing,
}

/// <param name="Characters">Null for white space.</param>
public sealed record Trim(SourcePosition Position, TrimSide Side, Expression? Characters, Expression Value) : Expression(Position);

/// <summary><c>current_date</c>, <c>current_timestamp(3)</c>, <c>current_user</c>, ...: functions without parentheses.</summary>
/// <param name="Name">Lower case.</param>
public sealed record CurrentValue(SourcePosition Position, string Name, int? Precision) : Expression(Position);

/// <summary><c>grouping(a, b)</c></summary>
public sealed record GroupingOperation(SourcePosition Position, NodeList<Expression> Columns) : Expression(Position);

public sealed record Lambda(SourcePosition Position, NodeList<Identifier> Parameters, Expression Body) : Expression(Position);

public enum NullTreatment
{
    Respect,
    Ignore,
}

/// <param name="Star"><c>count(*)</c></param>
/// <param name="Filter">Null when there is no FILTER.</param>
/// <param name="Window">Null when there is no OVER.</param>
/// <param name="Nulls">Null when neither RESPECT NULLS nor IGNORE NULLS was written.</param>
public sealed record FunctionCall(
    SourcePosition Position,
    QualifiedName Name,
    NodeList<Expression> Arguments,
    bool Star,
    bool Distinct,
    NodeList<SortItem> OrderBy,
    Expression? Filter,
    Window? Window,
    NullTreatment? Nulls) : Expression(Position)
{
    /// <summary>A plain call.</summary>
    public static FunctionCall Of(SourcePosition position, string name, params ReadOnlySpan<Expression> arguments) =>
        new(position, new QualifiedName(position, [new Identifier(position, name, false)]), NodeList.Create(arguments), Star: false, Distinct: false, [], null, null, null);
}

/// <summary><c>LISTAGG(x, ',' ON OVERFLOW ...) WITHIN GROUP (ORDER BY y)</c></summary>
/// <param name="OverflowFiller">Null for ON OVERFLOW ERROR.</param>
/// <param name="WithCount">Whether the truncation says how many were left out.</param>
public sealed record Listagg(
    SourcePosition Position,
    bool Distinct,
    Expression Value,
    string Separator,
    string? OverflowFiller,
    bool WithCount,
    NodeList<SortItem> OrderBy,
    Expression? Filter) : Expression(Position);
