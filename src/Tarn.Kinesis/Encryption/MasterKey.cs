using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Tarn.Kinesis.Encryption;

/// <summary>
/// The key that data keys are wrapped with: docs/formats/data-key.md. It is used for nothing else, and no message shows it: what tells master keys apart is
/// <see cref="Id"/>, which says nothing about the key. Any thread.
/// </summary>
internal sealed class MasterKey
{
    /// <summary>Bytes of a master key, and of a data key.</summary>
    public const int Bytes = 32;

    private const byte Version = 1;
    private const int IdBytes = 8;
    private const int HeaderBytes = 1 + IdBytes;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private const int WrappedBytes = HeaderBytes + NonceBytes + Bytes + TagBytes;

    private readonly byte[] id;
    private readonly byte[] wrapping;

    /// <param name="secret">32 bytes.</param>
    /// <param name="source">Where it was found, for messages.</param>
    public MasterKey(ReadOnlySpan<byte> secret, string source)
    {
        Source = source;
        id = HMACSHA256.HashData(secret, "tarn master key id"u8)[..IdBytes];
        wrapping = HMACSHA256.HashData(secret, "tarn data key wrapping"u8);
    }

    /// <summary>16 hexadecimal digits.</summary>
    public string Id => Convert.ToHexStringLower(id);

    public string Source { get; }

    /// <summary>The id of the master key that a data key was wrapped with.</summary>
    /// <exception cref="EncryptionKeyException">These are not bytes of a wrapped key.</exception>
    public static string IdIn(DataKeyRecord key) =>
        key.Wrapped.Length == WrappedBytes && key.Wrapped[0] == Version ? Convert.ToHexStringLower(key.Wrapped.AsSpan(1, IdBytes)) : throw EncryptionKeyException.Damaged(key);

    /// <summary>Wraps a data key, bound to its own id and its stream's.</summary>
    public byte[] Wrap(ReadOnlySpan<byte> dataKey, int keyId, string streamId)
    {
        var wrapped = new byte[WrappedBytes];
        wrapped[0] = Version;
        id.CopyTo(wrapped, 1);
        var nonce = wrapped.AsSpan(HeaderBytes, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var cipher = new AesGcm(wrapping, TagBytes);
        cipher.Encrypt(nonce, dataKey, wrapped.AsSpan(HeaderBytes + NonceBytes, Bytes), wrapped.AsSpan(WrappedBytes - TagBytes), AssociatedData(wrapped, keyId, streamId));
        return wrapped;
    }

    /// <exception cref="EncryptionKeyException">It was wrapped with another master key, or is not what was wrapped.</exception>
    public byte[] Unwrap(DataKeyRecord key)
    {
        if (IdIn(key) != Id)
        {
            throw EncryptionKeyException.OtherMasterKey(key, this);
        }

        var wrapped = key.Wrapped.AsSpan();
        var dataKey = new byte[Bytes];
        using var cipher = new AesGcm(wrapping, TagBytes);
        try
        {
            cipher.Decrypt(wrapped.Slice(HeaderBytes, NonceBytes), wrapped.Slice(HeaderBytes + NonceBytes, Bytes), wrapped[^TagBytes..], dataKey, AssociatedData(wrapped, key.Id, key.Stream));
            return dataKey;
        }
        catch (AuthenticationTagMismatchException)
        {
            throw EncryptionKeyException.Damaged(key);
        }
    }

    /// <summary>Version and master key id, the data key's id, the stream's id.</summary>
    private static byte[] AssociatedData(ReadOnlySpan<byte> wrapped, int keyId, string streamId)
    {
        var data = new byte[HeaderBytes + sizeof(int) + Encoding.UTF8.GetByteCount(streamId)];
        wrapped[..HeaderBytes].CopyTo(data);
        BinaryPrimitives.WriteInt32LittleEndian(data.AsSpan(HeaderBytes), keyId);
        Encoding.UTF8.GetBytes(streamId, data.AsSpan(HeaderBytes + sizeof(int)));
        return data;
    }
}
