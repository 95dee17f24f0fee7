namespace Tarn.Sql.Tree;

/// <summary><c>name = value</c> of a WITH list.</summary>
public sealed record Property(SourcePosition Position, Identifier Name, Expression Value) : Node(Position);

/// <param name="Columns">Null when none were named: all, in order.</param>
public sealed record Insert(SourcePosition Position, QualifiedName Target, NodeList<Identifier>? Columns, Query Query) : Statement(Position);

/// <param name="Columns">Null when none were named.</param>
public sealed record CreateTableAsSelect(
    SourcePosition Position,
    QualifiedName Name,
    bool IfNotExists,
    NodeList<Identifier>? Columns,
    string? Comment,
    NodeList<Property> Properties,
    Query Query,
    bool WithData) : Statement(Position);

/// <summary>CREATE VIEW; Trino's grammar has no column list here.</summary>
public sealed record CreateView(SourcePosition Position, QualifiedName Name, bool OrReplace, string? Comment, Query Query) : Statement(Position);

public sealed record DropView(SourcePosition Position, QualifiedName Name, bool IfExists) : Statement(Position);

/// <summary><c>UNLOAD (SELECT ...) TO 's3://...' WITH (...)</c></summary>
public sealed record Unload(SourcePosition Position, Query Query, string Location, NodeList<Property> Properties) : Statement(Position);

public enum ExplainFormat
{
    Text,
    Graphviz,
    Json,
}

public enum ExplainType
{
    Logical,
    Distributed,
    Validate,
    Io,
}

/// <param name="Format">Null when none was written: text.</param>
/// <param name="Type">Null when none was written: distributed.</param>
public sealed record Explain(SourcePosition Position, bool Analyze, bool Verbose, ExplainFormat? Format, ExplainType? Type, Statement Statement) : Statement(Position);

/// <param name="Text">The statement as written, which is what is stored.</param>
public sealed record Prepare(SourcePosition Position, Identifier Name, Statement Statement, string Text) : Statement(Position)
{
    public bool Equals(Prepare? other) => other is not null && Name == other.Name && Statement == other.Statement;

    public override int GetHashCode() => HashCode.Combine(Name, Statement);
}

public sealed record Execute(SourcePosition Position, Identifier Name, NodeList<Expression> Parameters) : Statement(Position);

public sealed record Deallocate(SourcePosition Position, Identifier Name) : Statement(Position);

public sealed record Delete(SourcePosition Position, QualifiedName Table, Expression? Where) : Statement(Position);

public sealed record Assignment(SourcePosition Position, Identifier Column, Expression Value) : Node(Position);

public sealed record Update(SourcePosition Position, QualifiedName Table, NodeList<Assignment> Assignments, Expression? Where) : Statement(Position);

public enum MergeAction
{
    Update,
    Delete,
    Insert,
}

/// <param name="Matched">WHEN MATCHED; else WHEN NOT MATCHED.</param>
/// <param name="Condition">What stands behind AND; null for none.</param>
/// <param name="Columns">For an insert; empty for all.</param>
public sealed record MergeCase(
    SourcePosition Position,
    bool Matched,
    Expression? Condition,
    MergeAction Action,
    NodeList<Assignment> Assignments,
    NodeList<Identifier> Columns,
    NodeList<Expression> Values) : Node(Position);

/// <param name="Alias">Null for none.</param>
public sealed record Merge(SourcePosition Position, QualifiedName Target, Identifier? Alias, Relation Source, Expression On, NodeList<MergeCase> Cases) : Statement(Position);

/// <summary><c>OPTIMIZE t REWRITE DATA USING BIN_PACK [WHERE ...]</c></summary>
public sealed record Optimize(SourcePosition Position, QualifiedName Table, Expression? Where) : Statement(Position);

/// <summary><c>VACUUM t</c></summary>
public sealed record Vacuum(SourcePosition Position, QualifiedName Table) : Statement(Position);
