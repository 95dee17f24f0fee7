namespace Tarn.Kinesis.Log;

/// <summary>Something is wrong with the log as a whole. Expected outcomes of one append are values, not exceptions (<see cref="FrameOutcome"/>).</summary>
public abstract class StreamLogException(string message, Exception? cause) : Exception(message, cause);

/// <summary>Bytes of the log that were acknowledged cannot be right. Nothing is repaired or skipped; the message names file, offset, expected and found.</summary>
public sealed class LogDamagedException(string file, long offset, string finding, Exception? cause = null)
    : StreamLogException($"The stream log is damaged: {file} at offset {offset}: {finding}", cause)
{
    public string File { get; } = file;

    /// <summary>Bytes from the start of the file.</summary>
    public long Offset { get; } = offset;
}

/// <summary>
/// A write or a sync failed, and what is on disk behind the last acknowledged record is unknown. All further writes fail with this until the process starts again; what was
/// acknowledged can still be read.
/// </summary>
public sealed class LogFailedException(string message, Exception? cause) : StreamLogException(message, cause);

/// <summary>There was no room for the next segment. Nothing of the append was written, or not all of its frames were: each frame says so. It may be tried again.</summary>
public sealed class LogFullException(string message, Exception? cause) : StreamLogException(message, cause);

/// <summary>A data key that records are, or are to be, encrypted with is not there.</summary>
public sealed class LogKeyMissingException(int keyId) : StreamLogException($"The stream log was given no data key with the id {keyId}.", null);

/// <summary>The log is being closed.</summary>
public sealed class LogClosedException() : StreamLogException("The stream log is closed.", null);

/// <summary>The shard was never opened in this process, or it has been deleted.</summary>
public sealed class LogShardGoneException(long shard) : StreamLogException($"The stream log has no shard {shard}.", null);
