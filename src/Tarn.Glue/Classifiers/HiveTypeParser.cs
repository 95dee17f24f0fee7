using System.Globalization;

namespace Tarn.Glue.Classifiers;

/// <summary>Reads one Hive type string. Never fails: what is not understood becomes a primitive of that spelling, so that nothing of a user's catalog is lost.</summary>
internal ref struct HiveTypeParser(string text)
{
    private const int DepthMax = 64;

    private int position;
    private int depth;

    public HiveType Parse()
    {
        var type = ParseType();
        return type is null || position != text.Length ? new HivePrimitive(text) : type;
    }

    private HiveType? ParseType()
    {
        if (++depth > DepthMax)
        {
            return null;
        }

        var type = ParseTypeInside();
        depth--;
        return type;
    }

    private HiveType? ParseTypeInside()
    {
        var start = position;
        while (position < text.Length && (char.IsAsciiLetterOrDigit(text[position]) || text[position] is '_' or ' '))
        {
            position++;
        }

        var name = text[start..position].Trim().ToLowerInvariant();
        if (name.Length == 0)
        {
            return null;
        }

        return name switch
        {
            "array" when Take('<') => ParseType() is { } element && Take('>') ? new HiveArray(element) : null,
            "map" when Take('<') => ParseType() is { } key && Take(',') && ParseType() is { } value && Take('>') ? new HiveMap(key, value) : null,
            "struct" when Take('<') => ParseStruct(),
            _ when position < text.Length && text[position] == '(' => ParseWithArguments(name),
            _ => Named(name),
        };
    }

    private HiveStruct? ParseStruct()
    {
        var fields = new List<HiveField>();
        if (Take('>'))
        {
            return new HiveStruct(fields);
        }

        do
        {
            var colon = text.IndexOf(':', position);
            if (colon < 0)
            {
                return null;
            }

            var name = text[position..colon].Trim();
            position = colon + 1;
            if (ParseType() is not { } type)
            {
                return null;
            }

            fields.Add(new HiveField(name, type));
        }
        while (Take(','));

        return Take('>') ? new HiveStruct(fields) : null;
    }

    private HiveType? ParseWithArguments(string name)
    {
        var end = text.IndexOf(')', position);
        if (end < 0)
        {
            return null;
        }

        var arguments = text[(position + 1)..end].Split(',');
        var spelling = name + text[position..(end + 1)];
        position = end + 1;
        return name == "decimal" && arguments.Length == 2
            && int.TryParse(arguments[0], NumberStyles.None | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var precision)
            && int.TryParse(arguments[1], NumberStyles.None | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var scale)
            ? new HiveDecimal(precision, scale)
            : new HivePrimitive(spelling);
    }

    private static HiveType Named(string name) => name switch
    {
        "tinyint" => HiveType.TinyInt,
        "smallint" => HiveType.SmallInt,
        "int" or "integer" => HiveType.Int,
        "bigint" => HiveType.BigInt,
        "float" => HiveType.Float,
        "double" => HiveType.Double,
        "boolean" => HiveType.Boolean,
        "string" => HiveType.String,
        "binary" => HiveType.Binary,
        "date" => HiveType.Date,
        "timestamp" => HiveType.Timestamp,
        _ => new HivePrimitive(name),
    };

    private bool Take(char expected)
    {
        while (position < text.Length && text[position] == ' ')
        {
            position++;
        }

        if (position >= text.Length || text[position] != expected)
        {
            return false;
        }

        position++;
        return true;
    }
}
