using System.Text.Json;
using Tarn.Api.Kinesis;
using Tarn.Wire.Dispatch;
using Tarn.Wire.Tests.Support;

namespace Tarn.Wire.Tests.Edge;

/// <summary>What AWS says of wrong requests to Kinesis, where it was written down: the tests of kinesalite were run against it.</summary>
public sealed class KinesisWordsTests
{
    private const string NamePattern = "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+";

    [Theory]
    [InlineData("DescribeStream", """{"StreamName":""}""",
        "2 validation errors detected: Value '' at 'streamName' failed to satisfy constraint: " + NamePattern
        + "; Value '' at 'streamName' failed to satisfy constraint: Member must have length greater than or equal to 1")]
    [InlineData("ListStreams", """{"Limit":0}""",
        "1 validation error detected: Value '0' at 'limit' failed to satisfy constraint: Member must have value greater than or equal to 1")]
    [InlineData("CreateStream", """{"StreamName":"","ShardCount":0}""",
        "3 validation errors detected: Value '0' at 'shardCount' failed to satisfy constraint: Member must have value greater than or equal to 1; "
        + "Value '' at 'streamName' failed to satisfy constraint: " + NamePattern
        + "; Value '' at 'streamName' failed to satisfy constraint: Member must have length greater than or equal to 1")]
    [InlineData("PutRecords", """{"StreamName":"","Records":[]}""",
        "3 validation errors detected: Value '[]' at 'records' failed to satisfy constraint: Member must have length greater than or equal to 1; "
        + "Value '' at 'streamName' failed to satisfy constraint: " + NamePattern
        + "; Value '' at 'streamName' failed to satisfy constraint: Member must have length greater than or equal to 1")]
    [InlineData("PutRecords", "{}", "1 validation error detected: Value null at 'records' failed to satisfy constraint: Member must not be null")]
    [InlineData("PutRecords", """{"Records":[{"Data":"","PartitionKey":"a"},{"ExplicitHashKey":"01"}]}""",
        "3 validation errors detected: Value null at 'records.2.member.partitionKey' failed to satisfy constraint: Member must not be null; "
        + "Value '01' at 'records.2.member.explicitHashKey' failed to satisfy constraint: Member must satisfy regular expression pattern: 0|([1-9]\\d{0,38}); "
        + "Value null at 'records.2.member.data' failed to satisfy constraint: Member must not be null")]
    [InlineData("PutRecord", """{"StreamName":"s","PartitionKey":"","Data":"","SequenceNumberForOrdering":"-1"}""",
        "2 validation errors detected: Value '-1' at 'sequenceNumberForOrdering' failed to satisfy constraint: Member must satisfy regular expression pattern: 0|([1-9]\\d{0,128}); "
        + "Value '' at 'partitionKey' failed to satisfy constraint: Member must have length greater than or equal to 1")]
    [InlineData("GetShardIterator", """{"StreamName":"","ShardIteratorType":"","ShardId":"","StartingSequenceNumber":""}""",
        "6 validation errors detected: Value '' at 'shardId' failed to satisfy constraint: " + NamePattern
        + "; Value '' at 'shardId' failed to satisfy constraint: Member must have length greater than or equal to 1; "
        + "Value '' at 'shardIteratorType' failed to satisfy constraint: Member must satisfy enum value set: "
        + "[AFTER_SEQUENCE_NUMBER, LATEST, AT_TIMESTAMP, AT_SEQUENCE_NUMBER, TRIM_HORIZON]; "
        + "Value '' at 'startingSequenceNumber' failed to satisfy constraint: Member must satisfy regular expression pattern: 0|([1-9]\\d{0,128}); "
        + "Value '' at 'streamName' failed to satisfy constraint: " + NamePattern
        + "; Value '' at 'streamName' failed to satisfy constraint: Member must have length greater than or equal to 1")]
    [InlineData("AddTagsToStream", """{"StreamName":"","Tags":{}}""",
        "3 validation errors detected: Value '{}' at 'tags' failed to satisfy constraint: Member must have length greater than or equal to 1; "
        + "Value '' at 'streamName' failed to satisfy constraint: " + NamePattern
        + "; Value '' at 'streamName' failed to satisfy constraint: Member must have length greater than or equal to 1")]
    public async Task Every_constraint_that_is_broken_is_listed(string operation, string body, string message)
    {
        await using var host = await EdgeHost.StartAsync(Kinesis());

        AssertError("ValidationException", "message", message, await host.CallAsync("Kinesis_20131202." + operation, body));
    }

