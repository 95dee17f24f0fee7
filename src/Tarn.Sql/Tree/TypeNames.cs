namespace Tarn.Sql.Tree;

/// <summary>A type as it was written.</summary>
public abstract record TypeName(SourcePosition Position) : Node(Position);

/// <summary><c>varchar(3)</c>, <c>map(bigint, varchar)</c>, <c>decimal(p, s)</c></summary>
/// <param name="Name">Lower case.</param>
/// <param name="Arguments">Types and <see cref="NumberTypeArgument"/>s.</param>
public sealed record GenericTypeName(SourcePosition Position, string Name, NodeList<TypeName> Arguments) : TypeName(Position);

/// <summary>A number between a type's parentheses.</summary>
public sealed record NumberTypeArgument(SourcePosition Position, long Value) : TypeName(Position);

/// <param name="Name"><c>time</c> or <c>timestamp</c>.</param>
/// <param name="Precision">Null when none was written, which means 3.</param>
public sealed record DateTimeTypeName(SourcePosition Position, string Name, int? Precision, bool WithTimeZone) : TypeName(Position);

public sealed record IntervalTypeName(SourcePosition Position, IntervalField From, IntervalField To) : TypeName(Position);

public sealed record RowTypeName(SourcePosition Position, NodeList<RowTypeField> Fields) : TypeName(Position);

/// <param name="Name">Null for an anonymous field.</param>
public sealed record RowTypeField(SourcePosition Position, Identifier? Name, TypeName Type) : Node(Position);
