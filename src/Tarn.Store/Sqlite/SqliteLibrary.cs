using System.Reflection;
using System.Runtime.InteropServices;
using SQLitePCL;

namespace Tarn.Store.Sqlite;

/// <summary>
/// Chooses the native SQLite: the system's <c>libsqlite3.so.0</c> when it is newer than the one in the package, because the system's gets
/// security updates. Must run before the first connection of the process; every way into SQLite here calls <see cref="Load"/>.
/// </summary>
internal static class SqliteLibrary
{
    /// <summary>The version in SQLitePCLRaw.bundle_e_sqlite3 2.0.6, and the oldest that Tarn's SQL runs on (RETURNING came with 3.35).</summary>
    private const int VersionMin = 3_035_005;

    private static readonly string[] SystemNames = ["libsqlite3.so.0", "libsqlite3.dylib", "winsqlite3"];

    private static readonly Lazy<string> Loaded = new(LoadOnce);

    /// <summary>Loads the library; answers its version, such as <c>3.40.1</c>. Throws <see cref="StoreException"/> when it is too old.</summary>
    public static string Load() => Loaded.Value;

    private static string LoadOnce()
    {
        NativeLibrary.SetDllImportResolver(typeof(SQLite3Provider_e_sqlite3).Assembly, Resolve);
        Batteries_V2.Init();
        var version = raw.sqlite3_libversion().utf8_to_string();
        return raw.sqlite3_libversion_number() >= VersionMin ? version : throw StoreErrors.LibraryTooOld(version, "3.35.5");
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        if (name != "e_sqlite3")
        {
            return 0;
        }

        foreach (var system in SystemNames)
        {
            if (!NativeLibrary.TryLoad(system, out var library))
            {
                continue;
            }

            if (Version(library) > VersionMin)
            {
                return library;
            }

            NativeLibrary.Free(library);
        }

        // 0 lets the runtime look where the package put its own.
        return 0;
    }

    private static unsafe int Version(nint library) =>
        NativeLibrary.TryGetExport(library, "sqlite3_libversion_number", out var function) ? ((delegate* unmanaged[Cdecl]<int>)function)() : 0;
}
