using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Tarn.Wire.Checksums;

namespace Tarn.Lake.Objects;

/// <summary>Bytes of an <see cref="ObjectRecord"/> (docs/formats/lake.md). Pure.</summary>
internal static class ObjectRecordCodec
{
    private const byte Version = 1;

    public static byte[] Encode(ObjectRecord record)
    {
        var output = new ArrayBufferWriter<byte>(128);
        output.Write([Version]);
        Span<byte> number = stackalloc byte[18];
        var length = WriteVarint(number, (ulong)record.Size);
        BinaryPrimitives.WriteInt64LittleEndian(number[length..], record.ModifiedNs);
        Field(output, 1, number[..(length + 8)]);
        if (!record.Md5.IsEmpty)
        {
            Field(output, 2, record.Md5.Span);
        }

        if (record.ETagParts > 0)
        {
            Field(output, 3, number[..WriteVarint(number, (ulong)record.ETagParts)]);
        }

        Text(output, 4, record.ContentType);
        Text(output, 5, record.CacheControl);
        Text(output, 6, record.ContentDisposition);
        Text(output, 7, record.ContentEncoding);
        Text(output, 8, record.ContentLanguage);
        if (record.Expires is { } expires)
        {
            BinaryPrimitives.WriteInt64LittleEndian(number, expires.ToUnixTimeSeconds());
            Field(output, 9, number[..8]);
        }

        Text(output, 10, record.WebsiteRedirectLocation);
        Text(output, 11, record.StorageClass);
        Pairs(output, 12, record.UserMetadata);
        Pairs(output, 13, record.Tags);
        if (record.Checksum is { } checksum)
        {
            Field(output, 14, [AlgorithmNumber(checksum.Algorithm), checksum.Composite ? (byte)1 : (byte)0, .. checksum.Digest.Span]);
        }

        foreach (var part in record.Parts)
        {
            length = WriteVarint(number, (ulong)part.Size);
            Field(output, 15, [.. number[..length], .. part.Digest.Span]);
        }

        Text(output, 16, record.ServerSideEncryption);
        Text(output, 17, record.UploadId);
        Text(output, 18, record.ExpiresText);
        BinaryPrimitives.WriteUInt32LittleEndian(number, (uint)Crc.Crc32C.Append(0, output.WrittenSpan));
        output.Write(number[..4]);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Null when the bytes are not a whole record of a known version.</summary>
    public static ObjectRecord? Decode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 5 || bytes[0] != Version
            || BinaryPrimitives.ReadUInt32LittleEndian(bytes[^4..]) != (uint)Crc.Crc32C.Append(0, bytes[..^4]))
        {
            return null;
        }

        var record = new ObjectRecord();
        List<KeyValuePair<string, string>>? metadata = null, tags = null;
        List<ObjectPart>? parts = null;
        var rest = bytes[1..^4];
        while (!rest.IsEmpty)
        {
            var tag = rest[0];
            rest = rest[1..];
            var length = (int)ReadVarint(ref rest);
            var value = rest[..length];
            rest = rest[length..];
            switch (tag)
            {
                case 1:
                    var size = (long)ReadVarint(ref value);
                    record = record with { Size = size, ModifiedNs = BinaryPrimitives.ReadInt64LittleEndian(value) };
                    break;
                case 2: record = record with { Md5 = value.ToArray() }; break;
                case 3: record = record with { ETagParts = (int)ReadVarint(ref value) }; break;
                case 4: record = record with { ContentType = Encoding.UTF8.GetString(value) }; break;
                case 5: record = record with { CacheControl = Encoding.UTF8.GetString(value) }; break;
                case 6: record = record with { ContentDisposition = Encoding.UTF8.GetString(value) }; break;
                case 7: record = record with { ContentEncoding = Encoding.UTF8.GetString(value) }; break;
                case 8: record = record with { ContentLanguage = Encoding.UTF8.GetString(value) }; break;
                case 9: record = record with { Expires = DateTimeOffset.FromUnixTimeSeconds(BinaryPrimitives.ReadInt64LittleEndian(value)) }; break;
                case 10: record = record with { WebsiteRedirectLocation = Encoding.UTF8.GetString(value) }; break;
                case 11: record = record with { StorageClass = Encoding.UTF8.GetString(value) }; break;
                case 12: (metadata ??= []).Add(ReadPair(value)); break;
                case 13: (tags ??= []).Add(ReadPair(value)); break;
                case 14: record = record with { Checksum = new ObjectChecksum(AlgorithmOf(value[0]), value[1] == 1, value[2..].ToArray()) }; break;
                case 15:
                    var partSize = (long)ReadVarint(ref value);
                    (parts ??= []).Add(new ObjectPart(partSize, value.ToArray()));
                    break;
                case 16: record = record with { ServerSideEncryption = Encoding.UTF8.GetString(value) }; break;
                case 17: record = record with { UploadId = Encoding.UTF8.GetString(value) }; break;
                case 18: record = record with { ExpiresText = Encoding.UTF8.GetString(value) }; break;
                default: return null;
            }
        }

