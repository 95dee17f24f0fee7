using System.Text;

namespace Tarn.Athena.Results;

/// <summary>
/// Reads rows of a result object from a byte offset, so that a page costs what it holds however large the result is. In a CSV result every
/// value is quoted and nothing between commas is NULL; in a text result a line is a row and a tab a column border.
/// </summary>
internal sealed class ResultFileReader(Stream stream, long offset)
{
    private const int BufferSize = 64 * 1024;

    private readonly byte[] buffer = new byte[BufferSize];
    private readonly List<byte> value = new(256);
    private int length;
    private int next;

    /// <summary>The offset of the first byte that no row read so far holds.</summary>
    public long Offset { get; private set; } = offset;

    /// <summary>The next row of a CSV result, or null at the end.</summary>
    public async ValueTask<List<string?>?> ReadCsvRowAsync(CancellationToken cancellationToken)
    {
        var row = new List<string?>();
        var isQuoted = false;
        var wasQuoted = false;
        value.Clear();
        while (true)
        {
            var b = await ReadByteAsync(cancellationToken);
            if (b < 0)
            {
                return isQuoted ? throw Damaged() : row.Count == 0 && !wasQuoted && value.Count == 0 ? null : throw Damaged();
            }

            if (isQuoted)
            {
                if (b != '"')
                {
                    value.Add((byte)b);
                }
                else if (await PeekByteAsync(cancellationToken) == '"')
                {
                    await ReadByteAsync(cancellationToken);
                    value.Add((byte)'"');
                }
                else
                {
                    isQuoted = false;
                }
            }
            else if (b == '"')
            {
                isQuoted = wasQuoted = true;
            }
            else if (b is ',' or '\n')
            {
                row.Add(wasQuoted ? Encoding.UTF8.GetString(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(value)) : null);
                value.Clear();
                wasQuoted = false;
                if (b == '\n')
                {
                    return row;
                }
            }
            else
            {
                throw Damaged();
            }
        }
    }

    /// <summary>The next line of a text result without its line end, or null at the end.</summary>
    public async ValueTask<string?> ReadLineAsync(CancellationToken cancellationToken)
    {
        value.Clear();
        while (true)
        {
            var b = await ReadByteAsync(cancellationToken);
            if (b < 0 && value.Count == 0)
            {
                return null;
            }

            if (b is < 0 or '\n')
            {
                return Encoding.UTF8.GetString(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(value));
            }

            value.Add((byte)b);
        }
    }

    private InvalidDataException Damaged() => new($"The result object is damaged at byte {Offset}: it is not as Athena wrote it.");

    private async ValueTask<int> ReadByteAsync(CancellationToken cancellationToken)
    {
        var b = await PeekByteAsync(cancellationToken);
        if (b >= 0)
        {
            next++;
            Offset++;
        }

        return b;
    }

    private async ValueTask<int> PeekByteAsync(CancellationToken cancellationToken)
    {
        if (next == length)
        {
            length = await stream.ReadAsync(buffer, cancellationToken);
            next = 0;
        }

        return length == 0 ? -1 : buffer[next];
    }
}
