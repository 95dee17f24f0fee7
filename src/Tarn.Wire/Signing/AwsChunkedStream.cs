using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Security.Cryptography;
using System.Text;
using Tarn.Wire.Checksums;

namespace Tarn.Wire.Signing;

/// <summary>
/// Decodes an aws-chunked body and verifies it on the way: the signature of every chunk, that of the trailers, the announced checksum
/// and the decoded length. Data is handed out as it arrives, since a chunk may be large; whatever is wrong fails the read of the
/// chunk's end, and everything is verified before the last bytes are handed out. Memory: the pipe's buffers and
/// at most 16 KiB of trailers. Not thread-safe, as any stream.
/// </summary>
/// <remarks>
/// <c>size[;chunk-signature=hex]CRLF data CRLF ... 0[;chunk-signature=hex]CRLF [name:value CRLF ...] [x-amz-trailer-signature:hex CRLF] CRLF</c>
/// </remarks>
internal sealed class AwsChunkedStream : ReadOnlyBodyStream, ITrailingChecksums
{
    private const int ChunkSizeBytesMin = 8192;
    private const int ChunkLineBytesMax = 1024;
    private const int TrailerBytesMax = 16 * 1024;
    private const string TrailerSignature = "x-amz-trailer-signature";

    private readonly PipeReader source;
    private readonly long decodedLength;
    private readonly bool hasTrailer;
    private readonly ChunkSigner? signer;
    private readonly Checksum? checksum;
    private readonly IncrementalHash? chunkHash;

    private bool done;
    private int chunkNumber;
    private long chunkSize;
    private long chunkRemaining;
    private long decodedBytes;
    private string chunkSignature = "";

    /// <param name="decodedLength">The length of the data in bytes, as <c>x-amz-decoded-content-length</c> has it.</param>
    /// <param name="hasTrailer">Whether trailers follow the last chunk.</param>
    /// <param name="signer">Null for a body whose chunks are not signed, or not checked.</param>
    public AwsChunkedStream(PipeReader source, long decodedLength, bool hasTrailer, ChecksumAlgorithm? announced, ChunkSigner? signer)
    {
        this.source = source;
        this.decodedLength = decodedLength;
        this.hasTrailer = hasTrailer;
        this.signer = signer;
        Algorithm = announced;
        checksum = announced is { } algorithm ? new Checksum(algorithm) : null;
        chunkHash = signer is null ? null : IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    }

    public ChecksumAlgorithm? Algorithm { get; }

    public string? Value { get; private set; }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (done || buffer.IsEmpty)
        {
            return 0;
        }

        while (chunkRemaining == 0)
        {
            if (!await ReadChunkLineAsync(cancellationToken))
            {
                await FinishAsync(cancellationToken);
                return 0;
            }
        }

        var count = await ReadDataAsync(buffer, cancellationToken);
        if (decodedBytes == decodedLength && chunkRemaining == 0)
        {
            if (await ReadChunkLineAsync(cancellationToken))
            {
                throw PayloadErrors.LengthDiffers();
            }

            await FinishAsync(cancellationToken);
        }

