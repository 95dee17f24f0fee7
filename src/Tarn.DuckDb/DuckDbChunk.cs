using System.Collections.Immutable;
using Tarn.DuckDb.Native;
using Tarn.DuckDb.Types;
using Tarn.DuckDb.Values;

namespace Tarn.DuckDb;

/// <summary>Up to 2,048 rows of a result, or the arguments of a scalar function. Vectors are valid until it is disposed.</summary>
public sealed class DuckDbChunk : IDisposable
{
    /// <summary>The most rows that a chunk holds.</summary>
    public const int RowsMax = 2048;

    private readonly ChunkHandle? owned;
    private readonly nint chunk;
    private readonly ImmutableArray<DuckDbType> types;

    internal DuckDbChunk(ChunkHandle handle, ImmutableArray<DuckDbType> types)
        : this(handle.DangerousGetHandle(), types)
    {
        owned = handle;
    }

    /// <summary>A chunk that DuckDB owns.</summary>
    internal DuckDbChunk(nint chunk, ImmutableArray<DuckDbType> types)
    {
        this.chunk = chunk;
        this.types = types;
        RowCount = (int)NativeMethods.duckdb_data_chunk_get_size(chunk);
    }

    public int RowCount { get; }

    public int ColumnCount => types.Length;

    public DuckDbVector Column(int index)
    {
        ObjectDisposedException.ThrowIf(owned is { IsClosed: true }, this);
        return new DuckDbVector(NativeMethods.duckdb_data_chunk_get_vector(chunk, (ulong)index), types[index]);
    }

    public void Dispose() => owned?.Dispose();
}
