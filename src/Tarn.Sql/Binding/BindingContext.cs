using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Tarn.Sql.Functions;
using Tarn.Sql.Lexing;
using Tarn.Sql.Tree;
using Tarn.Sql.Types;

namespace Tarn.Sql.Binding;

/// <summary>What all of one statement's binding shares.</summary>
internal sealed class BindingContext(IFunctionLibrary library, ISqlCatalog catalog, SqlDialect dialect, IReadOnlyList<Expression> parameters)
{
    /// <summary>Views in views: deeper is refused.</summary>
    public const int ViewDepthMax = 50;

    /// <summary>Names that a library was seen to have. Only what exists is remembered, so that names of users cannot fill it.</summary>
    private static readonly ConcurrentDictionary<(Type Library, string Name), bool> KnownAggregates = new();

    // A user's text cannot hold it, so that no string of theirs is ever taken for a scan.
    private readonly string nonce = Guid.NewGuid().ToString("N");
    private int aliases;

    public IFunctionLibrary Library { get; private set; } = library;

    public ISqlCatalog Catalog => catalog;

    public SqlDialect Dialect => dialect;

    /// <summary>Values of <c>?</c>.</summary>
    public IReadOnlyList<Expression> Parameters => parameters;

    public List<TableScan> Scans { get; } = [];

    /// <summary>The catalog of names that have none.</summary>
    public string DefaultCatalog { get; private set; } = catalog.DefaultCatalog;

    /// <summary>The schema of names that have none; null when there is none.</summary>
    public string? DefaultSchema { get; private set; } = catalog.DefaultSchema;

    /// <summary>The views that stand around what is being bound.</summary>
    public Stack<CatalogTable> ViewStack { get; } = [];

    /// <summary>Every view that was named, also in other views.</summary>
    public HashSet<CatalogTable> Views { get; } = new(ReferenceEqualityComparer.Instance);

    /// <summary>Binds a view's query: names without catalog or schema, and the functions that tell them, are those of the view.</summary>
    public T InView<T>(CatalogTable view, ViewDefinition definition, Func<T> bind)
    {
        var (outerLibrary, outerCatalog, outerSchema) = (Library, DefaultCatalog, DefaultSchema);
        (DefaultCatalog, DefaultSchema) = (definition.Catalog ?? catalog.DefaultCatalog, definition.Schema);
        Library = outerLibrary.InSchema(DefaultCatalog, DefaultSchema);
        ViewStack.Push(view);
        Views.Add(view);
        try
        {
            return bind();
        }
        finally
        {
            ViewStack.Pop();
            (Library, DefaultCatalog, DefaultSchema) = (outerLibrary, outerCatalog, outerSchema);
        }
    }

    /// <summary>A name that nothing else in the statement has.</summary>
    public string NewAlias(string prefix) => $"{prefix}{aliases++}";

    public TableScan NewScan(CatalogTable table)
    {
        var scan = new TableScan(table, $"scan_{nonce}_{Scans.Count}_");
        Scans.Add(scan);
        return scan;
    }

    public bool IsAggregate(string name)
    {
        if (KnownAggregates.ContainsKey((Library.GetType(), name)))
        {
            return true;
        }

        bool exists;
        try
        {
            exists = Library.BindAggregate(name, [], default) is not null;
        }
        catch (SqlException)
        {
            // It exists; only these arguments are wrong.
            exists = true;
        }

        if (exists)
        {
            KnownAggregates.TryAdd((Library.GetType(), name), true);
        }

        return exists;
    }

    public BoundExpression Coerce(BoundExpression value, SqlType target)
    {
        if (value.Type.Equals(target))
        {
            return value;
        }

        // varchar(3) as varchar is the same text in DuckDB.
        var sql = value.Type is VarcharType && target is VarcharType ? value.Sql : Library.Coerce(value.ToArgument(), target);
        return new BoundExpression(target, sql) { Constant = target is VarcharType ? value.Constant : null, ConstantText = value.ConstantText, Origin = null };
    }

    public static void CheckStack()
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw new SqlException("STACK_OVERFLOW", "statement is too large (stack overflow during analysis)", new SourcePosition(1, 1));
        }
    }
}
