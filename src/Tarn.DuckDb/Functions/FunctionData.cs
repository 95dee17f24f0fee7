using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Tarn.DuckDb.Native;
using Tarn.DuckDb.Types;

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

    /// <summary>Declares the positional parameters of a function that is being made.</summary>
    /// <param name="add">DuckDB's call for this kind of function.</param>
    public static void AddParameters(nint function, IEnumerable<DuckDbType> types, Action<nint, TypeHandle> add)
    {
        foreach (var type in types)
        {
            using var native = type.Create();
            add(function, native);
        }
    }

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
