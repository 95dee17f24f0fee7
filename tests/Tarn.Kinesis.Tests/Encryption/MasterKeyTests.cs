using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Tarn.Kinesis.Encryption;
using Tarn.Kinesis.Streams;
using Tarn.Store;

namespace Tarn.Kinesis.Tests.Encryption;

/// <summary>Where the master key comes from, what is stored of it and of data keys, and what a start says when one of them cannot be right.</summary>
public sealed class MasterKeyTests
{
    private static readonly byte[] Secret = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Made by another implementation of AES-GCM and HMAC from docs/formats/data-key.md.</summary>
    [Fact]
    public void A_wrapped_data_key_is_stored_as_it_always_was()
    {
        const string Stored =
            """{"id":7,"stream":"abc","createdAt":"2026-03-04T05:06:07+00:00","wrapped":"AaPiiMX1lX+JAAECAwQFBgcICQoLm1nXezKrRQLbW7j/7g3/sr3zjNUaiAfI2ynRYOqqPCWRUHEErO2O34ShBVyOx2EB"}""";
        var key = JsonSerializer.Deserialize(Stored, KinesisJson.Default.DataKeyRecord)!;
        Assert.Equal(Unescaped(Stored), Unescaped(JsonSerializer.Serialize(key, KinesisJson.Default.DataKeyRecord)));
        var master = new MasterKey(Secret, "the test");
        Assert.Equal("a3e288c5f5957f89", master.Id);
        Assert.Equal("a3e288c5f5957f89", MasterKey.IdIn(key));
        Assert.Equal(Enumerable.Repeat((byte)0xab, 32), master.Unwrap(key));
    }

    [Fact]
    public void What_was_wrapped_opens_for_its_own_id_and_stream_and_in_no_other_form()
    {
        var master = new MasterKey(Secret, "the test");
        var dataKey = RandomNumberGenerator.GetBytes(32);
        var key = new DataKeyRecord { Id = 3, Stream = "abc", CreatedAt = TestKinesis.Start, Wrapped = master.Wrap(dataKey, 3, "abc") };
        Assert.Equal(dataKey, master.Unwrap(key));
        Assert.NotEqual(key.Wrapped, master.Wrap(dataKey, 3, "abc"));
        Assert.Throws<EncryptionKeyException>(() => master.Unwrap(key with { Id = 4 }));
        Assert.Throws<EncryptionKeyException>(() => master.Unwrap(key with { Stream = "abd" }));
        Assert.Throws<EncryptionKeyException>(() => master.Unwrap(key with { Wrapped = key.Wrapped[..^1] }));
        for (var at = 0; at < key.Wrapped.Length; at++)
        {
            var changed = key.Wrapped.ToArray();
            changed[at] ^= 0x10;
            Assert.Throws<EncryptionKeyException>(() => master.Unwrap(key with { Wrapped = changed }));
        }
    }

