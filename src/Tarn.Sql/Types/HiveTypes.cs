using System.Globalization;
using System.Text;

namespace Tarn.Sql.Types;

/// <summary>
/// Types as the Data Catalog spells them (<c>struct&lt;a:int,b:array&lt;string&gt;&gt;</c>) to and from Trino's. Hive's timestamp is
/// <c>timestamp(3)</c>, as Athena reads it. Field names are folded to lower case.
/// </summary>
public static class HiveTypes
{
    private const int MaxDepth = 100;

    /// <exception cref="SqlException"><c>HIVE_METASTORE_ERROR</c> for text that is no type, <c>NOT_SUPPORTED</c> for types that Athena does not read (unions).</exception>
    public static SqlType Parse(string text)
    {
        var position = 0;
        var type = Parse(text, ref position, 0);
        SkipBlanks(text, ref position);
        return position == text.Length ? type : throw Unexpected(text, position, "end");
    }

    /// <summary>The catalog's spelling of a type, as CREATE TABLE AS and views write it.</summary>
    /// <exception cref="SqlException"><c>NOT_SUPPORTED</c> <c>Unsupported Hive type: t</c> for types that no Hive table can hold.</exception>
    public static string Format(SqlType type) => type switch
    {
        SimpleType { Kind: SimpleKind.Boolean } => "boolean",
        SimpleType { Kind: SimpleKind.TinyInt } => "tinyint",
        SimpleType { Kind: SimpleKind.SmallInt } => "smallint",
        SimpleType { Kind: SimpleKind.Integer } => "int",
        SimpleType { Kind: SimpleKind.BigInt } => "bigint",
        SimpleType { Kind: SimpleKind.Real } => "float",
        SimpleType { Kind: SimpleKind.Double } => "double",
        SimpleType { Kind: SimpleKind.Varbinary } => "binary",
        SimpleType { Kind: SimpleKind.Date } => "date",
        DecimalType d => $"decimal({d.Precision},{d.Scale})",
        VarcharType { Length: null or > 65_535 } => "string",
        VarcharType v => $"varchar({v.Length})",
        CharType { Length: <= 255 } c => $"char({c.Length})",
        TimestampType { WithTimeZone: false } => "timestamp",
        ArrayType a => $"array<{Format(a.Element)}>",
        MapType m => $"map<{Format(m.Key)},{Format(m.Value)}>",
        RowType r when r.Fields.All(field => field.Name is not null) => FormatStruct(r),
        RowType => throw new SqlException("NOT_SUPPORTED", $"Anonymous row type is not supported in Hive. Please give each field a name: {type}"),
        _ => throw new SqlException("NOT_SUPPORTED", $"Unsupported Hive type: {type}"),
    };

    private static string FormatStruct(RowType row)
    {
        var text = new StringBuilder("struct<");
        for (var i = 0; i < row.Fields.Count; i++)
        {
            text.Append(i == 0 ? "" : ",").Append(row.Fields[i].Name).Append(':').Append(Format(row.Fields[i].Type));
        }

        return text.Append('>').ToString();
    }

