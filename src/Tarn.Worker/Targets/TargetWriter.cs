using System.Globalization;
using Tarn.Contracts.Lake;
using Tarn.DuckDb;
using Tarn.DuckDb.Types;
using Tarn.Worker.Columns;
using Tarn.Worker.Plans;

namespace Tarn.Worker.Targets;

/// <summary>
/// Writes a relation as files of one target, in one pass over the plan, into a folder that nobody reads yet: the server makes objects of the files when the
/// whole plan has succeeded.
/// </summary>
internal sealed class TargetWriter(DuckDbConnection connection)
{
    private const string PartColumn = "__tarn_part";

    public PlanWritten Write(string nodeId, Relation input, NodeOutput output, CancellationToken cancellationToken)
    {
        var keys = output.PartitionKeys.Select(key => input.Find(key) ?? throw new PlanException(nodeId, $"there is no field {key} to partition by")).ToList();
        var columns = OutputColumns(nodeId, input, output, keys);
        if (columns.Count == 0)
        {
            throw new PlanException(nodeId, "no column is left to write beside the partition keys");
        }

        var rows = Copy(input, output, columns, keys, cancellationToken);
        var files = rows == 0 ? [] : Collect(output, keys.Count);
        return new PlanWritten(
            nodeId,
            rows,
            [.. columns.Select(column => new TableColumn(column.Name, column.HiveType))],
            [.. keys.Select(key => new TableColumn(key.Name, GlueTypes.HiveName(GlueTypes.Storable(key.Type))))],
            files);
    }

    private static List<OutputColumn> OutputColumns(string nodeId, Relation input, NodeOutput output, IReadOnlyList<DuckDbField> keys)
    {
        var own = input.Columns.Except(keys).ToList();
        if (output.TableColumns is not { } table)
        {
            return [.. own.Select(AsItComes)];
        }

        var columns = table.Select(column =>
        {
            var type = GlueTypes.DuckDbName(column.HiveType);
            return input.Find(column.Name) is { } field
                ? new OutputColumn(column.Name, GlueTypes.Convert($"t.{DuckDbText.Identifier(field.Name)}", field.Type, type), field.Type, column.HiveType)
                : new OutputColumn(column.Name, $"NULL::{type}", DuckDbType.SqlNull, column.HiveType);
        }).ToList();
        if (output.KeepsNewColumns)
        {
            columns.AddRange(own.Where(field => table.All(column => !string.Equals(column.Name, field.Name, StringComparison.OrdinalIgnoreCase))).Select(AsItComes));
        }

        return columns.All(column => column.Type.Kind == DuckDbKind.SqlNull)
            ? throw new PlanException(nodeId, "none of the table's columns is in the data")
            : columns;
    }

    private static OutputColumn AsItComes(DuckDbField field)
    {
        var type = GlueTypes.Storable(field.Type);
        var sql = $"t.{DuckDbText.Identifier(field.Name)}";
        return new OutputColumn(field.Name, type.Equals(field.Type) ? sql : $"CAST({sql} AS {type})", field.Type, GlueTypes.HiveName(type));
    }

    private long Copy(Relation input, NodeOutput output, IReadOnlyList<OutputColumn> columns, IReadOnlyList<DuckDbField> keys, CancellationToken cancellationToken)
    {
        var content = output.Format == "json" ? JsonLine(columns) : string.Join(", ", columns.Select(column => $"{column.Sql} AS {DuckDbText.Identifier(column.Name)}"));
        var extra = keys.Select(key => $"nullif(CAST(t.{DuckDbText.Identifier(key.Name)} AS VARCHAR), '') AS {DuckDbText.Identifier(key.Name)}").ToList();
        var partitionBy = keys.Select(key => DuckDbText.Identifier(key.Name)).ToList();
        if (keys.Count == 0 && output.FileCount is > 1 and var count)
        {
            extra.Add($"(row_number() OVER () - 1) % {count} AS {PartColumn}");
            partitionBy.Add(PartColumn);
        }

        var options = Options(output, columns);
        var path = Path.Combine(output.Directory, "files");
        if (partitionBy.Count > 0)
        {
            options.Add($"PARTITION_BY ({string.Join(", ", partitionBy)})");
            options.Add("OVERWRITE_OR_IGNORE true");
        }
        var select = $"SELECT {string.Join(", ", extra.Prepend(content))} FROM {input.View} AS t";
        var copied = connection.QueryValue($"COPY ({select}) TO {DuckDbText.Literal(path)} ({string.Join(", ", options)})", cancellationToken);
        return Convert.ToInt64(copied, CultureInfo.InvariantCulture);
    }

