using System.Buffers;
using System.Security.Cryptography;
using Tarn.Lake.Files;
using Tarn.Wire.Checksums;

namespace Tarn.Lake.Objects;

/// <summary>Receives a body into a staged file, with its MD5 and one more checksum. Memory: two pooled buffers.</summary>
internal static class BodyReceiver
{
    private const int BufferBytes = 64 << 10;

    /// <param name="bytesMax">Fails with <c>EntityTooLarge</c> beyond.</param>
    /// <param name="algorithm">Computed beside MD5; null for none.</param>
    public static async ValueTask<BodyDigests> ReceiveAsync(Stream? body, StagedFile file, ChecksumAlgorithm? algorithm, long bytesMax, CancellationToken cancellationToken)
    {
        using var md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        using var checksum = algorithm is { } wanted ? new Checksum(wanted) : null;
        var pending = Task.CompletedTask;
        var (filling, writing) = (ArrayPool<byte>.Shared.Rent(BufferBytes), ArrayPool<byte>.Shared.Rent(BufferBytes));
        try
        {
            var total = 0L;
            while (body is not null)
            {
                var count = await FillAsync(body, filling.AsMemory(0, BufferBytes), cancellationToken).ConfigureAwait(false);
                total += count;
                if (total > bytesMax)
                {
                    throw LakeErrors.EntityTooLarge(total, bytesMax);
                }

                await pending.ConfigureAwait(false);
                if (count < BufferBytes)
                {
                    Take(filling.AsSpan(0, count));
                    break;
                }

                // While the next buffer fills from the network, this one is hashed and written on another thread.
                (filling, writing) = (writing, filling);
                var full = writing;
                pending = Task.Run(() => Take(full.AsSpan(0, BufferBytes)), CancellationToken.None);
            }

            return new BodyDigests(md5.GetHashAndReset(), algorithm, checksum is null ? [] : Convert.FromBase64String(checksum.FinishBase64()));
        }
        finally
        {
            // The buffers are in use until then, also when the client went away.
            await pending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            ArrayPool<byte>.Shared.Return(filling);
            ArrayPool<byte>.Shared.Return(writing);
        }

        void Take(ReadOnlySpan<byte> bytes)
        {
            md5.AppendData(bytes);
            checksum?.Append(bytes);
            file.Append(bytes);
        }
    }

    /// <summary>The digests of a file that is there already.</summary>
    public static async ValueTask<BodyDigests> ReadAsync(Stream content, ChecksumAlgorithm algorithm, CancellationToken cancellationToken)
    {
        using var md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        using var checksum = new Checksum(algorithm);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            while (await content.ReadAsync(buffer.AsMemory(0, BufferBytes), cancellationToken).ConfigureAwait(false) is var count and > 0)
            {
                md5.AppendData(buffer, 0, count);
                checksum.Append(buffer.AsSpan(0, count));
            }

            return new BodyDigests(md5.GetHashAndReset(), algorithm, Convert.FromBase64String(checksum.FinishBase64()));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static async ValueTask<int> FillAsync(Stream body, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        var filled = 0;
        while (filled < buffer.Length && await body.ReadAsync(buffer[filled..], cancellationToken).ConfigureAwait(false) is var count and > 0)
        {
            filled += count;
        }

        return filled;
    }
}

/// <param name="Md5">16 bytes.</param>
/// <param name="Checksum">In <paramref name="Algorithm"/>; empty when it is null.</param>
internal readonly record struct BodyDigests(byte[] Md5, ChecksumAlgorithm? Algorithm, byte[] Checksum);
