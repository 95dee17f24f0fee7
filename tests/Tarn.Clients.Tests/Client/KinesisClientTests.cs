using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Tarn.Clients.Kinesis;
using Tarn.Clients.Kinesis.Credentials;

namespace Tarn.Clients.Tests.Client;

/// <summary>Each operation against a real server.</summary>
public sealed class KinesisClientTests : IAsyncLifetime
{
    private TestServer server = null!;
    private KinesisClient client = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        server = await TestServer.StartAsync();
        client = new KinesisClient(server.ClientOptions);
        await server.CreateStreamAsync("events", 2);
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task Records_that_were_put_are_read_in_order()
    {
        var data = new byte[] { 0, 255, 1, 62, 63 };
        var put = await client.PutRecordsAsync("events", [
            new PutRecordsEntry("käy \"1\"", UInt128.Zero, data),
            new PutRecordsEntry("key+2", UInt128.MaxValue, "two"u8.ToArray()),
        ], Token);
        Assert.Equal(0, put.FailedRecordCount);
        Assert.Equal(["shardId-000000000000", "shardId-000000000001"], put.Records.Select(record => record.ShardId));
        var single = await client.PutRecordAsync("events", new PutRecordsEntry("key-3", UInt128.Zero, default), Token);
        Assert.Equal("shardId-000000000000", single.ShardId);

        var iterator = await client.GetShardIteratorAsync("events", "shardId-000000000000", StartingPosition.TrimHorizon, Token);
        var page = await client.GetRecordsAsync(iterator, 1, Token);
        var record = Assert.Single(page.Records);
        Assert.Equal(("käy \"1\"", put.Records[0].SequenceNumber), (record.PartitionKey, record.SequenceNumber));
        Assert.Equal(data, record.Data);
        Assert.InRange(record.ApproximateArrival!.Value, DateTimeOffset.UtcNow.AddMinutes(-1), DateTimeOffset.UtcNow.AddMinutes(1));
        page = await client.GetRecordsAsync(page.NextShardIterator!, KinesisClient.GetRecordsCountMax, Token);
        Assert.Equal([single.SequenceNumber], page.Records.Select(found => found.SequenceNumber));
        Assert.Equal(0, page.MillisBehindLatest);

        var after = await client.GetShardIteratorAsync("events", "shardId-000000000000", StartingPosition.After(record.SequenceNumber), Token);
        Assert.Equal("key-3", Assert.Single((await client.GetRecordsAsync(after, 10, Token)).Records).PartitionKey);
        var later = await client.GetShardIteratorAsync("events", "shardId-000000000000", StartingPosition.At(record.ApproximateArrival.Value), Token);
        Assert.Equal(2, (await client.GetRecordsAsync(later, 10, Token)).Records.Count);
    }

    [Fact]
    public async Task A_split_shows_in_the_list_of_shards_and_at_the_end_of_the_parent()
    {
        var shards = await client.ListAllShardsAsync("events", filter: null, Token);
        await server.SplitAsync("events", shards[0]);
        var after = await client.ListAllShardsAsync("events", new ShardFilter("AT_LATEST"), Token);
        Assert.Equal(3, after.Count);
        Assert.Equal(2, after.Count(shard => shard.ParentShardId == shards[0].ShardId && shard.IsOpen));
        var iterator = await client.GetShardIteratorAsync("events", shards[0].ShardId, StartingPosition.TrimHorizon, Token);
        var end = await client.GetRecordsAsync(iterator, 10, Token);
        Assert.Null(end.NextShardIterator);
        Assert.Equal(after.Where(shard => shard.ParentShardId == shards[0].ShardId).Select(shard => shard.ShardId), end.ChildShards.Select(child => child.ShardId));
        Assert.Equal([shards[0].ShardId], end.ChildShards[0].ParentShards);
        var all = await client.ListAllShardsAsync("events", filter: null, Token);
        Assert.False(all.Single(shard => shard.ShardId == shards[0].ShardId).IsOpen);
    }

    [Fact]
    public async Task Streams_and_consumers_are_described()
    {
        var summary = await client.DescribeStreamSummaryAsync("events", Token);
        Assert.Equal(("events", "ACTIVE", 2, 24), (summary.StreamName, summary.StreamStatus, summary.OpenShardCount, summary.RetentionPeriodHours));
        Assert.Equal(summary, await client.DescribeStreamSummaryAsync(summary.StreamArn, Token));
        var registered = await client.RegisterStreamConsumerAsync(summary.StreamArn, "reader", Token);
        var described = await client.DescribeStreamConsumerAsync(summary.StreamArn, "reader", Token);
        Assert.Equal((registered.ConsumerArn, "reader", summary.StreamArn), (described.ConsumerArn, described.ConsumerName, described.StreamArn));
        await client.DeregisterStreamConsumerAsync(registered.ConsumerArn, Token);
        var gone = await Assert.ThrowsAsync<KinesisException>(() => client.DescribeStreamConsumerAsync(summary.StreamArn, "reader", Token));
        Assert.Equal("ResourceNotFoundException", gone.Code);
    }

