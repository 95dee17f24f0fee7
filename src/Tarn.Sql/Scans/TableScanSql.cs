using System.Text;
using Tarn.Contracts.Catalog;
using Tarn.Sql.Types;

namespace Tarn.Sql.Scans;

/// <summary>
/// A catalog table as a DuckDB relation: its files read by the table's own SerDe and schema, never by guessing; partition keys as typed
/// constants. Adding a format is adding an <see cref="ISerde"/>.
/// </summary>
public static class TableScanSql
{
    /// <summary>The hidden column with a row's file.</summary>
    public const string PathColumn = "$path";

    /// <summary>Up to so many partitions are branches of a UNION, which DuckDB prunes when it plans; more find their values by a join on the file.</summary>
    private const int BranchesMax = 16;

    private static readonly ISerde[] Serdes = [new ParquetSerde(), new LazySimpleSerde(), new OpenCsvSerde(), new JsonSerde()];

    /// <summary>
    /// A relation in parentheses with the columns <paramref name="wanted"/>, in their order, typed as <see cref="DuckDbTypes"/> says.
    /// </summary>
    /// <param name="parts">What to read; may be empty.</param>
    /// <param name="wanted">Data columns, partition keys or <see cref="PathColumn"/>, lower case; none for a relation that is only counted.</param>
    /// <exception cref="SqlException">A column type or a SerDe that is not read.</exception>
    public static string Relation(CatalogTable table, IReadOnlyList<ScanPart> parts, IReadOnlyList<string> wanted)
    {
        var layout = Layout.Of(table, wanted);
        var branches = new List<string>();
        foreach (var group in parts.Where(part => part.Files.Count > 0).GroupBy(part => ReadingKey(part.Storage)))
        {
            AddBranches(branches, table, layout, [.. group]);
        }

        return branches.Count == 0 ? layout.Empty() : $"({string.Join(" UNION ALL ", branches)})";
    }

    /// <summary>Whether a SerDe class can be read.</summary>
    public static bool IsReadable(string? library) => Serdes.Any(serde => serde.Libraries.Contains(library));

    /// <summary>Whether a table's files tell how much of them is read by itself: Parquet. Text is always read whole.</summary>
    public static bool IsColumnar(StorageDescriptor storage) => storage.SerdeInfo?.SerializationLibrary == ParquetSerde.Library;

    private static void AddBranches(List<string> branches, CatalogTable table, Layout layout, List<ScanPart> parts)
    {
        var storage = parts[0].Storage;
        var serde = Serdes.FirstOrDefault(candidate => candidate.Libraries.Contains(storage.SerdeInfo?.SerializationLibrary))
            ?? throw new SqlException("NOT_SUPPORTED", $"The SerDe {storage.SerdeInfo?.SerializationLibrary ?? "(none)"} of table {table.DatabaseName}.{table.Name} is not read by Tarn yet");
        var input = new SerdeInput(storage, table.Parameters, table.StorageDescriptor?.Columns.Count ?? 0, layout.Data, []);
        if (!layout.NeedsKeys)
        {
            AddByCompression(branches, serde, input, [.. parts.SelectMany(part => part.Files)], layout, (relation, files) => layout.Select(relation, files, values: null, keyTable: null));
        }
        else if (parts.Count <= BranchesMax)
        {
            foreach (var part in parts)
            {
                AddByCompression(branches, serde, input, part.Files, layout, (relation, files) => layout.Select(relation, files, part.Values, keyTable: null));
            }
        }
        else
        {
            var valuesOf = parts.SelectMany(part => part.Files.Select(file => (file.Path, part.Values))).ToDictionary(pair => pair.Path, pair => pair.Values);
            AddByCompression(branches, serde, input, [.. parts.SelectMany(part => part.Files)], layout, (relation, files) => layout.Select(relation, files, values: null, layout.KeyTable(files, valuesOf)));
        }
    }

    /// <summary>One reader call takes files of one compression.</summary>
    private static void AddByCompression(List<string> branches, ISerde serde, SerdeInput input, IReadOnlyList<ScanFile> files, Layout layout, Func<string, IReadOnlyList<ScanFile>, string> select)
    {
        foreach (var group in files.GroupBy(file => TextCompression.Of(file.Name)))
        {
            IReadOnlyList<ScanFile> some = [.. group];
            branches.Add(select(serde.Select(input.With(some)), some));
        }
    }

    /// <summary>What must be equal for files to be read in one call.</summary>
    private static string ReadingKey(StorageDescriptor storage)
    {
        var key = new StringBuilder(storage.SerdeInfo?.SerializationLibrary);
        foreach (var (name, value) in storage.SerdeInfo?.Parameters?.OrderBy(pair => pair.Key, StringComparer.Ordinal).ToList() ?? [])
        {
            key.Append('\0').Append(name).Append('\0').Append(value);
        }

        return key.ToString();
    }

