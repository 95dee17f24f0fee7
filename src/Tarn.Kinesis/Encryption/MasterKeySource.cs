using System.Text;
using Tarn.Kinesis.Log.Files;
using Tarn.Wire.Signing;

namespace Tarn.Kinesis.Encryption;

/// <summary>Where the master key comes from: the settings, or else a file in the data folder, which is made when the first stream is encrypted.</summary>
/// <param name="file">Absolute; used when no setting gives a key. Its folder must exist when a key is made.</param>
internal sealed class MasterKeySource(KinesisOptions options, string file)
{
    /// <summary>More is no key, whatever it is: a hexadecimal key has 64 characters.</summary>
    private const int FileBytesMax = 4_096;

    /// <summary>The file of the data folder.</summary>
    public string File => file;

    /// <summary>The key; null when no setting gives one and there is no file yet.</summary>
    /// <exception cref="EncryptionKeyException">What is given is no key.</exception>
    public MasterKey? Find()
    {
        if (options.MasterKey is { Length: > 0 } text)
        {
            return options.MasterKeyFile is { Length: > 0 } ? throw EncryptionKeyException.Twice() : Parse(Encoding.UTF8.GetBytes(text), "kinesis.masterKey");
        }

        return options.MasterKeyFile is { Length: > 0 } given ? Read("kinesis.masterKeyFile", given)
            : System.IO.File.Exists(file) ? Read("The master key of the data folder", file)
            : null;
    }

    /// <summary>The key, made and on disk where there was none.</summary>
    public MasterKey FindOrMake()
    {
        if (Find() is { } found)
        {
            return found;
        }

        var secret = KeyFile.ReadOrMake(file, MasterKey.Bytes, "records of encrypted streams");

        // The name must be on disk before a data key is that only this key unwraps.
        using var folder = new DiskFolder(Path.GetDirectoryName(file)!);
        folder.Sync();
        return new MasterKey(secret, file);
    }

    /// <summary>The key in a file.</summary>
    /// <param name="setting">What named the file, for messages.</param>
    /// <exception cref="EncryptionKeyException">It cannot be read, or holds no key.</exception>
    public static MasterKey Read(string setting, string path)
    {
        try
        {
            using var stream = System.IO.File.OpenRead(path);
            var bytes = new byte[FileBytesMax];
            return Parse(bytes.AsSpan(0, stream.ReadAtLeast(bytes, FileBytesMax, throwOnEndOfStream: false)), path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw EncryptionKeyException.Unreadable(setting, path, e.Message);
        }
    }

    /// <summary>32 bytes as they are, or as text in hexadecimal or base64, with white space around it. 32 characters are no key: as text they are half of one.</summary>
    private static MasterKey Parse(ReadOnlySpan<byte> bytes, string source)
    {
        if (bytes.Length == MasterKey.Bytes && !Ascii.IsValid(bytes))
        {
            return new MasterKey(bytes, source);
        }

        var text = Encoding.UTF8.GetString(bytes).Trim();
        var secret = new byte[MasterKey.Bytes];
        var isKey = text.Length == 2 * MasterKey.Bytes && text.All(char.IsAsciiHexDigit)
            ? Convert.FromHexString(text, secret, out _, out _) == System.Buffers.OperationStatus.Done
            : text.Length <= FileBytesMax && Convert.TryFromBase64String(text, secret, out var length) && length == MasterKey.Bytes;
        return isKey ? new MasterKey(secret, source) : throw EncryptionKeyException.NotAKey(source);
    }
}
