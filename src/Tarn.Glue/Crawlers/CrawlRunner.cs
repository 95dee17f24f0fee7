using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Tarn.Contracts;
using Tarn.Contracts.Catalog;
using Tarn.Contracts.Lake;
using Tarn.Glue.Classifiers;
using Tarn.Glue.Crawlers.Grouping;
using Tarn.Glue.Crawlers.Runs;
using Tarn.Store;

namespace Tarn.Glue.Crawlers;

/// <summary>
/// Runs crawls in the background, a few at a time, and starts those that are scheduled. A crawl that was running when the server stopped is FAILED with that reason at
/// the next start; what it wrote stays, and the next crawl adds the rest. Thread-safe.
/// </summary>
public sealed partial class CrawlRunner : IAsyncDisposable
{
    private readonly IMetadataStore store;
    private readonly CrawlerOptions options;
    private readonly TimeProvider time;
    private readonly ILogger<CrawlRunner> logger;
    private readonly Crawl crawl;
    private readonly SemaphoreSlim slots;
    private readonly CancellationTokenSource serverStops = new();
    private readonly ConcurrentDictionary<(AwsScope Scope, string Name), RunningCrawl> running = new();
    private readonly CrawlScheduler scheduler;
    private Task scheduling = Task.CompletedTask;

    public CrawlRunner(IMetadataStore store, ILake lake, ICatalog catalog, CrawlerOptions options, TimeProvider time, ILogger<CrawlRunner> logger)
    {
        this.store = store;
        this.options = options;
        this.time = time;
        this.logger = logger;
        crawl = new Crawl(lake, catalog, options, time);
        slots = new SemaphoreSlim(options.CrawlsMax);
        scheduler = new CrawlScheduler(store, time, (scope, name, cancellationToken) => StartCrawlAsync(scope, name, cancellationToken));
    }

    internal CrawlerOptions Options => options;

    /// <summary>Ends the crawls that an earlier process left behind, and begins to watch schedules.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(options.LogDirectory);
        Directory.CreateDirectory(options.ScratchDirectory);
        LeafSpill.DeleteLeftovers(options.ScratchDirectory);
        foreach (var (scope, crawler) in await store.ReadAsync(CrawlerRows.Running, cancellationToken).ConfigureAwait(false))
        {
            if (crawler.CurrentCrawl is { } orphan && !running.ContainsKey((scope, crawler.Name)))
            {
                const string reason = "The server stopped while the crawl ran. What it had written is in the catalog; run the crawler again for the rest.";
                await EndAsync(scope, crawler.Name, orphan with { State = CrawlStates.Failed, ErrorMessage = reason, EndTime = time.GetUtcNow() }).ConfigureAwait(false);
                LogOrphan(crawler.Name, orphan.CrawlId);
            }
        }

