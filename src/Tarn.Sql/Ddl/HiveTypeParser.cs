using Tarn.Sql.Lexing;

namespace Tarn.Sql.Ddl;

/// <summary>Hive's types, answered in the spelling that Glue keeps: lower case and without blanks.</summary>
internal sealed class HiveTypeParser(HiveTokens tokens)
{
    public string Type()
    {
        tokens.Enter();
        var type = tokens.Current.Word switch
        {
            "ARRAY" => Array(),
            "MAP" => Map(),
            "STRUCT" => Struct(),
            "UNIONTYPE" => throw tokens.CannotRecognize("column type"),
            "DECIMAL" or "DEC" or "NUMERIC" => Decimal(),
            "VARCHAR" or "CHAR" => tokens.Advance().Word!.ToLowerInvariant() + Numbers(1),
            "DOUBLE" => Double(),
            "INTEGER" => Take("int"),
            "REAL" => Take("float"),
            "TINYINT" or "SMALLINT" or "INT" or "BIGINT" or "BOOLEAN" or "FLOAT" or "STRING" or "BINARY" or "DATE" or "TIMESTAMP" or "TIME" or "UUID" or "LONG" => Simple(),
            _ => throw tokens.CannotRecognize("column type"),
        };
        tokens.Leave();
        return type;
    }

    private string Take(string type)
    {
        tokens.Advance();
        return type;
    }

    private string Simple()
    {
        var name = tokens.Advance().Word!.ToLowerInvariant();
        if (name == "timestamp" && tokens.Accept("WITH"))
        {
            tokens.Expect("TIME");
            tokens.Expect("ZONE");
            return "timestamp with time zone";
        }

        return name == "long" ? "bigint" : name;
    }

    private string Double()
    {
        tokens.Advance();
        tokens.Accept("PRECISION");
        return "double";
    }

    /// <summary>Hive's default is decimal(10,0).</summary>
    private string Decimal()
    {
        tokens.Advance();
        var numbers = tokens.Is("(") ? Numbers(2) : "(10,0)";
        return "decimal" + (numbers.Contains(',', StringComparison.Ordinal) ? numbers : numbers.Replace(")", ",0)", StringComparison.Ordinal));
    }

    private string Numbers(int max)
    {
        if (!tokens.Is("("))
        {
            throw tokens.Mismatched("(");
        }

        var numbers = tokens.Parenthesized(tokens.Integer);
        return numbers.Count <= max ? $"({string.Join(',', numbers)})" : throw tokens.CannotRecognize("column type");
    }

    private string Array()
    {
        tokens.Advance();
        tokens.Expect("<");
        var element = Type();
        Close();
        return $"array<{element}>";
    }

    private string Map()
    {
        tokens.Advance();
        tokens.Expect("<");
        var key = Type();
        tokens.Expect(",");
        var value = Type();
        Close();
        return $"map<{key},{value}>";
    }

    private string Struct()
    {
        tokens.Advance();
        if (tokens.Accept("<>"))
        {
            return "struct<>";
        }

        tokens.Expect("<");
        var fields = new List<string>();
        do
        {
            var name = tokens.FieldName();
            tokens.Expect(":");
            fields.Add($"{name}:{Type()}");
            if (tokens.Accept("COMMENT"))
            {
                tokens.String();
            }
        }
        while (tokens.Accept(","));
        Close();
        return $"struct<{string.Join(',', fields)}>";
    }

    private void Close() => tokens.Expect(">");
}
