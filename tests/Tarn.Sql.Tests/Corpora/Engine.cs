using Tarn.DuckDb;
using Tarn.Sql.Binding;
using Tarn.Sql.Functions;
using Tarn.Sql.Lexing;
using Tarn.Sql.Translating;
using Tarn.Sql.Types;

namespace Tarn.Sql.Tests.Corpora;

/// <summary>Runs Trino SQL from text to rows, as Athena does: translated, and executed by DuckDB in memory.</summary>
internal sealed class Engine : IDisposable
{
    private const int RowsMax = 100_000;
    private readonly DuckDbInstance instance;
    private readonly DuckDbConnection connection;
    private readonly TrinoFunctions library;

    public Engine(string zone)
    {
        instance = DuckDbInstance.Open(new DuckDbOptions { Threads = 1 });
        connection = instance.Connect();
        DuckDbFunctions.Register(connection);
        library = new TrinoFunctions(new TrinoSession(new DateTimeOffset(2020, 5, 10, 10, 20, 30, TimeSpan.Zero), zone, "awsdatacatalog", "default", "tarn"));
    }

    public TranslatedQuery Translate(string text, ISqlCatalog catalog, SqlDialect? dialect = null) => SqlFrontEnd.Translate(text, dialect ?? SqlDialect.Trino, catalog, library);

    public List<object?[]> Run(TranslatedQuery query, Func<TableScan, string> relation)
    {
        try
        {
            return connection.QueryAll(query.ToSql(relation), RowsMax, CancellationToken.None);
        }
        catch (DuckDbException e)
        {
            throw EngineErrors.Translate(e.Message) ?? (Exception)e;
        }
    }

    public void Dispose()
    {
        connection.Dispose();
        instance.Dispose();
    }
}

/// <summary>A catalog without tables.</summary>
internal sealed class NoTables : ISqlCatalog
{
    public string DefaultCatalog => "awsdatacatalog";

    public string? DefaultSchema => "default";

    public CatalogTable? ResolveTable(string catalog, string schema, string name) => null;

    public bool SchemaExists(string catalog, string schema) => schema == "default";
}