    private static List<string> Options(NodeOutput output, IReadOnlyList<OutputColumn> columns)
    {
        var options = new List<string>();
        switch (output.Format)
        {
            case "parquet":
                options.Add("FORMAT parquet");
                options.Add($"COMPRESSION {(output.Compression is null ? "snappy" : output.Compression is "none" ? "uncompressed" : output.Compression)}");
                return options;
            case "json":
                // One column of finished lines, written as it is: this form can be partitioned, DuckDB's own JSON cannot.
                options.Add("FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER ''");
                break;
            default:
                if (columns.FirstOrDefault(column => column.Type.Kind is DuckDbKind.List or DuckDbKind.Struct or DuckDbKind.Map or DuckDbKind.Array) is { } nested)
                {
                    throw new PlanException(null, $"CSV cannot hold the column {nested.Name} of type {nested.HiveType}");
                }

                var csv = output.Csv!;
                options.Add($"FORMAT csv, HEADER {(csv.HasHeader ? "true" : "false")}, DELIMITER {DuckDbText.Literal(csv.Separator)}, QUOTE {DuckDbText.Literal(csv.Quote ?? "")}, ESCAPE {DuckDbText.Literal(csv.Escape ?? csv.Quote ?? "")}");
                break;
        }

        if (output.Compression is { } compression and not "none")
        {
            options.Add($"COMPRESSION {compression}");
        }

        return options;
    }

    /// <summary>A record as one line, without its null fields as Spark writes it (a merge patch drops them), infinities and NaN as texts, bytes in base 64.</summary>
    private static string JsonLine(IReadOnlyList<OutputColumn> columns)
    {
        var fields = columns.Select(column => $"{DuckDbText.Identifier(column.Name)} := {JsonValue(column)}");
        return $"json_merge_patch('{{}}', to_json(struct_pack({string.Join(", ", fields)}))) AS line";
    }

    private static string JsonValue(OutputColumn column) => column.HiveType switch
    {
        "double" or "float" => $"CASE WHEN isfinite({column.Sql}) THEN to_json({column.Sql}) ELSE to_json({column.Sql}::VARCHAR) END",
        "binary" => $"base64({column.Sql})",
        _ => column.Sql,
    };

    /// <summary>A partitioned target is a folder <c>files</c> with a folder per key and value; any other is one file of that name.</summary>
    private static List<WrittenFile> Collect(NodeOutput output, int keyCount)
    {
        var files = new List<WrittenFile>();
        var root = Path.Combine(output.Directory, "files");
        foreach (var path in Directory.EnumerateFiles(output.Directory, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            var folders = Path.GetRelativePath(root, path).Split(Path.DirectorySeparatorChar);
            var values = folders.Take(keyCount).Select(folder =>
            {
                var value = folder[(folder.IndexOf('=', StringComparison.Ordinal) + 1)..];
                return value == PartitionFolders.NullValue ? null : Uri.UnescapeDataString(value);
            });
            files.Add(new WrittenFile(path, [.. values], new FileInfo(path).Length));
        }

        return files;
    }

    private sealed record OutputColumn(string Name, string Sql, DuckDbType Type, string HiveType);
}
