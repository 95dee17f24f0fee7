using Tarn.Api.Kinesis;

namespace Tarn.Kinesis.Tests.Consumers;

public sealed class ConsumerTests
{
    private static RegisterStreamConsumerInput Register(TestKinesis kinesis, string name, string stream = "s") => new() { StreamARN = kinesis.Arn(stream), ConsumerName = name };

    [Fact]
    public async Task A_consumers_ARN_says_its_stream_its_name_and_the_second_of_its_creation()
    {
        await using var kinesis = await (await TestKinesis.OpenAsync()).WithStream();
        var consumer = (await kinesis.Call(KinesisModel.RegisterStreamConsumer, Register(kinesis, "c"))).Consumer!;
        Assert.Equal(($"{kinesis.Arn()}/consumer/c:{TestKinesis.Start.ToUnixTimeSeconds()}", "c", "ACTIVE", TestKinesis.Start), (consumer.ConsumerARN, consumer.ConsumerName, consumer.ConsumerStatus, consumer.ConsumerCreationTimestamp));
        foreach (var input in new[]
        {
            new DescribeStreamConsumerInput { ConsumerARN = consumer.ConsumerARN },
            new DescribeStreamConsumerInput { StreamARN = kinesis.Arn(), ConsumerName = "c" },
            new DescribeStreamConsumerInput { ConsumerARN = consumer.ConsumerARN, StreamARN = kinesis.Arn(), ConsumerName = "c" },
        })
        {
            Assert.Equal((consumer.ConsumerARN, kinesis.Arn()), (await kinesis.Call(KinesisModel.DescribeStreamConsumer, input)).ConsumerDescription is { } found ? (found.ConsumerARN, found.StreamARN) : default);
        }

        await kinesis.Fails(KinesisModel.DescribeStreamConsumer, new DescribeStreamConsumerInput { ConsumerARN = consumer.ConsumerARN, ConsumerName = "d" }, "InvalidArgumentException");
        await kinesis.Fails(KinesisModel.DescribeStreamConsumer, new DescribeStreamConsumerInput { ConsumerName = "c" }, "InvalidArgumentException");
        await kinesis.Fails(KinesisModel.DescribeStreamConsumer, new DescribeStreamConsumerInput { ConsumerARN = consumer.ConsumerARN + "0" }, "ResourceNotFoundException");
        await kinesis.Fails(KinesisModel.DescribeStreamConsumer, new DescribeStreamConsumerInput { StreamARN = kinesis.Arn(), ConsumerName = "d" }, "ResourceNotFoundException", "Consumer d, account 123456789012 not found.");
    }

    [Fact]
    public async Task A_stream_has_twenty_consumers_with_names_of_their_own()
    {
        await using var kinesis = await (await TestKinesis.OpenAsync()).WithStream();
        await kinesis.WithStream("t");
        for (var i = 0; i < 20; i++)
        {
            await kinesis.Call(KinesisModel.RegisterStreamConsumer, Register(kinesis, $"c{i}"));
        }

        await kinesis.Fails(KinesisModel.RegisterStreamConsumer, Register(kinesis, "c1"), "ResourceInUseException", "Consumer c1 under stream s under account 123456789012 already exists.");
        await kinesis.Fails(KinesisModel.RegisterStreamConsumer, Register(kinesis, "d"), "LimitExceededException");
        await kinesis.Call(KinesisModel.RegisterStreamConsumer, Register(kinesis, "c1", "t"));
        await kinesis.Call(KinesisModel.DeregisterStreamConsumer, new DeregisterStreamConsumerInput { StreamARN = kinesis.Arn(), ConsumerName = "c1" });
        await kinesis.Call(KinesisModel.RegisterStreamConsumer, Register(kinesis, "d"));
        Assert.Equal(20, (await kinesis.Summary()).ConsumerCount);
    }

