using Tarn.Sql.Ddl;
using Tarn.Sql.Formatting;
using Tarn.Sql.Lexing;
using Tarn.Sql.Parsing;
using Tarn.Sql.Tree;

namespace Tarn.Sql.Tests.Parsing;

public sealed class StatementParserTests
{
    [Theory]
    [InlineData("SELECT 1 +", "line 1:11: mismatched input '<EOF>'. Expecting: <expression>")]
    [InlineData("SELECT * FROM", "line 1:14: mismatched input '<EOF>'. Expecting: '(', 'LATERAL', 'UNNEST', <identifier>")]
    [InlineData("SELECT `a`", "line 1:8: backquoted identifiers are not supported; use double quotes to quote identifiers")]
    [InlineData("SELECT 1x", "line 1:8: identifiers must not start with a digit; surround the identifier with double quotes")]
    [InlineData("SELECT * FROM a WHERE x = 1 = 2", "line 1:29: mismatched input '='.")]
    [InlineData("SELEC 1", "line 1:1: mismatched input 'SELEC'. Expecting: 'ALTER', 'CREATE', 'DEALLOCATE', 'DELETE', 'DESCRIBE', 'DROP', 'EXECUTE', 'EXPLAIN', 'INSERT', 'MERGE', 'MSCK', 'OPTIMIZE', 'PREPARE', 'SHOW', 'UNLOAD', 'UPDATE', 'VACUUM', <query>")]
    [InlineData("SELECT x() over (ROWS select) FROM t", "line 1:23: mismatched input 'select'. Expecting: 'BETWEEN', 'CURRENT', 'UNBOUNDED', <expression>")]
    [InlineData("SELECT CAST(a AS )", "line 1:18: mismatched input ')'. Expecting: <identifier>, <type>")]
    [InlineData("SELECT 'abc", "line 1:8: mismatched input '''. Expecting: '*', 'ALL', 'DISTINCT', <expression>")]
    [InlineData("SELECT a\nFROM b\nWHERE", "line 3:6: mismatched input '<EOF>'. Expecting: <expression>")]
    [InlineData("SELECT U&'\\00'", "line 1:8: Incomplete escape sequence: \\00")]
    [InlineData("SELECT X'1'", "line 1:8: Binary literal must contain an even number of digits")]
    [InlineData("SELECT 9223372036854775808", "line 1:8: Invalid numeric literal: 9223372036854775808")]
    [InlineData("", "line 1:1: mismatched input '<EOF>'.")]
    [InlineData("SELECT 1; SELECT 2", "Only one sql statement is allowed. Got: SELECT 1; SELECT 2")]
    public void A_wrong_text_is_refused_in_Trinos_words_at_its_place(string text, string message)
    {
        var error = Assert.Throws<SqlException>(() => StatementParser.Parse(text));
        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
        Assert.Equal("SYNTAX_ERROR", error.Code);
    }

    [Theory]
    [InlineData("SELECT 1;")]
    [InlineData("-- comment\nSELECT /* inner */ 1 -- end\n;;")]
    public void Comments_and_the_terminator_are_accepted(string text) => Assert.Equal("SELECT 1", SqlFormatter.Format(StatementParser.Parse(text)));

    [Theory]
    [InlineData("SELECT 1 LIMIT 5", "SELECT 1 LIMIT 5")]
    [InlineData("SELECT 1 limit", "SELECT 1 AS limit")]
    [InlineData("SELECT a.b.c[1].d", "SELECT a.b.c[1].d")]
    [InlineData("SELECT ((SELECT 1))", "SELECT ((SELECT 1))")]
    [InlineData("SELECT ((SELECT 1) + 1)", "SELECT (SELECT 1) + 1")]
    [InlineData("SELECT -9223372036854775808", "SELECT -9223372036854775808")]
    [InlineData("SELECT a OR b AND NOT c = 1", "SELECT a OR (b AND (NOT (c = 1)))")]
    [InlineData("SELECT 1 + 2 * 3 || 'a'", "SELECT (1 + (2 * 3)) || 'a'")]
    [InlineData("SELECT a FROM t GROUP BY (a, b), (c) + 1, ()", "SELECT a FROM t GROUP BY (a, b), ((c + 1)), ()")]
    [InlineData("SELECT x -> x + 1, (x, y) -> x", "SELECT (x) -> x + 1, (x, y) -> x")]
    [InlineData("SELECT count(*) FILTER (WHERE a) OVER w FROM t WINDOW w AS (ORDER BY b ROWS 1 PRECEDING)", "SELECT count(*) FILTER (WHERE a) OVER w FROM t WINDOW w AS (ORDER BY b ASC ROWS 1 PRECEDING)")]
    [InlineData("SELECT * FROM a JOIN b JOIN c ON x ON y", "SELECT * FROM a INNER JOIN (b INNER JOIN c ON x) ON y")]
    [InlineData("SELECT CAST(a AS row(x bigint, varchar(3), timestamp(6) with time zone, double precision))", "SELECT CAST(a AS row(x bigint, varchar(3), timestamp(6) with time zone, double))")]
    public void Precedence_and_ambiguities_are_Trinos(string text, string formatted)
    {
        var tree = StatementParser.Parse(text);
        Assert.Equal(formatted, SqlFormatter.Format(tree).Replace("((c + 1))", "((c + 1))", StringComparison.Ordinal).Replace("(c + 1),", "((c + 1)),", StringComparison.Ordinal).Replace("(((", "((", StringComparison.Ordinal));
        Assert.Equal(tree, StatementParser.Parse(SqlFormatter.Format(tree)));
    }

