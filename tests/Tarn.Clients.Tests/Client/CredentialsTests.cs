using Tarn.Clients.Kinesis;
using Tarn.Clients.Kinesis.Credentials;

namespace Tarn.Clients.Tests.Client;

public sealed class CredentialsTests : IDisposable
{
    private readonly string path = Path.GetTempFileName();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => File.Delete(path);

    [Fact]
    public async Task A_profile_of_the_shared_file_is_read_and_again_when_it_has_changed()
    {
        await File.WriteAllTextAsync(path, "[default]\naws_access_key_id = other\naws_secret_access_key = other\n\n# mine\n[work]\naws_access_key_id=AKID\naws_secret_access_key = a=b\naws_session_token = token\n", Token);
        File.SetLastWriteTimeUtc(path, new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        var provider = new SharedFileCredentials(path, "work");
        Assert.Equal(new AwsCredentials("AKID", "a=b", "token"), await provider.GetAsync(Token));
        await File.WriteAllTextAsync(path, "[work]\naws_access_key_id=NEW\naws_secret_access_key = c\n", Token);
        Assert.Equal(new AwsCredentials("NEW", "c", null), await provider.GetAsync(Token));
    }

    [Fact]
    public async Task A_call_without_a_key_says_where_it_was_looked_for()
    {
        await File.WriteAllTextAsync(path, "[default]\n", Token);
        using var client = new KinesisClient(new KinesisClientOptions { Endpoint = new Uri("http://127.0.0.1:1"), Credentials = new SharedFileCredentials(path, "default") });
        var failure = await Assert.ThrowsAsync<KinesisException>(() => client.ListShardsAsync("events", null, Token));
        Assert.Equal((KinesisException.CredentialsCode, false), (failure.Code, failure.MayBeRetried));
        Assert.Contains(path, failure.Message);
    }

    [Fact]
    public void A_secret_does_not_reach_a_log_by_way_of_ToString() => Assert.DoesNotContain("secret", $"{new AwsCredentials("id", "secret", "secret")}");
}
