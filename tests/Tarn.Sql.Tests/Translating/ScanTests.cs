using Tarn.Sql.Binding;
using Tarn.Sql.Functions;
using Tarn.Sql.Lexing;
using Tarn.Sql.Parsing;
using Tarn.Sql.Translating;

namespace Tarn.Sql.Tests.Translating;

/// <summary>What a translated query says about the tables that it reads.</summary>
public sealed class ScanTests
{
    [Theory]
    [InlineData("SELECT id FROM orders WHERE customer = 'x'", "id,customer")]
    [InlineData("SELECT count(*) FROM orders", "")]
    [InlineData("SELECT o.\"$path\", address.zip FROM orders o", "address,$path")]
    [InlineData("SELECT * FROM orders", "id,customer,amount,price,placed,tags,attrs,address,dt,hour")]
    [InlineData("SELECT (SELECT max(id) FROM customers c WHERE c.name = o.customer) FROM orders o", "id,customer")]
    public void Only_the_columns_that_are_read_are_asked_for(string query, string columns) =>
        Assert.Equal(columns, string.Join(',', Translate(query).Scans.Single(scan => scan.Table.Name == "orders").Columns.Select(column => column.Name)));

    [Theory]
    [InlineData("SELECT id FROM orders WHERE dt = '2024-01-01' AND id > 3", "dt Equal varchar 2024-01-01")]
    [InlineData("SELECT id FROM orders WHERE '2024-01-02' > dt", "dt LessThan varchar 2024-01-02")]
    [InlineData("SELECT id FROM orders WHERE hour IN (1, 2) AND dt BETWEEN '2024' AND '2025'", "hour In integer 1,2; dt GreaterThanOrEqual varchar 2024; dt LessThanOrEqual varchar 2025")]
    [InlineData("SELECT id FROM orders WHERE dt = 'a' OR dt = 'b'", "dt In varchar a,b")]
    [InlineData("SELECT id FROM orders WHERE hour = 1.5", "hour Equal decimal(11,1) 1.5")]
    [InlineData("SELECT id FROM orders WHERE dt = 'a' OR hour = 1", "")]
    [InlineData("SELECT id FROM orders WHERE NOT dt = 'a'", "")]
    [InlineData("SELECT id FROM orders WHERE dt = customer", "")]
    [InlineData("SELECT id FROM orders WHERE upper(dt) = 'A'", "")]
    [InlineData("SELECT id FROM big_orders WHERE dt = 'a'", "dt Equal varchar a")]
    [InlineData("WITH x AS (SELECT * FROM orders) SELECT id FROM x WHERE dt = 'a'", "dt Equal varchar a")]
    [InlineData("SELECT id FROM (SELECT id, dt FROM orders LIMIT 5) WHERE dt = 'a'", "")]
    [InlineData("SELECT id FROM (SELECT id, dt, rank() OVER (ORDER BY id) r FROM orders) WHERE dt = 'a'", "")]
    [InlineData("SELECT dt FROM (SELECT dt, count(*) FROM orders GROUP BY dt) WHERE dt = 'a'", "")]
    [InlineData("SELECT o.id FROM customers c LEFT JOIN orders o ON o.dt = 'a'", "")]
    [InlineData("SELECT o.id FROM customers c JOIN orders o ON c.name = o.customer AND o.dt = 'a'", "dt Equal varchar a")]
    public void Conditions_on_partition_keys_are_found_where_they_hold_for_every_row(string query, string predicates) =>
        Assert.Equal(predicates, string.Join("; ", Translate(query).Scans.Single(scan => scan.Table.Name == "orders").PartitionPredicates.Select(predicate => $"{predicate.Column} {predicate.Comparison} {predicate.Type} {string.Join(',', predicate.Values)}")));

    [Fact]
    public void A_WITH_query_that_is_used_twice_is_pruned_for_neither_use()
    {
        var scan = Assert.Single(Translate("WITH x AS (SELECT * FROM orders) SELECT a.id FROM x a, x b WHERE a.dt = 'a'").Scans);
        Assert.Empty(scan.PartitionPredicates);
    }

    [Fact]
    public void A_text_that_looks_like_a_placeholder_is_left_alone()
    {
        var query = Translate("SELECT 'scan_0_' FROM orders");
        Assert.Contains("'scan_0_'", query.ToSql(_ => "SELECT 1"), StringComparison.Ordinal);
    }

    [Fact]
    public void Parameters_stand_for_expressions()
    {
        var query = (Tree.Query)StatementParser.Parse("SELECT id FROM orders WHERE dt = ? LIMIT ?");
        var library = new TrinoFunctions(TrinoSession.AtUtc(DateTimeOffset.UnixEpoch));
        var translated = SqlFrontEnd.Translate(query, SqlDialect.Trino, new MemoryCatalog(), library, [StatementParser.ParseExpression("'x'", SqlDialect.Trino), StatementParser.ParseExpression("3", SqlDialect.Trino)]);
        Assert.Equal(["x"], translated.Scans[0].PartitionPredicates[0].Values);
        var error = Assert.Throws<SqlException>(() => SqlFrontEnd.Translate(query, SqlDialect.Trino, new MemoryCatalog(), library, []));
        Assert.Equal("INVALID_PARAMETER_USAGE", error.Code);
    }

    private static TranslatedQuery Translate(string query) => SqlFrontEnd.Translate(query, SqlDialect.Trino, new MemoryCatalog(), new TrinoFunctions(TrinoSession.AtUtc(DateTimeOffset.UnixEpoch)));
}
