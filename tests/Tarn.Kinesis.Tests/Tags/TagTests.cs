using Tarn.Api.Kinesis;

namespace Tarn.Kinesis.Tests.Tags;

public sealed class TagTests
{
    private static Dictionary<string, string> Many(int from, int count) => Enumerable.Range(from, count).ToDictionary(i => $"k{i:D3}", i => $"v{i}");

    [Fact]
    public async Task Tags_by_name_and_by_ARN_are_the_same_tags()
    {
        await using var kinesis = await TestKinesis.OpenAsync();
        await kinesis.Call(KinesisModel.CreateStream, new CreateStreamInput { StreamName = "s", ShardCount = 1, Tags = new Dictionary<string, string> { ["a"] = "1" } });
        await kinesis.Call(KinesisModel.AddTagsToStream, new AddTagsToStreamInput { StreamName = "s", Tags = new Dictionary<string, string> { ["b"] = "2", ["a"] = "3" } });
        await kinesis.Call(KinesisModel.TagResource, new TagResourceInput { ResourceARN = kinesis.Arn(), Tags = new Dictionary<string, string> { ["c"] = "" } });
        await kinesis.Call(KinesisModel.RemoveTagsFromStream, new RemoveTagsFromStreamInput { StreamName = "s", TagKeys = ["b", "x"] });
        Assert.Equal([("a", "3"), ("c", "")], (await kinesis.Call(KinesisModel.ListTagsForResource, new ListTagsForResourceInput { ResourceARN = kinesis.Arn() })).Tags!.Select(tag => (tag.Key, tag.Value)));
        await kinesis.Call(KinesisModel.UntagResource, new UntagResourceInput { ResourceARN = kinesis.Arn(), TagKeys = ["a"] });
        var page = await kinesis.Call(KinesisModel.ListTagsForStream, new ListTagsForStreamInput { StreamARN = kinesis.Arn() });
        Assert.Equal((false, "c"), (page.HasMoreTags, Assert.Single(page.Tags!).Key));
    }

    [Fact]
    public async Task A_resource_has_fifty_tags_and_ListTagsForStream_pages_through_them()
    {
        await using var kinesis = await (await TestKinesis.OpenAsync()).WithStream();
        await kinesis.Call(KinesisModel.AddTagsToStream, new AddTagsToStreamInput { StreamName = "s", Tags = Many(0, 50) });
        await kinesis.Fails(
            KinesisModel.AddTagsToStream, new AddTagsToStreamInput { StreamName = "s", Tags = Many(50, 1) }, "InvalidArgumentException",
            "Failed to add tags to stream s under account 123456789012 because a given stream cannot have more than 50 tags associated with it.");
        await kinesis.Fails(KinesisModel.CreateStream, new CreateStreamInput { StreamName = "t", ShardCount = 1, Tags = Many(0, 51) }, "InvalidArgumentException");
        await kinesis.Call(KinesisModel.AddTagsToStream, new AddTagsToStreamInput { StreamName = "s", Tags = Many(49, 1) });
        var first = await kinesis.Call(KinesisModel.ListTagsForStream, new ListTagsForStreamInput { StreamName = "s", Limit = 30 });
        Assert.Equal((true, 30), (first.HasMoreTags, first.Tags!.Count));
        var rest = await kinesis.Call(KinesisModel.ListTagsForStream, new ListTagsForStreamInput { StreamName = "s", ExclusiveStartTagKey = first.Tags[^1].Key });
        Assert.Equal((false, 20, "k030"), (rest.HasMoreTags, rest.Tags!.Count, rest.Tags[0].Key));
    }

    [Theory]
    [InlineData("k*", "v")]
    [InlineData("k", "v;")]
    [InlineData("k", "(v)")]
    [InlineData("k\tl", "v")]
    [InlineData("k\nl", "v")]
    [InlineData("k,l", "v")]
    public async Task Characters_that_AWS_does_not_take_are_refused(string key, string value)
    {
        await using var kinesis = await (await TestKinesis.OpenAsync()).WithStream();
        await kinesis.Fails(
            KinesisModel.AddTagsToStream, new AddTagsToStreamInput { StreamName = "s", Tags = new Dictionary<string, string> { [key] = value } }, "InvalidArgumentException",
            "Some tags contain invalid characters. Valid characters: Unicode letters, digits, white space, _ . / = + - % @ :.");
        await kinesis.Call(KinesisModel.AddTagsToStream, new AddTagsToStreamInput { StreamName = "s", Tags = new Dictionary<string, string> { ["Zürich ü_./=+-@:"] = "東京 हिंदी 9" } });
    }

