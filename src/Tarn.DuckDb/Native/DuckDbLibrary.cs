using System.Reflection;
using System.Runtime.InteropServices;

namespace Tarn.DuckDb.Native;

/// <summary>
/// Finds and checks libduckdb. Order: the file named by <c>TARN_DUCKDB_LIBRARY</c>; <c>native/node_modules/@duckdb/...</c> of this
/// folder or one above it (a checkout); beside the program (an installation). Nothing is downloaded: <c>native/install</c> does that.
/// </summary>
public static class DuckDbLibrary
{
    internal const string Name = "duckdb";

    /// <summary>The C API grows within a major version but values such as enum numbers may move: only 1.5 was tried.</summary>
    private const string SupportedVersion = "v1.5.";

    private static readonly Lazy<nint> Handle = new(Load);

    /// <summary>The full path of the library that is, or would be, loaded; null when there is none.</summary>
    public static string? Find()
    {
        if (Environment.GetEnvironmentVariable("TARN_DUCKDB_LIBRARY") is { Length: > 0 } named)
        {
            return File.Exists(named) ? Path.GetFullPath(named) : null;
        }

        var file = FileName();
        var package = Path.Combine("native", "node_modules", "@duckdb", $"node-bindings-{Platform()}", file);
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, package);
            if (File.Exists(candidate))
            {
                return candidate;
            }
        }

        var beside = Path.Combine(AppContext.BaseDirectory, file);
        return File.Exists(beside) ? beside : null;
    }

    /// <summary>The version of the loaded library, such as <c>v1.5.6</c>. Loads it.</summary>
    /// <exception cref="DuckDbException">The library is missing or of a version that was not tried.</exception>
    public static unsafe string Version
    {
        get
        {
            var version = (delegate* unmanaged[Cdecl]<byte*>)NativeLibrary.GetExport(Handle.Value, "duckdb_library_version");
            return Marshal.PtrToStringUTF8((nint)version()) ?? "";
        }
    }

    internal static void Register() => NativeLibrary.SetDllImportResolver(typeof(DuckDbLibrary).Assembly, Resolve);

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath) => name == Name ? Handle.Value : 0;

    private static unsafe nint Load()
    {
        var path = Find() ?? throw new DuckDbException(DuckDbErrorKind.LibraryMissing, Missing());
        if (!NativeLibrary.TryLoad(path, out var handle))
        {
            throw new DuckDbException(DuckDbErrorKind.LibraryMissing, $"DuckDB's library {path} cannot be loaded: it is damaged or made for another platform. Run native/install.");
        }

        if (!NativeLibrary.TryGetExport(handle, "duckdb_library_version", out var export))
        {
            throw new DuckDbException(DuckDbErrorKind.LibraryMissing, $"{path} is not a DuckDB library.");
        }

        var version = Marshal.PtrToStringUTF8((nint)((delegate* unmanaged[Cdecl]<byte*>)export)()) ?? "";
        return version.StartsWith(SupportedVersion, StringComparison.Ordinal)
            ? handle
            : throw new DuckDbException(DuckDbErrorKind.LibraryMissing, $"{path} is DuckDB {version}; Tarn works with {SupportedVersion}x. Run native/install.");
    }

    private static string Missing() =>
        Environment.GetEnvironmentVariable("TARN_DUCKDB_LIBRARY") is { Length: > 0 } named
            ? $"DuckDB's library was not found: TARN_DUCKDB_LIBRARY names {named}, which does not exist."
            : $"DuckDB's library ({FileName()} for {Platform()}) was not found in native/node_modules or beside the program. Run native/install, or set TARN_DUCKDB_LIBRARY.";

    private static string FileName() =>
        OperatingSystem.IsWindows() ? "duckdb.dll" : OperatingSystem.IsMacOS() ? "libduckdb.dylib" : "libduckdb.so";

    private static string Platform()
    {
        var system = OperatingSystem.IsWindows() ? "win32" : OperatingSystem.IsMacOS() ? "darwin" : "linux";
        var musl = RuntimeInformation.RuntimeIdentifier.Contains("musl", StringComparison.Ordinal) ? "-musl" : "";
        return $"{system}-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}{musl}";
    }
}
