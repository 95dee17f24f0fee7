namespace Tarn.Clients.Kinesis.Credentials;

/// <summary>
/// AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN; when they are not set, the profile AWS_PROFILE (or `default`) of the shared credentials file. Roles, single sign-on and
/// the metadata service of a host are not looked up: give an <see cref="ICredentialsProvider"/> for those.
/// </summary>
public sealed class DefaultCredentials : ICredentialsProvider
{
    private SharedFileCredentials? file;

    public ValueTask<AwsCredentials> GetAsync(CancellationToken cancellationToken)
    {
        if (Environment.GetEnvironmentVariable("AWS_ACCESS_KEY_ID") is { Length: > 0 } id
            && Environment.GetEnvironmentVariable("AWS_SECRET_ACCESS_KEY") is { Length: > 0 } secret)
        {
            var token = Environment.GetEnvironmentVariable("AWS_SESSION_TOKEN");
            return ValueTask.FromResult(new AwsCredentials(id, secret, string.IsNullOrEmpty(token) ? null : token));
        }

        file ??= SharedFileCredentials.OfEnvironment();
        return file.GetAsync(cancellationToken);
    }
}