    [Fact]
    public void A_key_is_given_in_the_settings_or_a_file_in_hexadecimal_or_base64()
    {
        var folder = Directory.CreateTempSubdirectory("tarn-master-key-").FullName;
        try
        {
            var file = Path.Combine(folder, "given");
            string? Id(KinesisOptions options) => new MasterKeySource(options, Path.Combine(folder, "master.key")).Find()?.Id;
            Assert.Null(Id(new KinesisOptions()));
            foreach (var text in new[] { Convert.ToHexString(Secret), Convert.ToHexStringLower(Secret), Convert.ToBase64String(Secret), $" {Convert.ToBase64String(Secret)}\n" })
            {
                Assert.Equal("a3e288c5f5957f89", Id(new KinesisOptions { MasterKey = text }));
                File.WriteAllText(file, text);
                Assert.Equal("a3e288c5f5957f89", Id(new KinesisOptions { MasterKeyFile = file }));
            }

            var made = new MasterKeySource(new KinesisOptions(), Path.Combine(folder, "master.key")).FindOrMake();
            Assert.Equal(made.Id, Id(new KinesisOptions()));
            File.Copy(Path.Combine(folder, "master.key"), file, overwrite: true);
            Assert.Equal(made.Id, Id(new KinesisOptions { MasterKeyFile = file }));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("hunter2-hunter2-hunter2-hunter2-")]
    [InlineData("000102030405060708090a0b0c0d0e0f")]
    [InlineData("AAECAwQFBgcICQoLDA0ODw==")]
    [InlineData("not a key")]
    public void What_is_no_key_is_refused_without_being_repeated(string text)
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, text);
            foreach (var options in new KinesisOptions[] { new() { MasterKey = text }, new() { MasterKeyFile = file } })
            {
                var message = Assert.Throws<EncryptionKeyException>(() => new MasterKeySource(options, "/nowhere/master.key").FindOrMake()).Message;
                Assert.Equal($"{options.MasterKeyFile ?? "kinesis.masterKey"} is not a master key: it must be 32 bytes, in hexadecimal or base64.", message);
            }
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void Two_keys_and_a_file_that_is_not_there_are_refused()
    {
        static string Refusal(KinesisOptions options) => Assert.Throws<EncryptionKeyException>(() => new MasterKeySource(options, "/nowhere/master.key").Find()).Message;
        Assert.StartsWith("kinesis.masterKey (TARN_KINESIS_MASTER_KEY) and kinesis.masterKeyFile are both given.", Refusal(new KinesisOptions { MasterKey = Convert.ToHexString(Secret), MasterKeyFile = "f" }), StringComparison.Ordinal);
        Assert.StartsWith("kinesis.masterKeyFile: /nowhere/given cannot be read: ", Refusal(new KinesisOptions { MasterKeyFile = "/nowhere/given" }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_start_without_the_right_master_key_names_it_and_a_start_with_it_reads_everything()
    {
        await using var kinesis = await DiskKinesis.OpenAsync();
        kinesis.Options.MasterKey = Convert.ToHexString(Secret);
        await kinesis.RestartAsync();
        await kinesis.CreateAsync("s");
        await kinesis.EncryptAsync("s");
        await kinesis.PutAsync("s", "secret");
        Assert.False(File.Exists(kinesis.MasterKeyFile));
        await kinesis.StopAsync();

        kinesis.Options.MasterKey = null;
        Assert.Equal(
            $"Streams are encrypted with the master key a3e288c5f5957f89, which is not there: no setting gives it, and {kinesis.MasterKeyFile} does not exist. " +
            "Give it with kinesis.masterKeyFile (TARN_KINESIS_MASTER_KEY_FILE) or TARN_KINESIS_MASTER_KEY, or put that file back.",
            await kinesis.StartFailureAsync());

        var wrong = new string('7', 64);
        kinesis.Options.MasterKey = wrong;
        var refusal = await kinesis.StartFailureAsync();
        Assert.Equal(
            $"Streams are encrypted with the master key a3e288c5f5957f89, and that of kinesis.masterKey is another one, {new MasterKey(Convert.FromHexString(wrong), "").Id}. " +
            "Give it with kinesis.masterKeyFile (TARN_KINESIS_MASTER_KEY_FILE) or TARN_KINESIS_MASTER_KEY.",
            refusal);
        Assert.DoesNotContain(wrong, refusal, StringComparison.OrdinalIgnoreCase);

        kinesis.Options.MasterKey = Convert.ToBase64String(Secret);
        await kinesis.StartAsync();
        Assert.Equal(["secret KMS"], await kinesis.ReadAsync("s"));

        // A key whose row was changed: here by giving it the bytes that another stream's key has.
        await kinesis.CreateAsync("t");
        await kinesis.EncryptAsync("t");
        await kinesis.Store.WriteAsync(
            writer =>
            {
                var keys = DataKeyRows.LoadAll(writer).Select(row => row.Key).OrderBy(key => key.Id).ToList();
                DataKeyRows.Delete(writer, 2);
                DataKeyRows.Add(writer, keys[1] with { Wrapped = keys[0].Wrapped });
                return true;
            },
            Token);
        await kinesis.StopAsync();
        Assert.StartsWith("The data key 2 of the stream with the id ", await kinesis.StartFailureAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stream_that_asked_for_encryption_before_there_was_any_gets_its_key_at_the_start()
    {
        await using var kinesis = await (await TestKinesis.OpenAsync()).WithStream();
        await kinesis.ChangeStoreAsync(writer =>
        {
            var stream = StreamRows.LoadAll(writer).Single();
            StreamRows.Save(writer, stream.Scope, stream.Record with { Settings = stream.Settings with { KeyId = "alias/orders" } });
        });
        await kinesis.RestartAsync();
        var stored = await kinesis.StoredAsync();
        Assert.Equal(("alias/orders", 1), (stored.Settings.KeyId, stored.Settings.DataKeyId));
        await kinesis.RestartAsync();
        Assert.Equal(1, (await kinesis.StoredAsync()).Settings.DataKeyId);
    }

    /// <summary>JSON writes the plus sign of base64 as an escape.</summary>
    private static string Unescaped(string json) => json.Replace("\\u002B", "+", StringComparison.Ordinal);
}
