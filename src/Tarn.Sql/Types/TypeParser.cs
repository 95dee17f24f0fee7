using System.Globalization;

namespace Tarn.Sql.Types;

/// <summary>
/// Reads Trino's spelling of types: <c>row(a bigint, b varchar(3))</c>, <c>timestamp(6) with time zone</c>, <c>array&lt;double precision&gt;</c>.
/// Names are matched without regard to case. Failures are <see cref="SqlException"/> <c>SYNTAX_ERROR</c> or <c>TYPE_NOT_FOUND</c>.
/// </summary>
public sealed class TypeParser
{
    private const int MaxDepth = 100;
    private readonly List<string> tokens;
    private readonly string text;
    private int next;
    private int depth;

    private TypeParser(string text)
    {
        this.text = text;
        tokens = Tokenize(text);
    }

    public static SqlType Parse(string text)
    {
        var parser = new TypeParser(text);
        var type = parser.Type() ?? throw parser.Unknown();
        return parser.next == parser.tokens.Count ? type : throw parser.Unknown();
    }

    /// <summary>The type of a name and its numbers in parentheses, e.g. from a parser that has its own tree: <c>("decimal", [10, 2])</c>. Null when there is no such type.</summary>
    public static SqlType? Simple(string name, IReadOnlyList<int> parameters)
    {
        int? first = parameters.Count > 0 ? parameters[0] : null;
        return name.ToLowerInvariant() switch
        {
            "boolean" => SqlType.Boolean,
            "tinyint" => SqlType.TinyInt,
            "smallint" => SqlType.SmallInt,
            "integer" or "int" => SqlType.Integer,
            "bigint" => SqlType.BigInt,
            "real" or "float" => SqlType.Real,
            "double" => SqlType.Double,
            "varbinary" => SqlType.Varbinary,
            "date" => SqlType.Date,
            "json" => SqlType.Json,
            "uuid" => SqlType.Uuid,
            "ipaddress" => SqlType.IpAddress,
            "unknown" => SqlType.Unknown,
            "varchar" => new VarcharType(first == int.MaxValue ? null : first),
            "char" => CheckedChar(first ?? 1),
            "decimal" or "dec" or "numeric" => CheckedDecimal(first ?? 38, parameters.Count > 1 ? parameters[1] : 0),
            "timestamp" => new TimestampType(CheckedPrecision("TIMESTAMP", first ?? 3), WithTimeZone: false),
            "time" => new TimeType(CheckedPrecision("TIME", first ?? 3), WithTimeZone: false),
            _ => null,
        };
    }

    private SqlType? Type()
    {
        if (++depth > MaxDepth)
        {
            throw new SqlException("SYNTAX_ERROR", $"Type is nested more than {MaxDepth} deep");
        }

        var type = BaseType();
        while (type is not null && Accept("array"))
        {
            type = new ArrayType(type);
        }

        depth--;
        return type;
    }

