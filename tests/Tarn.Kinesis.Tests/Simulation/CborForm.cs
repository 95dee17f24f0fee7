using System.Buffers;
using Tarn.Wire.Protocols.Cbor;

namespace Tarn.Kinesis.Tests.Simulation;

/// <summary>CBOR as AWS's Java clients send it, its members in any order: blobs are bytes, times milliseconds with tag 1, and maps have a length or none.</summary>
internal sealed class CborForm(Random random) : IWireForm
{
    public string ContentType => "application/x-amz-cbor-1.1";

    public byte[] Encode(Members members)
    {
        var buffer = new ArrayBufferWriter<byte>();
        Write(buffer, members);
        return buffer.WrittenSpan.ToArray();
    }

    public Members Decode(byte[] bytes)
    {
        var reader = new CborReader(bytes);
        var members = (Members)Read(ref reader);
        reader.ReadEnd();
        return members;
    }

    private void Write(IBufferWriter<byte> buffer, object value)
    {
        var writer = new CborWriter(buffer);
        switch (value)
        {
            case string text:
                writer.WriteText(text);
                break;
            case long number:
                writer.WriteInt64(number);
                break;
            case byte[] bytes:
                writer.WriteBytes(bytes);
                break;
            case DateTimeOffset time:
                writer.WriteTag(1);
                writer.WriteInt64(time.ToUnixTimeMilliseconds());
                break;
            case Members members:
                WriteMap(buffer, members);
                break;
            case IReadOnlyList<object> entries:
                writer.WriteArrayStart(entries.Count);
                foreach (var entry in entries)
                {
                    Write(buffer, entry);
                }

                break;
            default:
                throw new InvalidOperationException($"{value.GetType()} is nothing that a request has");
        }
    }

    private void WriteMap(IBufferWriter<byte> buffer, Members members)
    {
        var writer = new CborWriter(buffer);
        var isIndefinite = random.Next(2) == 0;
        if (isIndefinite)
        {
            writer.WriteMapStart();
        }
        else
        {
            writer.WriteMapStart(members.Count);
        }

        foreach (var (name, member) in members.Shuffled(random))
        {
            writer.WriteText(name);
            Write(buffer, member);
        }

        if (isIndefinite)
        {
            writer.WriteBreak();
        }
    }

    private static object Read(ref CborReader reader)
    {
        switch (reader.Peek())
        {
            case CborKind.Map:
                var members = new Members();
                var pairs = reader.ReadMapStart();
                for (long i = 0; pairs < 0 ? !reader.TryReadBreak() : i < pairs; i++)
                {
                    members.Add(reader.ReadText(), Read(ref reader));
                }

                return members;
            case CborKind.Array:
                var entries = new List<object>();
                var count = reader.ReadArrayStart();
                for (long i = 0; count < 0 ? !reader.TryReadBreak() : i < count; i++)
                {
                    entries.Add(Read(ref reader));
                }

                return entries;
            case CborKind.Tag:
                Assert.Equal(1u, reader.ReadTag());
                return DateTimeOffset.FromUnixTimeMilliseconds(reader.ReadInt64());
            case CborKind.Text:
                return reader.ReadText();
            case CborKind.Bytes:
                return reader.ReadBytes().ToArray();
            case CborKind.Boolean:
                return reader.ReadBoolean();
            case CborKind.UnsignedInteger or CborKind.NegativeInteger:
                return reader.ReadInt64();
            default:
                throw new InvalidDataException($"{reader.Peek()} at byte {reader.Position}");
        }
    }
}