    [Fact]
    public async Task A_subscription_gives_events_until_the_shard_ends()
    {
        var arn = (await client.DescribeStreamSummaryAsync("events", Token)).StreamArn;
        var consumer = await client.RegisterStreamConsumerAsync(arn, "pushed", Token);
        var before = await client.PutRecordAsync("events", new PutRecordsEntry("before", UInt128.Zero, new byte[100_000]), Token);
        var shard = (await client.ListAllShardsAsync("events", filter: null, Token))[0];
        var read = new List<string>();
        SubscribeToShardEvent? last = null;
        PutRecordResponse? after = null;
        await foreach (var pushed in client.SubscribeToShardAsync(consumer.ConsumerArn, shard.ShardId, StartingPosition.TrimHorizon, Token))
        {
            read.AddRange(pushed.Records.Select(record => record.SequenceNumber));
            last = pushed;
            if (after is null && read.Count == 1)
            {
                Assert.Equal(100_000, pushed.Records[0].Data.Length);
                Assert.NotNull(pushed.ContinuationSequenceNumber);
                after = await client.PutRecordAsync("events", new PutRecordsEntry("after", UInt128.Zero, default), Token);
                await server.SplitAsync("events", shard);
            }
        }

        Assert.Equal([before.SequenceNumber, after!.SequenceNumber], read);
        Assert.Null(last!.ContinuationSequenceNumber);
        Assert.Equal(2, last.ChildShards.Count);
    }

    [Fact]
    public async Task A_subscription_that_is_refused_says_why_with_its_first_step()
    {
        var arn = (await client.DescribeStreamSummaryAsync("events", Token)).StreamArn;
        await using var events = client.SubscribeToShardAsync($"{arn}/consumer/nobody:1", "shardId-000000000000", StartingPosition.Latest, Token).GetAsyncEnumerator(Token);
        var refused = await Assert.ThrowsAsync<KinesisException>(async () => await events.MoveNextAsync());
        Assert.Equal("ResourceNotFoundException", refused.Code);
    }

    [Fact]
    public async Task A_refusal_says_code_message_request_id_and_that_a_retry_is_of_no_use()
    {
        var refused = await Assert.ThrowsAsync<KinesisException>(() => client.ListShardsAsync("nothing", null, Token));
        Assert.Equal(("ResourceNotFoundException", "Stream nothing under account 000000000000 not found.", false, false), (refused.Code, refused.Message, refused.MayBeRetried, refused.IsThrottling));
        Assert.NotEmpty(refused.RequestId!);
        using var stranger = new KinesisClient(server.ClientOptions with { Credentials = new StaticCredentials("test", "wrong") });
        refused = await Assert.ThrowsAsync<KinesisException>(() => stranger.ListShardsAsync("events", null, Token));
        Assert.Contains("ignature", refused.Code);
        Assert.False(refused.MayBeRetried);
    }

    [Fact]
    public async Task A_server_that_is_not_there_may_be_asked_again()
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        var address = new Uri($"http://{listener.LocalEndpoint}/");
        listener.Stop();
        using var lost = new KinesisClient(server.ClientOptions with { Endpoint = address });
        var failure = await Assert.ThrowsAsync<KinesisException>(() => lost.ListShardsAsync("events", null, Token));
        Assert.Equal((KinesisException.ConnectionCode, true), (failure.Code, failure.MayBeRetried));
    }

    [Fact]
    public async Task A_batch_of_the_largest_size_goes_through()
    {
        var data = new byte[20_000];
        Random.Shared.NextBytes(data);
        var put = await client.PutRecordsAsync("events", [.. Enumerable.Range(0, 500).Select(index => new PutRecordsEntry($"key-{index}", null, data))], Token);
        Assert.Equal((500, 0), (put.Records.Count, put.FailedRecordCount));
    }

    [Fact]
    public async Task Calls_and_subscriptions_work_over_TLS_with_a_certificate_of_ones_own()
    {
        using var key = RSA.Create(2048);
        using var certificate = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        var path = Path.Combine(Path.GetTempPath(), $"tarn-{Guid.NewGuid():n}.pfx");
        try
        {
            await File.WriteAllBytesAsync(path, certificate.Export(X509ContentType.Pfx, "pass"), Token);
            await using var secure = await TestServer.StartAsync(("certificate-path", path), ("certificate-password", "pass"));
            Assert.Equal(Uri.UriSchemeHttps, secure.ClientOptions.Endpoint!.Scheme);
            using var wary = new KinesisClient(secure.ClientOptions);
            var refused = await Assert.ThrowsAsync<KinesisException>(() => wary.ListShardsAsync("secure", null, Token));
            Assert.Equal(KinesisException.ConnectionCode, refused.Code);

            using var trusting = new KinesisClient(secure.ClientOptions with { AcceptAnyCertificate = true });
            await trusting.CreateStreamAsync("secure", 1, Token);
            var put = await trusting.PutRecordAsync("secure", new PutRecordsEntry("key", null, default), Token);
            var arn = (await trusting.DescribeStreamSummaryAsync("secure", Token)).StreamArn;
            var consumer = await trusting.RegisterStreamConsumerAsync(arn, "pushed", Token);
            await foreach (var pushed in trusting.SubscribeToShardAsync(consumer.ConsumerArn, put.ShardId, StartingPosition.TrimHorizon, Token))
            {
                if (pushed.Records is [var record])
                {
                    Assert.Equal(put.SequenceNumber, record.SequenceNumber);
                    break;
                }
            }
        }
        finally
        {
            File.Delete(path);
        }
    }
}
