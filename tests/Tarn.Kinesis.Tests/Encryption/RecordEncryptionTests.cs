using System.Globalization;
using System.Text.Json.Nodes;

namespace Tarn.Kinesis.Tests.Encryption;

/// <summary>Records of streams that are encrypted, were, or become so: in the log's files, through restarts, and under the hands of who puts them.</summary>
public sealed class RecordEncryptionTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Records_are_encrypted_on_disk_with_the_key_of_their_time_and_read_after_every_change_and_restart()
    {
        await using var kinesis = await DiskKinesis.OpenAsync();
        await kinesis.CreateAsync("s");
        Assert.Equal("clear", await kinesis.PutAsync("s", "clear-before"));
        await kinesis.EncryptAsync("s");
        Assert.Equal("KMS", await kinesis.PutAsync("s", "secret-one", "partition-one"));
        await kinesis.EncryptAsync("s", "alias/other");
        Assert.Equal("KMS", await kinesis.PutAsync("s", "secret-two", "partition-two"));
        await kinesis.RestartAsync();
        Assert.Equal("KMS", await kinesis.PutAsync("s", "secret-two-again"));
        await kinesis.StopEncryptionAsync("s", "alias/other");
        Assert.Equal("clear", await kinesis.PutAsync("s", "clear-after"));
        await kinesis.EncryptAsync("s");
        await kinesis.PutAsync("s", "secret-three");

        string[] all = ["clear-before clear", "secret-one KMS", "secret-two KMS", "secret-two-again KMS", "clear-after clear", "secret-three KMS"];
        Assert.Equal(all, await kinesis.ReadAsync("s"));
        await kinesis.RestartAsync();
        Assert.Equal(all, await kinesis.ReadAsync("s"));

        Assert.Equal((1, 1), (kinesis.CountOnDisk("clear-before"), kinesis.CountOnDisk("clear-after")));
        Assert.Equal((0, 0), (kinesis.CountOnDisk("secret-"), kinesis.CountOnDisk("partition-")));
        Assert.Equal([1, 2, 3], await kinesis.KeysAsync());
        var frames = kinesis.Dump().Split('\n').Where(line => line.Contains("records   shard", StringComparison.Ordinal)).Select(line => line[(line.IndexOf("bytes", StringComparison.Ordinal) + 5)..]);
        Assert.Equal(["", ", key 1", ", key 2", ", key 2", "", ", key 3"], frames);
        Assert.Equal(32, (await File.ReadAllBytesAsync(kinesis.MasterKeyFile, Token)).Length);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(kinesis.MasterKeyFile));
    }

    [Fact]
    public async Task A_deleted_stream_takes_its_keys_with_it_and_then_needs_no_master_key()
    {
        await using var kinesis = await DiskKinesis.OpenAsync();
        await kinesis.CreateAsync("s");
        await kinesis.CreateAsync("t");
        await kinesis.EncryptAsync("s");
        await kinesis.EncryptAsync("t");
        await kinesis.EncryptAsync("s");
        await kinesis.PutAsync("s", "secret");
        await kinesis.CallAsync("DeleteStream", new JsonObject { ["StreamName"] = "s" });
        Assert.Equal([2], await kinesis.KeysAsync());
        await kinesis.CallAsync("DeleteStream", new JsonObject { ["StreamName"] = "t" });
        Assert.Empty(await kinesis.KeysAsync());

        await kinesis.StopAsync();
        File.Delete(kinesis.MasterKeyFile);
        await kinesis.StartAsync();
        await kinesis.CreateAsync("s");
        await kinesis.EncryptAsync("s");
        await kinesis.PutAsync("s", "new secret");
        Assert.Equal(["new secret KMS"], await kinesis.ReadAsync("s"));

        // Ids are never used twice: frames of the first three may still be in the log.
        Assert.Equal([4], await kinesis.KeysAsync());
    }

    [Fact]
    public async Task A_key_is_dropped_when_the_retention_of_its_last_record_has_passed()
    {
        await using var kinesis = await DiskKinesis.OpenAsync();
        await kinesis.CreateAsync("s");
        await kinesis.EncryptAsync("s");
        await kinesis.PutAsync("s", "first");
        await kinesis.EncryptAsync("s");
        await kinesis.PutAsync("s", "second");
        kinesis.Time.Advance(TimeSpan.FromHours(24));
        await kinesis.PutAsync("s", "third");
        Assert.Equal([1, 2], await kinesis.KeysAsync());
        await kinesis.RestartAsync();
        kinesis.Time.Advance(TimeSpan.FromHours(1));

        // The loop that frees runs by the clock: each turn is a minute.
        for (var turn = 0; await kinesis.KeysAsync() is { Count: 2 }; turn++)
        {
            Assert.True(turn < 1_000, "the replaced key is not freed");
            kinesis.Time.Advance(kinesis.Options.SweepInterval);
            await Task.Delay(TimeSpan.FromMilliseconds(10), Token);
        }

        Assert.Equal([2], await kinesis.KeysAsync());
        Assert.Equal(["third KMS"], await kinesis.ReadAsync("s"));
        await kinesis.RestartAsync();
        Assert.Equal(["third KMS"], await kinesis.ReadAsync("s"));
    }

    [Fact]
    public async Task While_a_stream_is_UPDATING_records_are_put_as_before_and_when_it_is_ACTIVE_as_asked()
    {
        var delay = TimeSpan.FromSeconds(10);
        await using var kinesis = await DiskKinesis.OpenAsync(delay);
        await kinesis.CreateAsync("s");
        kinesis.Time.Advance(delay);
        await kinesis.EncryptAsync("s");
        Assert.Equal("clear", await kinesis.PutAsync("s", "one"));
        Assert.Equal(("UPDATING", "NONE", null), await DescribeAsync(kinesis));
        await kinesis.RestartAsync();
        kinesis.Time.Advance(delay);
        Assert.Equal("KMS", await kinesis.PutAsync("s", "two"));
        Assert.Equal(("ACTIVE", "KMS", "alias/orders"), await DescribeAsync(kinesis));
        await kinesis.StopEncryptionAsync("s");
        Assert.Equal("KMS", await kinesis.PutAsync("s", "three"));
        Assert.Equal(("UPDATING", "KMS", "alias/orders"), await DescribeAsync(kinesis));
        kinesis.Time.Advance(delay);
        Assert.Equal("clear", await kinesis.PutAsync("s", "four"));
        Assert.Equal(("ACTIVE", "NONE", null), await DescribeAsync(kinesis));
        Assert.Equal(["one clear", "two KMS", "three KMS", "four clear"], await kinesis.ReadAsync("s"));
    }

    [Fact]
    public async Task Puts_under_way_never_fail_and_a_put_that_begins_after_the_answer_is_as_the_answer_says()
    {
        const int Changes = 12;
        await using var kinesis = await DiskKinesis.OpenAsync();
        await kinesis.CreateAsync("s");
        using var stopping = new CancellationTokenSource();
        var expected = new System.Collections.Concurrent.ConcurrentBag<string>();
        async Task PutAllAsync(int writer)
        {
            for (var i = 0; !stopping.IsCancellationRequested; i++)
            {
                var data = string.Create(CultureInfo.InvariantCulture, $"background-{writer}-{i}");
                expected.Add($"{data} {await kinesis.PutAsync("s", data)}");
            }
        }

        var writers = Enumerable.Range(0, 3).Select(writer => Task.Run(() => PutAllAsync(writer), Token)).ToList();
        for (var i = 0; i < Changes; i++)
        {
            await kinesis.EncryptAsync("s");
            expected.Add($"on-{i} KMS");
            Assert.Equal("KMS", await kinesis.PutAsync("s", $"on-{i}"));
            await kinesis.StopEncryptionAsync("s");
            expected.Add($"off-{i} clear");
            Assert.Equal("clear", await kinesis.PutAsync("s", $"off-{i}"));
        }

        await stopping.CancelAsync();
        await Task.WhenAll(writers);
        Assert.Equal(expected.Order(), (await kinesis.ReadAsync("s")).Order());
        await kinesis.RestartAsync();
        Assert.Equal(expected.Order(), (await kinesis.ReadAsync("s")).Order());
    }

    private static async Task<(string Status, string Encryption, string? Key)> DescribeAsync(DiskKinesis kinesis)
    {
        var description = (await kinesis.CallAsync("DescribeStream", new JsonObject { ["StreamName"] = "s" }))["StreamDescription"]!;
        var summary = (await kinesis.CallAsync("DescribeStreamSummary", new JsonObject { ["StreamName"] = "s" }))["StreamDescriptionSummary"]!;
        var shown = ((string)description["StreamStatus"]!, (string)description["EncryptionType"]!, (string?)description["KeyId"]);
        Assert.Equal(shown, ((string)summary["StreamStatus"]!, (string)summary["EncryptionType"]!, (string?)summary["KeyId"]));
        return shown;
    }
}
