using System.Buffers.Binary;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Tarn.Kinesis.Log;

/// <summary>
/// What need not be done while somebody waits: index files of sealed segments, a spare for the next one, and dropping segments whose records are all gone. One loop, which
/// runs when it is signalled and every <see cref="StreamLogOptions.MaintenanceInterval"/>.
/// </summary>
internal sealed partial class LogMaintenance(LogState state, SegmentFiles files, IndexCache indexes, LogReader reader, StreamLog log, StreamLogOptions options) : IAsyncDisposable
{
    private readonly Channel<bool> signals = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly List<Segment> dropping = [];
    private ITimer? timer;
    private Task? loop;

    public void Start()
    {
        timer = options.Clock.CreateTimer(_ => Signal(), null, options.MaintenanceInterval, options.MaintenanceInterval);
        loop = Task.Run(RunAsync);
    }

    public void Signal() => signals.Writer.TryWrite(true);

    public async ValueTask DisposeAsync()
    {
        timer?.Dispose();
        signals.Writer.TryComplete();
        if (loop is not null)
        {
            await loop;
        }
    }

    /// <summary>Does all that is to be done now. Not at the same time as another call.</summary>
    public async Task RunOnceAsync()
    {
        // Dropping first: on a full disk it makes the room that the others want, and what they cannot do must not keep it from being done.
        await TryAsync(DropAsync);
        await TryAsync(WriteIndexesAsync);
        await TryAsync(PrepareSpareAsync);
        await TryAsync(ReleaseCachesAsync);
    }

    private async Task TryAsync(Func<Task> step)
    {
        try
        {
            await step();
        }
        catch (Exception e) when (e is IOException or LogFullException or LogFailedException)
        {
            CouldNotMaintain(options.Logger, e);
        }
        catch (LogClosedException)
        {
            // The next process goes on.
        }
    }

    private async Task RunAsync()
    {
        await foreach (var _ in signals.Reader.ReadAllAsync())
        {
            try
            {
                await RunOnceAsync();
            }
            catch (Exception e)
            {
                // The loop's outermost frame: what fails here is tried again at the next turn.
                MaintenanceFailed(options.Logger, e);
            }
        }
    }

    private Segment[] SealedSegments()
    {
        lock (state.Segments)
        {
            return [.. state.Segments.Where(segment => segment.IsSealed)];
        }
    }

    private Task PrepareSpareAsync()
    {
        if (log.WantsSpare && files.NeedsSpare)
        {
            files.PrepareSpare();
        }

        return Task.CompletedTask;
    }

    private Task ReleaseCachesAsync()
    {
        var cached = 0L;
        foreach (var segment in SealedSegments().Reverse().Where(segment => !segment.IsCacheReleased))
        {
            cached += options.SegmentBytes;
            if (cached > options.CachedBytesMax)
            {
                segment.Acquire().ReleaseCache();
                segment.Release();
                segment.IsCacheReleased = true;
            }
        }

        return Task.CompletedTask;
    }

    private Task WriteIndexesAsync()
    {
        foreach (var segment in SealedSegments().Where(segment => !segment.HasIndexFile))
        {
            SegmentIndex.Write(files.Folder, segment);
            foreach (var run in segment.Runs.Values)
            {
                indexes.Remember(state.ShardOf(run.ShardId), run);
            }
        }

        return Task.CompletedTask;
    }

    private async Task DropAsync()
    {
        var newest = NewestNumber();
        var gone = SealedSegments().Where(segment => segment.Number != newest && segment.Runs.Values.All(IsGone)).ToArray();
        if (gone.Length > 0)
        {
            await MakeHorizonsDurableAsync(gone);
            lock (state.Segments)
            {
                state.Segments.RemoveAll(gone.Contains);
            }

            foreach (var run in gone.SelectMany(segment => segment.Runs.Values))
            {
                var shard = state.ShardOf(run.ShardId);
                lock (shard.Gate)
                {
                    // A deleted shard stays known until the file is really gone.
                    if (!shard.IsDeleted)
                    {
                        shard.Runs.Remove(run);
                    }
                }
            }

            dropping.AddRange(gone);
        }

        foreach (var segment in dropping.Where(segment => !segment.IsHeld).ToArray())
        {
            files.Drop(segment);
            dropping.Remove(segment);
            Forget(segment);
        }
    }

    private uint NewestNumber()
    {
        lock (state.Segments)
        {
            return state.Segments.Count == 0 ? 0 : state.Segments[^1].Number;
        }
    }

    private bool IsGone(ShardRun run)
    {
        var shard = state.ShardOf(run.ShardId);
        return shard.IsDeleted || run.NextIndex <= reader.Horizon(shard);
    }

    /// <summary>The log must know why records are missing before they are.</summary>
    private async Task MakeHorizonsDurableAsync(Segment[] gone)
    {
        var shards = gone.SelectMany(segment => segment.Runs.Values)
            .Select(run => (Shard: state.ShardOf(run.ShardId), run.NextIndex))
            .Where(run => !run.Shard.IsDeleted && run.NextIndex > run.Shard.DurableHorizon)
            .Select(run => run.Shard).Distinct().ToArray();
        foreach (var some in shards.Chunk((options.FrameBytesMax - 64) / 16))
        {
            await log.AppendControlAsync(FrameKind.Horizons, frame =>
            {
                foreach (var shard in some)
                {
                    var entry = frame.AddEntry(16);
                    BinaryPrimitives.WriteInt64LittleEndian(entry, shard.Id);
                    BinaryPrimitives.WriteInt64LittleEndian(entry[8..], shard.Horizon);
                }
            });
        }
    }

    /// <summary>The writer leaves a deleted shard without runs out of the next start frame.</summary>
    private void Forget(Segment segment)
    {
        foreach (var run in segment.Runs.Values)
        {
            var shard = state.ShardOf(run.ShardId);
            lock (shard.Gate)
            {
                shard.Runs.Remove(run);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The stream log could not prepare or drop a segment; it tries again.")]
    private static partial void CouldNotMaintain(ILogger logger, Exception cause);

    [LoggerMessage(Level = LogLevel.Error, Message = "The maintenance of the stream log failed.")]
    private static partial void MaintenanceFailed(ILogger logger, Exception cause);
}