        return count;
    }

    protected override void Dispose(bool disposing)
    {
        chunkHash?.Dispose();
        checksum?.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>Reads what is there of the current chunk; at its end, checks its signature.</summary>
    private async ValueTask<int> ReadDataAsync(Memory<byte> destination, CancellationToken cancellationToken)
    {
        var result = await source.ReadAsync(cancellationToken);
        var available = result.Buffer;
        if (available.IsEmpty && result.IsCompleted)
        {
            throw PayloadErrors.IncompleteBody();
        }

        var count = (int)Math.Min(Math.Min(destination.Length, chunkRemaining), available.Length);
        var data = available.Slice(0, count);
        data.CopyTo(destination.Span);
        source.AdvanceTo(data.End);
        chunkHash?.AppendData(destination.Span[..count]);
        checksum?.Append(destination.Span[..count]);
        chunkRemaining -= count;
        decodedBytes += count;
        if (chunkRemaining == 0)
        {
            if (await ReadLineAsync(ChunkLineBytesMax, cancellationToken) is not { Length: 0 })
            {
                throw PayloadErrors.MalformedChunk("no line end after a chunk's data.");
            }

            VerifyChunk();
        }

        return count;
    }

    /// <summary>Reads the line that begins a chunk; false when it begins the last one, which has no data.</summary>
    private async ValueTask<bool> ReadChunkLineAsync(CancellationToken cancellationToken)
    {
        var line = await ReadLineAsync(ChunkLineBytesMax, cancellationToken) ?? throw PayloadErrors.IncompleteBody();
        var semicolon = line.IndexOf(';');
        var digits = semicolon < 0 ? line : line[..semicolon];
        if (digits.Length > 15 || !long.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var size))
        {
            throw PayloadErrors.MalformedChunk("a chunk does not begin with its size in hexadecimal.");
        }

        if (size > decodedLength - decodedBytes)
        {
            throw PayloadErrors.LengthDiffers();
        }

        if (size > 0 && chunkNumber > 0 && chunkSize < ChunkSizeBytesMin)
        {
            throw PayloadErrors.ChunkTooSmall(chunkNumber, chunkSize);
        }

        chunkSignature = semicolon < 0 ? "" : ChunkSignature(line.AsSpan(semicolon + 1));
        chunkNumber++;
        chunkSize = size;
        chunkRemaining = size;
        return size > 0;
    }

    /// <summary>Verifies the last, empty chunk and everything that follows it.</summary>
    private async ValueTask FinishAsync(CancellationToken cancellationToken)
    {
        VerifyChunk();
        if (decodedBytes != decodedLength)
        {
            throw PayloadErrors.LengthDiffers();
        }

        await ReadTrailersAsync(cancellationToken);
        if (await ReadLineAsync(ChunkLineBytesMax, cancellationToken) is not null)
        {
            throw PayloadErrors.MalformedChunk("bytes follow its end.");
        }

        done = true;
    }

    private async ValueTask ReadTrailersAsync(CancellationToken cancellationToken)
    {
        var canonical = new StringBuilder();
        string? signature = null;
        string? announcedValue = null;
        while (await ReadLineAsync(TrailerBytesMax - canonical.Length, cancellationToken) is { Length: > 0 } line)
        {
            var colon = line.IndexOf(':');
            if (colon <= 0 || !hasTrailer || signature is not null)
            {
                throw PayloadErrors.MalformedTrailer();
            }

            var name = line[..colon].ToLowerInvariant();
            var value = line[(colon + 1)..].Trim(' ', '\t');
            if (name == TrailerSignature)
            {
                signature = value;
                continue;
            }

            if (name != Algorithm?.HeaderName() || announcedValue is not null)
            {
                throw PayloadErrors.MalformedTrailer();
            }

            announcedValue = value;
            canonical.Append(name).Append(':').Append(value).Append('\n');
        }

        if (hasTrailer && signer is not null)
        {
            signer.VerifyTrailer(Encoding.UTF8.GetBytes(canonical.ToString()), signature ?? throw PayloadErrors.MalformedTrailer());
        }

        VerifyChecksum(announcedValue);
    }

    private void VerifyChunk()
    {
        if (signer is not null)
        {
            Span<byte> hash = stackalloc byte[SigningKey.SizeBytes];
            chunkHash!.GetHashAndReset(hash);
            signer.VerifyChunk(hash, chunkSignature);
        }
    }

    private void VerifyChecksum(string? provided)
    {
        if (Algorithm is not { } algorithm)
        {
            return;
        }

        if (provided is null)
        {
            throw PayloadErrors.MalformedTrailer();
        }

        Span<byte> digest = stackalloc byte[ChecksumAlgorithms.SizeBytesMax];
        if (!Convert.TryFromBase64String(provided, digest, out var length) || length != algorithm.SizeBytes())
        {
            throw PayloadErrors.InvalidTrailingChecksum(algorithm);
        }

        Span<byte> computed = stackalloc byte[ChecksumAlgorithms.SizeBytesMax];
        if (!digest[..length].SequenceEqual(computed[..checksum!.Finish(computed)]))
        {
            throw PayloadErrors.BadDigest(algorithm);
        }

        Value = Convert.ToBase64String(digest[..length]);
    }

    /// <summary>
    /// One line without its end (LF, or CRLF); null at the end of the body. The end also ends a line, since some clients leave out the
    /// empty line after the trailers.
    /// </summary>
    private async ValueTask<string?> ReadLineAsync(int bytesMax, CancellationToken cancellationToken)
    {
        while (true)
        {
            var result = await source.ReadAsync(cancellationToken);
            var buffer = result.Buffer;
            if (buffer.PositionOf((byte)'\n') is { } lineEnd)
            {
                var line = buffer.Slice(0, lineEnd);
                var text = line.Length <= bytesMax ? Encoding.UTF8.GetString(line) : null;
                source.AdvanceTo(buffer.GetPosition(1, lineEnd));
                return text is null ? throw PayloadErrors.MalformedChunk("a line is too long.") : text.EndsWith('\r') ? text[..^1] : text;
            }

            if (result.IsCompleted)
            {
                var text = buffer.Length <= bytesMax ? Encoding.UTF8.GetString(buffer) : throw PayloadErrors.MalformedChunk("a line is too long.");
                source.AdvanceTo(buffer.End);
                return text.Length == 0 ? null : text;
            }

            var tooLong = buffer.Length > bytesMax;
            source.AdvanceTo(buffer.Start, buffer.End);
            if (tooLong)
            {
                throw PayloadErrors.MalformedChunk("a line is too long.");
            }
        }
    }

    private static string ChunkSignature(ReadOnlySpan<char> extension)
    {
        const string Name = "chunk-signature=";
        return extension.StartsWith(Name, StringComparison.Ordinal)
            ? extension[Name.Length..].ToString()
            : throw PayloadErrors.MalformedChunk("an extension of a chunk is not its signature.");
    }
}