    /// <summary>Which columns a relation gives, and where each comes from.</summary>
    private sealed class Layout
    {
        private readonly CatalogTable table;
        private readonly IReadOnlyList<string> wanted;
        private readonly Dictionary<string, SqlType> types;

        private Layout(CatalogTable table, IReadOnlyList<string> wanted, Dictionary<string, SqlType> types, IReadOnlyList<ScanColumn> data)
        {
            this.table = table;
            this.wanted = wanted;
            this.types = types;
            Data = data;
        }

        public IReadOnlyList<ScanColumn> Data { get; }

        public bool NeedsKeys => wanted.Any(name => KeyIndex(name) >= 0);

        public static Layout Of(CatalogTable table, IReadOnlyList<string> wanted)
        {
            var types = new Dictionary<string, SqlType>(StringComparer.Ordinal);
            var data = new List<ScanColumn>();
            var columns = table.StorageDescriptor?.Columns ?? [];
            foreach (var name in wanted)
            {
                var column = columns.Select((candidate, index) => (candidate, index)).FirstOrDefault(pair => pair.candidate.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
                if (name == PathColumn)
                {
                    types[name] = SqlType.Varchar;
                }
                else if (column.candidate is not null)
                {
                    types[name] = HiveTypes.Parse(column.candidate.Type ?? "string");
                    data.Add(new ScanColumn(name, column.index, types[name]));
                }
                else
                {
                    var key = table.PartitionKeys.First(candidate => candidate.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
                    types[name] = HiveTypes.Parse(key.Type ?? "string");
                }
            }

            return new Layout(table, wanted, types, data);
        }

        /// <summary>The relation of no file.</summary>
        public string Empty() => wanted.Count == 0
            ? "(SELECT 1 AS nothing WHERE false)"
            : $"(SELECT {string.Join(", ", wanted.Select(name => $"{DuckDbTypes.Null(types[name])} AS {LiteralSql.Identifier(name)}"))} WHERE false)";

        /// <summary>The wanted columns of a SerDe's relation, with keys as constants of one partition or from a table by file.</summary>
        public string Select(string relation, IReadOnlyList<ScanFile> files, IReadOnlyList<string>? values, string? keyTable)
        {
            var join = keyTable is null ? "" : $" JOIN {keyTable} AS k ON f.filename = k.path";
            var items = wanted.Select(name => $"{Expression(name, files, values)} AS {LiteralSql.Identifier(name)}");
            return $"SELECT {(wanted.Count == 0 ? "1 AS nothing" : string.Join(", ", items))} FROM ({relation}) AS f{join}";
        }

        /// <summary>One row per file with the typed values of the wanted keys.</summary>
        public string KeyTable(IReadOnlyList<ScanFile> files, Dictionary<string, IReadOnlyList<string>> valuesOf)
        {
            var keys = wanted.Where(name => KeyIndex(name) >= 0).ToList();
            var lists = keys.Select(name => $"unnest({LiteralSql.TextList(files.Select(file => valuesOf[file.Path][KeyIndex(name)]))}) AS {LiteralSql.Identifier("text " + name)}");
            var typed = keys.Select(name => $"{KeyValue(LiteralSql.Identifier("text " + name), types[name])} AS {LiteralSql.Identifier(name)}");
            return $"(SELECT path, {string.Join(", ", typed)} FROM (SELECT unnest({LiteralSql.TextList(files.Select(file => file.Path))}) AS path, {string.Join(", ", lists)}))";
        }

        private string Expression(string name, IReadOnlyList<ScanFile> files, IReadOnlyList<string>? values)
        {
            if (name == PathColumn)
            {
                var names = string.Join(", ", files.Select(file => LiteralSql.Text(file.Name)));
                return $"map_extract_value(MAP({LiteralSql.TextList(files.Select(file => file.Path))}, [{names}]), f.filename)";
            }

            var key = KeyIndex(name);
            return key < 0 ? $"f.{LiteralSql.Identifier(name)}"
                : values is null ? $"k.{LiteralSql.Identifier(name)}"
                : KeyValue(LiteralSql.Text(values[key]), types[name]);
        }

        private static string KeyValue(string sql, SqlType type) =>
            $"CASE WHEN {sql} = '__HIVE_DEFAULT_PARTITION__' THEN NULL ELSE {TextValues.Read(sql, type, BadValue.InvalidPartition)} END";

        private int KeyIndex(string name)
        {
            for (var i = 0; i < table.PartitionKeys.Count; i++)
            {
                if (table.PartitionKeys[i].Name.Equals(name, StringComparison.OrdinalIgnoreCase))
                {
                    return i;
                }
            }

            return -1;
        }
    }
}
