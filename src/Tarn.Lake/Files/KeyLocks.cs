namespace Tarn.Lake.Files;

/// <summary>
/// One lock for each key, striped: the moment in which an object's condition is checked and its file replaced. Never held while a
/// client sends or the disk syncs.
/// </summary>
internal sealed class KeyLocks
{
    private const int Stripes = 1024;

    private readonly SemaphoreSlim[] locks = [.. Enumerable.Range(0, Stripes).Select(_ => new SemaphoreSlim(1, 1))];

    public async ValueTask<Held> TakeAsync(string key, CancellationToken cancellationToken)
    {
        var stripe = StripeOf(key);
        await stripe.WaitAsync(cancellationToken).ConfigureAwait(false);
        return new Held(stripe);
    }

    public Held Take(string key)
    {
        var stripe = StripeOf(key);
        stripe.Wait();
        return new Held(stripe);
    }

    private SemaphoreSlim StripeOf(string key) => locks[(uint)string.GetHashCode(key, StringComparison.Ordinal) % Stripes];

    public readonly struct Held(SemaphoreSlim stripe) : IDisposable
    {
        public void Dispose() => stripe.Release();
    }
}