    private static SqlType Parse(string text, ref int position, int depth)
    {
        if (depth > MaxDepth)
        {
            throw new SqlException("HIVE_METASTORE_ERROR", $"Type is nested more than {MaxDepth} deep: {text[..Math.Min(text.Length, 200)]}");
        }

        SkipBlanks(text, ref position);
        var start = position;
        while (position < text.Length && (char.IsLetterOrDigit(text[position]) || text[position] == '_'))
        {
            position++;
        }

        var name = text[start..position].ToLowerInvariant();
        switch (name)
        {
            case "array":
                Expect(text, ref position, '<');
                var element = Parse(text, ref position, depth + 1);
                Expect(text, ref position, '>');
                return new ArrayType(element);
            case "map":
                Expect(text, ref position, '<');
                var key = Parse(text, ref position, depth + 1);
                Expect(text, ref position, ',');
                var value = Parse(text, ref position, depth + 1);
                Expect(text, ref position, '>');
                return new MapType(key, value);
            case "struct":
                return Struct(text, ref position, depth);
            case "uniontype":
                throw new SqlException("NOT_SUPPORTED", $"Unsupported Hive type: {text[start..]}");
        }

        var numbers = Numbers(text, ref position);
        return name switch
        {
            "boolean" => SqlType.Boolean,
            "tinyint" or "byte" => SqlType.TinyInt,
            "smallint" or "short" => SqlType.SmallInt,
            "int" or "integer" => SqlType.Integer,
            "bigint" or "long" => SqlType.BigInt,
            "float" or "real" => SqlType.Real,
            "double" => SqlType.Double,
            "string" => SqlType.Varchar,
            "binary" => SqlType.Varbinary,
            "date" => SqlType.Date,
            "timestamp" => SqlType.Timestamp,
            "varchar" => new VarcharType(numbers.Count > 0 ? numbers[0] : null),
            "char" => new CharType(numbers.Count > 0 ? numbers[0] : 1),
            "decimal" or "numeric" or "dec" => Decimal(text, numbers),
            _ => throw new SqlException("HIVE_METASTORE_ERROR", $"Error: type expected at the position {start} of '{text}' but '{(name.Length == 0 ? Rest(text, start) : name)}' is found."),
        };
    }

    private static DecimalType Decimal(string text, List<int> numbers)
    {
        var precision = numbers.Count > 0 ? numbers[0] : 10;
        var scale = numbers.Count > 1 ? numbers[1] : 0;
        return precision is >= 1 and <= 38 && scale >= 0 && scale <= precision
            ? new DecimalType(precision, scale)
            : throw new SqlException("HIVE_METASTORE_ERROR", $"Error: decimal precision must be 1 to 38 and its scale 0 to the precision in '{text}'.");
    }

    private static RowType Struct(string text, ref int position, int depth)
    {
        Expect(text, ref position, '<');
        var fields = new List<RowField>();
        SkipBlanks(text, ref position);
        if (position < text.Length && text[position] == '>')
        {
            position++;
            return new RowType(fields);
        }

        do
        {
            SkipBlanks(text, ref position);
            fields.Add(new RowField(FieldName(text, ref position), Parse(text, ref position, depth + 1)));
            SkipBlanks(text, ref position);
        }
        while (position < text.Length && text[position] == ',' && ++position > 0);
        Expect(text, ref position, '>');
        return new RowType(fields);
    }

    private static string FieldName(string text, ref int position)
    {
        string name;
        if (position < text.Length && text[position] == '`')
        {
            var end = text.IndexOf('`', position + 1);
            name = end < 0 ? throw Unexpected(text, position, "name") : text[(position + 1)..end];
            position = end + 1;
        }
        else
        {
            var end = text.IndexOf(':', position);
            name = end < 0 ? throw Unexpected(text, position, "':'") : text[position..end].Trim();
            position = end;
        }

        Expect(text, ref position, ':');
        return name.ToLowerInvariant();
    }

    private static List<int> Numbers(string text, ref int position)
    {
        var numbers = new List<int>();
        SkipBlanks(text, ref position);
        if (position >= text.Length || text[position] != '(')
        {
            return numbers;
        }

        var close = text.IndexOf(')', position);
        if (close < 0)
        {
            throw Unexpected(text, position, "')'");
        }

        foreach (var part in text[(position + 1)..close].Split(','))
        {
            numbers.Add(int.TryParse(part.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw Unexpected(text, position, "number"));
        }

        position = close + 1;
        return numbers;
    }

    private static void Expect(string text, ref int position, char wanted)
    {
        SkipBlanks(text, ref position);
        if (position >= text.Length || text[position] != wanted)
        {
            throw Unexpected(text, position, $"'{wanted}'");
        }

        position++;
    }

    private static void SkipBlanks(string text, ref int position)
    {
        while (position < text.Length && char.IsWhiteSpace(text[position]))
        {
            position++;
        }
    }

    private static SqlException Unexpected(string text, int position, string wanted) =>
        new("HIVE_METASTORE_ERROR", $"Error: {wanted} expected at the position {position} of '{text}' but '{Rest(text, position)}' is found.");

    private static string Rest(string text, int position) => position < text.Length ? text[position].ToString() : "<END>";
}
