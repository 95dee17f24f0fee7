using System.Runtime.CompilerServices;
using Tarn.DuckDb;
using Tarn.DuckDb.Functions;
using Tarn.DuckDb.Values;

namespace Tarn.Sql.Scans.Text;

/// <summary>Makes a row of a line. Belongs to one thread.</summary>
internal interface ILineDecoder
{
    /// <param name="line">Without its end; blank lines too.</param>
    /// <param name="writers">One for each column of the decoder.</param>
    void Decode(ReadOnlySpan<byte> line, ReadOnlySpan<DuckDbVectorWriter> writers, int row);
}

/// <summary>Reads units line by line: every line is a row, except those of headers.</summary>
internal sealed class LineReader(TextUnits units, TextScanSpec spec, ILineDecoder decoder) : ITextReader
{
    private ByteWindow? window;

    public int FileIndex { get; private set; }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int Read(ReadOnlySpan<DuckDbVectorWriter> writers)
    {
        while (true)
        {
            if (window is null)
            {
                if (units.Take() is not { } unit)
                {
                    return 0;
                }

                window = new ByteWindow(unit, spec.Encoding);
                FileIndex = unit.FileIndex;
                SkipHeader(window);
            }

            var rows = 0;
            while (rows < DuckDbChunk.RowsMax && window.ReadLine(out var line))
            {
                decoder.Decode(line, writers, rows++);
            }

            if (rows > 0)
            {
                return rows;
            }

            Dispose();
        }
    }

    public void Dispose()
    {
        window?.Dispose();
        window = null;
    }

    private void SkipHeader(ByteWindow opened)
    {
        for (var i = 0; i < spec.HeaderLines && opened.Unit.Start == 0 && opened.ReadLine(out _); i++)
        {
        }
    }
}
