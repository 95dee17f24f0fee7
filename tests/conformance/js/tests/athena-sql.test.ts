import { CreatePreparedStatementCommand, DeletePreparedStatementCommand, GetPreparedStatementCommand } from "@aws-sdk/client-athena";
import { CreateDatabaseCommand, GetPartitionsCommand, GetTableCommand } from "@aws-sdk/client-glue";
import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from "@aws-sdk/client-s3";
import { gunzipSync } from "node:zlib";
import { beforeAll, expect, test } from "vitest";
import { Queries } from "../athena.js";
import { clients, uniqueName } from "../clients.js";
import { expectError } from "../errors.js";

const { s3, glue, athena } = clients();
const Bucket = uniqueName("sql");
const database = uniqueName("sql").replace("-", "_");
const queries = new Queries(athena, `s3://${Bucket}/results/`, database);
beforeAll(async () => {
  await s3.send(new CreateBucketCommand({ Bucket }));
  await glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name: database } }));
  await s3.send(new PutObjectCommand({ Bucket, Key: "sales/a.csv", Body: "1|ann|10.5|2026-01-01\n2|bob||2026-01-02\n3|\\N|7.25|2026-02-01\n" }));
  await queries.run(`CREATE EXTERNAL TABLE sales (id int, who string, amount double, day date) ROW FORMAT DELIMITED FIELDS TERMINATED BY '|' LOCATION 's3://${Bucket}/sales/'`);
});

// Answers of Athena where engines differ: each is one that DuckDB alone would give otherwise.
test.each<[string, (string | null)[]]>([
  ["SELECT 7 / 2, 7 / 2.0, -7 % 3, 1 / 3.0", ["3", "3.5", "-1", "0.3"]],
  ["SELECT CAST(1.5e10 AS double), CAST(1 AS double), nan(), infinity(), CAST(0.1 AS real)", ["1.5E10", "1.0", "NaN", "Infinity", "0.1"]],
  ["SELECT ARRAY[1, NULL, 3], MAP(ARRAY['a','b'], ARRAY[1, 2]), CAST(ROW(1, 'x') AS ROW(a int, b varchar))", ["[1, null, 3]", "{a=1, b=2}", "{a=1, b=x}"]],
  ["SELECT TIMESTAMP '2026-01-02 03:04:05.678', DATE '2026-01-02', X'6162ff', DECIMAL '1.50', true", ["2026-01-02 03:04:05.678", "2026-01-02", "61 62 ff", "1.50", "true"]],
  ["SELECT TIMESTAMP '2026-07-01 12:00:00 Europe/Berlin' AT TIME ZONE 'UTC'", ["2026-07-01 10:00:00 UTC"]],
  ["SELECT split_part('a-b', '-', 5), substr('abc', 0), strpos('banana', 'an', 2), length('日本')", [null, "", "4", "2"]],
  ["SELECT date_diff('day', TIMESTAMP '2026-01-01 23:00:00', TIMESTAMP '2026-01-02 01:00:00'), day_of_week(DATE '2026-01-04'), date_format(TIMESTAMP '2026-01-02 03:04:05', '%Y/%m/%d %H:%i')", ["0", "7", "2026/01/02 03:04"]],
  ["SELECT json_extract_scalar('{\"a\":{\"b\":[1,2]}}', '$.a.b[1]'), json_extract_scalar('{\"a\":{}}', '$.a'), CAST(json_parse('[1,2]') AS array(bigint))", ["2", null, "[1, 2]"]],
  ["SELECT regexp_extract('abc', '(b)(x)?', 2), regexp_replace('a1b2', '(\\d)', '<$1>'), regexp_like('abc', '(?<=a)b')", [null, "a<1>b<2>", "true"]],
  ["SELECT cardinality(ARRAY[1,2]), element_at(ARRAY[1,2], -1), element_at(ARRAY[1], 5), array_join(ARRAY[1,NULL,2], ','), slice(ARRAY[1,2,3,4], 2, 2)", ["2", "2", null, "1,2", "[2, 3]"]],
  ["SELECT round(2.5e0), round(-2.5e0), sum(x), avg(x), approx_distinct(x) FROM (VALUES 1, 2, 2) AS t(x)", ["3.0", "-3.0", "5", "1.6666666666666667", "2"]],
  ["SELECT typeof(1), typeof('a'), typeof(1.5), typeof(ARRAY[DATE '2026-01-01']), typeof(now())", ["integer", "varchar(1)", "decimal(2,1)", "array(date)", "timestamp(3) with time zone"]],
  ["SELECT transform(ARRAY[1,2,3], x -> x * 2), reduce(ARRAY[1,2,3], 0, (s, x) -> s + x, s -> s), filter(ARRAY[1,2,3], x -> x > 1)", ["[2, 4, 6]", "6", "[2, 3]"]],
  ["SELECT try(1 / 0), coalesce(NULL, 2), nullif(1, 1), if(false, 1), greatest(1, 3, 2)", [null, "2", null, null, "3"]],
  ["SELECT max_by(a, b), count(DISTINCT a), array_agg(a ORDER BY b DESC), count_if(b > 1) FROM (VALUES ('x', 1), ('y', 2)) AS t(a, b)", ["y", "2", "[y, x]", "1"]],
])("%s", async (sql, expected) => {
  expect(await queries.rows(sql)).toEqual([expected]);
});

