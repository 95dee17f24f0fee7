using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Tarn.Wire.Signing;

/// <summary>Credentials that STS gives out for a time.</summary>
/// <param name="SessionToken">Goes into <c>X-Amz-Security-Token</c>.</param>
public sealed record IssuedCredentials(string AccessKeyId, string SecretAccessKey, string SessionToken, DateTimeOffset Expiration);

/// <summary>
/// Issues and recognises temporary credentials without keeping any: the session token carries, encrypted and authenticated, whom it
/// stands for and until when; the secret is derived from the access key id. docs/formats/session-token.md has the bytes.
/// Thread-safe. A token cannot be revoked before it expires, other than by replacing the master key.
/// </summary>
public sealed class TemporaryCredentials : IDisposable
{
    public const int MasterKeySizeBytes = 32;

    /// <summary>How temporary access key ids begin, in AWS and here.</summary>
    public const string AccessKeyPrefix = "ASIA";

    private const byte Version = 1;
    private const int NonceSizeBytes = 12;
    private const int TagSizeBytes = 16;
    private const int TokenSizeBytesMax = 4096;

    private readonly byte[] secretKey;
    private readonly AesGcm tokenCipher;
    private readonly Lock cipherLock = new();

    /// <param name="masterKey">32 random bytes. Whoever has them can make credentials; those who change end all credentials.</param>
    public TemporaryCredentials(ReadOnlySpan<byte> masterKey)
    {
        if (masterKey.Length != MasterKeySizeBytes)
        {
            throw new ArgumentException($"the master key must have {MasterKeySizeBytes} bytes, not {masterKey.Length}", nameof(masterKey));
        }

        secretKey = HMACSHA256.HashData(masterKey, "tarn secret access key"u8);
        tokenCipher = new AesGcm(HMACSHA256.HashData(masterKey, "tarn session token"u8), TagSizeBytes);
    }

    /// <summary>Credentials whose master key nobody else has: they end with the process.</summary>
    public static TemporaryCredentials ForThisProcess() => new(RandomNumberGenerator.GetBytes(MasterKeySizeBytes));

    /// <summary>Reads the master key from a file, or makes the file, readable by its owner alone, so that credentials outlive a restart.</summary>
    /// <exception cref="InvalidDataException">The file is there and has not exactly 32 bytes.</exception>
    public static TemporaryCredentials FromFile(string path) => new(KeyFile.ReadOrMake(path, MasterKeySizeBytes, "temporary credentials given out so far"));

    /// <summary>New credentials that act as <paramref name="callerArn"/> in <paramref name="accountId"/> until <paramref name="expiration"/> (whole seconds).</summary>
    public IssuedCredentials Issue(string accountId, string callerArn, DateTimeOffset expiration)
    {
        var id = TemporaryCredentials.AccessKeyPrefix + RandomNumberGenerator.GetString("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16);
        expiration = DateTimeOffset.FromUnixTimeSeconds(expiration.ToUnixTimeSeconds());
        return new IssuedCredentials(id, Secret(id), Seal(id, accountId, callerArn, expiration), expiration);
    }

    public void Dispose() => tokenCipher.Dispose();

    /// <summary>Opens a session token; false when it was not sealed with this master key or belongs to another access key.</summary>
    internal bool TryOpen(ReadOnlySpan<char> accessKeyId, string token, [NotNullWhen(true)] out AccessKey? key, out DateTimeOffset expiration)
    {
        key = null;
        expiration = default;
        Span<byte> sealedBytes = stackalloc byte[TokenSizeBytesMax];
        if (token.Length > TokenSizeBytesMax || !Convert.TryFromBase64String(token, sealedBytes, out var length)
            || length < 1 + NonceSizeBytes + TagSizeBytes || sealedBytes[0] != Version)
        {
            return false;
        }

        var nonce = sealedBytes.Slice(1, NonceSizeBytes);
        var cipherText = sealedBytes[(1 + NonceSizeBytes)..(length - TagSizeBytes)];
        var tag = sealedBytes[(length - TagSizeBytes)..length];
        try
        {
            lock (cipherLock)
            {
                tokenCipher.Decrypt(nonce, cipherText, tag, cipherText, sealedBytes[..1]);
            }
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }

        expiration = DateTimeOffset.FromUnixTimeSeconds(BinaryPrimitives.ReadInt64BigEndian(cipherText));
        ReadOnlySpan<byte> rest = cipherText[sizeof(long)..];
        var id = ReadText(ref rest);
        if (!accessKeyId.SequenceEqual(id))
        {
            return false;
        }

        key = new AccessKey(id, Secret(id), accountId: ReadText(ref rest), callerArn: ReadText(ref rest));
        return true;
    }

    private string Seal(string id, string accountId, string callerArn, DateTimeOffset expiration)
    {
        var clear = new ByteWriter(stackalloc byte[512]);
        Span<byte> seconds = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(seconds, expiration.ToUnixTimeSeconds());
        clear.Write(seconds);
        WriteText(ref clear, id);
        WriteText(ref clear, accountId);
        WriteText(ref clear, callerArn);

        var token = new byte[1 + NonceSizeBytes + clear.Length + TagSizeBytes];
        token[0] = Version;
        var nonce = token.AsSpan(1, NonceSizeBytes);
        RandomNumberGenerator.Fill(nonce);
        lock (cipherLock)
        {
            tokenCipher.Encrypt(nonce, clear.Written, token.AsSpan(1 + NonceSizeBytes, clear.Length), token.AsSpan(token.Length - TagSizeBytes), token.AsSpan(0, 1));
        }

        clear.Dispose();
        return Convert.ToBase64String(token);
    }

    /// <summary>40 characters, as AWS's secrets have.</summary>
    private string Secret(string id) => Convert.ToBase64String(HMACSHA256.HashData(secretKey, Encoding.ASCII.GetBytes(id)))[..40];

    private static void WriteText(ref ByteWriter writer, string text)
    {
        Span<byte> length = stackalloc byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)Encoding.UTF8.GetByteCount(text));
        writer.Write(length);
        writer.Write(text);
    }

    private static string ReadText(ref ReadOnlySpan<byte> source)
    {
        var length = BinaryPrimitives.ReadUInt16BigEndian(source);
        var text = Encoding.UTF8.GetString(source.Slice(sizeof(ushort), length));
        source = source[(sizeof(ushort) + length)..];
        return text;
    }
}
