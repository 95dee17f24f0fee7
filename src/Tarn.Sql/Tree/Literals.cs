namespace Tarn.Sql.Tree;

public sealed record NullLiteral(SourcePosition Position) : Expression(Position);

public sealed record BooleanLiteral(SourcePosition Position, bool Value) : Expression(Position);

public sealed record StringLiteral(SourcePosition Position, string Value) : Expression(Position);

/// <param name="Hex">An even number of hexadecimal digits, upper case, no blanks.</param>
public sealed record BinaryLiteral(SourcePosition Position, string Hex) : Expression(Position);

/// <summary>An integer: <c>integer</c> when it fits, else <c>bigint</c>.</summary>
public sealed record LongLiteral(SourcePosition Position, long Value) : Expression(Position);

/// <param name="Value">As written, without group underscores: it decides precision and scale.</param>
public sealed record DecimalLiteral(SourcePosition Position, string Value) : Expression(Position);

public sealed record DoubleLiteral(SourcePosition Position, double Value) : Expression(Position);

/// <summary><c>DATE '2020-01-01'</c>, <c>bigint '1'</c>: a type's name and a string.</summary>
/// <param name="Type">Lower case.</param>
public sealed record GenericLiteral(SourcePosition Position, string Type, string Value) : Expression(Position);

public enum IntervalField
{
    Year,
    Month,
    Day,
    Hour,
    Minute,
    Second,
}

/// <summary><c>INTERVAL '1 02:03' DAY TO MINUTE</c></summary>
/// <param name="To">Null when there is one field.</param>
public sealed record IntervalLiteral(SourcePosition Position, string Value, bool Negative, IntervalField From, IntervalField? To) : Expression(Position);

/// <summary><c>?</c></summary>
/// <param name="Index">From 0, in order of the text.</param>
public sealed record Parameter(SourcePosition Position, int Index) : Expression(Position);