test("a table over delimited text has nulls for empty numbers and for \\N", async () => {
  expect(await queries.rows("SELECT id, who, amount, day FROM sales ORDER BY id")).toEqual([["1", "ann", "10.5", "2026-01-01"], ["2", "bob", null, "2026-01-02"], ["3", null, "7.25", "2026-02-01"]]);
  const { query } = await queries.run("SELECT count(*) FROM sales");
  expect(query.Statistics!.DataScannedInBytes).toBe(61);
  expect((await queries.rows(`SELECT "$path" FROM sales WHERE id = 1`))[0][0]).toBe(`s3://${Bucket}/sales/a.csv`);
});

test("joins, windows, CTEs, grouping sets, UNNEST and set operations answer as SQL says", async () => {
  expect(await queries.rows("WITH m AS (SELECT date_trunc('month', day) AS month, amount FROM sales) SELECT month, sum(amount) FROM m GROUP BY 1 ORDER BY 1")).toEqual([["2026-01-01", "10.5"], ["2026-02-01", "7.25"]]);
  expect(await queries.rows("SELECT id, row_number() OVER (ORDER BY amount DESC), lag(id) OVER (ORDER BY id) FROM sales ORDER BY id")).toEqual([["1", "1", null], ["2", "3", "1"], ["3", "2", "2"]]);
  expect(await queries.rows("SELECT a.id, b.id FROM sales a LEFT JOIN sales b ON a.id = b.id + 1 ORDER BY 1")).toEqual([["1", null], ["2", "1"], ["3", "2"]]);
  expect(await queries.rows("SELECT who, sum(amount), grouping(who) FROM sales WHERE who IS NOT NULL GROUP BY ROLLUP(who) ORDER BY 3, 1")).toEqual([["ann", "10.5", "0"], ["bob", null, "0"], [null, "10.5", "1"]]);
  expect(await queries.rows("SELECT k, v FROM UNNEST(MAP(ARRAY['a','b'], ARRAY[1,2])) AS t(k, v) UNION ALL SELECT 'c', 3 ORDER BY 1")).toEqual([["a", "1"], ["b", "2"], ["c", "3"]]);
  expect(await queries.rows("SELECT id FROM sales WHERE id IN (SELECT id FROM sales WHERE amount > 8) OR NOT EXISTS (SELECT 1 FROM sales s WHERE s.id > sales.id) ORDER BY id OFFSET 1 LIMIT 1")).toEqual([["3"]]);
});

