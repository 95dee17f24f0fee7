namespace Tarn.Wire.Signing;

/// <summary>
/// A form by which a browser puts an object (S3's POST Object): the fields that came before its file. A feature of the exchange. Names are compared without case,
/// as S3 does.
/// </summary>
internal sealed class PostForm
{
    private readonly Dictionary<string, string> fields;

    /// <param name="fields">Each name once.</param>
    public PostForm(string bucket, IEnumerable<KeyValuePair<string, string>> fields)
    {
        Bucket = bucket;
        this.fields = new Dictionary<string, string>(fields, StringComparer.OrdinalIgnoreCase);
    }

    public string Bucket { get; }

    public IReadOnlyDictionary<string, string> Fields => fields;

    /// <summary>Bytes that the file must at least have; from the policy.</summary>
    public long LengthMin { get; private set; }

    /// <summary>Bytes that the file may have; from the policy.</summary>
    public long LengthMax { get; private set; } = long.MaxValue;

    /// <summary>Null when there is no such field.</summary>
    public string? this[string name] => fields.GetValueOrDefault(name);

    /// <summary>Whether the form says who sends it, in either version of signatures.</summary>
    public bool IsSigned => this["policy"] is not null || IsVersion4 || this["AWSAccessKeyId"] is not null || this["signature"] is not null;

    public bool IsVersion4 => this["x-amz-algorithm"] is not null || this["x-amz-credential"] is not null || this["x-amz-signature"] is not null;

    /// <summary>A field that the form has to have.</summary>
    public string Required(string name) => this[name] ?? throw PostFormErrors.MissingField(name);

    /// <summary>Narrows the length of the file; every range of a policy holds.</summary>
    public void RequireLength(long min, long max) => (LengthMin, LengthMax) = (Math.Max(LengthMin, min), Math.Min(LengthMax, max));
}
