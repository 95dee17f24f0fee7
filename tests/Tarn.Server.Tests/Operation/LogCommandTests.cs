using Tarn.Kinesis.Log;
using Tarn.Server.Commands;

namespace Tarn.Server.Tests.Operation;

public class LogCommandTests
{
    [Fact]
    public async Task Verify_answers_0_for_a_whole_log_and_1_for_a_damaged_one()
    {
        var data = Directory.CreateTempSubdirectory("tarn-log-command-").FullName;
        try
        {
            var folder = Path.Combine(data, "streams", "log");
            await using (var log = StreamLog.Open(folder, new StreamLogOptions { SegmentBytes = 1 << 20, FrameBytesMax = 64 << 10 }))
            {
                log.OpenShard(1, TimeSpan.FromDays(1));
                using var batch = log.Rent();
                "data"u8.CopyTo(batch.FrameFor(1, keyId: 0).Add("key"u8, null, 4));
                await batch.AppendAsync(CancellationToken.None);
            }

            Assert.Equal(0, LogCommand.Run(["verify", data]));
            Assert.Equal(0, LogCommand.Run(["dump", data, "--records"]));
            var segment = Directory.EnumerateFiles(folder, "segment-*.wal").Single();
            var bytes = await File.ReadAllBytesAsync(segment);
            bytes[bytes.AsSpan().IndexOf("data"u8)] ^= 1;
            await File.WriteAllBytesAsync(segment, bytes);
            Assert.Equal(1, LogCommand.Run(["verify", data]));
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    [Fact]
    public void A_wrong_command_line_and_a_folder_without_a_log_are_usage_errors()
    {
        foreach (var arguments in new string[][] { [], ["verify"], ["check", "data"], ["verify", "a", "b"], ["verify", "data", "--records"], ["verify", "/no/such/folder"] })
        {
            Assert.Throws<UsageException>(() => LogCommand.Run(arguments));
        }
    }
}
