using Tarn.Sql.Types;

namespace Tarn.Sql.Binding.Operators;

internal static class OperatorError
{
    public static SqlException CannotApply(SourcePosition position, SqlType left, string symbol, SqlType right) =>
        new("TYPE_MISMATCH", $"Cannot apply operator: {left} {symbol} {right}", position);

    public static SqlException CannotApply(SourcePosition position, string symbol, SqlType value) =>
        new("TYPE_MISMATCH", $"Cannot apply operator: {symbol}{value}", position);
}
