using Tarn.Contracts;
using Tarn.Store;

namespace Tarn.Glue.Crawlers;

/// <summary>
/// Starts crawlers by their schedules: one loop over the earliest <c>next_run</c> of all accounts. A run that falls while the crawler is still at work, or while the server is down, is
/// left out.
/// </summary>
internal sealed class CrawlScheduler(IMetadataStore store, TimeProvider time, Func<AwsScope, string, CancellationToken, ValueTask> start)
{
    /// <summary>The longest wait: the clock may be set.</summary>
    private static readonly TimeSpan WaitMax = TimeSpan.FromMinutes(1);

    private readonly SemaphoreSlim wake = new(0);

    /// <summary>Leaves out what was missed while the server was down.</summary>
    public async ValueTask PrepareAsync(CancellationToken cancellationToken) => await MoveOnAsync(cancellationToken).ConfigureAwait(false);

    public void Wake() => wake.Release();

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var next = await store.ReadAsync(CrawlerRows.NextRun, cancellationToken).ConfigureAwait(false);
            var wait = next is null ? WaitMax : next.Value - time.GetUtcNow();
            if (wait > TimeSpan.Zero)
            {
                await WaitAsync(wait < WaitMax ? wait : WaitMax, cancellationToken).ConfigureAwait(false);
                continue;
            }

            foreach (var (scope, crawler) in await MoveOnAsync(cancellationToken).ConfigureAwait(false))
            {
                try
                {
                    await start(scope, crawler.Name, cancellationToken).ConfigureAwait(false);
                }
                catch (AwsException)
                {
                    // Still running, or deleted since: this run is left out.
                }
            }
        }
    }

    /// <summary>Sets each crawler that is due to its next time; answers them.</summary>
    private ValueTask<List<(AwsScope Scope, CrawlerRecord Crawler)>> MoveOnAsync(CancellationToken cancellationToken) => store.WriteAsync(
        writer =>
        {
            var now = time.GetUtcNow();
            var due = CrawlerRows.Due(writer, now);
            due.ForEach(entry => CrawlerRows.Put(writer, entry.Scope, entry.Crawler, now));
            return due;
        },
        cancellationToken);

    /// <summary>Until the time is over, or schedules change.</summary>
    private async Task WaitAsync(TimeSpan wait, CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var delay = Task.Delay(wait, time, over.Token);
        var woken = wake.WaitAsync(over.Token);
        await Task.WhenAny(delay, woken).ConfigureAwait(false);
        await over.CancelAsync().ConfigureAwait(false);
        await Task.WhenAny(woken).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
    }
}
