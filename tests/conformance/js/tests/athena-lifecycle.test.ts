import {
  BatchGetQueryExecutionCommand, CreateNamedQueryCommand, DeleteNamedQueryCommand, GetNamedQueryCommand, GetQueryExecutionCommand, GetQueryResultsCommand, GetQueryRuntimeStatisticsCommand, ListNamedQueriesCommand,
  ListQueryExecutionsCommand, StartQueryExecutionCommand, StopQueryExecutionCommand, paginateGetQueryResults,
} from "@aws-sdk/client-athena";
import { CreateBucketCommand, GetObjectCommand, HeadObjectCommand } from "@aws-sdk/client-s3";
import { randomUUID } from "node:crypto";
import { beforeAll, expect, test } from "vitest";
import { Queries, cells } from "../athena.js";
import { clients, uniqueName } from "../clients.js";
import { expectError } from "../errors.js";

const { s3, athena } = clients();
const Bucket = uniqueName("results");
const output = `s3://${Bucket}/out/`;
const queries = new Queries(athena, output, "default");
const unknown = "00000000-0000-4000-8000-000000000000";
beforeAll(async () => void (await s3.send(new CreateBucketCommand({ Bucket }))));

test("a query ends with its statistics, and its result lies in S3", async () => {
  const { query, results } = await queries.run("SELECT 1 AS one, 'a,\"b\"' AS Text, CAST(NULL AS varchar) AS nothing, '' AS empty");
  expect(query).toMatchObject({
    StatementType: "DML", SubstatementType: "SELECT", WorkGroup: "primary", Status: { State: "SUCCEEDED" }, EngineVersion: { EffectiveEngineVersion: "Athena engine version 3" },
    ResultConfiguration: { OutputLocation: `${output}${query.QueryExecutionId}.csv` },
  });
  expect(query.Statistics!.DataScannedInBytes).toBe(0);
  expect(query.Statistics!.TotalExecutionTimeInMillis).toBeGreaterThanOrEqual(query.Statistics!.EngineExecutionTimeInMillis!);
  expect(query.Status!.CompletionDateTime!.getTime()).toBeGreaterThanOrEqual(query.Status!.SubmissionDateTime!.getTime());
  expect(cells(results)).toEqual([["one", "text", "nothing", "empty"], ["1", 'a,"b"', null, ""]]);
  expect(results.ResultSetMetadata!.ColumnInfo!.map((c) => [c.Name, c.Label, c.Type, c.Precision, c.Scale, c.Nullable, c.CaseSensitive, c.CatalogName])).toEqual([
    ["one", "one", "integer", 10, 0, "UNKNOWN", false, "hive"],
    ["text", "text", "varchar", 5, 0, "UNKNOWN", true, "hive"],
    ["nothing", "nothing", "varchar", 2147483647, 0, "UNKNOWN", true, "hive"],
    ["empty", "empty", "varchar", 0, 0, "UNKNOWN", true, "hive"],
  ]);
  const object = await s3.send(new GetObjectCommand({ Bucket, Key: `out/${query.QueryExecutionId}.csv` }));
  expect(await object.Body!.transformToString()).toBe('"one","text","nothing","empty"\n"1","a,""b""",,""\n');
  expect((await s3.send(new HeadObjectCommand({ Bucket, Key: `out/${query.QueryExecutionId}.csv.metadata` }))).ContentLength).toBeGreaterThan(0);
});

test("results page, with the header in the first page only", async () => {
  const id = await queries.start("SELECT n FROM UNNEST(sequence(1, 2500)) AS t(n) ORDER BY n");
  expect((await queries.ended(id)).Status!.State).toBe("SUCCEEDED");
  for (const size of [1000, 7 * 60]) {
    const seen: (string | null)[] = [];
    for await (const page of paginateGetQueryResults({ client: athena, pageSize: size }, { QueryExecutionId: id })) {
      expect(page.ResultSet!.Rows!.length).toBeLessThanOrEqual(size);
      seen.push(...cells(page.ResultSet!).map((row) => row[0]));
    }
    expect(seen).toEqual(["n", ...Array.from({ length: 2500 }, (_, n) => String(n + 1))]);
  }
  const plain = await athena.send(new GetQueryResultsCommand({ QueryExecutionId: id }));
  expect([plain.ResultSet!.Rows!.length, typeof plain.NextToken]).toEqual([1000, "string"]);
  await expectError(athena.send(new GetQueryResultsCommand({ QueryExecutionId: id, NextToken: "none" })), "InvalidRequestException", 400);
  await expectError(athena.send(new GetQueryResultsCommand({ QueryExecutionId: id, MaxResults: 1001 })), "InvalidRequestException", 400, /less than or equal to 1000/);
});

test("a failed query says why, and has no results", async () => {
  const query = await queries.failure("SELECT x FROM (VALUES 1) AS t(n)");
  expect(query.Status!.StateChangeReason).toBe("COLUMN_NOT_FOUND: line 1:8: Column 'x' cannot be resolved");
  expect(query.Status!.AthenaError).toMatchObject({ ErrorCategory: 2, Retryable: false, ErrorMessage: query.Status!.StateChangeReason });
  await expectError(athena.send(new GetQueryResultsCommand({ QueryExecutionId: query.QueryExecutionId })), "InvalidRequestException", 400, "Query did not finish successfully. Final query state: FAILED");
});

