namespace Tarn.Sql;

/// <summary>
/// A statement that Trino would refuse, or that fails while it runs, in Trino's words.
/// <see cref="Exception.Message"/> is what the client sees: <c>line 1:8: Column 'x' cannot be resolved</c>.
/// </summary>
/// <param name="code">Trino's error name: <c>SYNTAX_ERROR</c>, <c>COLUMN_NOT_FOUND</c>, <c>TABLE_NOT_FOUND</c>, <c>TYPE_MISMATCH</c>, <c>DIVISION_BY_ZERO</c>, <c>NOT_SUPPORTED</c>, ...</param>
/// <param name="position">Where in the text; null for failures that have no place.</param>
public sealed class SqlException(string code, string message, SourcePosition? position = null)
    : Exception(position is { } p ? $"line {p.Line}:{p.Column}: {message}" : message)
{
    public string Code { get; } = code;

    public SourcePosition? Position { get; } = position;
}

/// <param name="Line">From 1.</param>
/// <param name="Column">From 1, in UTF-16 units.</param>
public readonly record struct SourcePosition(int Line, int Column);