        return metadata is null && tags is null && parts is null
            ? record
            : record with { UserMetadata = metadata ?? [], Tags = tags ?? [], Parts = parts ?? [] };
    }

    private static void Field(ArrayBufferWriter<byte> output, byte tag, ReadOnlySpan<byte> value)
    {
        Span<byte> head = stackalloc byte[11];
        head[0] = tag;
        var length = 1 + WriteVarint(head[1..], (ulong)value.Length);
        output.Write(head[..length]);
        output.Write(value);
    }

    private static void Text(ArrayBufferWriter<byte> output, byte tag, string? text)
    {
        if (text is not null)
        {
            Field(output, tag, Encoding.UTF8.GetBytes(text));
        }
    }

    private static void Pairs(ArrayBufferWriter<byte> output, byte tag, IReadOnlyList<KeyValuePair<string, string>> pairs)
    {
        Span<byte> number = stackalloc byte[10];
        foreach (var (name, value) in pairs)
        {
            var bytes = Encoding.UTF8.GetBytes(name);
            var length = WriteVarint(number, (ulong)bytes.Length);
            Field(output, tag, [.. number[..length], .. bytes, .. Encoding.UTF8.GetBytes(value)]);
        }
    }

    private static KeyValuePair<string, string> ReadPair(ReadOnlySpan<byte> value)
    {
        var length = (int)ReadVarint(ref value);
        return new(Encoding.UTF8.GetString(value[..length]), Encoding.UTF8.GetString(value[length..]));
    }

    private static int WriteVarint(Span<byte> destination, ulong value)
    {
        var length = 0;
        for (; value >= 0x80; value >>= 7)
        {
            destination[length++] = (byte)(value | 0x80);
        }

        destination[length++] = (byte)value;
        return length;
    }

    private static ulong ReadVarint(ref ReadOnlySpan<byte> source)
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var next = source[0];
            source = source[1..];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }
    }

    /// <summary>Numbers on disk are frozen; the enum's own are not.</summary>
    private static byte AlgorithmNumber(ChecksumAlgorithm algorithm) => algorithm switch
    {
        ChecksumAlgorithm.Crc32 => 1,
        ChecksumAlgorithm.Crc32C => 2,
        ChecksumAlgorithm.Crc64Nvme => 3,
        ChecksumAlgorithm.Sha1 => 4,
        ChecksumAlgorithm.Sha256 => 5,
        ChecksumAlgorithm.Sha512 => 6,
        ChecksumAlgorithm.Md5 => 7,
        _ => throw new ArgumentOutOfRangeException(nameof(algorithm)),
    };

    private static ChecksumAlgorithm AlgorithmOf(byte number) => number switch
    {
        1 => ChecksumAlgorithm.Crc32,
        2 => ChecksumAlgorithm.Crc32C,
        3 => ChecksumAlgorithm.Crc64Nvme,
        4 => ChecksumAlgorithm.Sha1,
        5 => ChecksumAlgorithm.Sha256,
        6 => ChecksumAlgorithm.Sha512,
        7 => ChecksumAlgorithm.Md5,
        _ => throw new InvalidDataException($"Unknown checksum algorithm {number}."),
    };
}
