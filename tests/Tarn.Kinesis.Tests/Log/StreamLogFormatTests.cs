using System.Text;
using Tarn.Kinesis.Log;

namespace Tarn.Kinesis.Tests.Log;

/// <summary>Freezes the bytes of docs/formats/stream-log.md.</summary>
public class StreamLogFormatTests
{
    [Fact]
    public async Task The_bytes_of_a_small_log_are_those_of_the_format_document()
    {
        var harness = new LogHarness(new MemoryDisk(), set: options =>
        {
            options.Random = bytes =>
            {
                for (var index = 0; index < bytes.Length; index++)
                {
                    bytes[index] = (byte)(0xA0 + index);
                }
            };
            options.DataKey = _ => new byte[32];
        });
        harness.Log.OpenShard(5, LogHarness.Forever);
        await harness.AppendAsync(5, ("key", "data"u8.ToArray()), ("k", []));
        harness.Clock.NowMs += 1;
        using (var batch = harness.Log.Rent())
        {
            "x"u8.CopyTo(batch.FrameFor(5, keyId: 3).Add("e"u8, 0x0102, 1));
            var append = batch.AppendAsync(CancellationToken.None);
            harness.Log.Pump();
            await append;
        }

        await harness.Log.TrimAsync(5, 1);
        await harness.Log.DeleteShardsAsync([5]);
        await harness.Log.DisposeAsync();
        var bytes = harness.Disk.Bytes("segment-0000000000000001.wal");
        Assert.Equal(4096, bytes.Length);
        var used = Array.FindLastIndex(bytes, value => value != 0) + 1;
        Assert.Equal(Golden, Dump(bytes.AsSpan(0, (used + 15) & ~15)));
    }

    [Fact]
    public async Task The_bytes_of_an_index_file_are_those_of_the_format_document()
    {
        var harness = new LogHarness(new MemoryDisk(), set: options => options.Random = bytes => bytes.Fill(0xA5));
        harness.Log.OpenShard(5, LogHarness.Forever);
        harness.Log.OpenShard(9, LogHarness.Forever);
        await harness.AppendAsync(9, ("k", []));
        for (var index = 0; index < 4; index++)
        {
            harness.Clock.NowMs += 3;
            await harness.AppendAsync(5, ("k", new byte[900]));
        }

        await harness.Log.MaintainAsync();
        Assert.Equal(GoldenIndex, Dump(harness.Disk.Bytes("segment-0000000000000001.index")));
    }

    [Fact]
    public void The_checksum_is_CRC32C_at_every_length()
    {
        Assert.Equal(0xE3069283u, Crc32C.Of("123456789"u8));
        Assert.Equal(0x8A9136AAu, Crc32C.Of(new byte[32]));
        var bytes = new byte[20_000];
        new Random(3).NextBytes(bytes);
        for (var length = 0; length < bytes.Length; length += 1 + (length / 40))
        {
            var crc = uint.MaxValue;
            foreach (var value in bytes.AsSpan(0, length))
            {
                crc ^= value;
                for (var bit = 0; bit < 8; bit++)
                {
                    crc = (crc >> 1) ^ ((crc & 1) * 0x82F63B78);
                }
            }

            Assert.Equal(~crc, Crc32C.Of(bytes.AsSpan(0, length)));
        }
    }

    private static string Dump(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder();
        for (var at = 0; at < bytes.Length; at += 16)
        {
            text.Append(at.ToString("x4")).Append(' ').Append(Convert.ToHexString(bytes[at..Math.Min(at + 16, bytes.Length)])).Append('\n');
        }

        return text.ToString();
    }

    private const string Golden = """
        0000 544B4631DF7E2DE8A0A1A2A3A4A5A6A7
        0010 00000000000000000000000000000000
        0020 00000000010000000100000002000000
        0030 00000000000000000100000000000000
        0040 00000000000000000068E5CF8B010000
        0050 00000000000000000000000000000000
        0060 544B4631377F0489A0A1A2A3A4A5A6A7
        0070 60000000140000005C555947DF7E2DE8
        0080 60000000010000000100000001000000
        0090 05000000000000000000000000000000
        00a0 02000000000000000068E5CF8B010000
        00b0 00000000000000000000000000000000
        00c0 0300040000006B657964617461010000
        00d0 0000006B00000000544B4631BFBAA7A3
        00e0 A0A1A2A3A4A5A6A7D800000028000000
        00f0 CFA508CC377F0489D800000001000000
        0100 01000000010100000500000000000000
        0110 02000000000000000100000003000000
        0120 0168E5CF8B010000A0A1A2A3A4A5A6A7
        0130 A8A9AAAB00000000997FBFF2306B3EDD
        0140 0FCB8B63ED7D7718B584F95F5D88C3D4
        0150 9C262B84FC8205940DC52E532F0213B0
        0160 544B46311C653C0DA0A1A2A3A4A5A6A7
        0170 6001000010000000D846443FBFBAA7A3
        0180 60010000010000000100000005000000
        0190 00000000000000000000000000000000
        01a0 01000000000000000168E5CF8B010000
        01b0 00000000000000000000000000000000
        01c0 05000000000000000100000000000000
        01d0 544B4631B8E2E150A0A1A2A3A4A5A6A7
        01e0 D001000008000000C04D09E41C653C0D
        01f0 D0010000010000000100000006000000
        0200 00000000000000000000000000000000
        0210 01000000000000000168E5CF8B010000
        0220 00000000000000000000000000000000
        0230 0500000000000000544B4631B7CC93DC
        0240 A0A1A2A3A4A5A6A73802000000000000
        0250 00000000B8E2E1503802000001000000
        0260 01000000040000000000000000000000
        0270 00000000000000000000000000000000
        0280 0168E5CF8B0100000000000000000000

        """;

    private const string GoldenIndex = """
        0000 544B58310A3F68BBA5A5A5A5A5A5A5A5
        0010 980C0000020000000500000000000000
        0020 00000000000000000300000000000000
        0030 0368E5CF8B0100000968E5CF8B010000
        0040 00000000030000004B82219900000000
        0050 09000000000000000000000000000000
        0060 01000000000000000068E5CF8B010000
        0070 0068E5CF8B0100000300000001000000
        0080 E24163BC00000000C800000000000000
        0090 00000000F0030000B804000001000000
        00a0 03000000F0030000A808000002000000
        00b0 06000000F00300006000000000000000
        00c0 0000000068000000

        """;
}