test("a running query is stopped", async () => {
  const id = await queries.start("SELECT count(*) FROM UNNEST(sequence(1, 10000)) AS a(x) CROSS JOIN UNNEST(sequence(1, 10000)) AS b(y) CROSS JOIN UNNEST(sequence(1, 10000)) AS c(z) WHERE (x * y * z) % 7 = 3");
  const open = await athena.send(new GetQueryResultsCommand({ QueryExecutionId: id })).catch((e) => e);
  expect([open.name, open.message]).toEqual(["InvalidRequestException", expect.stringMatching(/^Query has not yet finished\. Current state: (QUEUED|RUNNING)$/)]);
  await athena.send(new StopQueryExecutionCommand({ QueryExecutionId: id }));
  expect((await queries.ended(id)).Status!.State).toBe("CANCELLED");
  await athena.send(new StopQueryExecutionCommand({ QueryExecutionId: id }));
});

test("a client request token starts a query once", async () => {
  const ClientRequestToken = randomUUID();
  const id = await queries.start("SELECT 1", { ClientRequestToken });
  expect(await queries.start("SELECT 1", { ClientRequestToken })).toBe(id);
  await expectError(queries.start("SELECT 2", { ClientRequestToken }), "InvalidRequestException", 400, /Idempotent parameters do not match/i);
  await queries.ended(id);
});

test("queries are listed newest first, read in batches, and unknown ones are said to be", async () => {
  const ids: string[] = [];
  for (const n of [1, 2, 3]) ids.unshift((await queries.run(`SELECT ${n}`)).query.QueryExecutionId!);
  const listed: string[] = [];
  let NextToken: string | undefined;
  do {
    const page = await athena.send(new ListQueryExecutionsCommand({ MaxResults: 2, NextToken }));
    listed.push(...page.QueryExecutionIds!);
    NextToken = page.NextToken;
  } while (NextToken);
  expect(listed.filter((id) => ids.includes(id))).toEqual(ids);
  const batch = await athena.send(new BatchGetQueryExecutionCommand({ QueryExecutionIds: [ids[0], unknown] }));
  expect(batch.QueryExecutions!.map((q) => [q.QueryExecutionId, q.Query])).toEqual([[ids[0], "SELECT 3"]]);
  expect(batch.UnprocessedQueryExecutionIds).toEqual([{ QueryExecutionId: unknown, ErrorCode: "INVALID_INPUT", ErrorMessage: `QueryExecution ${unknown} was not found` }]);
  for (const command of [new GetQueryExecutionCommand({ QueryExecutionId: unknown }), new GetQueryResultsCommand({ QueryExecutionId: unknown }), new StopQueryExecutionCommand({ QueryExecutionId: unknown })]) {
    const error = await expectError(athena.send(command as GetQueryExecutionCommand), "InvalidRequestException", 400, `QueryExecution ${unknown} was not found`);
    expect(error.AthenaErrorCode).toBe("INVALID_INPUT");
  }
});

test("statistics name the rows that went in and out", async () => {
  const { query } = await queries.run("SELECT * FROM (VALUES 1, 2, 3) AS t(n) WHERE n > 1");
  const { QueryRuntimeStatistics: statistics } = await athena.send(new GetQueryRuntimeStatisticsCommand({ QueryExecutionId: query.QueryExecutionId }));
  expect(statistics!.Rows!.OutputRows).toBe(2);
  expect(statistics!.Timeline!.TotalExecutionTimeInMillis).toBe(query.Statistics!.TotalExecutionTimeInMillis);
});

test("a query needs a place for its result that is there", async () => {
  const start = (ResultConfiguration: object) => athena.send(new StartQueryExecutionCommand({ QueryString: "SELECT 1", ResultConfiguration }));
  await expectError(start({}), "InvalidRequestException", 400, "No output location provided. An output location is required either through the Workgroup result configuration setting or as an API input.");
  await expectError(start({ OutputLocation: "http://x/" }), "InvalidRequestException", 400, "outputLocation is not a valid S3 path.");
  const missing = uniqueName("nowhere");
  await expectError(start({ OutputLocation: `s3://${missing}/` }), "InvalidRequestException", 400, `Unable to verify/create output bucket ${missing}`);
});

test("the answer of a query is used again when that is asked for", async () => {
  const again = { ResultReuseConfiguration: { ResultReuseByAgeConfiguration: { Enabled: true, MaxAgeInMinutes: 60 } } };
  const sql = `SELECT '${randomUUID()}' AS id`;
  const first = await queries.run(sql);
  const second = await queries.run(sql, again);
  expect(second.query.Statistics!.ResultReuseInformation).toEqual({ ReusedPreviousResult: true });
  expect(cells(second.results)).toEqual(cells(first.results));
});

test("named queries are kept", async () => {
  const Name = uniqueName("named");
  const { NamedQueryId } = await athena.send(new CreateNamedQueryCommand({ Name, Database: "default", QueryString: "SELECT 1", Description: "d" }));
  expect((await athena.send(new GetNamedQueryCommand({ NamedQueryId }))).NamedQuery).toEqual({ Name, Database: "default", QueryString: "SELECT 1", Description: "d", NamedQueryId, WorkGroup: "primary" });
  expect((await athena.send(new ListNamedQueriesCommand({}))).NamedQueryIds).toContain(NamedQueryId);
  await athena.send(new DeleteNamedQueryCommand({ NamedQueryId }));
  await expectError(athena.send(new GetNamedQueryCommand({ NamedQueryId })), "InvalidRequestException", 400, `NamedQuery ${NamedQueryId} was not found`);
});
