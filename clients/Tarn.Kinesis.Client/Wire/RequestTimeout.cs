namespace Tarn.Clients.Kinesis.Wire;

/// <summary>A token that ends with the caller's or after a time, and knows which of the two it was.</summary>
internal sealed class RequestTimeout : IDisposable
{
    private readonly CancellationTokenSource time;
    private readonly CancellationTokenSource linked;
    private readonly CancellationToken caller;

    public RequestTimeout(TimeSpan limit, TimeProvider clock, CancellationToken caller)
    {
        Limit = limit;
        this.caller = caller;
        time = new CancellationTokenSource(limit, clock);
        linked = CancellationTokenSource.CreateLinkedTokenSource(time.Token, caller);
    }

    public TimeSpan Limit { get; }

    public CancellationToken Token => linked.Token;

    /// <summary>It was the time, and not the caller.</summary>
    public bool IsOver => time.IsCancellationRequested && !caller.IsCancellationRequested;

    public void Dispose()
    {
        linked.Dispose();
        time.Dispose();
    }
}
