namespace Tarn.DuckDb;

/// <summary>A failure that DuckDB reports, or that stands in the way of using it.</summary>
/// <param name="kind">What kind of failure it is.</param>
/// <param name="message">DuckDB's text without the leading <c>Binder Error: </c>; for humans, its wording changes between versions.</param>
public sealed class DuckDbException(DuckDbErrorKind kind, string message) : Exception(message)
{
    private static readonly Dictionary<string, DuckDbErrorKind> Prefixes = new(StringComparer.Ordinal)
    {
        ["Out of Range Error"] = DuckDbErrorKind.OutOfRange,
        ["Conversion Error"] = DuckDbErrorKind.Conversion,
        ["Decimal Error"] = DuckDbErrorKind.Decimal,
        ["Mismatch Type Error"] = DuckDbErrorKind.MismatchType,
        ["Divide by Zero Error"] = DuckDbErrorKind.DivideByZero,
        ["Invalid type Error"] = DuckDbErrorKind.InvalidType,
        ["TransactionContext Error"] = DuckDbErrorKind.Transaction,
        ["Not implemented Error"] = DuckDbErrorKind.NotImplemented,
        ["Expression Error"] = DuckDbErrorKind.Expression,
        ["Catalog Error"] = DuckDbErrorKind.Catalog,
        ["Parser Error"] = DuckDbErrorKind.Parser,
        ["Planner Error"] = DuckDbErrorKind.Planner,
        ["Constraint Error"] = DuckDbErrorKind.Constraint,
        ["Connection Error"] = DuckDbErrorKind.Connection,
        ["Syntax Error"] = DuckDbErrorKind.Syntax,
        ["Settings Error"] = DuckDbErrorKind.Settings,
        ["Binder Error"] = DuckDbErrorKind.Binder,
        ["IO Error"] = DuckDbErrorKind.Io,
        ["INTERRUPT Error"] = DuckDbErrorKind.Interrupt,
        ["FATAL Error"] = DuckDbErrorKind.Fatal,
        ["INTERNAL Error"] = DuckDbErrorKind.Internal,
        ["Invalid Input Error"] = DuckDbErrorKind.InvalidInput,
        ["Out of Memory Error"] = DuckDbErrorKind.OutOfMemory,
        ["Permission Error"] = DuckDbErrorKind.Permission,
        ["Parameter Not Resolved Error"] = DuckDbErrorKind.ParameterNotResolved,
        ["Parameter Not Allowed Error"] = DuckDbErrorKind.ParameterNotAllowed,
        ["Dependency Error"] = DuckDbErrorKind.Dependency,
        ["HTTP Error"] = DuckDbErrorKind.Http,
        ["Missing Extension Error"] = DuckDbErrorKind.MissingExtension,
        ["Extension Autoloading Error"] = DuckDbErrorKind.Autoload,
        ["Sequence Error"] = DuckDbErrorKind.Sequence,
        ["Invalid Configuration Error"] = DuckDbErrorKind.InvalidConfiguration,
    };

    public DuckDbErrorKind Kind { get; } = kind;

    /// <summary>Makes the exception from DuckDB's text <c>Binder Error: Referenced column ...</c>.</summary>
    internal static DuckDbException From(string text, DuckDbErrorKind otherwise = DuckDbErrorKind.Unknown)
    {
        var colon = text.IndexOf(": ", StringComparison.Ordinal);
        return colon > 0 && Prefixes.TryGetValue(text[..colon], out var kind)
            ? new DuckDbException(kind, text[(colon + 2)..])
            : new DuckDbException(otherwise, text);
    }
}

/// <summary>Kinds of failure. Numbers up to 999 are DuckDB's own (<c>duckdb_error_type</c>).</summary>
public enum DuckDbErrorKind
{
    Unknown = 0,
    OutOfRange = 1,
    Conversion = 2,
    UnknownType = 3,
    Decimal = 4,
    MismatchType = 5,
    DivideByZero = 6,
    ObjectSize = 7,
    InvalidType = 8,
    Serialization = 9,
    Transaction = 10,
    NotImplemented = 11,
    Expression = 12,
    Catalog = 13,
    Parser = 14,
    Planner = 15,
    Scheduler = 16,
    Executor = 17,
    Constraint = 18,
    Index = 19,
    Statistics = 20,
    Connection = 21,
    Syntax = 22,
    Settings = 23,
    Binder = 24,
    Network = 25,
    Optimizer = 26,
    NullPointer = 27,
    Io = 28,
    Interrupt = 29,

    /// <summary>The instance can no longer be used.</summary>
    Fatal = 30,
    Internal = 31,
    InvalidInput = 32,

    /// <summary>The memory limit, or the limit of temporary files, was reached.</summary>
    OutOfMemory = 33,

    /// <summary>Outside the directories that the instance may touch.</summary>
    Permission = 34,
    ParameterNotResolved = 35,
    ParameterNotAllowed = 36,
    Dependency = 37,
    Http = 38,
    MissingExtension = 39,
    Autoload = 40,
    Sequence = 41,
    InvalidConfiguration = 42,

    /// <summary>libduckdb is not there, or is another version.</summary>
    LibraryMissing = 1000,

    /// <summary>A value has no counterpart in .NET, such as the date <c>infinity</c>.</summary>
    NotRepresentable = 1001,
}
