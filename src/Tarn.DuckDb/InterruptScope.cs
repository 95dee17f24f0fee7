using Tarn.DuckDb.Native;

namespace Tarn.DuckDb;

/// <summary>
/// Interrupts a connection for as long as a call into DuckDB runs and its token is cancelled. DuckDB drops an interrupt that arrives
/// before the statement has begun, so one is not enough: it is sent again until the call has come back. After
/// <see cref="Dispose"/> no interrupt is sent any more, so the next statement is safe.
/// </summary>
internal sealed class InterruptScope : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(5);

    private readonly ConnectionHandle connection;
    private readonly CancellationTokenRegistration registration;
    private readonly Lock gate = new();
    private Timer? timer;
    private bool isOver;

    public InterruptScope(ConnectionHandle connection, CancellationToken cancellationToken)
    {
        this.connection = connection;
        registration = cancellationToken.UnsafeRegister(static scope => ((InterruptScope)scope!).Begin(), this);
    }

    public void Dispose()
    {
        lock (gate)
        {
            isOver = true;
            timer?.Dispose();
        }

        registration.Dispose();
    }

    private void Begin()
    {
        lock (gate)
        {
            if (!isOver)
            {
                timer = new Timer(static scope => ((InterruptScope)scope!).Interrupt(), this, TimeSpan.Zero, Interval);
            }
        }
    }

    private void Interrupt()
    {
        lock (gate)
        {
            if (!isOver)
            {
                NativeMethods.duckdb_interrupt(connection);
            }
        }
    }
}
