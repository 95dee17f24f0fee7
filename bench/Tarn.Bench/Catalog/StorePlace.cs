using Tarn.Store;

namespace Tarn.Bench.Catalog;

/// <summary>Where the metadata of a subject lie: a SQLite file that is deleted at the end, or a PostgreSQL database that the second argument names.</summary>
internal sealed class StorePlace : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("tarn-bench-");

    private StorePlace(string? postgresql) =>
        Options = postgresql is null ? StoreOptions.Sqlite(Path.Combine(folder.FullName, "tarn.db")) : StoreOptions.Postgresql(postgresql);

    public StoreOptions Options { get; }

    public static StorePlace Of(string[] arguments) => new(arguments.ElementAtOrDefault(1));

    public void Dispose() => folder.Delete(recursive: true);
}
