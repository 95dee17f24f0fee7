using System.Buffers;
using System.Globalization;
using Tarn.Api.Kinesis;
using Tarn.Contracts;
using Tarn.Kinesis.Log;
using Tarn.Wire.Dispatch;

namespace Tarn.Kinesis.Records;

/// <summary>
/// The answers of puts. What went well as a whole is written as bytes: the entries of one shard differ only in the digits that
/// <see cref="SequenceNumber.Advance"/> counts up, so each shard has one entry that is copied again and again. The rest is rare, and typed.
/// </summary>
internal static class PutAnswer
{
    private const int EntryBytesMax = 128;

    /// <summary>The answer of PutRecords for a put that is whole.</summary>
    public static void WriteWhole(IBufferWriter<byte> target, BodyEncoding encoding, RecordPut put)
    {
        var form = EntryForm.Of(encoding);
        var entries = ArrayPool<byte>.Shared.Rent(put.Frames.Length * EntryBytesMax);
        var begun = ArrayPool<bool>.Shared.Rent(put.Frames.Length);
        try
        {
            for (var frame = 0; frame < put.Frames.Length; frame++)
            {
                begun[frame] = false;
                form.Write(entries.AsSpan(frame * EntryBytesMax), put.Frames[frame]);
            }

            target.Write(form.Begin);
            var span = target.GetSpan(put.Count * (form.Length + form.Separator.Length));
            var at = 0;
            foreach (var place in put.Places)
            {
                var entry = entries.AsSpan(place * EntryBytesMax, form.Length);
                if (begun[place])
                {
                    SequenceNumber.Advance(entry.Slice(form.BeforeNumber.Length, SequenceNumber.Digits));
                }

                begun[place] = true;
                entry.CopyTo(span[at..]);
                form.Separator.CopyTo(span[(at + form.Length)..]);
                at += form.Length + form.Separator.Length;
            }

            target.Advance(at - form.Separator.Length);
            target.Write(put.Stream.IsEncrypted ? form.EncryptedEnd : form.End);
        }
        finally
        {
            ArrayPool<bool>.Shared.Return(begun);
            ArrayPool<byte>.Shared.Return(entries);
        }
    }

    /// <summary>The answer of PutRecord for a put that is whole: its only entry.</summary>
    public static void WriteSingle(IBufferWriter<byte> target, BodyEncoding encoding, RecordPut put)
    {
        var form = EntryForm.Of(encoding);
        form.Write(target.GetSpan(form.Length), put.Frames[0]);
        if (put.Stream.IsEncrypted)
        {
            // Another member stands where the entry closes.
            target.Advance(form.Length - form.Close.Length);
            target.Write(form.EncryptedClose);
        }
        else
        {
            target.Advance(form.Length);
        }
    }

    /// <summary>The answer of PutRecords when some records could not be put.</summary>
    public static PutRecordsOutput Partial(RecordPut put)
    {
        var next = new int[put.Frames.Length];
        var failed = 0;
        var results = new List<PutRecordsResultEntry>(put.Count);
        foreach (var place in put.Places)
        {
            if (place >= 0 && put.Frames[place] is var (shard, frame, _) && frame.Outcome == FrameOutcome.Appended)
            {
                var number = RecordNumber.Of(shard, frame.FirstIndex + next[place]++, frame.ArrivalMs);
                results.Add(new PutRecordsResultEntry { ShardId = shard.Id, SequenceNumber = number.ToString() });
            }
            else
            {
                failed++;
                var refusal = Failure(put, place);
                results.Add(new PutRecordsResultEntry { ErrorCode = place < 0 ? refusal.Code : "InternalFailure", ErrorMessage = refusal.Message });
            }
        }

        return new PutRecordsOutput { FailedRecordCount = failed, Records = results, EncryptionType = put.Stream.IsEncrypted ? "KMS" : null };
    }