    private SqlType? BaseType()
    {
        if (next >= tokens.Count || tokens[next][0] == '"')
        {
            return null;
        }

        var name = tokens[next].ToLowerInvariant();
        switch (name)
        {
            case "array" when Peek(1) is "(" or "<":
                next++;
                return Arguments() is [var element] ? new ArrayType(element) : null;
            case "map" when Peek(1) is "(" or "<":
                next++;
                return Arguments() is [var key, var value] ? new MapType(key, value) : null;
            case "row" when Peek(1) == "(":
                next++;
                return Row();
            case "interval":
                next++;
                return Accept("day") ? Accept("to") && Accept("second") ? SqlType.IntervalDayToSecond : null
                    : Accept("year") && Accept("to") && Accept("month") ? SqlType.IntervalYearToMonth : null;
            case "double":
                next++;
                Accept("precision");
                return SqlType.Double;
        }

        next++;
        var numbers = new List<int>();
        if (Peek(0) == "(")
        {
            next++;
            do
            {
                if (next >= tokens.Count || !int.TryParse(tokens[next], NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                {
                    return null;
                }

                numbers.Add(number);
                next++;
            }
            while (Accept(","));
            if (!Accept(")"))
            {
                return null;
            }
        }

        var type = Simple(name, numbers);
        return type is TimestampType or TimeType ? Zone(type) : type;
    }

    private SqlType? Zone(SqlType type)
    {
        var start = next;
        var with = Accept("with");
        if (!with && !Accept("without"))
        {
            return type;
        }

        if (!(Accept("time") && Accept("zone")))
        {
            next = start;
            return null;
        }

        return type switch
        {
            TimestampType timestamp => timestamp with { WithTimeZone = with },
            TimeType time => time with { WithTimeZone = with },
            _ => type,
        };
    }

    private List<SqlType>? Arguments()
    {
        var close = tokens[next++] == "<" ? ">" : ")";
        var types = new List<SqlType>();
        do
        {
            if (Type() is not { } type)
            {
                return null;
            }

            types.Add(type);
        }
        while (Accept(","));
        return Accept(close) ? types : null;
    }

    private RowType? Row()
    {
        next++;
        var fields = new List<RowField>();
        do
        {
            // A field is a type, or a name and a type; a word that is both (row(date date)) is a name when a type follows it.
            var start = next;
            var startDepth = depth;
            if (Type() is { } anonymous && Peek(0) is "," or ")")
            {
                next = start;
                depth = startDepth;
                fields.Add(new RowField(null, Type()!));
                continue;
            }

            next = start;
            depth = startDepth;
            if (next >= tokens.Count)
            {
                return null;
            }

            var name = Identifier(tokens[next++]);
            if (Type() is not { } type)
            {
                return null;
            }

            fields.Add(new RowField(name, type));
        }
        while (Accept(","));
        return Accept(")") ? new RowType(fields) : null;
    }

    private string? Peek(int ahead) => next + ahead < tokens.Count ? tokens[next + ahead] : null;

    private bool Accept(string word)
    {
        if (next < tokens.Count && tokens[next].Equals(word, StringComparison.OrdinalIgnoreCase))
        {
            next++;
            return true;
        }

        return false;
    }

    private SqlException Unknown() => new("TYPE_NOT_FOUND", $"Unknown type: {text}");

    private static string Identifier(string token) => token[0] == '"' ? token[1..^1].Replace("\"\"", "\"") : token.ToLowerInvariant();

    private static CharType CheckedChar(int length) => length is >= 0 and <= 65_536
        ? new CharType(length)
        : throw new SqlException("INVALID_FUNCTION_ARGUMENT", $"CHAR length must be in range [0, 65536], got {length}");

    private static DecimalType CheckedDecimal(int precision, int scale)
    {
        if (precision is < 1 or > 38)
        {
            throw new SqlException("INVALID_FUNCTION_ARGUMENT", $"DECIMAL precision must be in range [1, 38]: {precision}");
        }

        return scale >= 0 && scale <= precision
            ? new DecimalType(precision, scale)
            : throw new SqlException("INVALID_FUNCTION_ARGUMENT", $"DECIMAL scale must be in range [0, precision ({precision})]: {scale}");
    }

    private static int CheckedPrecision(string type, int precision) => precision is >= 0 and <= 12
        ? precision
        : throw new SqlException("NUMERIC_VALUE_OUT_OF_RANGE", $"{type} precision must be in range [0, 12]: {precision}");

    private static List<string> Tokenize(string text)
    {
        var tokens = new List<string>();
        for (var i = 0; i < text.Length;)
        {
            var c = text[i];
            if (char.IsWhiteSpace(c))
            {
                i++;
                continue;
            }

            var start = i;
            if (c == '"')
            {
                i++;
                while (i < text.Length && (text[i] != '"' || (i + 1 < text.Length && text[i + 1] == '"')))
                {
                    i += text[i] == '"' ? 2 : 1;
                }

                i = Math.Min(text.Length, i + 1);
            }
            else if (char.IsLetterOrDigit(c) || c is '_' or '$')
            {
                while (i < text.Length && (char.IsLetterOrDigit(text[i]) || text[i] is '_' or '$'))
                {
                    i++;
                }
            }
            else
            {
                i++;
            }

            tokens.Add(text[start..i]);
        }

        return tokens;
    }
}
