using Tarn.Kinesis.Log;
using static Tarn.Kinesis.Tests.Log.LogHarness;

namespace Tarn.Kinesis.Tests.Log;

/// <summary>What the log does when the disk fails.</summary>
public class StreamLogFaultTests
{
    [Fact]
    public async Task Short_writes_are_gone_on_with()
    {
        foreach (var most in new[] { 1, 7, 100 })
        {
            var harness = new LogHarness(new MemoryDisk { WriteBytesMax = most });
            harness.Log.OpenShard(1, Forever);
            for (var index = 0; index < 20; index++)
            {
                await harness.AppendAsync(1, ("k", Data(1, index, 300)));
            }

            await StreamLogRecoveryTests.Expect(harness.Disk, 20, length: 300);
        }
    }

    [Fact]
    public async Task An_error_of_any_write_or_sync_fails_appends_for_good_and_loses_nothing_acknowledged()
    {
        // The first call, a sync of the folder, belongs to the opening.
        var calls = await CountCalls();
        foreach (var power in new[] { false, true })
        {
            for (var failing = 1; failing < calls; failing++)
            {
                var disk = new MemoryDisk();
                DiskCall? failed = null;
                disk.Fault = (number, kind) =>
                {
                    if (number != failing)
                    {
                        return null;
                    }

                    failed = kind;
                    return new IOException("Input/output error");
                };
                var harness = new LogHarness(disk);
                harness.Log.OpenShard(1, Forever);
                var acknowledged = 0;
                Exception? error = null;
                for (var index = 0; index < 30; index++)
                {
                    try
                    {
                        var result = await harness.AppendAsync(1, ("k", Data(1, acknowledged, 300)));
                        Assert.Equal(acknowledged++, result.FirstIndex);
                        Assert.True(error is null or LogFullException, $"call {failing}: an append was taken after {error?.Message}");
                    }
                    catch (StreamLogException e)
                    {
                        error = e;
                    }
                }

                Assert.Equal(acknowledged, harness.ReadAll(1).Count);
                Assert.NotNull(failed);
                Assert.True(error is LogFailedException or LogFullException, $"call {failing}, {failed}: {error?.Message}");
                disk.Fault = null;
                if (power)
                {
                    disk.Crash(new Random(failing));
                }

                var again = new LogHarness(disk);
                again.Log.OpenShard(1, Forever);
                var records = again.ReadAll(1);
                Assert.InRange(records.Count, acknowledged, acknowledged + 1);
                Assert.All(records, record => Assert.Equal(Data(1, record.Index, 300), record.Data));
                Assert.Equal(records.Count, (await again.AppendAsync(1, ("k", []))).FirstIndex);

                // Also what the first process failed to sync and the second one found: it was shown, so it must stay.
                disk.Crash(new Random(failing));
                var last = new LogHarness(disk);
                last.Log.OpenShard(1, Forever);
                Assert.Equal(records.Count + 1, last.ReadAll(1).Count);
            }
        }

        static async Task<int> CountCalls()
        {
            var harness = new LogHarness(new MemoryDisk());
            harness.Log.OpenShard(1, Forever);
            for (var index = 0; index < 30; index++)
            {
                await harness.AppendAsync(1, ("k", Data(1, index, 300)));
            }

            return harness.Disk.Calls;
        }
    }

    [Fact]
    public async Task An_error_while_opening_leaves_a_log_that_opens_again_and_lasts()
    {
        foreach (var closed in new[] { false, true })
        {
            for (var failing = 0; ; failing++)
            {
                var harness = new LogHarness(new MemoryDisk());
                harness.Log.OpenShard(1, Forever);
                await harness.AppendAsync(1, ("k", Data(1, 0, 40)));
                if (closed)
                {
                    await harness.Log.DisposeAsync();
                }

                var disk = harness.Disk;
                var number = 0;
                disk.Fault = (_, _) => number++ == failing ? new IOException("Input/output error") : null;
                var failed = false;
                try
                {
                    _ = new LogHarness(disk);
                }
                catch (Exception e) when (e is IOException or LogFailedException)
                {
                    failed = true;
                }

                disk.Fault = null;
                var opened = new LogHarness(disk);
                opened.Log.OpenShard(1, Forever);
                Assert.Equal(1, (await opened.AppendAsync(1, ("k", Data(1, 1, 40)))).FirstIndex);
                disk.Crash(new Random(failing));
                var last = new LogHarness(disk);
                last.Log.OpenShard(1, Forever);
                Assert.Equal(2, last.ReadAll(1).Count);
                if (!failed)
                {
                    Assert.True(failing >= 3, $"opening made {failing} calls");
                    break;
                }
            }
        }
    }

    [Fact]
    public async Task A_full_disk_fails_appends_that_need_a_segment_until_there_is_room_again()
    {
        var disk = new MemoryDisk();
        var harness = new LogHarness(disk);
        harness.Log.OpenShard(1, Forever);
        var count = 0;
        for (; count < 3; count++)
        {
            await harness.AppendAsync(1, ("k", Data(1, count, 900)));
        }

        disk.Fault = (_, kind) => kind == DiskCall.Create ? new IOException("No space left on device") : null;
        await Assert.ThrowsAsync<LogFullException>(() => harness.AppendAsync(1, ("k", Data(1, count, 900))));
        Assert.Equal(count++, (await harness.AppendAsync(1, ("k", Data(1, count - 1, 300)))).FirstIndex);
        await Assert.ThrowsAsync<LogFullException>(() => harness.AppendAsync(1, ("k", Data(1, count, 900))));
        disk.Fault = null;
        Assert.Equal(count, (await harness.AppendAsync(1, ("k", Data(1, count, 900)))).FirstIndex);
        Assert.Equal(5, harness.ReadAll(1).Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_full_disk_has_room_again_when_records_expire_or_are_deleted(bool areDeleted)
    {
        var disk = new MemoryDisk();
        var harness = new LogHarness(disk);
        harness.Log.OpenShard(1, TimeSpan.FromHours(1));
        harness.Log.OpenShard(2, Forever);
        for (var number = 0; number < 10; number++)
        {
            await harness.AppendAsync(1, ("k", Data(1, number, 900)));
        }

        disk.Fault = (_, kind) => kind == DiskCall.Create ? new IOException("No space left on device") : null;
        foreach (var size in new[] { 900, 100, 1 })
        {
            await FillAsync(harness, size);
        }

        if (areDeleted)
        {
            var deletion = harness.Log.DeleteShardsAsync([1]);
            harness.Log.Pump();
            await deletion;
        }
        else
        {
            harness.Clock.NowMs += 3_600_001;
        }

        await harness.Log.MaintainAsync();
        Assert.Equal(FrameOutcome.Appended, (await harness.AppendAsync(2, ("k", Data(2, 0, 900)))).Outcome);
    }

    private static async Task FillAsync(LogHarness harness, int size)
    {
        var error = await Record.ExceptionAsync(async () =>
        {
            for (var number = 0; number < 100; number++)
            {
                await harness.AppendAsync(1, ("k", new byte[size]));
            }
        });
        Assert.IsType<LogFullException>(error);
    }
}
