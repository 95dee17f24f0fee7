using Tarn.Sql.Types;

namespace Tarn.Sql.Functions;

/// <summary>An argument of a function call whose type is known and whose DuckDB text is made.</summary>
/// <param name="Type">Its Trino type; a <see cref="FunctionType"/> for a lambda.</param>
/// <param name="Sql">A DuckDB expression that can stand anywhere an operand can (in parentheses where needed); for a lambda the body.</param>
public sealed record BoundArgument(SqlType Type, string Sql)
{
    /// <summary>The value when the argument is a literal (string, bool, long, double, decimal as <see cref="string"/>); null when it is not, or is NULL.</summary>
    public object? Constant { get; init; }

    /// <summary>DuckDB names of a lambda's parameters, in order; null for anything else.</summary>
    public IReadOnlyList<string>? LambdaParameters { get; init; }
}

/// <summary>A function call as DuckDB text, with its Trino type.</summary>
/// <param name="Sql">An expression that can stand anywhere an operand can.</param>
public sealed record BoundCall(SqlType Type, string Sql);

/// <summary>
/// A lambda whose body can only be bound when its parameter types are known; the function says them, the binder answers with the
/// bound body. Null types are never passed.
/// </summary>
public delegate BoundArgument BindLambda(IReadOnlyList<SqlType> parameterTypes);

/// <summary>An argument before overload resolution: either bound, or a lambda that waits for its parameter types.</summary>
/// <param name="Bound">Null for a lambda.</param>
/// <param name="Lambda">Null for anything but a lambda.</param>
/// <param name="LambdaArity">How many parameters the lambda has; 0 for anything but a lambda.</param>
public readonly record struct CallArgument(BoundArgument? Bound, BindLambda? Lambda, int LambdaArity);
