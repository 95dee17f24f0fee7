using System.Text;
using Tarn.DuckDb;
using Tarn.DuckDb.Values;
using Tarn.Sql.Types;
using Tarn.Sql.Translating;

namespace Tarn.Athena.Results;

/// <summary>
/// Writes rows as Athena's result CSV: a header, every value in double quotes with quotes doubled, nothing at all for NULL, <c>\n</c> at the end of each row.
/// </summary>
internal sealed class ResultCsvWriter(Stream stream, IReadOnlyList<Sql.Translating.ResultColumn> columns)
{
    private const int FlushChars = 256 * 1024;

    private readonly StringBuilder pending = new(FlushChars);
    private readonly ResultText[] texts = [.. columns.Select(column => new ResultText(column.Type))];

    private readonly StreamWriter writer = new(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), bufferSize: -1, leaveOpen: true);

    public long Rows { get; private set; }

    public void WriteHeader()
    {
        pending.AppendJoin(',', columns.Select(column => $"\"{column.Name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"")).Append('\n');
    }

    public void Write(DuckDbChunk chunk)
    {
        var vectors = new DuckDbVector[columns.Count];
        for (var i = 0; i < vectors.Length; i++)
        {
            vectors[i] = chunk.Column(i);
        }

        for (var row = 0; row < chunk.RowCount; row++)
        {
            for (var i = 0; i < vectors.Length; i++)
            {
                if (i > 0)
                {
                    pending.Append(',');
                }

                texts[i].AppendCsv(pending, vectors[i], row);
            }

            pending.Append('\n');
            if (pending.Length >= FlushChars)
            {
                Flush();
            }
        }

        Rows += chunk.RowCount;
    }

    public void Flush()
    {
        foreach (var part in pending.GetChunks())
        {
            writer.Write(part.Span);
        }

        pending.Clear();
        writer.Flush();
    }
}
