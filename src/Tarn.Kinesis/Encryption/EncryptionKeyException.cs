namespace Tarn.Kinesis.Encryption;

/// <summary>
/// Streams are encrypted and their keys cannot be had: the server does not start, because it would acknowledge records that nobody can read. One line, which names the
/// key by its id and says how to give it; never the key.
/// </summary>
public sealed class EncryptionKeyException : Exception
{
    private const string HowToGive = "Give it with kinesis.masterKeyFile (TARN_KINESIS_MASTER_KEY_FILE) or TARN_KINESIS_MASTER_KEY";

    private EncryptionKeyException(string message)
        : base(message)
    {
    }

    internal static EncryptionKeyException Missing(DataKeyRecord key, string file) => new(
        $"Streams are encrypted with the master key {MasterKey.IdIn(key)}, which is not there: no setting gives it, and {file} does not exist. {HowToGive}, or put that file back.");

    internal static EncryptionKeyException OtherMasterKey(DataKeyRecord key, MasterKey given) => new(
        $"Streams are encrypted with the master key {MasterKey.IdIn(key)}, and that of {given.Source} is another one, {given.Id}. {HowToGive}.");

    internal static EncryptionKeyException Damaged(DataKeyRecord key) =>
        new($"The data key {key.Id} of the stream with the id {key.Stream} is not what was stored: its row in kinesis_data_key was changed or is damaged. Restore the metadata from a backup.");

    internal static EncryptionKeyException NotAKey(string source) => new($"{source} is not a master key: it must be {MasterKey.Bytes} bytes, in hexadecimal or base64.");

    internal static EncryptionKeyException Unreadable(string setting, string file, string reason) => new($"{setting}: {file} cannot be read: {reason}");

    internal static EncryptionKeyException Twice() => new("kinesis.masterKey (TARN_KINESIS_MASTER_KEY) and kinesis.masterKeyFile are both given. Give one of them.");
}