    /// <summary>Why the record with a place was not put.</summary>
    public static AwsException Failure(RecordPut put, int place) => place < 0 ? KinesisErrors.RateExceeded(put.Stream, put.Stream.OpenShards[~place]) : KinesisErrors.InternalFailure();

    /// <summary>What stands around the numbers of an answer in one encoding. All entries are equally long.</summary>
    private sealed class EntryForm
    {
        private static readonly EntryForm Json = new()
        {
            Begin = "{\"FailedRecordCount\":0,\"Records\":["u8.ToArray(),
            BeforeNumber = "{\"SequenceNumber\":\""u8.ToArray(),
            BeforeShard = "\",\"ShardId\":\"shardId-"u8.ToArray(),
            AfterShard = "\""u8.ToArray(),
            Close = "}"u8.ToArray(),
            EncryptedClose = ",\"EncryptionType\":\"KMS\"}"u8.ToArray(),
            Separator = ","u8.ToArray(),
            End = "]}"u8.ToArray(),
            EncryptedEnd = "],\"EncryptionType\":\"KMS\"}"u8.ToArray(),
        };

        /// <summary>Maps and lists of open length, as in all other answers in CBOR: 0xBF and 0x9F begin them, 0xFF ends them. The others are heads of texts of a length.</summary>
        private static readonly EntryForm Cbor = new()
        {
            Begin = [0xBF, 0x71, .. "FailedRecordCount"u8, 0x00, 0x67, .. "Records"u8, 0x9F],
            BeforeNumber = [0xBF, 0x6E, .. "SequenceNumber"u8, 0x78, SequenceNumber.Digits],
            BeforeShard = [0x67, .. "ShardId"u8, 0x74, .. "shardId-"u8],
            AfterShard = [],
            Close = [0xFF],
            EncryptedClose = [0x6E, .. "EncryptionType"u8, 0x63, .. "KMS"u8, 0xFF],
            Separator = [],
            End = [0xFF, 0xFF],
            EncryptedEnd = [0xFF, 0x6E, .. "EncryptionType"u8, 0x63, .. "KMS"u8, 0xFF],
        };

        /// <summary>Digits in the name of a shard.</summary>
        private const int ShardDigits = 12;

        public required byte[] Begin { get; init; }

        public required byte[] BeforeNumber { get; init; }

        public required byte[] BeforeShard { get; init; }

        public required byte[] AfterShard { get; init; }

        public required byte[] Close { get; init; }

        /// <summary>As <see cref="Close"/>, for PutRecord into a stream that is encrypted; AWS says nothing of one that is not.</summary>
        public required byte[] EncryptedClose { get; init; }

        public required byte[] Separator { get; init; }

        public required byte[] End { get; init; }

        public required byte[] EncryptedEnd { get; init; }

        /// <summary>Bytes of an entry.</summary>
        public int Length => BeforeNumber.Length + SequenceNumber.Digits + BeforeShard.Length + ShardDigits + AfterShard.Length + Close.Length;

        public static EntryForm Of(BodyEncoding encoding) => encoding == BodyEncoding.Json ? Json : Cbor;

        /// <summary>Writes the entry of a frame's first record.</summary>
        public void Write(Span<byte> target, in PutFrame frame)
        {
            BeforeNumber.CopyTo(target);
            target = target[BeforeNumber.Length..];
            RecordNumber.Of(frame.Shard, frame.Frame.FirstIndex, frame.Frame.ArrivalMs).Format(target[..SequenceNumber.Digits]);
            target = target[SequenceNumber.Digits..];
            BeforeShard.CopyTo(target);
            target = target[BeforeShard.Length..];
            frame.Shard.Index.TryFormat(target, out _, "D12", CultureInfo.InvariantCulture);
            AfterShard.CopyTo(target[ShardDigits..]);
            Close.CopyTo(target[(ShardDigits + AfterShard.Length)..]);
        }
    }
}
