using Tarn.Athena.Execution.Ddl;
using Tarn.Athena.Execution.Engine;
using Tarn.Contracts.Catalog;
using Tarn.Contracts.Lake;
using Tarn.Sql;
using Tarn.Sql.Types;

namespace Tarn.Athena.Execution.Writing;

/// <summary>
/// Writes the rows of a query as files. They are made in the staging folder and become objects only when all are
/// there: a query that fails leaves nothing.
/// </summary>
internal sealed class FileOutput(ILake lake, AthenaOptions options)
{
    /// <summary>Runs the query and adopts its files below <paramref name="location"/>.</summary>
    /// <param name="columns">Data columns, then partition keys.</param>
    /// <param name="keys">How many of them are partition keys.</param>
    /// <returns>How many rows, the files, and the partitions with the folders of their files.</returns>
    public async ValueTask<WrittenFiles> WriteAsync(
        QueryEngine engine,
        string select,
        IReadOnlyList<OutputColumn> columns,
        int keys,
        OutputFormat format,
        S3Location location,
        StatementContext context,
        CancellationToken cancellationToken)
    {
        var folder = Path.Combine(lake.StagingDirectory, $"athena-{context.QueryId}");
        Directory.CreateDirectory(folder);
        try
        {
            var rows = await QueryEngine.RunAsync(() => Copy(engine, select, columns, keys, format, folder, cancellationToken));
            var partitions = Partitions(folder, keys);
            if (options.WrittenPartitionsMax > 0 && partitions.Count > options.WrittenPartitionsMax)
            {
                throw new SqlException("HIVE_TOO_MANY_OPEN_PARTITIONS", $"Exceeded limit of {options.WrittenPartitionsMax} open writers for partitions/buckets. athena.writtenPartitionsMax raises it");
            }

            return await AdoptAsync(rows, partitions, columns, keys, location, context, cancellationToken);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static long Copy(QueryEngine engine, string select, IReadOnlyList<OutputColumn> columns, int keys, OutputFormat format, string folder, CancellationToken cancellationToken)
    {
        var data = columns.SkipLast(keys).ToList();
        var written = format.Line is { } line ? [$"{line(data)} AS \"$line\""] : data.Select(Item);
        var items = string.Join(", ", written.Concat(columns.TakeLast(keys).Select(Item)));
        var partitioned = keys == 0 ? "" : $", PARTITION_BY ({string.Join(", ", columns.TakeLast(keys).Select(column => LiteralSql.Identifier(column.Name)))}), FILENAME_PATTERN 'part-{{uuid}}', FILE_EXTENSION '{format.Extension}'";
        var target = keys == 0 ? Path.Combine(folder, $"part-{Guid.NewGuid():N}.{format.Extension}") : folder;
        var sql = $"COPY (SELECT {items} FROM ({select}) AS q) TO {LiteralSql.Text(target)} ({format.CopyOptions}{partitioned})";
        return Convert.ToInt64(engine.Connection.QueryValue(sql, cancellationToken), System.Globalization.CultureInfo.InvariantCulture);
    }

    private static string Item(OutputColumn column) => $"{column.Sql} AS {LiteralSql.Identifier(column.Name)}";

    /// <summary>The files by partition values; one entry without values for a table that has no keys.</summary>
    private static List<(IReadOnlyList<string> Values, string[] Files)> Partitions(string folder, int keys)
    {
        var partitions = new List<(IReadOnlyList<string>, string[])>();
        void Visit(string path, List<string> values)
        {
            if (values.Count == keys)
            {
                partitions.Add((values, Directory.GetFiles(path)));
                return;
            }

            foreach (var child in Directory.GetDirectories(path).Order(StringComparer.Ordinal))
            {
                var name = Path.GetFileName(child);
                Visit(child, [.. values, Uri.UnescapeDataString(name[(name.IndexOf('=', StringComparison.Ordinal) + 1)..])]);
            }
        }

        Visit(folder, []);
        return partitions;
    }

    private async ValueTask<WrittenFiles> AdoptAsync(
        long rows,
        List<(IReadOnlyList<string> Values, string[] Files)> partitions,
        IReadOnlyList<OutputColumn> columns,
        int keys,
        S3Location location,
        StatementContext context,
        CancellationToken cancellationToken)
    {
        var names = columns.TakeLast(keys).Select(column => column.Name).ToList();
        var files = new List<string>();
        var bytes = 0L;
        var written = new List<(IReadOnlyList<string> Values, string Location)>();
        cancellationToken.ThrowIfCancellationRequested();
        foreach (var (values, made) in partitions)
        {
            var folder = keys == 0 ? location.FolderPrefix : $"{location.FolderPrefix}{PartitionFolders.Name(names, values)}/";
            foreach (var file in made)
            {
                // From here on files become visible one by one; stopping in between would leave some of them.
                var item = await lake.AdoptAsync(context.Scope, location.Bucket, $"{folder}{context.QueryId}_{Path.GetFileName(file)}", file, "application/octet-stream", CancellationToken.None);
                bytes += item.Size;
                files.Add($"s3://{item.Bucket}/{item.Key}");
            }

            written.Add(([.. values.Select(value => value.Length == 0 ? PartitionFolders.NullValue : value)], $"s3://{location.Bucket}/{folder}"));
        }

        return new WrittenFiles(rows, bytes, files, keys == 0 ? [] : written);
    }
}

/// <param name="Partitions">Values and folder of each partition that files were written to; empty for a table without keys.</param>
internal sealed record WrittenFiles(long Rows, long Bytes, IReadOnlyList<string> Files, IReadOnlyList<(IReadOnlyList<string> Values, string Location)> Partitions);
