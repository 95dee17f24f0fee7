import {
  CreateClassifierCommand, CreateCrawlerCommand, DeleteCrawlerCommand, GetClassifierCommand, GetCrawlerCommand, GetCrawlerMetricsCommand, GetTableCommand, GetTablesCommand, ListCrawlersCommand, ListCrawlsCommand, StartCrawlerCommand,
  StartCrawlerScheduleCommand, StopCrawlerCommand, StopCrawlerScheduleCommand, UpdateCrawlerCommand, type CreateCrawlerCommandInput,
} from "@aws-sdk/client-glue";
import { CreateBucketCommand, DeleteObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { gzipSync } from "node:zlib";
import { beforeAll, expect, test } from "vitest";
import { clients, uniqueName, until } from "../clients.js";
import { expectError } from "../errors.js";

const { s3, glue } = clients();
const Bucket = uniqueName("crawled");
const put = (Key: string, Body: string | Buffer) => s3.send(new PutObjectCommand({ Bucket, Key, Body }));
beforeAll(async () => void (await s3.send(new CreateBucketCommand({ Bucket }))));

async function crawler(folder: string, more: Partial<CreateCrawlerCommandInput> = {}) {
  const Name = uniqueName("crawler");
  const DatabaseName = uniqueName("db").replace("-", "_");
  await glue.send(new CreateCrawlerCommand({ Name, Role: "role", DatabaseName, Targets: { S3Targets: [{ Path: `s3://${Bucket}/${folder}` }] }, ...more }));
  return { Name, DatabaseName };
}
async function crawl(Name: string) {
  await glue.send(new StartCrawlerCommand({ Name }));
  return until("the end of the crawl", async () => {
    const { Crawler } = await glue.send(new GetCrawlerCommand({ Name }));
    return Crawler!.State === "READY" ? Crawler! : undefined;
  });
}

test("a crawler is made, read, changed, listed and deleted", async () => {
  const { Name, DatabaseName } = await crawler("any/", { Description: "first", TablePrefix: "p_", Schedule: "cron(0 12 * * ? *)" });
  const { Crawler } = await glue.send(new GetCrawlerCommand({ Name }));
  expect(Crawler).toMatchObject({
    Name, DatabaseName, Role: "role", Description: "first", TablePrefix: "p_", State: "READY", Version: 1,
    Schedule: { ScheduleExpression: "cron(0 12 * * ? *)", State: "SCHEDULED" },
    SchemaChangePolicy: { UpdateBehavior: "UPDATE_IN_DATABASE", DeleteBehavior: "DEPRECATE_IN_DATABASE" }, RecrawlPolicy: { RecrawlBehavior: "CRAWL_EVERYTHING" },
  });
  await glue.send(new UpdateCrawlerCommand({ Name, Description: "second" }));
  expect((await glue.send(new GetCrawlerCommand({ Name }))).Crawler).toMatchObject({ Description: "second", TablePrefix: "p_", Version: 2 });
  await glue.send(new StopCrawlerScheduleCommand({ CrawlerName: Name }));
  await expectError(glue.send(new StopCrawlerScheduleCommand({ CrawlerName: Name })), "SchedulerNotRunningException", 400);
  await glue.send(new StartCrawlerScheduleCommand({ CrawlerName: Name }));
  const names: string[] = [];
  let NextToken: string | undefined;
  do {
    const page = await glue.send(new ListCrawlersCommand({ MaxResults: 2, NextToken }));
    names.push(...page.CrawlerNames!);
    NextToken = page.NextToken;
  } while (NextToken);
  expect(names).toContain(Name);
  await glue.send(new DeleteCrawlerCommand({ Name }));
  await expectError(glue.send(new GetCrawlerCommand({ Name })), "EntityNotFoundException", 400, `Crawler entry with name ${Name} does not exist`);
});

test("CreateCrawler refuses a second of the name, no target, a bad path, and a bad schedule", async () => {
  const { Name, DatabaseName } = await crawler("any/");
  const create = (more: object) => glue.send(new CreateCrawlerCommand({ Name: uniqueName("bad"), Role: "r", DatabaseName, Targets: { S3Targets: [{ Path: `s3://${Bucket}/` }] }, ...more }));
  await expectError(create({ Name }), "AlreadyExistsException", 400, `Crawler with name ${Name} already exists`);
  await expectError(create({ Targets: {} }), "InvalidInputException", 400, "Crawler must have at least one target.");
  await expectError(create({ Targets: { S3Targets: [{ Path: "http://x" }] } }), "InvalidInputException", 400);
  await expectError(create({ Schedule: "every day" }), "InvalidInputException", 400);
  await expectError(glue.send(new StartCrawlerCommand({ Name: "no-such-crawler" })), "EntityNotFoundException", 400);
  await expectError(glue.send(new StopCrawlerCommand({ Name })), "CrawlerNotRunningException", 400);
});

test("folders of unlike files become tables of their own", async () => {
  await put("unlike/people/a.csv", "name,age\nann,31\nbob,40\n");
  await put("unlike/events/a.json", '{"at":"2026-01-01","n":1}\n{"at":"2026-01-02","n":9876543210}\n');
  await put("unlike/zipped/a.csv.gz", gzipSync("id;ok\n1;true\n2;false\n"));
  const { Name, DatabaseName } = await crawler("unlike/", { TablePrefix: "raw_" });
  expect((await crawl(Name)).LastCrawl!.Status).toBe("SUCCEEDED");
  const { TableList } = await glue.send(new GetTablesCommand({ DatabaseName }));
  expect(TableList!.map((t) => [t.Name, t.Parameters!.classification, t.Parameters!.compressionType, t.StorageDescriptor!.Columns!.map((c) => `${c.Name} ${c.Type}`)])).toEqual([
    ["raw_events", "json", "none", ["at string", "n bigint"]],
    ["raw_people", "csv", "none", ["name string", "age bigint"]],
    ["raw_zipped", "csv", "gzip", ["id bigint", "ok boolean"]],
  ]);
  expect(TableList![0].Parameters).toMatchObject({ UPDATED_BY_CRAWLER: Name, typeOfData: "file", objectCount: "1", sizeKey: "61" });
  expect(TableList![2].Parameters!.delimiter).toBe(";");
  const { CrawlerMetricsList } = await glue.send(new GetCrawlerMetricsCommand({ CrawlerNameList: [Name] }));
  expect(CrawlerMetricsList![0]).toMatchObject({ CrawlerName: Name, TablesCreated: 3, TablesUpdated: 0, TablesDeleted: 0 });
  const { Crawls } = await glue.send(new ListCrawlsCommand({ CrawlerName: Name }));
  expect(Crawls!.map((c) => c.State)).toEqual(["COMPLETED"]);
});

test("a second crawl takes new columns and folders, and marks what is gone", async () => {
  await put("change/t/p=1/a.json", '{"id":1,"a":1,"b":2,"c":"x"}\n');
  const { Name, DatabaseName } = await crawler("change/t/");
  await crawl(Name);
  await put("change/t/p=2/a.json", '{"id":2,"a":1,"b":2,"c":"x","more":"y"}\n');
  await crawl(Name);
  const { Table } = await glue.send(new GetTableCommand({ DatabaseName, Name: "t" }));
  expect(Table!.StorageDescriptor!.Columns!.map((c) => `${c.Name} ${c.Type}`)).toEqual(["id int", "a int", "b int", "c string", "more string"]);
  await s3.send(new DeleteObjectCommand({ Bucket, Key: "change/t/p=1/a.json" }));
  await s3.send(new DeleteObjectCommand({ Bucket, Key: "change/t/p=2/a.json" }));
  await crawl(Name);
  expect(Number((await glue.send(new GetTableCommand({ DatabaseName, Name: "t" }))).Table!.Parameters!.DEPRECATED_BY_CRAWLER)).toBeGreaterThan(Date.now() - 60_000);
});

test("exclusions keep objects out, and hidden ones stay out anyway", async () => {
  await put("excluded/t/a.csv", "a,b\nx,1\ny,2\n");
  await put("excluded/t/skip/b.csv", "c,d,e\nx,1,2\ny,2,3\n");
  await put("excluded/t/_SUCCESS", "");
  const { Name, DatabaseName } = await crawler("", { Targets: { S3Targets: [{ Path: `s3://${Bucket}/excluded/t/`, Exclusions: ["skip/**"] }] } });
  await crawl(Name);
  const { TableList } = await glue.send(new GetTablesCommand({ DatabaseName }));
  expect(TableList!.map((t) => [t.Name, t.StorageDescriptor!.Columns!.map((c) => c.Name)])).toEqual([["t", ["a", "b"]]]);
});

test("a CSV classifier of one's own names the columns", async () => {
  const classifier = uniqueName("pipes");
  await glue.send(new CreateClassifierCommand({ CsvClassifier: { Name: classifier, Delimiter: "|", QuoteSymbol: "'", ContainsHeader: "ABSENT", Header: ["one", "two"] } }));
  expect((await glue.send(new GetClassifierCommand({ Name: classifier }))).Classifier!.CsvClassifier).toMatchObject({ Name: classifier, Delimiter: "|", Header: ["one", "two"], Version: 1 });
  await put("custom/t/a.txt", "1|'x'\n2|'y'\n");
  const { Name, DatabaseName } = await crawler("custom/t/", { Classifiers: [classifier] });
  await crawl(Name);
  const { Table } = await glue.send(new GetTableCommand({ DatabaseName, Name: "t" }));
  expect(Table!.StorageDescriptor!.Columns!.map((c) => c.Name)).toEqual(["one", "two"]);
  await expectError(glue.send(new GetClassifierCommand({ Name: "no-such" })), "EntityNotFoundException", 400, "Classifier no-such not found.");
});

test("a crawl of a bucket that is not there fails and says so", async () => {
  const { Name } = await crawler("", { Targets: { S3Targets: [{ Path: `s3://${uniqueName("nowhere")}/x/` }] } });
  const { LastCrawl } = await crawl(Name);
  expect(LastCrawl!.Status).toBe("FAILED");
  expect(LastCrawl!.ErrorMessage).toBeTruthy();
});
