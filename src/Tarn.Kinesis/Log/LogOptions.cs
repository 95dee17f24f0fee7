using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Tarn.Kinesis.Log;

/// <summary>Limits of the log and what it takes from outside.</summary>
public sealed class StreamLogOptions
{
    /// <summary>Bytes of a segment file; 64 MiB. At least two of the largest frames, at most 1 GiB.</summary>
    public int SegmentBytes { get; set; } = 64 << 20;

    /// <summary>Largest payload of a frame, which is what one append has for one shard, in bytes; 16 MiB.</summary>
    public int FrameBytesMax { get; set; } = 16 << 20;

    /// <summary>Memory for the newest frames, which readers get without touching the disk, in bytes; 32 MiB. 0: all reads are from the file.</summary>
    public long RingBytesMax { get; set; } = 32 << 20;

    /// <summary>Memory of frames that is kept for the next ones, in bytes; 16 MiB.</summary>
    public long IdleBytesMax { get; set; } = 16 << 20;

    /// <summary>Bytes of appends that wait for the writer; 64 MiB. Who comes when it is full waits.</summary>
    public long QueueBytesMax { get; set; } = 64 << 20;

    /// <summary>Appends that wait for the writer; 4,096.</summary>
    public int QueueCountMax { get; set; } = 4096;

    /// <summary>Bytes that share one sync; 8 MiB, and a frame more.</summary>
    public int CommitBytesMax { get; set; } = 8 << 20;

    /// <summary>Memory for the indexes of sealed segments, in bytes; 16 MiB. They are read again when they are needed.</summary>
    public long IndexCacheBytesMax { get; set; } = 16 << 20;

    /// <summary>
    /// How much of the newest sealed segments the system may keep in its page cache, in bytes; 256 MiB. Older ones are read from the disk: a stream of records would else push everything
    /// out of memory that is read again and again.
    /// </summary>
    public long CachedBytesMax { get; set; } = 256 << 20;

    /// <summary>Pre-written files that are kept for the next segments; 2.</summary>
    public int SparesMax { get; set; } = 2;

    /// <summary>Shards that have records; 200,000. Their state stands at the start of each segment and may take half of it.</summary>
    public int ShardsMax { get; set; } = 200_000;

    /// <summary>How often segments whose records have expired are looked for; a minute.</summary>
    public TimeSpan MaintenanceInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Bytes at the end of a segment that records leave to deletions and horizons; 64 KiB, or a sixteenth of a small segment. On a full disk these make room, so they must not need any; 64 KiB
    /// are enough for the horizons of 4,000 shards at a time, or for the deletion of 8,000.
    /// </summary>
    internal int ReservedBytes => Math.Min(64 << 10, SegmentBytes / 16);

    /// <summary>The clock of arrival times and of retention.</summary>
    public TimeProvider Clock { get; set; } = TimeProvider.System;

    /// <summary>
    /// The data key of an id, 32 bytes, in the same array at each call; null when it is unknown, which is fine for a shard that has been deleted. Called on threads of appends and
    /// reads, so it answers from memory.
    /// </summary>
    public Func<int, byte[]?> DataKey { get; set; } = _ => null;

    /// <summary>Where the maintenance says what it could not do.</summary>
    public ILogger Logger { get; set; } = NullLogger.Instance;

    /// <summary>Fills salts and nonces; nonces must be unpredictable outside of tests.</summary>
    internal RandomFill Random { get; set; } = RandomNumberGenerator.Fill;

    /// <summary>Whether the log has a writer thread and a maintenance loop of its own. A simulation turns them by hand.</summary>
    internal bool OwnThreads { get; set; } = true;

    internal void Check()
    {
        if (SegmentBytes > 1 << 30 || FrameBytesMax < 64 || SegmentBytes < 2L * (FrameHeader.Total(FrameBytesMax) + FrameHeader.Bytes))
        {
            throw new ArgumentException($"A segment must hold two of the largest frames and have at most 1 GiB; SegmentBytes is {SegmentBytes}, FrameBytesMax {FrameBytesMax}.");
        }
    }
}

internal delegate void RandomFill(Span<byte> bytes);
