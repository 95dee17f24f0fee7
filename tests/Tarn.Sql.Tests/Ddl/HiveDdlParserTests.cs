using Tarn.Sql.Ddl;
using Tarn.Sql.Formatting;
using Tarn.Sql.Parsing;

namespace Tarn.Sql.Tests.Ddl;

public sealed class HiveDdlParserTests
{
    [Theory]
    [InlineData("CREATE DATABASE IF NOT EXISTS db COMMENT 'c' LOCATION 's3://b/' WITH DBPROPERTIES ('a' = 'b')")]
    [InlineData("DROP SCHEMA IF EXISTS db CASCADE")]
    [InlineData("ALTER DATABASE db SET DBPROPERTIES ('a' = 'b')")]
    [InlineData("CREATE EXTERNAL TABLE IF NOT EXISTS `db`.`t 1` (`a` int COMMENT 'it\\'s', b STRUCT<x:array<map<string,decimal(10,2)>>,`date`:date>) COMMENT 't' PARTITIONED BY (dt string, hr int) CLUSTERED BY (a) SORTED BY (a DESC) INTO 4 BUCKETS ROW FORMAT DELIMITED FIELDS TERMINATED BY '\\t' ESCAPED BY '\\\\' COLLECTION ITEMS TERMINATED BY '\\002' MAP KEYS TERMINATED BY ':' LINES TERMINATED BY '\\n' NULL DEFINED AS 'NULL' STORED AS TEXTFILE LOCATION 's3://b/c/' TBLPROPERTIES ('skip.header.line.count'='1')")]
    [InlineData("CREATE EXTERNAL TABLE t (a string) ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe' WITH SERDEPROPERTIES (\"ignore.malformed.json\" = \"true\") STORED AS INPUTFORMAT 'x' OUTPUTFORMAT 'y' LOCATION 's3://b/c/'")]
    [InlineData("CREATE TABLE ice (id bigint, ts timestamp) PARTITIONED BY (day(ts), bucket(16, id)) LOCATION 's3://b/' TBLPROPERTIES ('table_type'='ICEBERG')")]
    [InlineData("DROP TABLE IF EXISTS db.t")]
    [InlineData("ALTER TABLE t ADD IF NOT EXISTS PARTITION (dt = '2020-01-01', hr = 1) LOCATION 's3://b/x/' PARTITION (dt = '2020-01-02', hr = 2)")]
    [InlineData("ALTER TABLE t DROP IF EXISTS PARTITION (dt < '2020'), PARTITION (dt = '2021')")]
    [InlineData("ALTER TABLE t PARTITION (dt = '1') RENAME TO PARTITION (dt = '2')")]
    [InlineData("ALTER TABLE t ADD COLUMNS (a int COMMENT 'x', b string)")]
    [InlineData("ALTER TABLE t PARTITION (dt = '1') REPLACE COLUMNS (a int)")]
    [InlineData("ALTER TABLE t SET LOCATION 's3://b/c/'")]
    [InlineData("ALTER TABLE t SET TBLPROPERTIES ('a' = 'b', 'c' = 'd')")]
    [InlineData("ALTER TABLE t UNSET TBLPROPERTIES ('a')")]
    [InlineData("ALTER TABLE t CHANGE COLUMN a b bigint AFTER c")]
    [InlineData("ALTER TABLE t DROP COLUMN a")]
    [InlineData("MSCK REPAIR TABLE db.t")]
    [InlineData("SHOW DATABASES LIKE 'a*|b'")]
    [InlineData("SHOW TABLES IN db 'x*'")]
    [InlineData("SHOW VIEWS")]
    [InlineData("SHOW SCHEMAS")]
    [InlineData("SHOW TABLES FROM `AwsDataCatalog`.`db` LIKE 'x*'")]
    [InlineData("DESCRIBE awsdatacatalog.db.t;")]
    [InlineData("SHOW PARTITIONS db.t PARTITION (dt = '1')")]
    [InlineData("SHOW COLUMNS IN t IN db")]
    [InlineData("SHOW CREATE TABLE db.t")]
    [InlineData("SHOW CREATE VIEW v")]
    [InlineData("SHOW TBLPROPERTIES t('a')")]
    [InlineData("DESCRIBE FORMATTED db.t PARTITION (dt = '1')")]
    [InlineData("DESC t a.b")]
    [InlineData("DESCRIBE VIEW v")]
    public void Every_statement_survives_formatting(string text)
    {
        var tree = StatementParser.Parse(text);
        Assert.IsType<DdlStatement>(tree, exactMatch: false);
        Assert.Equal(tree, StatementParser.Parse(SqlFormatter.Format(tree)));
    }

    [Fact]
    public void Types_are_spelt_as_Glue_keeps_them()
    {
        var table = Assert.IsType<CreateTable>(StatementParser.Parse("CREATE EXTERNAL TABLE t (a STRUCT < X : ARRAY < INT > , y : DECIMAL >, b VARCHAR(10), c DOUBLE) LOCATION 's3://b/'"));
        Assert.Equal(["struct<x:array<int>,y:decimal(10,0)>", "varchar(10)", "double"], table.Columns.Select(column => column.Type));
    }

    [Theory]
    [InlineData("CREATE EXTERNAL TABLE t (date int)", "ParseException line 1:25 cannot recognize input near 'date' 'int' ')' in ddl statement")]
    [InlineData("CREATE EXTERNAL TABLE t (a int) foo", "ParseException line 1:32 missing EOF at 'foo' near ')'")]
    [InlineData("DROP TABLE", "ParseException line 1:10 mismatched input '<EOF>' expecting Identifier near 'TABLE'")]
    [InlineData("CREATE EXTERNAL TABLE t (a map<string>)", "ParseException line 1:37 mismatched input '>' expecting , near 'string'")]
    [InlineData("DROP TABLE elsewhere.db.t", "SemanticException Catalog elsewhere does not exist")]
    [InlineData("SHOW TABLES IN elsewhere.db", "SemanticException Catalog elsewhere does not exist")]
    [InlineData("SHOW FUNCTIONS", "ParseException line 1:14 cannot recognize input near '<EOF>' '<EOF>' '<EOF>' in show statement")]
    public void A_wrong_text_is_refused_in_Hives_words(string text, string message)
    {
        var error = Assert.Throws<SqlException>(() => StatementParser.Parse(text));
        Assert.Equal(("FAILED", message), (error.Code, error.Message));
    }

    [Fact]
    public void Ten_thousand_nested_types_are_an_error_and_not_a_crash() =>
        Assert.Throws<SqlException>(() => StatementParser.Parse("CREATE EXTERNAL TABLE t (a " + string.Concat(Enumerable.Repeat("array<", 10_000)) + "int)"));
}
