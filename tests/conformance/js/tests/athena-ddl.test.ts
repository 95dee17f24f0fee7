import { CreateDatabaseCommand, GetDatabaseCommand, GetPartitionsCommand, GetTableCommand } from "@aws-sdk/client-glue";
import { CreateBucketCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { beforeAll, expect, test } from "vitest";
import { Queries } from "../athena.js";
import { clients, uniqueName } from "../clients.js";
import { expectError } from "../errors.js";

const { s3, glue, athena } = clients();
const Bucket = uniqueName("ddl");
const database = uniqueName("ddl").replace("-", "_");
const queries = new Queries(athena, `s3://${Bucket}/results/`, database);
const partitions = async (TableName: string) => (await glue.send(new GetPartitionsCommand({ DatabaseName: database, TableName }))).Partitions!.map((p) => p.Values!.join("/"));
beforeAll(async () => {
  await s3.send(new CreateBucketCommand({ Bucket }));
  await glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name: database } }));
});

test("databases are made and dropped", async () => {
  const name = uniqueName("made").replace("-", "_");
  const { query } = await queries.run(`CREATE DATABASE ${name} COMMENT 'words' LOCATION 's3://${Bucket}/db/' WITH DBPROPERTIES ('a'='1')`);
  expect([query.StatementType, query.SubstatementType, query.ResultConfiguration!.OutputLocation]).toEqual(["DDL", "CREATE_DATABASE", `s3://${Bucket}/results/${query.QueryExecutionId}.txt`]);
  expect((await glue.send(new GetDatabaseCommand({ Name: name }))).Database).toMatchObject({ Description: "words", LocationUri: `s3://${Bucket}/db/`, Parameters: { a: "1" } });
  expect(await queries.lines(`SHOW DATABASES LIKE '${name}'`)).toEqual([name]);
  await queries.run(`CREATE SCHEMA IF NOT EXISTS ${name}`);
  expect(await queries.reason(`CREATE DATABASE ${name}`)).toMatch(/^FAILED: .*already exists/);
  await queries.run(`CREATE EXTERNAL TABLE ${name}.t (a int) LOCATION 's3://${Bucket}/t/'`);
  expect(await queries.reason(`DROP DATABASE ${name}`)).toMatch(/is not empty\. One or more tables exist\./);
  await queries.run(`DROP DATABASE ${name} CASCADE`);
  await expectError(glue.send(new GetDatabaseCommand({ Name: name })), "EntityNotFoundException", 400);
  expect(await queries.reason(`DROP DATABASE ${name}`)).toBe(`FAILED: SemanticException [Error 10072]: Database does not exist: ${name}`);
  await queries.run(`DROP DATABASE IF EXISTS ${name}`);
});

test("an external table has the formats of its clauses", async () => {
  await queries.run(
    `CREATE EXTERNAL TABLE IF NOT EXISTS \`typed\` (\`id\` bigint COMMENT 'key', tags array<string>, place struct<lat:double,lon:double>, m map<string,int>, price decimal(10,2))
     COMMENT 'all kinds' PARTITIONED BY (day date) ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe' WITH SERDEPROPERTIES ('ignore.malformed.json'='true') LOCATION 's3://${Bucket}/typed/' TBLPROPERTIES ('classification'='json')`,
  );
  const { Table } = await glue.send(new GetTableCommand({ DatabaseName: database, Name: "typed" }));
  expect(Table).toMatchObject({ TableType: "EXTERNAL_TABLE", PartitionKeys: [{ Name: "day", Type: "date" }], Parameters: { EXTERNAL: "TRUE", classification: "json", comment: "all kinds" } });
  expect(Table!.StorageDescriptor).toMatchObject({
    Location: `s3://${Bucket}/typed/`, InputFormat: "org.apache.hadoop.mapred.TextInputFormat", OutputFormat: "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
    SerdeInfo: { SerializationLibrary: "org.openx.data.jsonserde.JsonSerDe", Parameters: { "ignore.malformed.json": "true" } },
    Columns: [
      { Name: "id", Type: "bigint", Comment: "key" }, { Name: "tags", Type: "array<string>" }, { Name: "place", Type: "struct<lat:double,lon:double>" }, { Name: "m", Type: "map<string,int>" },
      { Name: "price", Type: "decimal(10,2)" },
    ],
  });
  await s3.send(new PutObjectCommand({ Bucket, Key: "typed/day=2026-05-05/x.json", Body: '{"ID":1,"tags":["a","b"],"place":{"lat":1.5,"lon":2},"m":{"k":7},"price":"12.345"}\n' }));
  expect(await queries.lines("MSCK REPAIR TABLE typed")).toEqual(["Partitions not in metastore:\ttyped:day=2026-05-05", "Repair: Added partition to metastore typed:day=2026-05-05"]);
  expect(await queries.rows("SELECT id, tags, place.lat, m['k'], day FROM typed")).toEqual([["1", "[a, b]", "1.5", "7", "2026-05-05"]]);
});

