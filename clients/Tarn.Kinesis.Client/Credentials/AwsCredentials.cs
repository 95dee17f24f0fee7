namespace Tarn.Clients.Kinesis.Credentials;

/// <summary>An access key. The session token is null for a key that does not expire.</summary>
public sealed record AwsCredentials(string AccessKeyId, string SecretAccessKey, string? SessionToken)
{
    /// <summary>The id alone: a secret must not reach a log by way of a record's ToString.</summary>
    public override string ToString() => AccessKeyId;
}

/// <summary>Gives the key that signs a request. Asked for every request, so an implementation over a slow source keeps what it found.</summary>
public interface ICredentialsProvider
{
    /// <exception cref="InvalidOperationException">There is no key. The call fails with <see cref="KinesisException.CredentialsCode"/>, as it does for failures of files and of HTTP.</exception>
    ValueTask<AwsCredentials> GetAsync(CancellationToken cancellationToken);
}

/// <summary>One key that was given.</summary>
public sealed class StaticCredentials(string accessKeyId, string secretAccessKey, string? sessionToken = null) : ICredentialsProvider
{
    private readonly AwsCredentials credentials = new(accessKeyId, secretAccessKey, sessionToken);

    public ValueTask<AwsCredentials> GetAsync(CancellationToken cancellationToken) => ValueTask.FromResult(credentials);
}
