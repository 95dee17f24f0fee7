using Tarn.Api.Kinesis;

namespace Tarn.Kinesis.Tests.Streams;

public sealed class StreamSettingsTests
{
    [Fact]
    public async Task Retention_goes_up_and_down_between_a_day_and_a_year_and_the_value_that_is_set_may_be_set_again()
    {
        await using var kinesis = await (await TestKinesis.OpenAsync()).WithStream();
        Task Up(int hours) => kinesis.Call(KinesisModel.IncreaseStreamRetentionPeriod, new IncreaseStreamRetentionPeriodInput { StreamName = "s", RetentionPeriodHours = hours });
        Task Down(int hours) => kinesis.Call(KinesisModel.DecreaseStreamRetentionPeriod, new DecreaseStreamRetentionPeriodInput { StreamARN = kinesis.Arn(), RetentionPeriodHours = hours });
        await Up(8_760);
        await Up(8_760);
        await Down(48);
        await Down(48);
        Assert.Equal(48, (await kinesis.Summary()).RetentionPeriodHours);
        Assert.Equal(["start", "add 0", "retention 8760", "retention 48"], kinesis.Memory.Calls);
        foreach (var (operation, hours, message) in new (bool IsUp, int, string)[]
        {
            (true, 23, "Minimum allowed retention period is 24 hours. Requested retention period (23 hours) is too short."),
            (true, 8_761, "Maximum allowed retention period is 8760 hours. Requested retention period (8761 hours) is too long."),
            (true, 47, "Requested retention period (47 hours) for stream s can not be shorter than existing retention period (48 hours). Use DecreaseRetentionPeriod API."),
            (false, 49, "Requested retention period (49 hours) for stream s can not be longer than existing retention period (48 hours). Use IncreaseRetentionPeriod API."),
            (false, 23, "Minimum allowed retention period is 24 hours. Requested retention period (23 hours) is too short."),
        })
        {
            var failure = await Assert.ThrowsAsync<Contracts.AwsException>(() => operation ? Up(hours) : Down(hours));
            Assert.Equal(("InvalidArgumentException", message), (failure.Code, failure.Message));
        }
    }

    [Fact]
    public async Task Enhanced_monitoring_answers_what_was_on_and_what_will_be()
    {
        await using var kinesis = await (await TestKinesis.OpenAsync()).WithStream();
        var all = await kinesis.Call(KinesisModel.EnableEnhancedMonitoring, new EnableEnhancedMonitoringInput { StreamName = "s", ShardLevelMetrics = ["ALL"] });
        Assert.Empty(all.CurrentShardLevelMetrics!);
        Assert.Equal(7, all.DesiredShardLevelMetrics!.Count);
        var fewer = await kinesis.Call(KinesisModel.DisableEnhancedMonitoring, new DisableEnhancedMonitoringInput { StreamName = "s", ShardLevelMetrics = ["IncomingBytes", "IteratorAgeMilliseconds"] });
        Assert.Equal((7, 5), (fewer.CurrentShardLevelMetrics!.Count, fewer.DesiredShardLevelMetrics!.Count));
        var none = await kinesis.Call(KinesisModel.DisableEnhancedMonitoring, new DisableEnhancedMonitoringInput { StreamName = "s", ShardLevelMetrics = ["ALL"] });
        Assert.Empty(none.DesiredShardLevelMetrics!);
        Assert.Empty((await kinesis.Summary()).EnhancedMonitoring![0].ShardLevelMetrics!);
    }

    [Fact]
    public async Task The_mode_is_switched_twice_a_day_and_keeps_the_shards()
    {
        await using var kinesis = await (await TestKinesis.OpenAsync()).WithStream(shards: 3);
        UpdateStreamModeInput To(string mode) => new() { StreamARN = kinesis.Arn(), StreamModeDetails = new StreamModeDetails { StreamMode = mode } };
        await kinesis.Call(KinesisModel.UpdateStreamMode, To("ON_DEMAND"));
        await kinesis.Call(KinesisModel.UpdateStreamMode, To("ON_DEMAND"));
        Assert.Equal(("ON_DEMAND", 3), ((await kinesis.Summary()).StreamModeDetails!.StreamMode, (await kinesis.Summary()).OpenShardCount));
        await kinesis.Call(KinesisModel.UpdateStreamMode, To("PROVISIONED"));
        await kinesis.Fails(KinesisModel.UpdateStreamMode, To("ON_DEMAND"), "LimitExceededException");
        kinesis.Time.Advance(TimeSpan.FromHours(24));
        await kinesis.Call(KinesisModel.UpdateStreamMode, To("ON_DEMAND"));
    }

