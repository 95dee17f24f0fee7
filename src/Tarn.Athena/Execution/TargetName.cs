using Tarn.Sql;
using Tarn.Sql.Tree;

namespace Tarn.Athena.Execution;

/// <summary>The table or view that a statement of Trino's grammar makes, changes or drops.</summary>
internal static class TargetName
{
    private const string Catalog = "awsdatacatalog";

    /// <exception cref="SqlException"><c>CATALOG_NOT_FOUND</c>: another catalog than the one there is; <c>SYNTAX_ERROR</c>: more than three parts.</exception>
    public static (string Database, string Name) Of(QualifiedName name, StatementContext context)
    {
        var parts = name.Parts.Select(part => part.Folded).ToList();
        return parts.Count switch
        {
            1 => (context.Database, parts[0]),
            2 => (parts[0], parts[1]),
            3 when parts[0] == Catalog => (parts[1], parts[2]),
            3 => throw new SqlException("CATALOG_NOT_FOUND", $"Catalog '{parts[0]}' does not exist", name.Position),
            _ => throw new SqlException("SYNTAX_ERROR", $"Too many dots in table name: {name}", name.Position),
        };
    }
}
