using Tarn.Sql.Types;

namespace Tarn.Sql.Functions.Resolution;

/// <summary>A type in a function's signature, with variables: <c>array(T)</c>, <c>varchar(x)</c>, <c>function(T,U)</c>.</summary>
internal abstract record TypePattern
{
    /// <summary>
    /// Reads a signature's type. A capital letter, or one with a digit, is a variable for any type (<c>T</c>); a small letter in parentheses is a
    /// variable for a type of that family (<c>varchar(x)</c>, <c>char(x)</c>, <c>decimal(p)</c>, <c>timestamp(p)</c>, <c>timestamp(p) with time zone</c>,
    /// <c>time(p)</c>, <c>row(r)</c>); <c>any</c> takes every type and, repeated, another each time.
    /// </summary>
    public static TypePattern Parse(string text)
    {
        text = text.Trim();
        if (text.Length <= 2 && char.IsAsciiLetterUpper(text[0]))
        {
            return new VariablePattern(text, TypeFamily.Any);
        }

        if (text == "any")
        {
            return new AnyPattern();
        }

        var open = text.IndexOf('(');
        if (open < 0)
        {
            return new FixedPattern(TypeParser.Parse(text));
        }

        var close = text.LastIndexOf(')');
        var name = text[..open];
        var inside = text[(open + 1)..close];
        switch (name)
        {
            case "array":
                return new ArrayPattern(Parse(inside));
            case "map":
                var pair = Signature.SplitTop(inside);
                return new MapPattern(Parse(pair[0]), Parse(pair[1]));
            case "function":
                var types = Signature.SplitTop(inside).Select(Parse).ToArray();
                return new FunctionPattern(types[..^1], types[^1]);
        }

        if (inside.Length != 1 || !char.IsAsciiLetterLower(inside[0]))
        {
            return new FixedPattern(TypeParser.Parse(text));
        }

        var zone = text.EndsWith("with time zone", StringComparison.Ordinal);
        return new VariablePattern(text, name switch
        {
            "varchar" => TypeFamily.Varchar,
            "char" => TypeFamily.Char,
            "decimal" => TypeFamily.Decimal,
            "timestamp" => zone ? TypeFamily.TimestampWithTimeZone : TypeFamily.Timestamp,
            "time" => zone ? TypeFamily.TimeWithTimeZone : TypeFamily.Time,
            "row" => TypeFamily.Row,
            _ => throw new ArgumentException($"No family of types is called {name}", nameof(text)),
        });
    }
}

internal enum TypeFamily
{
    Any,
    Varchar,
    Char,
    Decimal,
    Timestamp,
    TimestampWithTimeZone,
    Time,
    TimeWithTimeZone,
    Row,
}

internal sealed record AnyPattern : TypePattern;

internal sealed record FixedPattern(SqlType Type) : TypePattern;

internal sealed record VariablePattern(string Name, TypeFamily Family) : TypePattern;

internal sealed record ArrayPattern(TypePattern Element) : TypePattern;

internal sealed record MapPattern(TypePattern Key, TypePattern Value) : TypePattern;

internal sealed record FunctionPattern(IReadOnlyList<TypePattern> Parameters, TypePattern Result) : TypePattern;
