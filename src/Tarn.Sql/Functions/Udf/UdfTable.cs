using Tarn.DuckDb;
using Tarn.DuckDb.Types;
using Tarn.DuckDb.Values;

namespace Tarn.Sql.Functions.Udf;

/// <summary>A function of ours that DuckDB calls: pure, so that DuckDB may fold and reorder it.</summary>
/// <param name="Body">Fills the result for all rows of a chunk of arguments.</param>
internal sealed record UdfEntry(string Name, IReadOnlyList<DuckDbType> Parameters, DuckDbType Result, Action<DuckDbChunk, DuckDbVectorWriter> Body);

/// <summary>
/// Collects functions as plain C# lambdas; the types of the lambda say the types in DuckDB (<see cref="Codec{T}"/>). A NULL argument gives NULL without a
/// call, unless added by <c>AddNullAware</c>. A <see cref="SqlException"/> fails the statement with its code.
/// </summary>
internal sealed class UdfTable
{
    private readonly List<UdfEntry> entries = [];

    public IReadOnlyList<UdfEntry> Entries => entries;

    /// <summary>A function that looks at chunks itself, NULLs included.</summary>
    public void Add(UdfEntry entry) => entries.Add(entry);

    public void Add<TA, TResult>(string name, Func<TA, TResult> body) =>
        entries.Add(new UdfEntry(name, [Codec<TA>.Type], Codec<TResult>.Type, (chunk, result) =>
        {
            var a = chunk.Column(0);
            for (var row = 0; row < chunk.RowCount; row++)
            {
                if (a.IsNull(row))
                {
                    result.Null(row);
                    continue;
                }

                Codec<TResult>.Write(result, row, body(Codec<TA>.Read(a, row)));
            }
        }));

    public void Add<TA, TB, TResult>(string name, Func<TA, TB, TResult> body) =>
        entries.Add(new UdfEntry(name, [Codec<TA>.Type, Codec<TB>.Type], Codec<TResult>.Type, (chunk, result) =>
        {
            var (a, b) = (chunk.Column(0), chunk.Column(1));
            for (var row = 0; row < chunk.RowCount; row++)
            {
                if (a.IsNull(row) || b.IsNull(row))
                {
                    result.Null(row);
                    continue;
                }

                Codec<TResult>.Write(result, row, body(Codec<TA>.Read(a, row), Codec<TB>.Read(b, row)));
            }
        }));

    public void Add<TA, TB, TC, TResult>(string name, Func<TA, TB, TC, TResult> body) =>
        entries.Add(new UdfEntry(name, [Codec<TA>.Type, Codec<TB>.Type, Codec<TC>.Type], Codec<TResult>.Type, (chunk, result) =>
        {
            var (a, b, c) = (chunk.Column(0), chunk.Column(1), chunk.Column(2));
            for (var row = 0; row < chunk.RowCount; row++)
            {
                if (a.IsNull(row) || b.IsNull(row) || c.IsNull(row))
                {
                    result.Null(row);
                    continue;
                }

                Codec<TResult>.Write(result, row, body(Codec<TA>.Read(a, row), Codec<TB>.Read(b, row), Codec<TC>.Read(c, row)));
            }
        }));

    public void Add<TA, TB, TC, TD, TResult>(string name, Func<TA, TB, TC, TD, TResult> body) =>
        entries.Add(new UdfEntry(name, [Codec<TA>.Type, Codec<TB>.Type, Codec<TC>.Type, Codec<TD>.Type], Codec<TResult>.Type, (chunk, result) =>
        {
            var (a, b, c, d) = (chunk.Column(0), chunk.Column(1), chunk.Column(2), chunk.Column(3));
            for (var row = 0; row < chunk.RowCount; row++)
            {
                if (a.IsNull(row) || b.IsNull(row) || c.IsNull(row) || d.IsNull(row))
                {
                    result.Null(row);
                    continue;
                }

                Codec<TResult>.Write(result, row, body(Codec<TA>.Read(a, row), Codec<TB>.Read(b, row), Codec<TC>.Read(c, row), Codec<TD>.Read(d, row)));
            }
        }));
}
