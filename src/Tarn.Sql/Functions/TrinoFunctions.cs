using System.Text.RegularExpressions;
using Tarn.Sql.Functions.Aggregates;
using Tarn.Sql.Functions.Casts;
using Tarn.Sql.Functions.Resolution;
using Tarn.Sql.Functions.Scalars;
using Tarn.Sql.Types;

namespace Tarn.Sql.Functions;

/// <summary>
/// Trino's functions on DuckDB, for one statement. Overloads stand in tables, a file per domain in <c>Scalars</c> and <c>Aggregates</c>; what DuckDB cannot
/// say is a C# function of <c>Udf</c>, which <see cref="DuckDbFunctions.Register"/> must have brought into the instance.
/// </summary>
public sealed partial class TrinoFunctions(TrinoSession session) : IFunctionLibrary
{
    private static readonly FunctionTable<Func<TrinoSession, BoundCall>> Scalar = ScalarTable();
    private static readonly FunctionTable<BoundAggregate> Aggregate = AggregateTable();
    private static readonly FunctionTable<BoundWindowFunction> Window = WindowTable();
    private readonly TrinoCasts casts = new(session);

    /// <summary>The session that this library answers for.</summary>
    public TrinoSession Session => session;

    /// <summary>Names of all scalar functions, for SHOW FUNCTIONS and the coverage document.</summary>
    public static IEnumerable<string> ScalarNames => Scalar.Names.Order(StringComparer.Ordinal);

    public static IEnumerable<string> AggregateNames => Aggregate.Names.Order(StringComparer.Ordinal);

    public static IEnumerable<string> WindowNames => Window.Names.Order(StringComparer.Ordinal);

    public BoundCall? BindScalar(string name, IReadOnlyList<CallArgument> arguments, SourcePosition position) =>
        Scalar.Bind(name, arguments, position, Coerce)?.Invoke(session);

    public BoundAggregate? BindAggregate(string name, IReadOnlyList<CallArgument> arguments, SourcePosition position) =>
        Aggregate.Bind(name, arguments, position, Coerce);

    public BoundWindowFunction? BindWindow(string name, IReadOnlyList<CallArgument> arguments, SourcePosition position) =>
        Window.Bind(name, arguments, position, Coerce);

    public string Cast(BoundArgument value, SqlType target, bool tryCast, SourcePosition position)
    {
        var sql = casts.Cast(value.Type, target, value.Sql)
            ?? throw new SqlException("TYPE_MISMATCH", $"Cannot cast {value.Type} to {target}", position);
        if (!tryCast || sql == value.Sql)
        {
            return sql;
        }

        // TRY_CAST forgives the cast and nothing else: a value that may itself fail is computed outside.
        return MayFail(value.Sql) ? Template.Let(value.Sql, inner => $"TRY({casts.Cast(value.Type, target, inner)})") : $"TRY({sql})";
    }

    /// <summary>Whether a text may fail when it is evaluated; true for all that is not known to be harmless.</summary>
    private static bool MayFail(string sql) => !Harmless().IsMatch(sql);

    public string Coerce(BoundArgument value, SqlType target) =>
        casts.Cast(value.Type, target, value.Sql) ?? throw new SqlException("TYPE_MISMATCH", $"Cannot cast {value.Type} to {target}");

    public IFunctionLibrary InSchema(string? catalog, string? schema) =>
        catalog == session.Catalog && schema == session.Schema ? this : new TrinoFunctions(session with { Catalog = catalog, Schema = schema });

    private static FunctionTable<Func<TrinoSession, BoundCall>> ScalarTable()
    {
        var table = new FunctionTable<Func<TrinoSession, BoundCall>>();
        var functions = new ScalarFunctions(table);
        ConditionalFunctions.Add(functions);
        MathFunctions.Add(functions);
        BitwiseFunctions.Add(functions);
        StringFunctions.Add(functions);
        RegexFunctions.Add(functions);
        BinaryFunctions.Add(functions);
        UrlFunctions.Add(functions);
        DateTimeFunctions.Add(functions);
        DateTimeTextFunctions.Add(functions);
        SessionFunctions.Add(functions);
        ArrayFunctions.Add(functions);
        MapFunctions.Add(functions);
        JsonFunctions.Add(functions);
        return table;
    }

    private static FunctionTable<BoundAggregate> AggregateTable()
    {
        var table = new FunctionTable<BoundAggregate>();
        BasicAggregates.Add(table);
        StatisticalAggregates.Add(table);
        CollectingAggregates.Add(table);
        return table;
    }

    private static FunctionTable<BoundWindowFunction> WindowTable()
    {
        var table = new FunctionTable<BoundWindowFunction>();
        WindowFunctions.Add(table);
        return table;
    }

    /// <summary>Columns and literals, also within functions of text that cannot fail.</summary>
    [GeneratedRegex("""^(?:(?:trim|ltrim|rtrim|upper|lower|replace|reverse|concat|coalesce|nullif|trino_json_extract_scalar)\(|[\w"$.]+(?:[\s,)]|\|\||$)|'(?:[^']|'')*'|[\s(),]|\|\|)*$""", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Harmless();
}