    [Fact]
    public async Task A_percent_sign_is_refused_in_words_of_its_own()
    {
        await using var kinesis = await (await TestKinesis.OpenAsync()).WithStream();
        const string Rest = "stream s under account 123456789012 because some tags contained illegal characters. The allowed characters are Unicode letters, white-spaces, '_',',','/','=','+','-','@',':'.";
        await kinesis.Fails(
            KinesisModel.AddTagsToStream, new AddTagsToStreamInput { StreamName = "s", Tags = new Dictionary<string, string> { ["k"] = "5%" } }, "InvalidArgumentException", "Failed to add tags to " + Rest);
        await kinesis.Fails(KinesisModel.RemoveTagsFromStream, new RemoveTagsFromStreamInput { StreamName = "s", TagKeys = ["%"] }, "InvalidArgumentException", "Failed to remove tags from " + Rest);
    }

    [Fact]
    public async Task Tags_of_a_stream_that_is_CREATING_can_be_read_and_not_changed()
    {
        var delay = TimeSpan.FromSeconds(5);
        await using var kinesis = await TestKinesis.OpenAsync(delay);
        await kinesis.Call(KinesisModel.CreateStream, new CreateStreamInput { StreamName = "s", ShardCount = 1, Tags = Many(0, 2) });
        Assert.Equal(2, (await kinesis.Call(KinesisModel.ListTagsForStream, new ListTagsForStreamInput { StreamName = "s" })).Tags!.Count);
        var more = new AddTagsToStreamInput { StreamName = "s", Tags = Many(2, 1) };
        await kinesis.Fails(KinesisModel.AddTagsToStream, more, "ResourceInUseException", "Stream s under account 123456789012 not ACTIVE, instead in state CREATING");
        await kinesis.Fails(KinesisModel.UntagResource, new UntagResourceInput { ResourceARN = kinesis.Arn(), TagKeys = ["k"] }, "ResourceInUseException");
        kinesis.Time.Advance(delay);
        await kinesis.Call(KinesisModel.AddTagsToStream, more);
        Assert.Equal(3, (await kinesis.Call(KinesisModel.ListTagsForStream, new ListTagsForStreamInput { StreamName = "s" })).Tags!.Count);
    }

    [Fact]
    public async Task Policies_and_tags_of_consumers_go_with_them()
    {
        await using var kinesis = await (await TestKinesis.OpenAsync()).WithStream();
        const string Policy = """{"Version":"2012-10-17","Statement":[]}""";
        var arn = (await kinesis.Call(KinesisModel.RegisterStreamConsumer, new RegisterStreamConsumerInput { StreamARN = kinesis.Arn(), ConsumerName = "c", Tags = Many(0, 2) })).Consumer!.ConsumerARN!;
        await kinesis.Call(KinesisModel.PutResourcePolicy, new PutResourcePolicyInput { ResourceARN = arn, Policy = Policy });
        Assert.Equal(Policy, (await kinesis.Call(KinesisModel.GetResourcePolicy, new GetResourcePolicyInput { ResourceARN = arn })).Policy);
        Assert.Equal(2, (await kinesis.Call(KinesisModel.ListTagsForResource, new ListTagsForResourceInput { ResourceARN = arn })).Tags!.Count);
        await kinesis.Call(KinesisModel.DeregisterStreamConsumer, new DeregisterStreamConsumerInput { ConsumerARN = arn });
        await kinesis.Fails(KinesisModel.GetResourcePolicy, new GetResourcePolicyInput { ResourceARN = arn }, "ResourceNotFoundException");

        // The same second, so the same ARN: nothing of the old one may be left.
        await kinesis.Call(KinesisModel.RegisterStreamConsumer, new RegisterStreamConsumerInput { StreamARN = kinesis.Arn(), ConsumerName = "c" });
        await kinesis.Fails(KinesisModel.GetResourcePolicy, new GetResourcePolicyInput { ResourceARN = arn }, "ResourceNotFoundException");
        Assert.Empty((await kinesis.Call(KinesisModel.ListTagsForResource, new ListTagsForResourceInput { ResourceARN = arn })).Tags!);
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("{}")]
    [InlineData("[]")]
    public async Task What_is_no_policy_is_refused(string policy)
    {
        await using var kinesis = await (await TestKinesis.OpenAsync()).WithStream();
        await kinesis.Fails(KinesisModel.PutResourcePolicy, new PutResourcePolicyInput { ResourceARN = kinesis.Arn(), Policy = policy }, "InvalidArgumentException");
        await kinesis.Fails(KinesisModel.DeleteResourcePolicy, new DeleteResourcePolicyInput { ResourceARN = kinesis.Arn() }, "ResourceNotFoundException");
    }
}
