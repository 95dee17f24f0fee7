namespace Tarn.Server.Operation;

/// <summary>The instance that answers now, and its replacement by a fresh one when all state is wiped.</summary>
internal sealed class RunningInstance(TarnOptions options, DataFolder folder, Func<Uri> endpoint, ILoggerFactory logging) : IAsyncDisposable
{
    private readonly SemaphoreSlim gate = new(1, 1);
    private volatile TarnInstance? instance;

    /// <summary>Null while there is none: before the start, and during a reset.</summary>
    public TarnInstance? Current => instance;

    public async ValueTask StartAsync(CancellationToken cancellationToken) =>
        instance = await TarnInstance.StartAsync(options, folder.Path, endpoint, TimeProvider.System, logging, cancellationToken);

    /// <summary>Ends the instance, deletes everything in the data folder and starts a fresh one. Requests that come meanwhile are told to come again.</summary>
    public async ValueTask ResetAsync(CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken);
        try
        {
            var old = instance;
            instance = null;
            if (old is not null)
            {
                await old.DisposeAsync();
            }

            // From here on there is no way back: a client that hangs up leaves a fresh server all the same.
            folder.Wipe();
            await StartAsync(CancellationToken.None);
        }
        finally
        {
            gate.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (instance is { } last)
        {
            instance = null;
            await last.DisposeAsync();
        }

        gate.Dispose();
    }
}
