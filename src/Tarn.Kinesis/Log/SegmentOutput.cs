using Tarn.Kinesis.Log.Files;

namespace Tarn.Kinesis.Log;

/// <summary>The end of the segment that is written: puts small frames together so that a batch takes few calls. The writer's own.</summary>
internal sealed class SegmentOutput
{
    private const int StagingBytes = 256 << 10;

    /// <summary>Larger ones are written from where they are.</summary>
    private const int StagedFrameBytesMax = StagingBytes / 4;

    private readonly byte[] staging = new byte[StagingBytes];
    private ILogFile? file;
    private int staged;
    private bool unsynced;

    /// <summary>Bytes that the segment holds.</summary>
    public long Capacity { get; private set; }

    /// <summary>Where the next frame goes, in bytes from the start of the file.</summary>
    public long Written { get; private set; }

    public void Continue(ILogFile next, long capacity, long written)
    {
        file = next;
        Capacity = capacity;
        Written = written;
        staged = 0;
        unsynced = false;
    }

    /// <summary>Puts bytes behind the last; they may not be in the file before <see cref="Sync"/>.</summary>
    public void Put(ReadOnlySpan<byte> bytes)
    {
        unsynced = true;
        if (staged + bytes.Length > staging.Length)
        {
            Flush();
        }

        if (bytes.Length > StagedFrameBytesMax)
        {
            Flush();
            WriteAll(Written, bytes);
        }
        else
        {
            bytes.CopyTo(staging.AsSpan(staged));
            staged += bytes.Length;
        }

        Written += bytes.Length;
    }

    /// <summary>Makes all that was put durable; false when there was nothing.</summary>
    public bool Sync()
    {
        if (!unsynced)
        {
            return false;
        }

        Flush();
        file!.Sync();
        unsynced = false;
        return true;
    }

    /// <summary>Writes what is in the file from an offset on once more, so that the next sync cannot pass it over.</summary>
    public void WriteAgain(long from)
    {
        while (from < Written)
        {
            var count = file!.Read(from, staging.AsSpan(0, (int)Math.Min(staging.Length, Written - from)));
            if (count == 0)
            {
                throw new IOException($"The file ends at {from}; it was read up to {Written} before.");
            }

            WriteAll(from, staging.AsSpan(0, count));
            from += count;
            unsynced = true;
        }
    }

    private void Flush()
    {
        WriteAll(Written - staged, staging.AsSpan(0, staged));
        staged = 0;
    }

    private void WriteAll(long offset, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            var count = file!.Write(offset, bytes);
            if (count <= 0)
            {
                throw new IOException($"A write of {bytes.Length} bytes took none.");
            }

            offset += count;
            bytes = bytes[count..];
        }
    }
}
