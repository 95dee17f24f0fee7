using System.Buffers.Binary;
using System.Text.Json;
using System.Threading.Channels;
using Tarn.Contracts;
using Tarn.Kinesis.Fanout;
using Tarn.Wire.Dispatch;
using Tarn.Wire.EventStreams;

namespace Tarn.Kinesis.Tests.Fanout;

/// <summary>An event as a client has it.</summary>
/// <param name="Data">Of its records, as text.</param>
internal sealed record ReceivedEvent(IReadOnlyList<string> Data, IReadOnlyList<string> SequenceNumbers, string? Continuation, long MillisBehindLatest, IReadOnlyList<string>? ChildShards, DateTimeOffset At);

/// <summary>A client of a subscription that keeps what it gets, and reads only while the test lets it.</summary>
internal sealed class TestSubscriber(TimeProvider time, BodyEncoding encoding) : ISubscriber
{
    private readonly Channel<ReceivedEvent> received = Channel.CreateUnbounded<ReceivedEvent>();
    private readonly TaskCompletionSource started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource aborted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource reading = Completed();
    private int unread;

    public BodyEncoding Encoding => encoding;

    /// <summary>The client goes away.</summary>
    public CancellationTokenSource Gone { get; } = new();

    /// <summary>The operation.</summary>
    public Task Operation { get; private set; } = Task.CompletedTask;

    public Task Started => started.Task;

    /// <summary>The most events at a time that were sent and not read.</summary>
    public int UnreadMax { get; private set; }

    /// <summary>Released when an event is sent that the client does not read at once.</summary>
    public SemaphoreSlim Blocked { get; } = new(0);

    public bool IsAborted => aborted.Task.IsCompleted;

    public void StopReading() => reading = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void GoOnReading() => reading.TrySetResult();

    public ValueTask StartAsync(CancellationToken cancellationToken)
    {
        started.TrySetResult();
        return ValueTask.CompletedTask;
    }

    public async ValueTask SendAsync(EncodedEvent message, CancellationToken cancellationToken)
    {
        Assert.Equal(encoding, message.Encoding);
        UnreadMax = Math.Max(UnreadMax, ++unread);
        if (!reading.Task.IsCompleted)
        {
            Blocked.Release();
            if (await Task.WhenAny(reading.Task, aborted.Task).WaitAsync(cancellationToken) == aborted.Task)
            {
                throw new OperationCanceledException("the test's connection was broken");
            }
        }

        unread--;
        Assert.True(received.Writer.TryWrite(encoding == BodyEncoding.Json ? Read(message.Message.Span) : new ReceivedEvent([], [], null, 0, null, time.GetUtcNow())));
    }

    public void Abort() => aborted.TrySetResult();

    /// <summary>Follows the operation, of which nothing is received any more when it has ended.</summary>
    public void Follow(Task operation) => Operation = FollowAsync(operation);

    /// <summary>The next event; fails when the subscription ends before it.</summary>
    public Task<ReceivedEvent> NextAsync() => received.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(FanoutHarness.Limit);

    /// <summary>The data of the next records, however many events they come in.</summary>
    public async Task<List<string>> DataAsync(int count)
    {
        var data = new List<string>();
        while (data.Count < count)
        {
            data.AddRange((await NextAsync()).Data);
        }

        return data;
    }

    /// <summary>Expects that the subscription ends with this error and sent nothing since.</summary>
    public async Task<AwsException> EndsAsync(string code)
    {
        var failure = await Assert.ThrowsAsync<AwsException>(() => Operation);
        Assert.Equal((code, 0), (failure.Code, received.Reader.Count));
        return failure;
    }

    private async Task FollowAsync(Task operation)
    {
        try
        {
            await operation;
        }
        finally
        {
            received.Writer.Complete();
        }
    }

    private static TaskCompletionSource Completed()
    {
        var done = new TaskCompletionSource();
        done.SetResult();
        return done;
    }

    private ReceivedEvent Read(ReadOnlySpan<byte> message)
    {
        var headers = BinaryPrimitives.ReadInt32BigEndian(message[4..]);
        using var document = JsonDocument.Parse(message[(12 + headers)..^4].ToArray());
        var root = document.RootElement;
        var records = root.GetProperty("Records").EnumerateArray().ToList();
        return new ReceivedEvent(
            [.. records.Select(record => System.Text.Encoding.UTF8.GetString(record.GetProperty("Data").GetBytesFromBase64()))],
            [.. records.Select(record => record.GetProperty("SequenceNumber").GetString()!)],
            root.TryGetProperty("ContinuationSequenceNumber", out var continuation) ? continuation.GetString() : null,
            root.GetProperty("MillisBehindLatest").GetInt64(),
            root.TryGetProperty("ChildShards", out var children) ? [.. children.EnumerateArray().Select(Child)] : null,
            time.GetUtcNow());
    }

    /// <summary>A child and its parents, such as <c>2 of 0,1</c>.</summary>
    private static string Child(JsonElement child) =>
        $"{Number(child.GetProperty("ShardId"))} of {string.Join(',', child.GetProperty("ParentShards").EnumerateArray().Select(Number))}";

    private static int Number(JsonElement shard) => int.Parse(shard.GetString()!["shardId-".Length..], System.Globalization.CultureInfo.InvariantCulture);
}