test.each([
  ["SELECT 1 FROM nothing", `TABLE_NOT_FOUND: line 1:15: Table 'awsdatacatalog.DATABASE.nothing' does not exist`],
  ["SELECT 1 FROM nodb.t", "SCHEMA_NOT_FOUND: line 1:15: Schema 'nodb' does not exist"],
  ["SELECT 1 / 0", "DIVISION_BY_ZERO: Division by zero"],
  ["SELECT CAST('x' AS int)", "INVALID_CAST_ARGUMENT: Cannot cast 'x' to INT"],
  ["SELECT nofunction(1)", /^FUNCTION_NOT_FOUND: line 1:8: Function 'nofunction' not registered/],
  ["SELECT 1 = 'a'", /^TYPE_MISMATCH: line 1:10: Cannot apply operator: integer = varchar\(1\)/],
  ["SELECT ARRAY[1][2]", /^INVALID_FUNCTION_ARGUMENT: Array subscript must be less than or equal to array length: 2 > 1/],
  ["SELECT who, count(*) FROM sales", /^EXPRESSION_NOT_AGGREGATE: line 1:8: 'who' must be an aggregate expression or appear in GROUP BY clause/],
  ["SELECT 2147483647 + 1", /^NUMERIC_VALUE_OUT_OF_RANGE: integer addition overflow: 2147483647 \+ 1/],
] as [string, string | RegExp][])("%s fails in Athena's words", async (sql, words) => {
  const reason = await queries.reason(sql);
  if (typeof words === "string") expect(reason).toBe(words.replace("DATABASE", database));
  else expect(reason).toMatch(words);
});

test.each([
  ["SELEC 1", /^line 1:1: mismatched input 'SELEC'. Expecting: 'ALTER', /],
  ["SELECT * FORM sales", /^line 1:10: mismatched input 'FORM'. Expecting: /],
  ["SELECT 1; SELECT 2", "Only one sql statement is allowed. Got: SELECT 1; SELECT 2"],
  ["-- nothing", /^line 1:11: mismatched input '<EOF>'/],
] as [string, string | RegExp][])("%s is refused before anything is started", async (sql, words) => {
  const error = await expectError(queries.start(sql), "InvalidRequestException", 400, words);
  expect(error.AthenaErrorCode).toBe("MALFORMED_QUERY");
});

test("the catalog can be asked in SQL", async () => {
  expect(await queries.rows(`SELECT column_name, data_type FROM information_schema.columns WHERE table_schema = '${database}' AND table_name = 'sales' ORDER BY ordinal_position`)).toEqual([["id", "integer"], ["who", "varchar"], ["amount", "double"], ["day", "date"]]);
  expect(await queries.rows(`SELECT table_type FROM awsdatacatalog.information_schema.tables WHERE table_schema = '${database}' AND table_name = 'sales'`)).toEqual([["BASE TABLE"]]);
  await queries.run(`CREATE EXTERNAL TABLE parted (id int) PARTITIONED BY (day date) LOCATION 's3://${Bucket}/parted/'`);
  await queries.run("ALTER TABLE parted ADD PARTITION (day = '2026-01-01') PARTITION (day = '2026-01-02')");
  expect(await queries.rows('SELECT * FROM "parted$partitions" ORDER BY 1 DESC')).toEqual([["2026-01-02"], ["2026-01-01"]]);
});

