using Tarn.Sql.Types;

namespace Tarn.Sql.Functions.Resolution;

/// <summary>A call whose overload is chosen and whose arguments are converted to its types.</summary>
/// <param name="Arguments">In the order written; lambdas are bound.</param>
internal sealed record ResolvedCall(IReadOnlyList<BoundArgument> Arguments, SqlType Result, SourcePosition Position)
{
    public BoundArgument this[int index] => Arguments[index];

    public IReadOnlyList<string> Texts => [.. Arguments.Select(argument => argument.LambdaParameters is null ? argument.Sql : Template.Lambda(argument))];
}

/// <summary>One overload. <typeparamref name="T"/> is what a call becomes: an expression, an aggregate, a window function.</summary>
internal sealed record Overload<T>(Signature Signature, Func<ResolvedCall, T> Build);

/// <summary>The functions of one kind by name, and the choice among a name's overloads.</summary>
internal sealed class FunctionTable<T>
{
    private readonly Dictionary<string, List<Overload<T>>> overloads = [];

    public IEnumerable<string> Names => overloads.Keys;

    public void Add(string signature, Func<ResolvedCall, T> build)
    {
        var parsed = Signature.Parse(signature);
        if (!overloads.TryGetValue(parsed.Name, out var list))
        {
            overloads[parsed.Name] = list = [];
        }

        list.Add(new Overload<T>(parsed, build));
    }

    public void Alias(string alias, string name) => overloads[alias] = overloads[name];

    /// <summary>Null when no function has the name.</summary>
    /// <exception cref="SqlException"><c>FUNCTION_NOT_FOUND</c> when none of its overloads fits.</exception>
    public T? Bind(string name, IReadOnlyList<CallArgument> arguments, SourcePosition position, Func<BoundArgument, SqlType, string> coerce)
    {
        if (!overloads.TryGetValue(name, out var candidates))
        {
            return default;
        }

        foreach (var leniency in Enum.GetValues<Leniency>())
        {
            foreach (var candidate in candidates)
            {
                if (Resolve(candidate.Signature, arguments, leniency, position, coerce) is { } call)
                {
                    return candidate.Build(call);
                }
            }
        }

        var given = string.Join(", ", arguments.Select(argument => argument.Bound?.Type.ToString() ?? "<function>"));
        throw new SqlException(
            "FUNCTION_NOT_FOUND",
            $"Unexpected parameters ({given}) for function {name}. Expected: {string.Join(", ", candidates.Select(candidate => candidate.Signature.Text))}",
            position);
    }

    private static ResolvedCall? Resolve(
        Signature signature, IReadOnlyList<CallArgument> arguments, Leniency leniency, SourcePosition position, Func<BoundArgument, SqlType, string> coerce)
    {
        if (!signature.Accepts(arguments.Count))
        {
            return null;
        }

        var match = new TypeMatch(leniency);
        for (var i = 0; i < arguments.Count; i++)
        {
            var pattern = signature.Parameter(i);
            var fits = arguments[i].Bound is { } bound
                ? pattern is not FunctionPattern && match.Unify(pattern, bound.Type)
                : pattern is FunctionPattern function && function.Parameters.Count == arguments[i].LambdaArity;
            if (!fits)
            {
                return null;
            }
        }

        if (BindLambdas(signature, arguments, match, leniency, position, coerce) is not { } lambdas)
        {
            return null;
        }

        var converted = new BoundArgument[arguments.Count];
        for (var i = 0; i < arguments.Count; i++)
        {
            converted[i] = arguments[i].Bound is { } bound ? signature.Parameter(i) is AnyPattern ? bound : Convert(bound, match.Resolve(signature.Parameter(i)), coerce) : lambdas[i]!;
        }

        return new ResolvedCall(converted, match.Resolve(signature.Result), position);
    }

    /// <summary>
    /// Binds lambdas from left to right, each with the parameter types known by then. A result may widen a variable that parameters already
    /// used (the state of reduce): then all are bound again, until nothing changes. Null when the types fit only with conversions that are not tried yet.
    /// </summary>
    private static BoundArgument?[]? BindLambdas(
        Signature signature, IReadOnlyList<CallArgument> arguments, TypeMatch match, Leniency leniency, SourcePosition position, Func<BoundArgument, SqlType, string> coerce)
    {
        var lambdas = new BoundArgument?[arguments.Count];
        for (var round = 0; round < 4; round++)
        {
            var before = match.Resolve(signature.Result);
            var parametersBefore = signature.Parameters.Select(match.Resolve).ToArray();
            for (var i = 0; i < arguments.Count; i++)
            {
                if (arguments[i].Lambda is not { } bind)
                {
                    continue;
                }

                var pattern = (FunctionPattern)signature.Parameter(i);
                var body = bind([.. pattern.Parameters.Select(match.Resolve)]);
                var type = body.Type is FunctionType function ? function.Result : body.Type;
                if (!new TypeMatch(Leniency.Coerce).Unify(pattern.Result, type) || !match.Unify(pattern.Result, type))
                {
                    if (leniency == Leniency.Exact)
                    {
                        return null;
                    }

                    throw new SqlException("TYPE_MISMATCH", $"Lambda result of type {type} does not fit {signature.Text}", position);
                }

                lambdas[i] = body with { Type = type };
            }

            if (before.Equals(match.Resolve(signature.Result)) && parametersBefore.SequenceEqual(signature.Parameters.Select(match.Resolve)))
            {
                break;
            }
        }

        for (var i = 0; i < lambdas.Length; i++)
        {
            if (lambdas[i] is { } lambda)
            {
                var result = match.Resolve(((FunctionPattern)signature.Parameter(i)).Result);
                lambdas[i] = lambda with { Sql = coerce(lambda with { LambdaParameters = null }, result), Type = match.Resolve(signature.Parameter(i)) };
            }
        }

        return lambdas;
    }

    private static BoundArgument Convert(BoundArgument argument, SqlType wanted, Func<BoundArgument, SqlType, string> coerce) =>
        argument.Type.Equals(wanted) ? argument : argument with { Sql = coerce(argument, wanted), Type = wanted };
}
