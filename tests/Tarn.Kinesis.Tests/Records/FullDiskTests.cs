using System.Text.Json.Nodes;
using Tarn.Kinesis.Tests.Fanout;

namespace Tarn.Kinesis.Tests.Records;

/// <summary>Puts while the disk has no room: refused as AWS refuses what is no fault of the client, and taken as soon as there is room again.</summary>
public sealed class FullDiskTests
{
    /// <summary>More than the segments that the log has prepared can hold.</summary>
    private const int PutsMax = 60;

    [Fact]
    public async Task PutRecord_fails_with_InternalFailureException_while_the_disk_is_full()
    {
        await using var kinesis = await FanoutHarness.OpenAsync();
        kinesis.DiskIsFull = true;
        var refused = await UntilRefusedAsync(kinesis, "PutRecord", () => Record(), answer => (int)answer["status"]! != 200);
        Assert.Equal((500, "InternalFailureException"), ((int)refused["status"]!, (string?)refused["__type"]));
        kinesis.DiskIsFull = false;
        Assert.Equal(200, (int)(await kinesis.Door.AnswerAsync("PutRecord", Record()))["status"]!);
    }

    [Fact]
    public async Task PutRecords_says_which_records_had_no_room()
    {
        await using var kinesis = await FanoutHarness.OpenAsync();
        kinesis.DiskIsFull = true;
        var refused = await UntilRefusedAsync(kinesis, "PutRecords", Batch, answer => (int)answer["FailedRecordCount"]! > 0);
        Assert.Equal((1, "InternalFailure"), ((int)refused["FailedRecordCount"]!, (string?)refused["Records"]![0]!["ErrorCode"]));
        kinesis.DiskIsFull = false;
        Assert.Equal(0, (int)(await kinesis.Door.CallAsync("PutRecords", Batch()))["FailedRecordCount"]!);
    }

    private static async Task<JsonNode> UntilRefusedAsync(FanoutHarness kinesis, string operation, Func<JsonObject> input, Func<JsonNode, bool> isRefused)
    {
        for (var put = 0; put < PutsMax; put++)
        {
            var answer = await kinesis.Door.AnswerAsync(operation, input());
            if (isRefused(answer))
            {
                return answer;
            }
        }

        throw new InvalidOperationException($"{PutsMax} puts were taken.");
    }

    private static JsonObject Record() => WireKinesis.With("s", WireKinesis.Record(1_000_000));

    private static JsonObject Batch() => new() { ["StreamName"] = "s", ["Records"] = new JsonArray(WireKinesis.Record(1_000_000)) };
}
