namespace Tarn.Kinesis.Tests.Simulation;

/// <summary>The members of a structure as a client sees them: text, <see cref="long"/>, <see cref="bool"/>, bytes, times, lists and structures. To ask for one that is not there fails.</summary>
internal sealed class Members : Dictionary<string, object>
{
    public string Text(string name) => (string)this[name];

    public string? TextOrNull(string name) => TryGetValue(name, out var value) ? (string)value : null;

    public long Number(string name) => (long)this[name];

    public byte[] Bytes(string name) => (byte[])this[name];

    public DateTimeOffset Time(string name) => (DateTimeOffset)this[name];

    /// <summary>Of a record, or of the answer to a put.</summary>
    public bool IsEncrypted => TextOrNull("EncryptionType") == "KMS";

    public Members Structure(string name) => (Members)this[name];

    public IReadOnlyList<Members> List(string name) => [.. ((List<object>)this[name]).Cast<Members>()];

    public KeyValuePair<string, object>[] Shuffled(Random random)
    {
        var members = this.ToArray();
        random.Shuffle(members);
        return members;
    }
}
