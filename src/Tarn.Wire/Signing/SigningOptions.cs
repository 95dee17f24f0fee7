namespace Tarn.Wire.Signing;

/// <summary>How requests are let in.</summary>
public enum AuthMode
{
    /// <summary>Every request must carry a valid signature.</summary>
    Signed,

    /// <summary><c>--auth open</c>: any access key, and none at all, is taken and no signature is checked. Loopback only.</summary>
    Open,
}

/// <summary>Settings of signature verification.</summary>
public sealed class SigningOptions
{
    /// <summary>Default: <see cref="AuthMode.Signed"/>.</summary>
    public AuthMode Mode { get; init; } = AuthMode.Signed;

    /// <summary>
    /// The access keys of this server. Default: none, and then the key <c>test</c> with secret <c>test</c> works, as does any account id
    /// with secret <c>test</c>, on loopback only.
    /// </summary>
    public IReadOnlyList<AccessKeyOptions> AccessKeys { get; init; } = [];

    /// <summary>
    /// The largest body, in bytes, that is read ahead to hash it, for services whose clients sign the body without sending its hash
    /// (all but S3). Default: 16 MiB; 1 KiB to 1 GiB.
    /// </summary>
    public long SignedBodyBytesMax { get; init; } = 16 * 1024 * 1024;

    /// <summary>Derived signing keys kept in memory: one per access key, day, region and service in use. Default: 1,024.</summary>
    public int SigningKeysCachedMax { get; init; } = 1024;
}

/// <summary>One configured access key: an entry of <c>accessKeys</c> in tarn.json.</summary>
public sealed class AccessKeyOptions
{
    /// <summary>The access key id: 3 to 128 letters, digits or underscores, as in AWS; must not begin with <c>ASIA</c>, which marks temporary keys.</summary>
    public required string Id { get; init; }

    /// <summary>The secret access key, at least one character.</summary>
    public required string Secret { get; init; }

    /// <summary>12 digits. Default: the id where that is an account id, else <c>000000000000</c>.</summary>
    public string? Account { get; init; }

    /// <summary>The IAM user that the caller is. Default: none, the account's root.</summary>
    public string? User { get; init; }
}
