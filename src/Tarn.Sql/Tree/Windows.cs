namespace Tarn.Sql.Tree;

/// <summary>What stands behind OVER: a window's name or its specification.</summary>
public abstract record Window(SourcePosition Position) : Node(Position);

public sealed record WindowReference(SourcePosition Position, Identifier Name) : Window(Position);

/// <param name="Base">A named window that this one extends; null for none.</param>
public sealed record WindowSpecification(SourcePosition Position, Identifier? Base, NodeList<Expression> PartitionBy, NodeList<SortItem> OrderBy, WindowFrame? Frame) : Window(Position);

public enum FrameUnit
{
    Rows,
    Range,
    Groups,
}

public enum FrameBoundKind
{
    UnboundedPreceding,
    Preceding,
    CurrentRow,
    Following,
    UnboundedFollowing,
}

/// <param name="Distance">Only for <see cref="FrameBoundKind.Preceding"/> and <see cref="FrameBoundKind.Following"/>.</param>
public sealed record FrameBound(SourcePosition Position, FrameBoundKind Kind, Expression? Distance) : Node(Position);

/// <param name="End">Null when only the start was written.</param>
public sealed record WindowFrame(SourcePosition Position, FrameUnit Unit, FrameBound Start, FrameBound? End) : Node(Position);

/// <summary>One entry of a WINDOW clause.</summary>
public sealed record WindowDefinition(SourcePosition Position, Identifier Name, WindowSpecification Window) : Node(Position);

public enum NullOrder
{
    First,
    Last,
}

/// <param name="Nulls">Null when nothing was written: the dialect decides.</param>
public sealed record SortItem(SourcePosition Position, Expression Key, bool Descending, NullOrder? Nulls) : Node(Position);
