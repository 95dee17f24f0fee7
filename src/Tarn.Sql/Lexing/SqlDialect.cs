namespace Tarn.Sql.Lexing;

/// <summary>How one SQL differs from another in what the lexer and the parser see. Everything else is shared.</summary>
public sealed record SqlDialect
{
    /// <summary>Trino, which is what Athena speaks for queries.</summary>
    public static readonly SqlDialect Trino = new() { Name = "Trino" };

    /// <summary>Hive, which is what Athena speaks for DDL.</summary>
    public static readonly SqlDialect Hive = new() { Name = "Hive", BackquotesQuoteNames = true, DoubleQuotesQuoteStrings = true, BackslashEscapes = true, NamesMayStartWithDigit = true };

    /// <summary>Spark SQL, the subset that Glue's SQL nodes need (docs/adr/0033).</summary>
    public static readonly SqlDialect Spark = new()
    {
        Name = "Spark", BackquotesQuoteNames = true, DoubleQuotesQuoteStrings = true, BackslashEscapes = true, NumberSuffixes = true, SlashDividesAsDouble = true,
        DivisionByZeroIsNull = true, NullsAreSmallest = true, HasSparkSyntax = true,
    };

    public required string Name { get; init; }

    /// <summary><c>`a`</c> is a name.</summary>
    public bool BackquotesQuoteNames { get; init; }

    /// <summary><c>"a"</c> is a string; else a name.</summary>
    public bool DoubleQuotesQuoteStrings { get; init; }

    /// <summary><c>\n</c>, <c>\'</c> and so on inside strings.</summary>
    public bool BackslashEscapes { get; init; }

    /// <summary><c>1L</c>, <c>1.5D</c>, <c>1.5BD</c>.</summary>
    public bool NumberSuffixes { get; init; }

    /// <summary><c>2020_data</c> is a name.</summary>
    public bool NamesMayStartWithDigit { get; init; }

    /// <summary><c>7 / 2</c> is 3.5; else 3.</summary>
    public bool SlashDividesAsDouble { get; init; }

    /// <summary><c>1 / 0</c> is NULL; else an error.</summary>
    public bool DivisionByZeroIsNull { get; init; }

    /// <summary>NULL sorts first ascending; else last in both directions.</summary>
    public bool NullsAreSmallest { get; init; }

    /// <summary>LEFT SEMI JOIN, LATERAL VIEW, RLIKE, <c>&lt;=&gt;</c>, DIV, GROUP BY of an alias.</summary>
    public bool HasSparkSyntax { get; init; }
}
