using System.Security.Cryptography;

namespace Tarn.Kinesis.Log;

/// <summary>
/// Ciphers of payloads, AES-256-GCM. To make one costs as much as to encrypt a small frame, and one may not be used by two threads at a time, so each thread keeps the one it used
/// last.
/// </summary>
internal static class FrameCipher
{
    [ThreadStatic]
    private static byte[]? lastKey;

    [ThreadStatic]
    private static AesGcm? last;

    /// <summary>A cipher for this thread, until its next call of this method. Keys are told apart by the array that they are in.</summary>
    public static AesGcm Of(byte[] key)
    {
        if (!ReferenceEquals(key, lastKey) || last is null)
        {
            lastKey = null;
            last?.Dispose();
            last = new AesGcm(key, AesGcm.TagByteSizes.MaxSize);
            lastKey = key;
        }

        return last;
    }
}