test("SHOW CREATE TABLE gives a statement that makes the same table", async () => {
  await queries.run(`CREATE EXTERNAL TABLE original (a int, \`b\` string COMMENT 'it\\'s b') PARTITIONED BY (p string) ROW FORMAT DELIMITED FIELDS TERMINATED BY '\\t' STORED AS TEXTFILE LOCATION 's3://${Bucket}/original/' TBLPROPERTIES ('skip.header.line.count'='1')`);
  const text = (await queries.lines("SHOW CREATE TABLE original")).join("\n");
  expect(text).toMatch(/^CREATE EXTERNAL TABLE `original`\(\n  `a` int, \n  `b` string COMMENT 'it\\'s b'\)\nPARTITIONED BY \( \n  `p` string\)\n/);
  await queries.run(text.replace("`original`", "`copied`"));
  const [one, two] = await Promise.all(["original", "copied"].map(async (Name) => (await glue.send(new GetTableCommand({ DatabaseName: database, Name }))).Table!));
  expect(two.StorageDescriptor).toEqual(one.StorageDescriptor);
  expect([two.PartitionKeys, two.Parameters!["skip.header.line.count"]]).toEqual([one.PartitionKeys, "1"]);
});

test("partitions are added, listed, moved, renamed and dropped", async () => {
  await queries.run(`CREATE EXTERNAL TABLE parts (v string) PARTITIONED BY (y int, m int) LOCATION 's3://${Bucket}/parts/'`);
  await queries.run(`ALTER TABLE parts ADD PARTITION (y=2026, m=1) PARTITION (y=2026, m=2) LOCATION 's3://${Bucket}/elsewhere/'`);
  expect(await queries.lines("SHOW PARTITIONS parts")).toEqual(["y=2026/m=1", "y=2026/m=2"]);
  expect(await queries.reason("ALTER TABLE parts ADD PARTITION (y=2026, m=1)")).toMatch(/^FAILED: .*already exists/i);
  await queries.run("ALTER TABLE parts ADD IF NOT EXISTS PARTITION (y=2026, m=1)");
  await s3.send(new PutObjectCommand({ Bucket, Key: "elsewhere/f", Body: "here\n" }));
  expect(await queries.rows("SELECT v, y, m FROM parts")).toEqual([["here", "2026", "2"]]);
  await queries.run(`ALTER TABLE parts PARTITION (y=2026, m=1) SET LOCATION 's3://${Bucket}/elsewhere/'`);
  expect(await queries.rows("SELECT m FROM parts ORDER BY m")).toEqual([["1"], ["2"]]);
  await queries.run("ALTER TABLE parts PARTITION (y=2026, m=1) RENAME TO PARTITION (y=2027, m=1)");
  expect(await partitions("parts")).toEqual(["2026/2", "2027/1"]);
  await queries.run("ALTER TABLE parts DROP PARTITION (y=2026, m=2)");
  expect(await partitions("parts")).toEqual(["2027/1"]);
  expect(await queries.reason("ALTER TABLE parts DROP PARTITION (y=1999, m=2)")).toMatch(/^FAILED: SemanticException \[Error 10006\]: Partition not found/);
});

test("columns and properties of a table are changed", async () => {
  await queries.run(`CREATE EXTERNAL TABLE changed (a int) LOCATION 's3://${Bucket}/changed/'`);
  await queries.run("ALTER TABLE changed ADD COLUMNS (b string, c double)");
  expect((await queries.lines("SHOW COLUMNS IN changed")).map((line) => line.trim())).toEqual(["a", "b", "c"]);
  await queries.run("ALTER TABLE changed REPLACE COLUMNS (z bigint)");
  await queries.run("ALTER TABLE changed SET TBLPROPERTIES ('k'='v')");
  expect(await queries.lines("SHOW TBLPROPERTIES changed('k')")).toEqual(["v"]);
  expect((await queries.lines("DESCRIBE changed")).map((line) => line.split("\t").map((cell) => cell.trim()))).toEqual([["z", "bigint", ""]]);
  await queries.run(`ALTER TABLE changed SET LOCATION 's3://${Bucket}/moved/'`);
  expect((await glue.send(new GetTableCommand({ DatabaseName: database, Name: "changed" }))).Table!.StorageDescriptor!.Location).toBe(`s3://${Bucket}/moved/`);
});

test("tables and views are shown by pattern and dropped", async () => {
  for (const name of ["show_a", "show_b", "hidden_c"]) await queries.run(`CREATE EXTERNAL TABLE ${name} (a int) LOCATION 's3://${Bucket}/${name}/'`);
  await queries.run("CREATE VIEW show_v AS SELECT a FROM show_a");
  expect(await queries.lines("SHOW TABLES 'show_*'")).toEqual(["show_a", "show_b", "show_v"]);
  expect(await queries.lines("SHOW VIEWS LIKE 'show*'")).toEqual(["show_v"]);
  expect((await queries.lines("SHOW CREATE VIEW show_v")).join("\n")).toMatch(/^CREATE VIEW .*show_v"? AS/);
  await queries.run("DROP TABLE show_b");
  expect(await queries.lines("SHOW TABLES 'show_*'")).toEqual(["show_a", "show_v"]);
  expect(await queries.reason("DROP TABLE show_b")).toMatch(/^FAILED: SemanticException \[Error 10001\]: Table not found/);
  await queries.run("DROP TABLE IF EXISTS show_b");
});

test.each([
  ["CREATE TABLE plain (a int)", /./],
  ["CREATE EXTERNAL TABLE noplace (a int)", /^FAILED: /],
  ["CREATE EXTERNAL TABLE twice (a int, A string) LOCATION 's3://b/x/'", /^FAILED: .*[Dd]uplicate column name/],
  ["DESCRIBE nothing", /^FAILED: SemanticException \[Error 10001\]: Table not found .*\.nothing/],
  ["ALTER TABLE nothing ADD COLUMNS (a int)", /^FAILED: SemanticException \[Error 10001\]: Table not found/],
  ["CREATE EXTERNAL TABLE (a int)", /^FAILED: ParseException line 1:/],
])("%s fails", async (sql, words) => {
  expect(await queries.reason(sql)).toMatch(words);
});
