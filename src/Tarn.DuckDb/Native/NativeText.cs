using System.Runtime.InteropServices;

namespace Tarn.DuckDb.Native;

/// <summary>Texts that come from DuckDB: some are borrowed, some must be freed.</summary>
internal static class NativeText
{
    /// <summary>A text that DuckDB keeps.</summary>
    public static string Borrowed(nint text) => Marshal.PtrToStringUTF8(text) ?? "";

    /// <summary>A text that is ours to free.</summary>
    public static string Owned(nint text)
    {
        if (text == 0)
        {
            return "";
        }

        var value = Borrowed(text);
        NativeMethods.duckdb_free(text);
        return value;
    }
}
