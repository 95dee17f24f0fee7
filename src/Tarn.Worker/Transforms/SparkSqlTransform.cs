using Tarn.DuckDb.Types;
using Tarn.Sql;
using Tarn.Sql.Binding;
using Tarn.Sql.Functions;
using Tarn.Sql.Lexing;
using Tarn.Sql.Translating;
using Tarn.Sql.Types;
using Tarn.Worker.Columns;
using Tarn.Worker.Plans;

namespace Tarn.Worker.Transforms;

/// <summary>SparkSQL: the node's query through the shared SQL front end, over its inputs as tables. What the front end does not know fails the run in its words.</summary>
internal static class SparkSqlTransform
{
    public static string Compile(SparkSql node, IReadOnlyDictionary<string, Relation> tables)
    {
        try
        {
            var query = SqlFrontEnd.Translate(node.Query, SqlDialect.Spark, new InputTables(tables), new TrinoFunctions(TrinoSession.AtUtc(DateTimeOffset.UtcNow)));
            var repeated = query.Columns.GroupBy(column => column.Name, StringComparer.OrdinalIgnoreCase).FirstOrDefault(group => group.Count() > 1);
            if (repeated is not null)
            {
                throw new PlanException(node.Id, $"the query gives two columns the name {repeated.Key}");
            }

            var columns = query.Columns.Select(column => $"q.{DuckDbText.Identifier(column.DuckDbName)} AS {DuckDbText.Identifier(column.Name)}");
            return $"SELECT {string.Join(", ", columns)} FROM ({query.ToSql(Rows)}) AS q";
        }
        catch (SqlException failure)
        {
            throw new PlanException(node.Id, $"{failure.Code}: {failure.Message}");
        }
    }

    /// <summary>The rows of an input with the columns that the query reads, in the types that the front end counts on.</summary>
    private static string Rows(TableScan scan)
    {
        var relation = (Relation)scan.Table.Handle!;
        var columns = scan.Columns.Select(column =>
            $"CAST({DuckDbText.Identifier(relation.Find(column.Name)!.Name)} AS {DuckDbTypes.Name(column.Type)}) AS {DuckDbText.Identifier(column.Name)}").DefaultIfEmpty("1 AS one");
        return $"SELECT {string.Join(", ", columns)} FROM {relation.View}";
    }

    private sealed class InputTables(IReadOnlyDictionary<string, Relation> tables) : ISqlCatalog
    {
        public string DefaultCatalog => "spark_catalog";

        public string DefaultSchema => "default";

        string? ISqlCatalog.DefaultSchema => DefaultSchema;

        public CatalogTable? ResolveTable(string catalog, string schema, string name)
        {
            var relation = catalog == DefaultCatalog && schema == DefaultSchema
                ? tables.FirstOrDefault(table => string.Equals(table.Key, name, StringComparison.OrdinalIgnoreCase)).Value
                : null;
            return relation is null
                ? null
                : new CatalogTable(catalog, schema, name, [.. relation.Columns.Select(column => new CatalogColumn(column.Name.ToLowerInvariant(), HiveTypes.Parse(GlueTypes.HiveName(GlueTypes.Storable(column.Type)))))], relation);
        }

        public bool SchemaExists(string catalog, string schema) => catalog == DefaultCatalog && schema == DefaultSchema;
    }
}
