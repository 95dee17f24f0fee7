using Tarn.Kinesis.Log.Files;

namespace Tarn.Kinesis.Log;

/// <summary>
/// One file of the log. Readers acquire it for the time of a read; a segment that was dropped is recycled or deleted only when nobody holds it, so that no reader sees
/// another segment's bytes.
/// </summary>
internal sealed class Segment(uint number, ulong salt, ILogFolder folder)
{
    private readonly Lock gate = new();
    private ILogFile? file;
    private int holders;
    private bool keepOpen;
    private volatile bool isSealed;

    public uint Number { get; } = number;

    public ulong Salt { get; } = salt;

    public string Name { get; } = SegmentNames.Segment(number);

    /// <summary>Offset of the end frame; what it is before the segment is sealed, only the writer knows.</summary>
    public long End { get; private set; }

    public bool IsSealed => isSealed;

    public bool HasIndexFile { get; set; }

    /// <summary>Whether the system was told that the file need not be in memory. Only the maintenance touches it.</summary>
    public bool IsCacheReleased { get; set; }

    /// <summary>What each shard has here. The writer adds; others read it once the segment is sealed.</summary>
    public Dictionary<long, ShardRun> Runs { get; } = [];

    /// <summary>The open file, which stays open until as many calls of <see cref="Release"/>.</summary>
    public ILogFile Acquire()
    {
        lock (gate)
        {
            file ??= folder.Open(Name, write: false);
            holders++;
            return file;
        }
    }

    public void Release()
    {
        lock (gate)
        {
            holders--;
            if (holders == 0 && !keepOpen)
            {
                file?.Dispose();
                file = null;
            }
        }
    }

    public bool IsHeld
    {
        get
        {
            lock (gate)
            {
                return holders > 0;
            }
        }
    }

    /// <summary>Gives the writer's file to readers too.</summary>
    public void Opened(ILogFile opened)
    {
        lock (gate)
        {
            file = opened;
            keepOpen = true;
        }
    }

    public void Seal(long end)
    {
        End = end;
        isSealed = true;
    }

    /// <summary>Whether the file stays open between reads.</summary>
    public void KeepOpen(bool keep)
    {
        lock (gate)
        {
            keepOpen = keep;
            if (!keep && holders == 0)
            {
                file?.Dispose();
                file = null;
            }
        }
    }
}

/// <summary>File names of the log.</summary>
internal static class SegmentNames
{
    private const string SegmentPrefix = "segment-", SparePrefix = "spare-", LogSuffix = ".wal", IndexSuffix = ".index";
    public const string UnfinishedSuffix = ".tmp";

    public static string Segment(uint number) => $"{SegmentPrefix}{number:x16}{LogSuffix}";

    public static string Index(uint number) => $"{SegmentPrefix}{number:x16}{IndexSuffix}";

    public static string Spare(uint number) => $"{SparePrefix}{number:x16}{LogSuffix}";

    public static bool IsSegment(string name, out uint number) => Is(name, SegmentPrefix, LogSuffix, out number);

    public static bool IsIndex(string name, out uint number) => Is(name, SegmentPrefix, IndexSuffix, out number);

    public static bool IsSpare(string name, out uint number) => Is(name, SparePrefix, LogSuffix, out number);

    private static bool Is(string name, string prefix, string suffix, out uint number)
    {
        number = 0;
        return name.StartsWith(prefix, StringComparison.Ordinal) && name.EndsWith(suffix, StringComparison.Ordinal) &&
            name.Length == prefix.Length + 16 + suffix.Length &&
            uint.TryParse(name.AsSpan(prefix.Length, 16), System.Globalization.NumberStyles.AllowHexSpecifier, null, out number);
    }
}
