using Tarn.DuckDb;
using Tarn.DuckDb.Functions;
using Tarn.DuckDb.Types;
using Tarn.DuckDb.Values;
using Tarn.Sql.Functions;
using Tarn.Sql.Types;

namespace Tarn.Sql.Scans.Text;

/// <summary>
/// <c>hive_text(paths, spec)</c>: the rows of text files as Hive's SerDes read them. The first column is <c>file_index</c>, the place of a row's file in the list; then come those
/// of the <see cref="TextScanSpec"/>. Several threads share the files between them; one thread reads them in order.
/// </summary>
/// <remarks>
/// DuckDB's own CSV and JSON readers know neither blank lines as rows, nor Hive's values, nor JSON in its several layouts; lines of theirs, cut by C# functions
/// into lists of texts that DuckDB cast again, cost three times the processor time (docs/adr/0037). The loops over lines and fields are compiled with all
/// optimisation at once: a table is mostly read by one long call, which would be over before the runtime finds it hot (bench: <c>scans</c>, the first reading).
/// </remarks>
internal static class TextScanFunction
{
    public const string Name = "hive_text";
    public const string FileIndex = "file_index";

    /// <summary>A guess for the planner; rows of text are seldom shorter.</summary>
    private const int RowBytes = 100;

    /// <summary>Never fewer for a file, so that a join with values of files (<see cref="PerFileColumns"/>) is built of those and keeps the order of rows.</summary>
    private const int FileRowsMin = 4;

    /// <summary>Files whose sizes are looked at for the guess.</summary>
    private const int SampledFiles = 64;

    public static DuckDbTableFunction Make() => new(Name, [DuckDbType.ListOf(DuckDbType.Varchar), DuckDbType.Varchar], Bind);

    /// <summary>The call, to stand in FROM.</summary>
    public static string Call(string[] paths, TextScanSpec spec) => $"{Name}({LiteralSql.TextList(paths)}, {LiteralSql.Text(spec.ToJson())})";

    private static TableBinding Bind(TableArguments arguments)
    {
        var paths = ((object?[])arguments.Positional[0]!).Cast<string>().ToArray();
        var spec = TextScanSpec.Parse((string)arguments.Positional[1]!);
        return new TableBinding
        {
            Columns = [new DuckDbField(FileIndex, DuckDbType.BigInt), .. spec.Columns.Select((column, i) => new DuckDbField($"c{i}", DuckDbTypes.Of(column.Type)))],
            RowCount = Rows(paths),
            IsRowCountEstimated = true,
            Open = columns => Open(paths, spec, columns),
        };
    }

    private static long Rows(string[] paths)
    {
        var sample = paths.Take(SampledFiles).Sum(path => new FileInfo(path) is { Exists: true } file ? file.Length : 0);
        return Math.Max((long)paths.Length * FileRowsMin, sample * paths.Length / Math.Max(1, Math.Min(paths.Length, SampledFiles)) / RowBytes);
    }

    private static DuckDb.Functions.TableScan Open(string[] paths, TextScanSpec spec, IReadOnlyList<int> columns)
    {
        var isJson = spec.Format is TableFormat.OpenXJson or TableFormat.HiveJson;
        var units = new TextUnits(paths, spec.Encoding, path => !isJson || JsonLayout.IsLines(path, spec));
        var wanted = columns.Where(column => column > 0).Select(column => spec.Columns[column - 1]).ToList();
        return new DuckDb.Functions.TableScan(Environment.ProcessorCount, () => new Reader(Rows(units, spec, wanted), columns));
    }

    private static ITextReader Rows(TextUnits units, TextScanSpec spec, IReadOnlyList<TextColumn> wanted) => spec.Format switch
    {
        TableFormat.DelimitedText => new LineReader(units, spec, new DelimitedLines(spec, wanted)),
        TableFormat.QuotedText => new LineReader(units, spec, new QuotedLines(spec, wanted)),
        _ => new JsonReader(units, spec, wanted),
    };

    /// <summary>Puts the file's index beside the columns, and failures into the words that <see cref="EngineErrors"/> reads.</summary>
    private sealed class Reader(ITextReader rows, IReadOnlyList<int> columns) : ITableReader, IDisposable
    {
        private readonly DuckDbVectorWriter[] writers = new DuckDbVectorWriter[columns.Count(column => column > 0)];

        public int Read(TableChunkWriter chunk)
        {
            for (var (i, next) = (0, 0); i < columns.Count; i++)
            {
                if (columns[i] > 0)
                {
                    writers[next++] = chunk.Column(i);
                }
            }

            int count;
            try
            {
                count = rows.Read(writers);
            }
            catch (SqlException failure)
            {
                throw UdfFailure.Of(failure);
            }

            for (var i = 0; i < columns.Count; i++)
            {
                if (columns[i] == 0)
                {
                    chunk.Column(i).RawSpan<long>(count).Fill(rows.FileIndex);
                }
            }

            return count;
        }

        public void Dispose() => rows.Dispose();
    }
}

/// <summary>Reads rows on one thread.</summary>
internal interface ITextReader : IDisposable
{
    /// <summary>The file of the rows that were read last.</summary>
    int FileIndex { get; }

    /// <summary>Writes up to <see cref="DuckDbChunk.RowsMax"/> rows of one file; 0 when there are no more.</summary>
    int Read(ReadOnlySpan<DuckDbVectorWriter> writers);
}
