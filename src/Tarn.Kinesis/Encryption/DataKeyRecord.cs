namespace Tarn.Kinesis.Encryption;

/// <summary>A data key of a stream as it is stored: wrapped with the master key. Frames of the log carry its id.</summary>
internal sealed record DataKeyRecord
{
    /// <summary>1 and up, unique for ever.</summary>
    public required int Id { get; init; }

    /// <summary>The id of the stream whose records it encrypts.</summary>
    public required string Stream { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>docs/formats/data-key.md.</summary>
    public required byte[] Wrapped { get; init; }
}