    [Fact]
    public async Task An_on_demand_stream_of_an_account_that_commits_to_throughput_has_fifty()
    {
        await using var kinesis = await TestKinesis.OpenAsync(configure: options => (options.ConsumersPerStreamMax, options.ConsumersPerCommittedStreamMax) = (1, 2));
        await kinesis.WithStream();
        await kinesis.Call(KinesisModel.CreateStream, new CreateStreamInput { StreamName = "d", StreamModeDetails = new StreamModeDetails { StreamMode = "ON_DEMAND" } });
        await kinesis.Call(KinesisModel.RegisterStreamConsumer, Register(kinesis, "a"));
        await kinesis.Call(KinesisModel.RegisterStreamConsumer, Register(kinesis, "a", "d"));
        await kinesis.Fails(KinesisModel.RegisterStreamConsumer, Register(kinesis, "b", "d"), "LimitExceededException");
        await kinesis.Call(KinesisModel.UpdateAccountSettings, new UpdateAccountSettingsInput { MinimumThroughputBillingCommitment = new MinimumThroughputBillingCommitmentInput { Status = "ENABLED" } });
        await kinesis.Call(KinesisModel.RegisterStreamConsumer, Register(kinesis, "b", "d"));
        await kinesis.Fails(KinesisModel.RegisterStreamConsumer, Register(kinesis, "c", "d"), "LimitExceededException");
        await kinesis.Fails(KinesisModel.RegisterStreamConsumer, Register(kinesis, "b"), "LimitExceededException");
        Assert.Equal((20, 50), (new KinesisOptions().ConsumersPerStreamMax, new KinesisOptions().ConsumersPerCommittedStreamMax));
    }

    [Fact]
    public async Task Five_consumers_may_be_CREATING_at_a_time()
    {
        var delay = TimeSpan.FromSeconds(5);
        await using var kinesis = await (await TestKinesis.OpenAsync(delay)).WithStream();
        await kinesis.Fails(KinesisModel.RegisterStreamConsumer, Register(kinesis, "c"), "ResourceInUseException");
        kinesis.Time.Advance(delay);
        for (var i = 0; i < 5; i++)
        {
            await kinesis.Call(KinesisModel.RegisterStreamConsumer, Register(kinesis, $"c{i}"));
        }

        await kinesis.Fails(KinesisModel.RegisterStreamConsumer, Register(kinesis, "d"), "LimitExceededException");
        kinesis.Time.Advance(delay);
        await kinesis.Call(KinesisModel.RegisterStreamConsumer, Register(kinesis, "d"));
    }

    [Fact]
    public async Task Consumers_are_listed_by_name_with_a_token_of_300_seconds()
    {
        await using var kinesis = await (await TestKinesis.OpenAsync()).WithStream();
        foreach (var name in new[] { "b", "a", "c" })
        {
            await kinesis.Call(KinesisModel.RegisterStreamConsumer, Register(kinesis, name));
        }

        var first = await kinesis.Call(KinesisModel.ListStreamConsumers, new ListStreamConsumersInput { StreamARN = kinesis.Arn(), MaxResults = 2 });
        Assert.Equal(["a", "b"], first.Consumers!.Select(consumer => consumer.ConsumerName));
        var next = new ListStreamConsumersInput { StreamARN = kinesis.Arn(), NextToken = first.NextToken };
        await kinesis.Fails(
            KinesisModel.ListStreamConsumers,
            new ListStreamConsumersInput { StreamARN = kinesis.Arn(), NextToken = first.NextToken, StreamCreationTimestamp = TestKinesis.Start },
            "InvalidArgumentException",
            "NextToken and StreamCreationTimestamp cannot be provided together.");
        Assert.Equal(["c"], (await kinesis.Call(KinesisModel.ListStreamConsumers, next)).Consumers!.Select(consumer => consumer.ConsumerName));
        kinesis.Time.Advance(TimeSpan.FromSeconds(300));
        await kinesis.Fails(KinesisModel.ListStreamConsumers, next, "ExpiredNextTokenException");
    }
}
