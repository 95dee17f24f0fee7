using Tarn.Kinesis.Log;
using static Tarn.Kinesis.Tests.Log.LogHarness;

namespace Tarn.Kinesis.Tests.Log;

public class LogInspectorTests
{
    [Fact]
    public async Task A_whole_log_is_said_to_be_whole_and_its_frames_are_listed()
    {
        var disk = await MakeAsync();
        var (damages, text) = Verify(disk);
        Assert.Equal(0, damages);
        Assert.Contains("segment-0000000000000001.wal: 5 frames, 3 records, ", text);
        Assert.Contains("complete, index agrees", text);
        Assert.Contains("1 shards, 20 records that are not gone", text);
        Assert.EndsWith("The stream log is whole.\n", text);

        var output = new StringWriter { NewLine = "\n" };
        LogInspector.Dump(disk.Folder(), output, records: true);
        Assert.Contains("           0  2023-11-14T22:13:20.000Z  generation 1  start     0 shards\n", output.ToString());
        Assert.Contains("          96  2023-11-14T22:13:20.000Z  generation 1  records   shard 1, 0 to 0, 907 bytes\n              0  k  900 bytes\n", output.ToString());
        Assert.Contains("  mark\n", output.ToString());
        Assert.DoesNotContain("CRC", output.ToString().Split("mark")[0]);
    }

    [Fact]
    public async Task A_flipped_bit_anywhere_in_the_frames_is_found_with_its_file()
    {
        var whole = await MakeAsync();
        foreach (var name in whole.Names.Where(name => name.StartsWith("segment-", StringComparison.Ordinal)))
        {
            var bytes = whole.Bytes(name);
            var used = Array.FindLastIndex(bytes, value => value != 0);
            for (var at = 0; at < used - FrameHeader.Bytes; at += 13)
            {
                var disk = whole.Copy();
                var flipped = (byte[])bytes.Clone();
                flipped[at] ^= 4;
                disk.Put(name, flipped);
                var (damages, text) = Verify(disk);
                if (name.EndsWith(".index", StringComparison.Ordinal))
                {
                    Assert.Matches("no valid index|The stream log is damaged: " + name, text);
                }
                else if (damages == 0)
                {
                    // Only padding may be anything.
                    Assert.True(bytes[at] == 0, $"{name} at {at}");
                }
                else
                {
                    Assert.Contains("The stream log is damaged: " + name, text);
                }
            }
        }
    }

    private static (int Damages, string Text) Verify(MemoryDisk disk)
    {
        var output = new StringWriter { NewLine = "\n" };
        return (LogInspector.Verify(disk.Folder(), output), output.ToString());
    }

    private static async Task<MemoryDisk> MakeAsync()
    {
        var harness = new LogHarness(new MemoryDisk());
        harness.Log.OpenShard(1, Forever);
        for (var index = 0; index < 20; index++)
        {
            await harness.AppendAsync(1, ("k", Data(1, index, 900)));
        }

        await harness.Log.MaintainAsync();
        await harness.Log.DisposeAsync();
        return harness.Disk;
    }
}
