using Tarn.Api.Kinesis;
using Tarn.Kinesis.Encryption;

namespace Tarn.Kinesis.Tests.Encryption;

public sealed class EncryptionOperationsTests
{
    private const string Id = "12345678-1234-1234-1234-123456789012";
    private const string KmsArn = "arn:aws:kms:us-east-1:123456789012:";

    private static StartStreamEncryptionInput Start(string key, string type = "KMS") => new() { StreamName = "s", EncryptionType = type, KeyId = key };

    private static StopStreamEncryptionInput Stop(string key, string type = "KMS") => new() { StreamName = "s", EncryptionType = type, KeyId = key };

    [Fact]
    public async Task Encryption_shows_the_key_that_was_named_and_starts_and_stops_25_times_a_day()
    {
        await using var kinesis = await (await TestKinesis.OpenAsync(configure: options => options.EncryptionChangesPerDayMax = 2)).WithStream();
        await kinesis.Fails(KinesisModel.StartStreamEncryption, Start("alias/a", "NONE"), "InvalidArgumentException");
        await kinesis.Fails(KinesisModel.StopStreamEncryption, Stop("alias/a", "NONE"), "InvalidArgumentException");
        for (var i = 0; i < 2; i++)
        {
            await kinesis.Call(KinesisModel.StartStreamEncryption, Start("alias/a"));
            Assert.Equal(("KMS", "alias/a"), ((await kinesis.Summary()).EncryptionType, (await kinesis.Summary()).KeyId));
            await kinesis.Call(KinesisModel.StopStreamEncryption, Stop("alias/a"));
            Assert.Equal(("NONE", null), ((await kinesis.Summary()).EncryptionType, (await kinesis.Summary()).KeyId));
        }

        await kinesis.Fails(KinesisModel.StartStreamEncryption, Start("alias/b"), "LimitExceededException");
        kinesis.Time.Advance(TimeSpan.FromHours(24));
        await kinesis.Call(KinesisModel.StartStreamEncryption, Start("alias/b"));
        Assert.Equal(25, new KinesisOptions().EncryptionChangesPerDayMax);
    }

    [Theory]
    [InlineData(Id)]
    [InlineData("mrk-1234abcd12ab34cd56ef1234567890ab")]
    [InlineData("alias/aws/kinesis")]
    [InlineData(KmsArn + "key/" + Id)]
    [InlineData(KmsArn + "alias/MyAliasName")]
    [InlineData("arn:aws:kms:us-east-1:999999999999:key/" + Id)]
    public async Task A_key_is_named_by_id_alias_or_the_ARN_of_either(string name)
    {
        await using var kinesis = await (await TestKinesis.OpenAsync()).WithStream();
        await kinesis.Call(KinesisModel.StartStreamEncryption, Start(name));
        Assert.Equal(name, (await kinesis.Summary()).KeyId);
    }

    [Theory]
    [InlineData("k", "Invalid keyId k")]
    [InlineData("aws/kinesis", "Invalid keyId aws/kinesis")]
    [InlineData("alias/", "Invalid keyId alias/")]
    [InlineData(Id + "0", "Invalid keyId " + Id + "0")]
    [InlineData(KmsArn + Id, "Invalid keyId " + KmsArn + Id)]
    [InlineData(KmsArn + "key/" + Id + "\n", "Invalid keyId " + KmsArn + "key/" + Id + "\n")]
    [InlineData("arn:aws:kms:eu-west-1:123456789012:key/" + Id, "Invalid arn eu-west-1")]
    public async Task A_name_that_no_key_can_have_is_not_found(string name, string message)
    {
        await using var kinesis = await (await TestKinesis.OpenAsync()).WithStream();
        await kinesis.Fails(KinesisModel.StartStreamEncryption, Start(name), "KMSNotFoundException", message);
        Assert.Equal("NONE", (await kinesis.Summary()).EncryptionType);
    }

    [Theory]
    [InlineData(Id, Id, true)]
    [InlineData(Id, KmsArn + "key/" + Id, true)]
    [InlineData(Id, "alias/orders", true)]
    [InlineData("alias/orders", KmsArn + "alias/orders", true)]
    [InlineData("alias/orders", "alias/payments", false)]
    [InlineData(Id, "22345678-1234-1234-1234-123456789012", false)]
    public async Task Encryption_is_stopped_by_a_name_that_may_be_its_keys(string started, string stopped, bool works)
    {
        await using var kinesis = await (await TestKinesis.OpenAsync()).WithStream();
        await kinesis.Call(KinesisModel.StartStreamEncryption, Start(started));
        if (works)
        {
            await kinesis.Call(KinesisModel.StopStreamEncryption, Stop(stopped));
        }
        else
        {
            await kinesis.Fails(KinesisModel.StopStreamEncryption, Stop(stopped), "InvalidArgumentException");
        }

        Assert.Equal(works ? "NONE" : "KMS", (await kinesis.Summary()).EncryptionType);
    }

    [Fact]
    public async Task Stopping_what_is_not_encrypted_changes_nothing_and_a_stream_that_is_UPDATING_is_in_use()
    {
        var delay = TimeSpan.FromSeconds(10);
        await using var kinesis = await (await TestKinesis.OpenAsync(delay)).WithStream();
        kinesis.Time.Advance(delay);
        await kinesis.Call(KinesisModel.StopStreamEncryption, Stop("alias/a"));
        Assert.Equal("ACTIVE", (await kinesis.Summary()).StreamStatus);
        await kinesis.Call(KinesisModel.StartStreamEncryption, Start("alias/a"));
        await kinesis.Fails(KinesisModel.StopStreamEncryption, Stop("alias/a"), "ResourceInUseException");
        await kinesis.Fails(KinesisModel.StartStreamEncryption, Start("alias/a"), "ResourceInUseException");
        kinesis.Time.Advance(delay);
        await kinesis.Call(KinesisModel.StopStreamEncryption, Stop("alias/a"));
        Assert.Equal("UPDATING", (await kinesis.Summary()).StreamStatus);
    }

    [Fact]
    public async Task A_change_that_could_not_be_stored_leaves_the_stream_as_it_was_and_can_be_made_again()
    {
        await using var kinesis = await (await TestKinesis.OpenAsync()).WithStream();
        await kinesis.ChangeStoreAsync(writer => DataKeyRows.Add(writer, new DataKeyRecord { Id = 1, Stream = "other", CreatedAt = TestKinesis.Start, Wrapped = [] }));
        await Assert.ThrowsAnyAsync<Exception>(() => kinesis.Call(KinesisModel.StartStreamEncryption, Start("alias/a")));
        Assert.Equal("NONE", (await kinesis.Summary()).EncryptionType);
        await kinesis.Call(KinesisModel.StartStreamEncryption, Start("alias/a"));
        Assert.Equal(2, (await kinesis.StoredAsync()).Settings.DataKeyId);
    }
}
