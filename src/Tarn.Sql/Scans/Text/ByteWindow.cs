using System.Buffers;
using System.Runtime.CompilerServices;

namespace Tarn.Sql.Scans.Text;

/// <summary>
/// The bytes of a unit, a window at a time: what was filled and not consumed stays. The window grows with the record that it must hold, up to
/// <see cref="RecordBytesMax"/>. One thread at a time.
/// </summary>
internal sealed class ByteWindow : IDisposable
{
    /// <summary>The longest line and the longest JSON record that is read, in bytes: 64 MB. Each thread of a scan may hold one.</summary>
    public const int RecordBytesMax = 64 << 20;

    private const int InitialBytes = 256 << 10;

    private static readonly SearchValues<byte> LineEnds = SearchValues.Create("\r\n"u8);

    private readonly Stream stream;
    private readonly FileStream stored;
    private readonly TextUnit unit;
    private byte[] buffer = ArrayPool<byte>.Shared.Rent(InitialBytes);
    private int start;
    private int end;
    private bool skipsLineFeed;
    private long consumed;

    public ByteWindow(TextUnit unit, TextEncoding encoding)
    {
        this.unit = unit;
        stream = TextUnits.Open(unit, encoding, out stored);
        consumed = Math.Max(0, unit.Start - 1);
        if (unit.Start > 0)
        {
            // The line in whose middle the part begins is the part's before.
            ReadLine(out _);
        }
        else if (Fill() && Available.StartsWith("\uFEFF"u8))
        {
            Consume(3);
        }
    }

    /// <summary>Valid until <see cref="Fill"/> or <see cref="ReadLine"/>.</summary>
    public ReadOnlySpan<byte> Available => buffer.AsSpan(start, end - start);

    /// <summary>No byte comes behind <see cref="Available"/>.</summary>
    public bool IsAtEnd { get; private set; }

    public TextUnit Unit => unit;

    public void Consume(int count)
    {
        start += count;
        consumed += count;
    }

    /// <summary>Adds bytes to the window; false when there are none left.</summary>
    /// <exception cref="SqlException"><c>HIVE_BAD_DATA</c>: a record is longer than <see cref="RecordBytesMax"/>, or the compression is damaged.</exception>
    public bool Fill()
    {
        if (IsAtEnd)
        {
            return false;
        }

        if (start > 0)
        {
            Available.CopyTo(buffer);
            end -= start;
            start = 0;
        }

        if (end == buffer.Length)
        {
            if (end >= RecordBytesMax)
            {
                throw new SqlException("HIVE_BAD_DATA", $"Record too long in text file {Path.GetFileName(unit.Path)} at byte {consumed}: a line or a JSON record has {RecordBytesMax >> 20} MB at most");
            }

            var larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
            buffer.CopyTo(larger, 0);
            ArrayPool<byte>.Shared.Return(buffer);
            buffer = larger;
        }

        try
        {
            var read = stream.ReadAtLeast(buffer.AsSpan(end), 1, throwOnEndOfStream: false);
            IsAtEnd = read == 0;
            end += read;
            return read > 0;
        }
        catch (InvalidDataException damage)
        {
            throw new SqlException("HIVE_BAD_DATA", $"Text file {Path.GetFileName(unit.Path)} is damaged: {damage.Message}");
        }
    }

    /// <summary>
    /// The next line that begins inside the unit, without its end: CR, LF or both. False behind the last. The line is valid until the next call.
    /// </summary>
    public bool ReadLine(out ReadOnlySpan<byte> line)
    {
        if (!TryLineStart())
        {
            line = default;
            return false;
        }

        line = PeekLine();
        ConsumeLine(line.Length);
        return true;
    }

    /// <summary>What is left of the line at the start of the window, without its end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public ReadOnlySpan<byte> PeekLine()
    {
        var searched = 0;
        while (true)
        {
            var at = Available[searched..].IndexOfAny(LineEnds);
            if (at >= 0)
            {
                return Available[..(searched + at)];
            }

            searched = end - start;
            if (!Fill())
            {
                return Available;
            }
        }
    }

    /// <summary>Goes behind a line that <see cref="PeekLine"/> showed, and its end. The line stays valid until the next call of another method.</summary>
    public void ConsumeLine(int length)
    {
        var hasEnd = length < end - start;
        skipsLineFeed = hasEnd && buffer[start + length] == '\r';
        Consume(length + (hasEnd ? 1 : 0));
    }

    /// <summary>Goes behind the line feed of a line that ended with both; false when no line begins inside the unit any more.</summary>
    public bool TryLineStart()
    {
        if (start == end && !Fill())
        {
            return false;
        }

        if (skipsLineFeed)
        {
            skipsLineFeed = false;
            if (buffer[start] == '\n')
            {
                Consume(1);
                if (start == end && !Fill())
                {
                    return false;
                }
            }
        }

        return consumed < unit.End;
    }

    public void Dispose()
    {
        stream.Dispose();
        stored.Dispose();
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
            buffer = [];
            (start, end, IsAtEnd) = (0, 0, true);
        }
    }
}