        await scheduler.PrepareAsync(cancellationToken).ConfigureAwait(false);
        scheduling = Task.Run(() => WatchSchedulesAsync(serverStops.Token), CancellationToken.None);
    }

    /// <summary>Stops all crawls, which end FAILED, and waits for them.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await serverStops.CancelAsync().ConfigureAwait(false);
        foreach (var crawling in running.Values)
        {
            await crawling.CancelAsync().ConfigureAwait(false);
        }

        await Task.WhenAll(running.Values.Select(crawling => crawling.Ended.Task).Append(scheduling)).WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        if (!serverStops.IsCancellationRequested)
        {
            await StopAsync(CancellationToken.None).ConfigureAwait(false);
        }

        slots.Dispose();
        serverStops.Dispose();
    }

    /// <summary>Puts a crawler to work.</summary>
    /// <exception cref="AwsException">EntityNotFoundException, CrawlerRunningException.</exception>
    internal async ValueTask StartCrawlAsync(AwsScope scope, string name, CancellationToken cancellationToken)
    {
        var started = new CrawlRecord { CrawlId = Guid.NewGuid().ToString(), StartTime = time.GetUtcNow() };
        var crawler = await store.WriteAsync(
            writer =>
            {
                var found = CrawlerRows.Get(writer, scope, name);
                if (found.State != CrawlerStates.Ready)
                {
                    throw CrawlerErrors.Running(name);
                }

                var busy = found with { State = CrawlerStates.Running, CurrentCrawl = started };
                CrawlerRows.Put(writer, scope, busy, time.GetUtcNow());
                CrawlerRows.PutCrawl(writer, scope, name, started, options.HistoryMax);
                return busy;
            },
            cancellationToken).ConfigureAwait(false);

        // Past this point the crawl is on record, so it runs whatever becomes of the request.
        var stop = new CancellationTokenSource();
        var crawling = new RunningCrawl(stop, new CrawlProgress());
        running[(scope, name)] = crawling;
        _ = Task.Run(() => RunAsync(scope, crawler, started, crawling), CancellationToken.None);
    }

    /// <summary>Asks a crawl to stop; it ends at the next file or batch.</summary>
    /// <exception cref="AwsException">EntityNotFoundException, CrawlerNotRunningException, CrawlerStoppingException.</exception>
    internal async ValueTask StopCrawlAsync(AwsScope scope, string name, CancellationToken cancellationToken)
    {
        await store.WriteAsync(
            writer =>
            {
                var found = CrawlerRows.Get(writer, scope, name);
                switch (found.State)
                {
                    case CrawlerStates.Ready:
                        throw CrawlerErrors.NotRunning(name);
                    case CrawlerStates.Stopping:
                        throw CrawlerErrors.Stopping(name);
                }

                CrawlerRows.Put(writer, scope, found with { State = CrawlerStates.Stopping }, time.GetUtcNow());
                return true;
            },
            cancellationToken).ConfigureAwait(false);
        if (running.TryGetValue((scope, name), out var crawling))
        {
            crawling.IsStoppedByUser = true;
            await crawling.CancelAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Waits until a crawl is over; at once when none runs.</summary>
    internal Task WaitAsync(AwsScope scope, string name) => running.TryGetValue((scope, name), out var crawling) ? crawling.Ended.Task : Task.CompletedTask;

    /// <summary>Schedules have changed: look again when the next one is due.</summary>
    internal void SchedulesChanged() => scheduler.Wake();

    private async Task RunAsync(AwsScope scope, CrawlerRecord crawler, CrawlRecord started, RunningCrawl crawling)
    {
        var summary = new CrawlSummary();
        CrawlRecord ended;
        var hasSlot = false;
        try
        {
            using var log = new CrawlLog(options, crawler.Name, started.CrawlId, time);
            try
            {
                await slots.WaitAsync(crawling.Stop.Token).ConfigureAwait(false);
                hasSlot = true;
                var classifiers = await ClassifiersOfAsync(scope, crawler, crawling.Stop.Token).ConfigureAwait(false);
                await crawl.RunAsync(scope, crawler, classifiers, started.CrawlId, log, summary, crawling.Progress, crawling.Stop.Token).ConfigureAwait(false);
                ended = started with { State = CrawlStates.Completed };
            }
            catch (OperationCanceledException) when (crawling.Stop.IsCancellationRequested)
            {
                var reason = crawling.IsStoppedByUser ? null : "The server was stopped while the crawl ran.";
                log.Info(reason ?? "The crawl was stopped; what it has written stays.");
                ended = started with { State = reason is null ? CrawlStates.Stopped : CrawlStates.Failed, ErrorMessage = reason };
            }
            catch (CrawlFailedException exception)
            {
                log.Error(exception.Message);
                ended = started with { State = CrawlStates.Failed, ErrorMessage = exception.Message };
            }

            log.Benchmark("Crawler has finished running and is in state READY");
        }
        catch (Exception exception)
        {
            // The outermost frame of a crawl: a bug, or a log that cannot be written.
            LogCrash(exception, crawler.Name, started.CrawlId);
            ended = started with { State = CrawlStates.Failed, ErrorMessage = $"Internal service failure ({exception.GetType().Name}); the server's log has more." };
        }
        finally
        {
            if (hasSlot)
            {
                slots.Release();
            }
        }

        ended = ended with
        {
            EndTime = time.GetUtcNow(),
            Summary = summary.ToJson(),
            TablesCreated = summary.TablesAdded,
            TablesUpdated = summary.TablesUpdated,
            TablesDeleted = summary.TablesDeleted,
        };
        try
        {
            await EndAsync(scope, crawler.Name, ended).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            // The store is gone; the next start of the server ends this crawl.
            LogCrash(exception, crawler.Name, started.CrawlId);
        }

        running.TryRemove(new((scope, crawler.Name), crawling));
        crawling.Stop.Dispose();
        crawling.Ended.SetResult();
    }

    private async ValueTask<IReadOnlyList<IClassifier>> ClassifiersOfAsync(AwsScope scope, CrawlerRecord crawler, CancellationToken cancellationToken) =>
        await store.ReadAsync(
            reader => crawler.Classifiers
                .Select(name => ClassifierRows.Find(reader, scope, name) ?? throw new CrawlFailedException($"Classifier {name} is not there any more.", null))
                .Select(record => record.ToClassifier())
                .ToArray(),
            cancellationToken).ConfigureAwait(false);

    private ValueTask<bool> EndAsync(AwsScope scope, string name, CrawlRecord ended) => store.WriteAsync(
        writer =>
        {
            if (CrawlerRows.Find(writer, scope, name) is { } crawler)
            {
                var ready = crawler with
                {
                    State = CrawlerStates.Ready,
                    CurrentCrawl = null,
                    LastCrawl = ended,
                    TablesCreated = crawler.TablesCreated + ended.TablesCreated,
                    TablesUpdated = crawler.TablesUpdated + ended.TablesUpdated,
                    TablesDeleted = crawler.TablesDeleted + ended.TablesDeleted,
                };
                CrawlerRows.Put(writer, scope, ready, time.GetUtcNow());
                CrawlerRows.PutCrawl(writer, scope, name, ended, options.HistoryMax);
            }

            return true;
        },
        CancellationToken.None);

    private async Task WatchSchedulesAsync(CancellationToken cancellationToken)
    {
        try
        {
            await scheduler.RunAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
        catch (Exception exception)
        {
            LogSchedulerCrash(exception);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Crawl {CrawlId} of crawler {Crawler} was running when the server stopped; it is FAILED.")]
    private partial void LogOrphan(string crawler, string crawlId);

    [LoggerMessage(Level = LogLevel.Error, Message = "Crawl {CrawlId} of crawler {Crawler} broke.")]
    private partial void LogCrash(Exception exception, string crawler, string crawlId);

    [LoggerMessage(Level = LogLevel.Error, Message = "The scheduler of crawlers broke; no crawler will start by schedule until the server is started again.")]
    private partial void LogSchedulerCrash(Exception exception);

    private sealed class RunningCrawl(CancellationTokenSource stop, CrawlProgress progress)
    {
        public CancellationTokenSource Stop { get; } = stop;

        public CrawlProgress Progress { get; } = progress;

        public TaskCompletionSource Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public volatile bool IsStoppedByUser;

        public async Task CancelAsync()
        {
            try
            {
                await Stop.CancelAsync().ConfigureAwait(false);
            }
            catch (ObjectDisposedException)
            {
                // It has just ended by itself.
            }
        }
    }
}
