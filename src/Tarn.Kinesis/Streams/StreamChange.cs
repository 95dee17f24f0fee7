namespace Tarn.Kinesis.Streams;

/// <summary>What an operation decided to do with a stream that is ACTIVE. Members that are null stay as they are.</summary>
internal sealed record StreamChange
{
    public StreamSettings? Settings { get; init; }

    /// <summary>Whether <see cref="Settings"/> get a new data key, which is made and stored with the change.</summary>
    public bool NewDataKey { get; init; }

    public Reshard? Reshard { get; init; }

    public CallHistory? Calls { get; init; }
}