    [Fact]
    public async Task A_blob_that_is_too_long_is_shown_as_Java_prints_a_buffer()
    {
        await using var host = await EdgeHost.StartAsync(Kinesis());
        var data = Convert.ToBase64String(new byte[10_485_761]);

        var answer = await host.CallAsync("Kinesis_20131202.PutRecord", $$"""{"StreamName":"s","PartitionKey":"a","Data":"{{data}}"}""");

        AssertError("ValidationException", "message",
            "1 validation error detected: Value 'java.nio.HeapByteBuffer[pos=0 lim=10485761 cap=10485761]' at 'data' failed to satisfy constraint: Member must have length less than or equal to 10485760",
            answer);
    }

    [Theory]
    [InlineData("ListStreams", "ExclusiveStartStreamName", "true", "class java.lang.Boolean can not be converted to an String")]
    [InlineData("ListStreams", "ExclusiveStartStreamName", "23", "class com.amazon.coral.value.json.numbers.TruncatingBigNumber can not be converted to an String")]
    [InlineData("ListStreams", "ExclusiveStartStreamName", "34.56", "class com.amazon.coral.value.json.numbers.TruncatingBigNumber can not be converted to an String")]
    [InlineData("ListStreams", "ExclusiveStartStreamName", "[]", "Start of list found where not expected")]
    [InlineData("ListStreams", "ExclusiveStartStreamName", "{}", "Start of structure or map found where not expected.")]
    [InlineData("ListStreams", "Limit", "\"23\"", "class java.lang.String can not be converted to an Integer")]
    [InlineData("ListStreams", "Limit", "true", "class java.lang.Boolean can not be converted to an Integer")]
    [InlineData("PutRecord", "Data", "true", "class java.lang.Boolean can not be converted to a Blob")]
    [InlineData("PutRecord", "Data", "\"23456\"", "'23456' can not be converted to a Blob: Base64 encoded length is expected a multiple of 4 bytes but found: 5")]
    [InlineData("PutRecord", "Data", "\"=+/=\"", "'=+/=' can not be converted to a Blob: Invalid Base64 character: '='")]
    [InlineData("PutRecord", "Data", "\"+/+=\"", "'+/+=' can not be converted to a Blob: Invalid last non-pad Base64 character dectected")]
    [InlineData("DeleteStream", "EnforceConsumerDeletion", "\"maybe\"", "'MAYBE' can not be converted to an Boolean")]
    [InlineData("DeleteStream", "EnforceConsumerDeletion", "23", "class com.amazon.coral.value.json.numbers.TruncatingBigNumber can not be converted to an Boolean")]
    [InlineData("PutRecords", "Records", "\"23\"", "Expected list or null")]
    [InlineData("PutRecords", "Records", "[23]", "Expected null")]
    [InlineData("AddTagsToStream", "Tags", "34.56", "Expected map or null")]
    [InlineData("GetShardIterator", "Timestamp", "\"2020\"", "class java.lang.String can not be converted to milliseconds since epoch")]
    public async Task Values_of_the_wrong_kind_are_named_as_Java_names_them(string operation, string member, string value, string message)
    {
        await using var host = await EdgeHost.StartAsync(Kinesis());

        AssertError("SerializationException", "Message", message, await host.CallAsync("Kinesis_20131202." + operation, $$"""{"{{member}}":{{value}}}"""));
    }

    private static OperationTable Kinesis() => new OperationTable(KinesisModel.Service) { RequestBodyBytesMax = 15 * 1024 * 1024 }
        .On(KinesisModel.AddTagsToStream, (_, _, _) => ValueTask.FromResult(new AddTagsToStreamOutput()))
        .On(KinesisModel.CreateStream, (_, _, _) => ValueTask.FromResult(new CreateStreamOutput()))
        .On(KinesisModel.DeleteStream, (_, _, _) => ValueTask.FromResult(new DeleteStreamOutput()))
        .On(KinesisModel.DescribeStream, (_, _, _) => ValueTask.FromResult(new DescribeStreamOutput()))
        .On(KinesisModel.GetShardIterator, (_, _, _) => ValueTask.FromResult(new GetShardIteratorOutput()))
        .On(KinesisModel.ListStreams, (_, _, _) => ValueTask.FromResult(new ListStreamsOutput()))
        .On(KinesisModel.PutRecord, (_, _, _) => ValueTask.FromResult(new PutRecordOutput()))
        .On(KinesisModel.PutRecords, (_, _, _) => ValueTask.FromResult(new PutRecordsOutput()));

    private static void AssertError(string code, string messageName, string message, Answer answer)
    {
        Assert.Equal(400, answer.Status);
        using var body = JsonDocument.Parse(answer.Body);
        Assert.Equal(code, body.RootElement.GetProperty("__type").GetString());
        Assert.Equal(message, body.RootElement.GetProperty(messageName).GetString());
    }
}