    [Fact]
    public async Task Warm_throughput_needs_the_commitment_of_the_account_and_brings_the_shards_it_needs()
    {
        await using var kinesis = await TestKinesis.OpenAsync();
        await kinesis.Call(KinesisModel.CreateStream, new CreateStreamInput { StreamName = "s", StreamModeDetails = new StreamModeDetails { StreamMode = "ON_DEMAND" } });
        await kinesis.WithStream("p");
        UpdateStreamWarmThroughputInput Warm(string name, int rate) => new() { StreamName = name, WarmThroughputMiBps = rate };
        await kinesis.Fails(KinesisModel.UpdateStreamWarmThroughput, Warm("s", 10), "ValidationException");
        await kinesis.Call(KinesisModel.UpdateAccountSettings, new UpdateAccountSettingsInput { MinimumThroughputBillingCommitment = new MinimumThroughputBillingCommitmentInput { Status = "ENABLED" } });
        await kinesis.Fails(KinesisModel.UpdateStreamWarmThroughput, Warm("p", 10), "ValidationException");
        await kinesis.Fails(KinesisModel.UpdateStreamWarmThroughput, Warm("s", 10_001), "LimitExceededException");
        var answer = await kinesis.Call(KinesisModel.UpdateStreamWarmThroughput, Warm("s", 10));
        Assert.Equal((10, 10, "s"), (answer.WarmThroughput!.TargetMiBps, answer.WarmThroughput.CurrentMiBps, answer.StreamName));
        var summary = await kinesis.Summary();
        Assert.Equal((10, 10), (summary.OpenShardCount, summary.WarmThroughput!.TargetMiBps));
        await kinesis.Call(KinesisModel.UpdateStreamWarmThroughput, Warm("s", 5));
        Assert.Equal((10, 5), ((await kinesis.Summary()).OpenShardCount, (await kinesis.Summary()).WarmThroughput!.CurrentMiBps));
    }

    [Fact]
    public async Task A_commitment_that_is_ended_early_holds_for_a_day()
    {
        await using var kinesis = await TestKinesis.OpenAsync();
        async Task<MinimumThroughputBillingCommitmentOutput> Set(string status) => (await kinesis.Call(
            KinesisModel.UpdateAccountSettings,
            new UpdateAccountSettingsInput { MinimumThroughputBillingCommitment = new MinimumThroughputBillingCommitmentInput { Status = status } })).MinimumThroughputBillingCommitment!;
        var on = await Set("ENABLED");
        Assert.Equal(("ENABLED", TestKinesis.Start, TestKinesis.Start.AddHours(24)), (on.Status, on.StartedAt, on.EarliestAllowedEndAt));
        Assert.Equal("ENABLED_UNTIL_EARLIEST_ALLOWED_END", (await Set("DISABLED")).Status);
        Assert.Equal("ENABLED", (await Set("ENABLED")).Status);
        await Set("DISABLED");
        kinesis.Time.Advance(TimeSpan.FromHours(24));
        var off = (await kinesis.Call(KinesisModel.DescribeAccountSettings, new DescribeAccountSettingsInput())).MinimumThroughputBillingCommitment!;
        Assert.Equal(("DISABLED", TestKinesis.Start.AddHours(24)), (off.Status, off.EndedAt));
    }

    [Fact]
    public async Task The_largest_record_can_be_set_by_ARN()
    {
        await using var kinesis = await (await TestKinesis.OpenAsync()).WithStream();
        await kinesis.Call(KinesisModel.UpdateMaxRecordSize, new UpdateMaxRecordSizeInput { StreamARN = kinesis.Arn(), MaxRecordSizeInKiB = 10_240 });
        Assert.Equal(10_240, (await kinesis.Summary()).MaxRecordSizeInKiB);
        await kinesis.Fails(KinesisModel.UpdateMaxRecordSize, new UpdateMaxRecordSizeInput { MaxRecordSizeInKiB = 1_024 }, "InvalidArgumentException");
    }
}
