namespace Tarn.Clients.Kinesis.Credentials;

/// <summary>A profile of the file that the AWS CLI writes (`~/.aws/credentials`). The file is read again when it has changed.</summary>
public sealed class SharedFileCredentials(string path, string profile) : ICredentialsProvider
{
    private Found? found;

    public static SharedFileCredentials OfEnvironment() => new(
        Environment.GetEnvironmentVariable("AWS_SHARED_CREDENTIALS_FILE") is { Length: > 0 } path
            ? path
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".aws", "credentials"),
        Environment.GetEnvironmentVariable("AWS_PROFILE") is { Length: > 0 } profile ? profile : "default");

    /// <exception cref="InvalidOperationException">There is no such file or profile, or the profile has no key.</exception>
    public async ValueTask<AwsCredentials> GetAsync(CancellationToken cancellationToken)
    {
        // A file that is not there has a time of its own (the year 1601), so one that appears later is seen.
        var written = File.GetLastWriteTimeUtc(path);
        if (found is { } known && known.Written == written)
        {
            return known.Credentials;
        }

        if (!File.Exists(path))
        {
            throw new InvalidOperationException($"There is no access key: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set, and {path} does not exist.");
        }

        var credentials = Parse(await File.ReadAllLinesAsync(path, cancellationToken).ConfigureAwait(false));
        found = new Found(written, credentials);
        return credentials;
    }

    private AwsCredentials Parse(string[] lines)
    {
        var section = "";
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in lines.Select(line => line.Trim()))
        {
            if (line.StartsWith('[') && line.EndsWith(']'))
            {
                section = line[1..^1].Trim();
            }
            else if (section == profile && !line.StartsWith('#') && line.IndexOf('=') is > 0 and var equals)
            {
                values[line[..equals].Trim()] = line[(equals + 1)..].Trim();
            }
        }

        return values.TryGetValue("aws_access_key_id", out var id) && values.TryGetValue("aws_secret_access_key", out var secret)
            ? new AwsCredentials(id, secret, values.GetValueOrDefault("aws_session_token"))
            : throw new InvalidOperationException($"The profile '{profile}' of {path} has no aws_access_key_id and aws_secret_access_key.");
    }

    private sealed record Found(DateTime Written, AwsCredentials Credentials);
}
