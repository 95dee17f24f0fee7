using System.Buffers;
using System.Text;
using Tarn.DuckDb;
using Tarn.Sql.Results;
using Tarn.Sql.Translating;

namespace Tarn.Athena.Results;

/// <summary>
/// Writes rows as Athena's result CSV: a header, every value in double quotes with quotes doubled, nothing at all for NULL, <c>\n</c> at the end of each row.
/// </summary>
internal sealed class ResultCsvWriter(Stream stream, IReadOnlyList<Sql.Translating.ResultColumn> columns)
{
    private const int FlushBytes = 256 * 1024;

    private readonly ArrayBufferWriter<byte> pending = new(FlushBytes + (64 * 1024));
    private readonly ArrayBufferWriter<byte> value = new(256);

    public long Rows { get; private set; }

    public void WriteHeader()
    {
        for (var i = 0; i < columns.Count; i++)
        {
            AppendQuoted(Encoding.UTF8.GetBytes(columns[i].Name), isFirst: i == 0);
        }

        pending.Write("\n"u8);
    }

    public void Write(DuckDbChunk chunk)
    {
        for (var row = 0; row < chunk.RowCount; row++)
        {
            for (var i = 0; i < columns.Count; i++)
            {
                var vector = chunk.Column(i);
                if (vector.IsNull(row))
                {
                    pending.Write(i == 0 ? ""u8 : ","u8);
                    continue;
                }

                value.ResetWrittenCount();
                ResultText.Append(value, vector, row, columns[i].Type);
                AppendQuoted(value.WrittenSpan, isFirst: i == 0);
            }

            pending.Write("\n"u8);
            if (pending.WrittenCount >= FlushBytes)
            {
                Flush();
            }
        }

        Rows += chunk.RowCount;
    }

    public void Flush()
    {
        stream.Write(pending.WrittenSpan);
        pending.ResetWrittenCount();
    }

    private void AppendQuoted(ReadOnlySpan<byte> text, bool isFirst)
    {
        pending.Write(isFirst ? "\""u8 : ",\""u8);
        while (text.IndexOf((byte)'"') is var quote and >= 0)
        {
            pending.Write(text[..(quote + 1)]);
            pending.Write("\""u8);
            text = text[(quote + 1)..];
        }

        pending.Write(text);
        pending.Write("\""u8);
    }
}
