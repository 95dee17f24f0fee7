using System.Runtime.InteropServices;

namespace Tarn.DuckDb.Native;

internal sealed class DatabaseHandle() : SafeHandle(0, ownsHandle: true)
{
    public DatabaseHandle(nint value) : this() => SetHandle(value);

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        NativeMethods.duckdb_close(ref handle);
        return true;
    }
}

internal sealed class ConnectionHandle() : SafeHandle(0, ownsHandle: true)
{
    public ConnectionHandle(nint value) : this() => SetHandle(value);

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        NativeMethods.duckdb_disconnect(ref handle);
        return true;
    }
}

internal sealed class StatementHandle() : SafeHandle(0, ownsHandle: true)
{
    public StatementHandle(nint value) : this() => SetHandle(value);

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        NativeMethods.duckdb_destroy_prepare(ref handle);
        return true;
    }
}

/// <summary>A <c>duckdb_result</c> in native memory of its own, so that a result that nobody disposed is released by the finalizer.</summary>
internal sealed unsafe class ResultHandle : SafeHandle
{
    public ResultHandle() : base(0, ownsHandle: true)
    {
        SetHandle((nint)NativeMemory.AllocZeroed((nuint)sizeof(NativeResult)));
    }

    public override bool IsInvalid => handle == 0;

    /// <summary>Valid until the handle is disposed.</summary>
    public NativeResult* Pointer
    {
        get
        {
            ObjectDisposedException.ThrowIf(IsClosed, typeof(DuckDbResult));
            return (NativeResult*)handle;
        }
    }

    protected override bool ReleaseHandle()
    {
        NativeMethods.duckdb_destroy_result((NativeResult*)handle);
        NativeMemory.Free((void*)handle);
        return true;
    }
}

internal sealed class ChunkHandle() : SafeHandle(0, ownsHandle: true)
{
    public ChunkHandle(nint value) : this() => SetHandle(value);

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        NativeMethods.duckdb_destroy_data_chunk(ref handle);
        return true;
    }
}

internal sealed class AppenderHandle() : SafeHandle(0, ownsHandle: true)
{
    public AppenderHandle(nint value) : this() => SetHandle(value);

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        NativeMethods.duckdb_appender_destroy(ref handle);
        return true;
    }
}

internal sealed class TypeHandle() : SafeHandle(0, ownsHandle: true)
{
    public TypeHandle(nint value) : this() => SetHandle(value);

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        NativeTypeMethods.duckdb_destroy_logical_type(ref handle);
        return true;
    }
}

internal sealed class ValueHandle() : SafeHandle(0, ownsHandle: true)
{
    public ValueHandle(nint value) : this() => SetHandle(value);

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        NativeTypeMethods.duckdb_destroy_value(ref handle);
        return true;
    }
}
