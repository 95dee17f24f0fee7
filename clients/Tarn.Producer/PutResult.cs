using Tarn.Clients.Kinesis;

namespace Tarn.Clients.Producer;

/// <summary>Where a user record is in the stream.</summary>
/// <param name="SubSequenceNumber">Its place in the Kinesis record, from 0. With the sequence number it names the user record.</param>
/// <param name="Attempts">Every attempt; the last is the one that succeeded. At most the last <see cref="PutAttempt.KeptMax"/>.</param>
public sealed record PutResult(string ShardId, string SequenceNumber, long SubSequenceNumber, IReadOnlyList<PutAttempt> Attempts);

/// <summary>One time that a record was sent.</summary>
/// <param name="Duration">From the request to its answer, or to what was no answer.</param>
/// <param name="ErrorCode">AWS's code, one of <see cref="KinesisException"/>'s constants, or `WrongShard`; null when it succeeded.</param>
public sealed record PutAttempt(DateTimeOffset StartedAt, TimeSpan Duration, string? ErrorCode, string? ErrorMessage)
{
    /// <summary>Attempts of a record that are kept.</summary>
    public const int KeptMax = 100;

    /// <summary>
    /// The record landed, in an aggregate with others, in a shard to which not all of them belong, because the stream was resharded meanwhile. Readers drop such an aggregate, and all of it is put again.
    /// </summary>
    public const string WrongShardCode = "WrongShard";
}

/// <summary>A record that could not be put, with all that was tried. It may be in the stream nevertheless when an attempt had no answer.</summary>
public sealed class RecordFailedException : Exception
{
    /// <summary>The code of a record that reached its RecordTtl.</summary>
    public const string ExpiredCode = "Expired";

    /// <summary>The code of a record that was left when the producer stopped.</summary>
    public const string StoppedCode = "ProducerStopped";

    internal RecordFailedException(string code, string message, IReadOnlyList<PutAttempt> attempts, Exception? inner)
        : base(message, inner)
    {
        Code = code;
        Attempts = attempts;
    }

    /// <summary>Why it is not tried again: AWS's code of the refusal, or one of the constants here.</summary>
    public string Code { get; }

    /// <summary>In the order of time; empty when it was never sent.</summary>
    public IReadOnlyList<PutAttempt> Attempts { get; }
}

/// <summary>Too many calls wait for room already (<see cref="ProducerOptions.WaitingPutsMax"/>).</summary>
public sealed class ProducerFullException : Exception
{
    internal ProducerFullException(int waitingMax)
        : base($"{waitingMax} puts wait for room already. Await the puts, or give the producer more room (OutstandingRecordsMax, OutstandingBytesMax).")
    {
    }
}
