using System.Text;
using Tarn.Contracts.Catalog;
using Tarn.Sql.Functions;
using Tarn.Sql.Scans;
using Tarn.Sql.Tests.Functions;
using Tarn.Sql.Types;

namespace Tarn.Sql.Tests.Scans;

/// <summary>Files in a folder of their own, tables over them, and a DuckDB that reads them.</summary>
public abstract class ScanTests : IDisposable
{
    protected const string Lazy = "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe";
    protected const string OpenCsv = "org.apache.hadoop.hive.serde2.OpenCSVSerde";
    protected const string OpenX = "org.openx.data.jsonserde.JsonSerDe";
    protected const string HiveJson = "org.apache.hive.hcatalog.data.JsonSerDe";
    protected const string Parquet = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe";

    protected string Folder { get; } = Directory.CreateTempSubdirectory("tarn-scan").FullName;

    private readonly Engine engine = new();

    public void Dispose()
    {
        engine.Dispose();
        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    internal static CatalogTable Table(string serde, string columns, params (string Key, string Value)[] properties) => new()
    {
        DatabaseName = "d",
        Name = "t",
        StorageDescriptor = new StorageDescriptor
        {
            Columns = [.. SplitColumns(columns).Select(column => new CatalogColumn(column[..column.IndexOf(' ')], column[(column.IndexOf(' ') + 1)..]))],
            SerdeInfo = new SerDeInfo(null, serde, Map(properties)),
        },
    };

    private static List<string> SplitColumns(string columns)
    {
        var parts = new List<string>();
        var (depth, start) = (0, 0);
        for (var i = 0; i <= columns.Length; i++)
        {
            depth += i < columns.Length ? columns[i] switch { '<' or '(' => 1, '>' or ')' => -1, _ => 0 } : 0;
            if (i == columns.Length || (columns[i] == ',' && depth == 0))
            {
                parts.Add(columns[start..i].Trim());
                start = i + 1;
            }
        }

        return parts;
    }

    protected static Dictionary<string, string> Map(params (string Key, string Value)[] pairs) => pairs.ToDictionary(pair => pair.Key, pair => pair.Value);

    protected static ScanFile File(string path) => new(path, $"s3://b/{Path.GetFileName(path)}", new FileInfo(path).Length, DateTimeOffset.UnixEpoch);

    protected static ScanPartition Part(params string[] paths) => new([], null, [.. paths.Select(File)]);

    protected string Write(string name, string text)
    {
        var path = Path.Combine(Folder, name);
        System.IO.File.WriteAllText(path, text, new UTF8Encoding(false));
        return path;
    }

    protected string WriteParquet(string name, string select)
    {
        var path = Path.Combine(Folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        engine.Connection.Execute($"COPY ({select}) TO '{path}' (FORMAT parquet)", TestContext.Current.CancellationToken);
        return path;
    }

    /// <summary>Rows with their values as Trino's varchar where it has a form, else as DuckDB shows them.</summary>
    protected string[] Rows(CatalogTable table, IReadOnlyList<ScanPartition> parts, params string[] columns)
    {
        var wanted = columns.Length == 0 ? null : columns;
        var types = TableScan.Columns(table);
        var names = wanted ?? [.. types.Select(column => column.Name)];
        var texts = names.Select(name =>
        {
            var type = types.FirstOrDefault(column => column.Name == name).Type ?? TableScan.HiddenColumn(name)!;
            var sql = LiteralSql.Identifier(name);
            var text = type is ArrayType or MapType or RowType or SimpleType { Kind: SimpleKind.Varbinary or SimpleKind.Double or SimpleKind.Real } || type is CharType
                ? $"CAST({sql} AS VARCHAR)"
                : Engine.Library.Cast(new BoundArgument(type, sql), SqlType.Varchar, tryCast: false, default);
            return $"coalesce({text}, 'NULL')";
        });
        return Query($"SELECT concat_ws('|', {string.Join(", ", texts)}) FROM {TableScan.ToDuckDb(table, parts, wanted)} t");
    }

    protected string[] Query(string sql) =>
        [.. engine.Connection.QueryAll(sql, 1000, TestContext.Current.CancellationToken).Select(row => Convert.ToString(row[0], System.Globalization.CultureInfo.InvariantCulture)!)];
}
