using Tarn.DuckDb.Values;

namespace Tarn.Sql.Scans.Text;

/// <summary>Which columns of a scan stand at which place of a line.</summary>
internal sealed class LinePlaces
{
    private readonly int[][] columns;

    public LinePlaces(IReadOnlyList<TextColumn> wanted)
    {
        Last = wanted.Count == 0 ? -1 : wanted.Max(column => column.Place);
        columns = [.. Enumerable.Range(0, Last + 1).Select(place => Enumerable.Range(0, wanted.Count).Where(column => wanted[column].Place == place).ToArray())];
    }

    /// <summary>The last place that is read; -1 for none.</summary>
    public int Last { get; }

    public int[] At(int place) => columns[place];

    /// <summary>NULL for all columns behind a place.</summary>
    public void NullBehind(int place, ReadOnlySpan<DuckDbVectorWriter> writers, int row)
    {
        for (place++; place <= Last; place++)
        {
            foreach (var column in columns[place])
            {
                writers[column].Null(row);
            }
        }
    }
}
