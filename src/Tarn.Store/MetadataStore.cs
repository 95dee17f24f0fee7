using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Tarn.Store.Postgres;
using Tarn.Store.Sqlite;

namespace Tarn.Store;

/// <summary>Opens the metadata store that the options name, and brings its tables up to date.</summary>
public static class MetadataStore
{
    /// <summary>
    /// Opens the store and runs the steps of <paramref name="schemas"/> that it lacks, all in one transaction. Throws <see cref="StoreException"/>
    /// when the store is from a newer Tarn, or when its database cannot keep what the store promises.
    /// </summary>
    public static async ValueTask<IMetadataStore> OpenAsync(StoreOptions options, IReadOnlyList<StoreSchema> schemas, ILoggerFactory? logging, CancellationToken cancellationToken)
    {
        options.Validate();
        var logger = (logging ?? NullLoggerFactory.Instance).CreateLogger("Tarn.Store");
        return options.Kind switch
        {
            StoreKind.Sqlite => await SqliteStore.OpenAsync(options, schemas, logger, cancellationToken),
            StoreKind.Postgresql => await PostgresStore.OpenAsync(options, schemas, logger, cancellationToken),
            _ => throw new ArgumentOutOfRangeException(nameof(options)),
        };
    }
}
