namespace Tarn.Store.Migrations;

/// <summary>How the placeholders of <see cref="StoreSchema"/> read in one database.</summary>
internal sealed record Dialect(string Text, string Blob)
{
    public static readonly Dialect Sqlite = new("TEXT", "BLOB");

    public static readonly Dialect Postgresql = new("TEXT COLLATE \"C\"", "BYTEA");

    public string Apply(string sql) => sql.Replace("{text}", Text, StringComparison.Ordinal).Replace("{blob}", Blob, StringComparison.Ordinal);
}

/// <summary>
/// Brings the tables of a store up to date. What has run is recorded in <c>store_migrations</c>, one row a step, in the same transaction
/// as the step itself: a crash leaves the old tables or the new ones.
/// </summary>
internal static class Migrator
{
    public const string Table = "store_migrations";

    private static readonly string Version = typeof(Migrator).Assembly.GetName().Version?.ToString(3) ?? "0";

    /// <summary>Runs what is missing; answers how many steps ran.</summary>
    public static int Upgrade(IStoreWriter store, Dialect dialect, IReadOnlyList<StoreSchema> schemas)
    {
        CreateTable(store, dialect);
        var done = Applied(store);
        Refuse(done, schemas);
        var count = 0;
        foreach (var schema in schemas)
        {
            var from = done.TryGetValue(schema.Module, out var state) ? state.Step : 0;
            count += Run(store, dialect, schema, from, schema.Steps.Count);
        }

        return count;
    }

    /// <summary>Makes the tables as they stand at the steps given, in an empty store: how a backup is taken from one database into another.</summary>
    public static void CreateAt(IStoreWriter store, Dialect dialect, IReadOnlyList<StoreSchema> schemas, IReadOnlyDictionary<string, AppliedSteps> steps)
    {
        CreateTable(store, dialect);
        Refuse(steps, schemas);
        foreach (var schema in schemas)
        {
            if (steps.TryGetValue(schema.Module, out var state))
            {
                Run(store, dialect, schema, 0, state.Step);
            }
        }
    }

    /// <summary>The newest step that ran, by module.</summary>
    public static IReadOnlyDictionary<string, AppliedSteps> Applied(IStoreReader store) =>
        store.Query(
                $"SELECT module, step, tarn_version FROM {Table} ORDER BY module, step",
                row => (Module: row.Text(0), State: new AppliedSteps(row.Int(1), row.Text(2))))
            .GroupBy(row => row.Module, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.Last().State, StringComparer.Ordinal);

    /// <summary>Refuses a store that this Tarn would misread.</summary>
    public static void Refuse(IReadOnlyDictionary<string, AppliedSteps> done, IReadOnlyList<StoreSchema> schemas)
    {
        foreach (var (module, state) in done)
        {
            var schema = schemas.FirstOrDefault(schema => schema.Module == module) ?? throw StoreErrors.UnknownModule(module, state.TarnVersion);
            if (state.Step > schema.Steps.Count)
            {
                throw StoreErrors.NewerStep(module, state.Step, schema.Steps.Count, state.TarnVersion);
            }
        }
    }

    private static void CreateTable(IStoreWriter store, Dialect dialect) =>
        store.Execute(dialect.Apply($"""
            CREATE TABLE IF NOT EXISTS {Table} (
                module {"{text}"} NOT NULL,
                step BIGINT NOT NULL,
                applied_at BIGINT NOT NULL,
                tarn_version {"{text}"} NOT NULL,
                PRIMARY KEY (module, step))
            """));

    private static int Run(IStoreWriter store, Dialect dialect, StoreSchema schema, int from, int to)
    {
        for (var step = from; step < to; step++)
        {
            foreach (var statement in Statements(schema.Steps[step]))
            {
                store.Execute(dialect.Apply(statement));
            }

            store.Execute(
                $"INSERT INTO {Table} (module, step, applied_at, tarn_version) VALUES (@p0, @p1, @p2, @p3)",
                schema.Module, step + 1, DateTimeOffset.UtcNow, Version);
        }

        return to - from;
    }

    /// <summary>Cuts a step at each <c>;</c> that ends a line.</summary>
    private static IEnumerable<string> Statements(string step) =>
        (step.ReplaceLineEndings("\n") + "\n").Split(";\n").Select(statement => statement.Trim()).Where(statement => statement.Length > 0);
}

/// <param name="Step">How many steps of the module have run.</param>
/// <param name="TarnVersion">The Tarn that ran the last of them.</param>
internal readonly record struct AppliedSteps(int Step, string TarnVersion);
