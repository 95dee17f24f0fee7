using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Tarn.DuckDb.Functions;

/// <summary>
/// Managed objects that DuckDB holds for us: a GCHandle that DuckDB gives back through <see cref="Delete"/> when it needs the object no more. What can be disposed is disposed then.
/// </summary>
internal static unsafe class FunctionData
{
    public static delegate* unmanaged[Cdecl]<nint, void> Delete => &Free;

    public static nint Keep(object value) => GCHandle.ToIntPtr(GCHandle.Alloc(value));

    public static T Get<T>(nint handle)
        where T : class => (T)GCHandle.FromIntPtr(handle).Target!;

    /// <summary>
    /// What of an exception may cross into C++: nothing, or the process dies. So this is one of the outermost frames, and every exception becomes the
    /// error of the statement.
    /// </summary>
    public static string ErrorText(Exception exception) => exception.Message.Replace('\0', ' ');

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Free(nint handle)
    {
        if (handle != 0)
        {
            var kept = GCHandle.FromIntPtr(handle);
            (kept.Target as IDisposable)?.Dispose();
            kept.Free();
        }
    }
}