test("CREATE TABLE AS writes partitions and INSERT adds to them", async () => {
  const made = await queries.run(
    `CREATE TABLE monthly WITH (format = 'PARQUET', write_compression = 'SNAPPY', external_location = 's3://${Bucket}/monthly/', partitioned_by = ARRAY['month']) AS SELECT id, who, amount, date_format(day, '%Y-%m') AS month FROM sales`,
  );
  expect([made.query.StatementType, made.query.SubstatementType, made.updated]).toEqual(["DDL", "CREATE_TABLE_AS_SELECT", 3]);
  const table = (await glue.send(new GetTableCommand({ DatabaseName: database, Name: "monthly" }))).Table!;
  expect(table.StorageDescriptor!.Columns!.map((c) => [c.Name, c.Type])).toEqual([["id", "int"], ["who", "string"], ["amount", "double"]]);
  expect(table.PartitionKeys!.map((c) => [c.Name, c.Type])).toEqual([["month", "string"]]);
  const inserted = await queries.run("INSERT INTO monthly (id, who, amount, month) VALUES (4, 'dan', 1.0, '2026-03'), (5, 'eve', NULL, '2026-01')");
  expect([inserted.query.StatementType, inserted.query.SubstatementType, inserted.updated]).toEqual(["DML", "INSERT", 2]);
  const { Partitions } = await glue.send(new GetPartitionsCommand({ DatabaseName: database, TableName: "monthly" }));
  expect(Partitions!.map((p) => [p.Values![0], p.StorageDescriptor!.Location])).toEqual(["2026-01", "2026-02", "2026-03"].map((m) => [m, `s3://${Bucket}/monthly/month=${m}/`]));
  expect(await queries.rows("SELECT month, count(*), sum(amount) FROM monthly GROUP BY month ORDER BY month")).toEqual([["2026-01", "3", "10.5"], ["2026-02", "1", "7.25"], ["2026-03", "1", "1.0"]]);
  const whole = await queries.run("SELECT * FROM monthly");
  const pruned = await queries.run("SELECT * FROM monthly WHERE month = '2026-03'");
  expect(pruned.query.Statistics!.DataScannedInBytes).toBeLessThan(whole.query.Statistics!.DataScannedInBytes!);
  expect(pruned.query.Statistics!.DataScannedInBytes).toBeGreaterThan(0);
  const manifest = await s3.send(new GetObjectCommand({ Bucket, Key: `results/${inserted.query.QueryExecutionId}-manifest.csv` }));
  const files = (await manifest.Body!.transformToString()).trim().split("\n");
  const { Contents } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: "monthly/month=2026-03/" }));
  expect(files).toContain(`s3://${Bucket}/${Contents![0].Key}`);
  expect(files).toHaveLength(2);
});

