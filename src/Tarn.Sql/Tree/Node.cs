using System.Collections;
using System.Runtime.CompilerServices;

namespace Tarn.Sql.Tree;

/// <summary>
/// A piece of a statement as it was written. Nodes are immutable; two are equal when they mean the same text, wherever it stood:
/// positions do not count, so that a formatted statement parses to an equal tree.
/// </summary>
/// <param name="Position">Where its first (for an operator: its own) token stood.</param>
public abstract record Node(SourcePosition Position)
{
    public virtual bool Equals(Node? other) => other is not null && EqualityContract == other.EqualityContract;

    public override int GetHashCode() => EqualityContract.GetHashCode();
}

public abstract record Statement(SourcePosition Position) : Node(Position);

public abstract record Expression(SourcePosition Position) : Node(Position);

/// <summary>A list that is compared by its items, as the trees need.</summary>
[CollectionBuilder(typeof(NodeList), nameof(NodeList.Create))]
public sealed class NodeList<T>(IReadOnlyList<T> items) : IReadOnlyList<T>, IEquatable<NodeList<T>>
{
    public static readonly NodeList<T> Empty = new([]);

    public int Count => items.Count;

    public T this[int index] => items[index];

    public bool Equals(NodeList<T>? other) => other is not null && items.SequenceEqual(other);

    public override bool Equals(object? obj) => Equals(obj as NodeList<T>);

    public override int GetHashCode() => items.Aggregate(items.Count, HashCode.Combine);

    public override string ToString() => "[" + string.Join(", ", items) + "]";

    public IEnumerator<T> GetEnumerator() => items.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

public static class NodeList
{
    public static NodeList<T> Create<T>(ReadOnlySpan<T> items) => items.Length == 0 ? NodeList<T>.Empty : new NodeList<T>(items.ToArray());
}

/// <summary>A name. Comparison of names is case-insensitive in Trino, quoted or not; <paramref name="Value"/> is as written.</summary>
public sealed record Identifier(SourcePosition Position, string Value, bool Quoted) : Expression(Position)
{
    /// <summary>Trino's canonical form of names in a catalog that folds.</summary>
    public string Folded => Value.ToLowerInvariant();
}

/// <summary><c>a.b.c</c></summary>
public sealed record QualifiedName(SourcePosition Position, NodeList<Identifier> Parts) : Node(Position)
{
    /// <summary>The last part, lower case.</summary>
    public string Suffix => Parts[^1].Folded;

    public override string ToString() => string.Join('.', Parts.Select(part => part.Folded));
}
