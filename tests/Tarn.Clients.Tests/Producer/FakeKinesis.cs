using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Tarn.Clients.Kinesis;
using Tarn.Clients.Kinesis.Aggregation;
using Tarn.Clients.Kinesis.Credentials;

namespace Tarn.Clients.Tests.Producer;

/// <summary>
/// The service as the producer sees it over HTTP, with what a real one does not do when it is asked: it holds its answers until the test gives them, throttles, breaks, and forgets shards.
/// </summary>
internal sealed class FakeKinesis(VirtualTime time) : HttpMessageHandler
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Channel<PutCall> calls = Channel.CreateUnbounded<PutCall>();
    private int sequence;

    /// <summary>The open shards by their first hash key; the last ends with the largest.</summary>
    public SortedDictionary<UInt128, string> Open { get; } = new() { [UInt128.Zero] = "shard-0" };

    /// <summary>Closed shards that are listed still.</summary>
    public List<(string Id, HashKeyRange Range)> Closed { get; } = [];

    /// <summary>The answer to the next list of shards instead of the list.</summary>
    public Func<HttpResponseMessage>? ListFailure { get; set; }

    public int Lists { get; private set; }

    public KinesisClient Client() => new(
        new KinesisClientOptions { Endpoint = new Uri("http://fake/"), Region = "us-east-1", Credentials = new StaticCredentials("key", "secret"), RequestTimeout = Patience }, this);

    /// <summary>The next PutRecords; it waits for its answer.</summary>
    public Task<PutCall> NextAsync() => calls.Reader.ReadAsync().AsTask().WaitAsync(Patience);

    /// <summary>Whether a PutRecords waits that was not looked at.</summary>
    public bool HasMore => calls.Reader.TryPeek(out _);

    public static HttpResponseMessage Error(HttpStatusCode status, string code) =>
        new(status) { Content = new StringContent(new JsonObject { ["__type"] = code, ["message"] = $"{code} of the test" }.ToJsonString()) };

    public HashKeyRange RangeOf(UInt128 start)
    {
        var later = Open.Keys.Where(key => key > start).ToList();
        return new HashKeyRange(start, later.Count == 0 ? UInt128.MaxValue : later.Min() - 1);
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = JsonNode.Parse(await request.Content!.ReadAsByteArrayAsync(cancellationToken))!;
        if (request.Headers.GetValues("x-amz-target").Single().EndsWith("ListShards", StringComparison.Ordinal))
        {
            Lists++;
            return ListFailure?.Invoke() ?? Json(new JsonObject { ["Shards"] = new JsonArray([.. Shards()]) });
        }

        var call = new PutCall(this, time.Elapsed, [.. body["Records"]!.AsArray().Select(Record)]);
        Assert.True(calls.Writer.TryWrite(call));
        return await call.Answer.Task.WaitAsync(cancellationToken);
    }

    private static HttpResponseMessage Json(JsonNode body) => new(HttpStatusCode.OK) { Content = new StringContent(body.ToJsonString()) };

    private IEnumerable<JsonNode> Shards() =>
        Closed.Select(shard => Shard(shard.Id, shard.Range, "9")).Concat(Open.Select(shard => Shard(shard.Value, RangeOf(shard.Key), ending: null)));

    private static JsonObject Shard(string id, HashKeyRange range, string? ending)
    {
        var sequence = new JsonObject { ["StartingSequenceNumber"] = "0" };
        if (ending is not null)
        {
            sequence["EndingSequenceNumber"] = ending;
        }

        return new JsonObject
        {
            ["ShardId"] = id,
            ["HashKeyRange"] = new JsonObject { ["StartingHashKey"] = range.Starting.ToString(), ["EndingHashKey"] = range.Ending.ToString() },
            ["SequenceNumberRange"] = sequence,
        };
    }

    private FakeRecord Record(JsonNode? entry)
    {
        var key = (string)entry!["PartitionKey"]!;
        var hash = entry["ExplicitHashKey"] is { } explicitHashKey ? UInt128.Parse((string)explicitHashKey!) : HashKey.OfPartitionKey(key);
        var users = new List<UserRecord>();
        Deaggregator.Deaggregate(new KinesisRecord("0", null, key, Convert.FromBase64String((string)entry["Data"]!)), HashKeyRange.All, users);
        return new FakeRecord(hash, [.. users.Select(user => Encoding.UTF8.GetString(user.Data.Span))], Convert.FromBase64String((string)entry["Data"]!).Length);
    }

    /// <summary>A Kinesis record, with the user records in it as text.</summary>
    internal sealed record FakeRecord(UInt128 Hash, IReadOnlyList<string> Users, int Bytes);

    internal sealed record PutCall(FakeKinesis Service, TimeSpan At, IReadOnlyList<FakeRecord> Records)
    {
        public TaskCompletionSource<HttpResponseMessage> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>All user records of all records.</summary>
        public IEnumerable<string> Users => Records.SelectMany(record => record.Users);

        public void Succeed() => FailSome(_ => null);

        /// <param name="code">Of a record's error; null for its success.</param>
        public void FailSome(Func<FakeRecord, string?> code) => Answer.SetResult(Json(new JsonObject
        {
            ["FailedRecordCount"] = 0,
            ["Records"] = new JsonArray([.. Records.Select(record => code(record) is { } error
                ? new JsonObject { ["ErrorCode"] = error, ["ErrorMessage"] = "as the test wants" }
                : new JsonObject { ["ShardId"] = Service.Open.Last(shard => shard.Key <= record.Hash).Value, ["SequenceNumber"] = $"{++Service.sequence}" })]),
        }));

        public void FailAll(HttpStatusCode status, string code) => Answer.SetResult(Error(status, code));

        public void Break() => Answer.SetException(new HttpRequestException("the connection broke"));
    }
}