test("CREATE TABLE AS refuses a table and a folder that are there already", async () => {
  await queries.run(`CREATE TABLE once WITH (external_location = 's3://${Bucket}/once/') AS SELECT 1 AS n`);
  expect(await queries.reason("CREATE TABLE once AS SELECT 1 AS n")).toMatch(/^TABLE_ALREADY_EXISTS: line 1:1: Destination table 'awsdatacatalog\..*\.once' already exists/);
  expect(await queries.reason(`CREATE TABLE again WITH (external_location = 's3://${Bucket}/once/') AS SELECT 1 AS n`)).toMatch(/^HIVE_PATH_ALREADY_EXISTS: Target directory for table '.*\.again' already exists: s3:\/\//);
  await queries.run("CREATE TABLE IF NOT EXISTS once AS SELECT 2 AS n");
  expect(await queries.rows("SELECT n FROM once")).toEqual([["1"]]);
  await queries.run(`CREATE TABLE nothing_in WITH (external_location = 's3://${Bucket}/none/') AS SELECT 1 AS n WITH NO DATA`);
  expect(await queries.rows("SELECT count(*) FROM nothing_in")).toEqual([["0"]]);
});

test("CREATE TABLE AS without a place goes under the results", async () => {
  const { query } = await queries.run("CREATE TABLE placed AS SELECT 'v' AS v");
  expect((await glue.send(new GetTableCommand({ DatabaseName: database, Name: "placed" }))).Table!.StorageDescriptor!.Location).toBe(`s3://${Bucket}/results/tables/${query.QueryExecutionId}/`);
  expect(await queries.rows("SELECT * FROM placed")).toEqual([["v"]]);
});

test("views are queried, replaced and dropped", async () => {
  await queries.run("CREATE VIEW big AS SELECT id, amount * 2 AS twice FROM sales WHERE amount > 8");
  expect(await queries.rows("SELECT * FROM big")).toEqual([["1", "21.0"]]);
  expect(await queries.reason("CREATE VIEW big AS SELECT 1 AS n")).toMatch(/^TABLE_ALREADY_EXISTS: line 1:1: View already exists/);
  await queries.run("CREATE OR REPLACE VIEW big AS SELECT count(*) AS n FROM sales");
  expect(await queries.rows("SELECT n FROM big")).toEqual([["3"]]);
  const { Table } = await glue.send(new GetTableCommand({ DatabaseName: database, Name: "big" }));
  expect([Table!.TableType, Table!.ViewOriginalText]).toEqual(["VIRTUAL_VIEW", expect.stringMatching(/^\/\* Presto View: [A-Za-z0-9+/=]+ \*\/$/)]);
  await queries.run("DROP VIEW big");
  expect(await queries.reason("SELECT * FROM big")).toMatch(/^TABLE_NOT_FOUND/);
});

test("prepared statements run with EXECUTE and with parameters of the request", async () => {
  const WorkGroup = "primary";
  const StatementName = uniqueName("p").replace("-", "_");
  await athena.send(new CreatePreparedStatementCommand({ StatementName, WorkGroup, QueryStatement: "SELECT id FROM sales WHERE who = ? OR id = ?" }));
  expect((await athena.send(new GetPreparedStatementCommand({ StatementName, WorkGroup }))).PreparedStatement).toMatchObject({ StatementName, WorkGroupName: WorkGroup, QueryStatement: "SELECT id FROM sales WHERE who = ? OR id = ?" });
  expect(await queries.rows(`EXECUTE ${StatementName} USING 'ann', 3`)).toEqual([["1"], ["3"]]);
  expect(await queries.rows(`EXECUTE ${StatementName}`, { ExecutionParameters: ["'bob'", "3"] })).toEqual([["2"], ["3"]]);
  expect(await queries.rows("SELECT ?, ? + 1", { ExecutionParameters: ["'it''s'", "41"] })).toEqual([["it's", "42"]]);
  await queries.run(`PREPARE ${StatementName}_2 FROM SELECT ? * 2`);
  expect(await queries.rows(`EXECUTE ${StatementName}_2 USING 21`)).toEqual([["42"]]);
  await queries.run(`DEALLOCATE PREPARE ${StatementName}_2`);
  await athena.send(new DeletePreparedStatementCommand({ StatementName, WorkGroup }));
  await expectError(athena.send(new GetPreparedStatementCommand({ StatementName, WorkGroup })), "ResourceNotFoundException", 400, `PreparedStatement ${StatementName} was not found in workGroup primary`);
});

test("UNLOAD writes files and a list of them", async () => {
  const { query } = await queries.run(`UNLOAD (SELECT id, who FROM sales ORDER BY id) TO 's3://${Bucket}/unloaded/' WITH (format = 'JSON')`);
  expect([query.StatementType, query.SubstatementType]).toEqual(["DML", "UNLOAD"]);
  expect(query.Statistics!.DataManifestLocation).toBe(`s3://${Bucket}/results/${query.QueryExecutionId}-manifest.csv`);
  const { Contents } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: "unloaded/" }));
  const file = await s3.send(new GetObjectCommand({ Bucket, Key: Contents![0].Key }));
  expect(gunzipSync(await file.Body!.transformToByteArray()).toString()).toBe('{"id":1,"who":"ann"}\n{"id":2,"who":"bob"}\n{"id":3,"who":null}\n');
  expect(await queries.reason(`UNLOAD (SELECT 1 AS a) TO 's3://${Bucket}/unloaded/' WITH (format = 'JSON')`)).toMatch(/^HIVE_PATH_ALREADY_EXISTS: /);
  expect(await queries.reason(`UNLOAD (SELECT 1 AS a) TO 's3://${Bucket}/elsewhere/' WITH (format = 'ORC')`)).toMatch(/^NOT_SUPPORTED: .*is not built in Tarn yet/);
});

test("EXPLAIN shows what would be read", async () => {
  const lines = await queries.lines("EXPLAIN SELECT who FROM sales WHERE amount > 8");
  expect(lines[0]).toBe("Fragment 0 [SINGLE]");
  expect(lines.join("\n")).toContain(`TableScan[table = awsdatacatalog:${database}:sales, columns = [who, amount]]`);
  expect(await queries.lines("EXPLAIN (TYPE VALIDATE) SELECT 1")).toEqual(["true"]);
});
