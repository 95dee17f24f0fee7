using System.Text;
using Tarn.Contracts.Catalog;
using Tarn.Sql.Ddl;

namespace Tarn.Athena.Execution.Ddl;

/// <summary>Partition specifications against a table's keys, and the names of Hive's partition folders.</summary>
internal static class PartitionValues
{
    /// <summary>Characters that stand for themselves in a folder name; all others are written as %XX, as Hive does.</summary>
    private const string Escaped = "\"#%'*/:=?\\{[]^";

    /// <summary>The values of a specification that names every key with <c>=</c>, in the order of the keys.</summary>
    public static IReadOnlyList<string> Of(CatalogTable table, PartitionSpecification specification)
    {
        CheckKeys(table, specification);
        return
        [
            .. table.PartitionKeys.Select(key => specification.Values.SingleOrDefault(value => value.Column == key.Name && value.Operator == "=")?.Value
                ?? throw DdlErrors.Semantic($"[Error 10098]: partition spec {{{Text(specification)}}} doesn't contain all ({table.PartitionKeys.Count}) partition columns")),
        ];
    }

    /// <summary>A filter in the grammar of GetPartitions for a specification that may leave keys out.</summary>
    public static string? Expression(CatalogTable table, PartitionSpecification? specification)
    {
        if (specification is null)
        {
            return null;
        }

        CheckKeys(table, specification);
        return string.Join(" AND ", specification.Values.Select(value => $"{value.Column} {value.Operator} {Literal(table, value)}"));
    }

    /// <summary><c>dt=2020-01-01/hour=3</c>: the folder of a partition below its table, and its name in SHOW PARTITIONS.</summary>
    public static string Name(CatalogTable table, IReadOnlyList<string> values) =>
        string.Join('/', table.PartitionKeys.Select((key, i) => $"{Escape(key.Name)}={Escape(values[i])}"));

    /// <summary>Where a partition's files are unless the statement says another place.</summary>
    public static string Location(CatalogTable table, IReadOnlyList<string> values) =>
        $"{table.StorageDescriptor?.Location?.TrimEnd('/')}/{Name(table, values)}/";

    /// <summary>The value of a folder name, with %XX decoded.</summary>
    public static string Unescape(string text)
    {
        var bytes = new List<byte>(text.Length);
        Span<byte> utf8 = stackalloc byte[4];
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '%' && i + 2 < text.Length && byte.TryParse(text.AsSpan(i + 1, 2), System.Globalization.NumberStyles.HexNumber, null, out var b))
            {
                bytes.Add(b);
                i += 2;
            }
            else
            {
                var rune = Rune.GetRuneAt(text, i);
                bytes.AddRange(utf8[..rune.EncodeToUtf8(utf8)]);
                i += rune.Utf16SequenceLength - 1;
            }
        }

        return Encoding.UTF8.GetString([.. bytes]);
    }

    private static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            escaped.Append(c < ' ' || c == 0x7F || Escaped.Contains(c, StringComparison.Ordinal) ? $"%{(int)c:X2}" : c.ToString());
        }

        return escaped.Length == 0 ? "__HIVE_DEFAULT_PARTITION__" : escaped.ToString();
    }

    private static void CheckKeys(CatalogTable table, PartitionSpecification specification)
    {
        if (table.PartitionKeys.Count == 0)
        {
            throw DdlErrors.Semantic($"[Error 10241]: Table {table.DatabaseName}.{table.Name} is not a partitioned table");
        }

        var stranger = specification.Values.FirstOrDefault(value => table.PartitionKeys.All(key => key.Name != value.Column));
        if (stranger is not null)
        {
            throw DdlErrors.Semantic($"[Error 10098]: Partition column {stranger.Column} is not a partition column of {table.Name}");
        }
    }

    private static string Literal(CatalogTable table, PartitionValue value)
    {
        var type = table.PartitionKeys.Single(key => key.Name == value.Column).Type;
        var isNumber = type is "tinyint" or "smallint" or "int" or "integer" or "bigint" && long.TryParse(value.Value, out _);
        return isNumber ? value.Value : $"'{value.Value.Replace("'", "''", StringComparison.Ordinal)}'";
    }

    private static string Text(PartitionSpecification specification) => string.Join(", ", specification.Values.Select(value => $"{value.Column}={value.Value}"));
}