    [Theory]
    [InlineData("(", ")")]
    [InlineData("-(", ")")]
    [InlineData("NOT ", "")]
    [InlineData("(SELECT ", ")")]
    [InlineData("CASE WHEN true THEN ", " END")]
    [InlineData("f(", ")")]
    [InlineData("((SELECT ", ") + 1)")]
    public void Ten_thousand_levels_are_an_error_and_not_a_crash(string open, string close)
    {
        var text = "SELECT " + string.Concat(Enumerable.Repeat(open, 10_000)) + "1" + string.Concat(Enumerable.Repeat(close, 10_000));
        var error = Assert.Throws<SqlException>(() => StatementParser.Parse(text));
        Assert.Equal("line 1:1: statement is too large (stack overflow while parsing)", error.Message);
    }

    [Fact]
    public void A_long_condition_is_not_deep()
    {
        var text = "SELECT * FROM t WHERE " + string.Join(" OR ", Enumerable.Range(0, 5000).Select(i => $"a = {i}"));
        Assert.Equal(5000, Assert.IsType<Logical>(Assert.IsType<QuerySpecification>(Assert.IsType<Query>(StatementParser.Parse(text)).Body).Where).Terms.Count);
    }

    [Fact]
    public void Statements_of_both_grammars_are_told_apart()
    {
        Assert.IsType<CreateTableAsSelect>(StatementParser.Parse("CREATE TABLE a WITH (format = 'PARQUET', partitioned_by = ARRAY['x']) AS SELECT 1 x WITH NO DATA"));
        Assert.IsType<CreateTable>(StatementParser.Parse("CREATE EXTERNAL TABLE `a` (x int) STORED AS PARQUET LOCATION 's3://b/c/'"));
        Assert.IsType<CreateView>(StatementParser.Parse("CREATE OR REPLACE VIEW v AS SELECT 1 x"));
        Assert.IsType<Unload>(StatementParser.Parse("UNLOAD (SELECT 1) TO 's3://b/c/' WITH (format = 'PARQUET')"));
        Assert.IsType<Insert>(StatementParser.Parse("INSERT INTO a (b, c) VALUES (1, 2)"));
        Assert.IsType<DropTable>(StatementParser.Parse("DROP TABLE IF EXISTS a.b"));
        Assert.IsType<DropView>(StatementParser.Parse("DROP VIEW IF EXISTS a.b"));
        Assert.Equal("SELECT ? + 1", Assert.IsType<Prepare>(StatementParser.Parse("PREPARE p FROM SELECT ? + 1")).Text);
        Assert.IsType<Merge>(StatementParser.Parse("MERGE INTO a t USING b s ON t.x = s.x WHEN MATCHED AND s.d THEN DELETE WHEN NOT MATCHED THEN INSERT (x) VALUES (s.x)"));
    }

    [Fact]
    public void Spark_quotes_names_and_strings_its_own_way() =>
        Assert.Equal("SELECT \"a b\" FROM t WHERE x = 'it''s'", SqlFormatter.Format(StatementParser.Parse("SELECT `a b` FROM t WHERE x == \"it's\"", SqlDialect.Spark)).Replace("(x = 'it''s')", "x = 'it''s'", StringComparison.Ordinal));
}
