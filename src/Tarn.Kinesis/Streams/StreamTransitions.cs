using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Tarn.Kinesis.Consumers;

namespace Tarn.Kinesis.Streams;

/// <summary>
/// The loop that does what is pending when it is due, also after a restart, and frees what has expired. A request that comes first does it itself
/// (<see cref="StreamStore.GetAsync"/>); the loop is for what nobody asks about.
/// </summary>
internal sealed partial class StreamTransitions : IAsyncDisposable
{
    private static readonly TimeSpan DelayMin = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan DelayAfterFailure = TimeSpan.FromSeconds(1);

    private readonly StreamStore streams;
    private readonly ConsumerStore consumers;
    private readonly KinesisOptions options;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly Channel<bool> wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource stopping = new();
    private Task loop = Task.CompletedTask;

    public StreamTransitions(StreamStore streams, ConsumerStore consumers, KinesisOptions options, TimeProvider time, ILogger logger)
    {
        this.streams = streams;
        this.consumers = consumers;
        this.options = options;
        this.time = time;
        this.logger = logger;
        streams.OnPending = () => wake.Writer.TryWrite(true);
    }

    public void Start() => loop = Task.Run(RunAsync);

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await loop;
        stopping.Dispose();
    }

    /// <summary>Does all that is due now; false when some of it failed. Not at the same time as another call.</summary>
    public async Task<bool> RunOnceAsync()
    {
        var isDone = true;
        foreach (var stream in streams.Unsettled())
        {
            isDone &= await TryAsync(() => streams.SettleAsync(stream, stopping.Token), stream.Arn);
        }

        isDone &= await TryAsync(() => consumers.SweepAsync(stopping.Token), "consumers");
        return await TryAsync(() => streams.SweepKeysAsync(stopping.Token), "data keys") && isDone;
    }

    private async Task RunAsync()
    {
        while (!stopping.IsCancellationRequested)
        {
            await WaitAsync(await RunOnceAsync() ? DelayMin : DelayAfterFailure);
        }
    }

    /// <summary>False when it failed: what failed is still there to be done, and tried again.</summary>
    private async Task<bool> TryAsync(Func<ValueTask> work, string what)
    {
        try
        {
            await work();
            return true;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return false;
        }
        catch (Exception error)
        {
            // Outermost frame of the loop's work: one stream that cannot go on must not hold up the others.
            LogFailed(error, what);
            return false;
        }
    }

    private async Task WaitAsync(TimeSpan delayMin)
    {
        var until = streams.NextDue() - time.GetUtcNow() ?? options.SweepInterval;
        var delay = until < delayMin ? delayMin : until > options.SweepInterval ? options.SweepInterval : until;
        using var timer = new CancellationTokenSource(delay, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, stopping.Token);
        try
        {
            await wake.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException)
        {
            // Due, or stopping: the loop looks.
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "What was due of {What} could not be done; it is tried again")]
    private partial void LogFailed(Exception error, string what);
}
