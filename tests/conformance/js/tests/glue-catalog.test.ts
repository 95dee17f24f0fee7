import {
  BatchDeleteTableCommand, CreateDatabaseCommand, CreateTableCommand, DeleteDatabaseCommand, DeleteTableCommand, GetDatabaseCommand, GetDatabasesCommand, GetTableCommand,
  GetTableVersionsCommand, GetTablesCommand, SearchTablesCommand, UpdateDatabaseCommand, UpdateTableCommand, paginateGetTables, type TableInput,
} from "@aws-sdk/client-glue";
import { expect, test } from "vitest";
import { clients, uniqueName } from "../clients.js";
import { expectError } from "../errors.js";

const { glue } = clients();
const table = (Name: string, more: Partial<TableInput> = {}): TableInput => ({
  Name, TableType: "EXTERNAL_TABLE", Parameters: { classification: "parquet" },
  StorageDescriptor: { Location: `s3://somewhere/${Name}/`, Columns: [{ Name: "id", Type: "bigint" }, { Name: "name", Type: "string", Comment: "who" }] }, ...more,
});
async function database(): Promise<string> {
  const Name = uniqueName("db").replace("-", "_");
  await glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name } }));
  return Name;
}

test("a database is made, read, changed and deleted", async () => {
  const Name = uniqueName("db");
  await glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name, Description: "first", LocationUri: "s3://b/db/", Parameters: { a: "1" } } }));
  const { Database } = await glue.send(new GetDatabaseCommand({ Name }));
  expect(Database).toMatchObject({ Name, Description: "first", LocationUri: "s3://b/db/", Parameters: { a: "1" }, CatalogId: "000000000000" });
  expect(Math.abs(Date.now() - Database!.CreateTime!.getTime())).toBeLessThan(60_000);
  await glue.send(new UpdateDatabaseCommand({ Name, DatabaseInput: { Name, Description: "second" } }));
  const updated = (await glue.send(new GetDatabaseCommand({ Name }))).Database!;
  expect([updated.Description, updated.CreateTime]).toEqual(["second", Database!.CreateTime]);
  await glue.send(new DeleteDatabaseCommand({ Name }));
  await expectError(glue.send(new GetDatabaseCommand({ Name })), "EntityNotFoundException", 400, `Database ${Name} not found.`);
});

test("names of databases and tables are folded to lower case", async () => {
  const Name = uniqueName("Mixed");
  await glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name } }));
  expect((await glue.send(new GetDatabaseCommand({ Name: Name.toUpperCase() }))).Database!.Name).toBe(Name.toLowerCase());
  await glue.send(new CreateTableCommand({ DatabaseName: Name, TableInput: table("MyTable") }));
  expect((await glue.send(new GetTableCommand({ DatabaseName: Name.toLowerCase(), Name: "MYTABLE" }))).Table!.Name).toBe("mytable");
});

test("what is there already is refused", async () => {
  const DatabaseName = await database();
  await expectError(glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name: DatabaseName } })), "AlreadyExistsException", 400, "Database already exists.");
  await glue.send(new CreateTableCommand({ DatabaseName, TableInput: table("t") }));
  await expectError(glue.send(new CreateTableCommand({ DatabaseName, TableInput: table("T") })), "AlreadyExistsException", 400, "Table already exists.");
});

test("a table comes back as it was given, with the catalog's own members", async () => {
  const DatabaseName = await database();
  const TableInput = table("full", {
    Description: "all of it", Owner: "owner", Retention: 7, PartitionKeys: [{ Name: "day", Type: "date" }], ViewOriginalText: "", Parameters: { classification: "csv", "größe": "ü" },
    StorageDescriptor: {
      Location: "s3://b/full/", Columns: [{ Name: "a", Type: "struct<x:int,y:array<string>>" }], InputFormat: "in", OutputFormat: "out", Compressed: true, NumberOfBuckets: 3, StoredAsSubDirectories: false,
      SerdeInfo: { Name: "s", SerializationLibrary: "lib", Parameters: { "field.delim": "\t" } }, BucketColumns: ["a"], SortColumns: [{ Column: "a", SortOrder: 1 }], Parameters: { p: "q" },
    },
  });
  await glue.send(new CreateTableCommand({ DatabaseName, TableInput }));
  const { Table } = await glue.send(new GetTableCommand({ DatabaseName, Name: "full" }));
  expect(Table).toMatchObject({ ...TableInput, DatabaseName, VersionId: "0", CatalogId: "000000000000", IsRegisteredWithLakeFormation: false });
});

test("each update of a table is a version, unless its archive is skipped", async () => {
  const DatabaseName = await database();
  await glue.send(new CreateTableCommand({ DatabaseName, TableInput: table("v", { Description: "zero" }) }));
  await glue.send(new UpdateTableCommand({ DatabaseName, TableInput: table("v", { Description: "one" }) }));
  await glue.send(new UpdateTableCommand({ DatabaseName, TableInput: table("v", { Description: "two" }), SkipArchive: true }));
  const { TableVersions } = await glue.send(new GetTableVersionsCommand({ DatabaseName, TableName: "v" }));
  expect(TableVersions!.map((version) => [version.VersionId, version.Table!.Description])).toEqual([["2", "two"], ["0", "zero"]]);
  await expectError(glue.send(new UpdateTableCommand({ DatabaseName, TableInput: table("v"), VersionId: "0" })), "ConcurrentModificationException", 400, "Update table failed due to concurrent modifications.");
});

test("tables are listed in pages, and by an expression on their names", async () => {
  const DatabaseName = await database();
  const names = Array.from({ length: 7 }, (_, index) => `t${index}`);
  for (const name of [...names, "other"]) await glue.send(new CreateTableCommand({ DatabaseName, TableInput: table(name) }));
  const pages: number[] = [];
  const seen: string[] = [];
  for await (const page of paginateGetTables({ client: glue, pageSize: 3 }, { DatabaseName })) {
    pages.push(page.TableList!.length);
    seen.push(...page.TableList!.map((t) => t.Name!));
  }
  expect([pages, seen]).toEqual([[3, 3, 2], ["other", ...names]]);
  const some = await glue.send(new GetTablesCommand({ DatabaseName, Expression: "t[2-4]|oth*" }));
  // The star after a letter is Hive's, as clients send it: any text.
  expect(some.TableList!.map((t) => t.Name)).toEqual(["other", "t2", "t3", "t4"]);
  await expectError(glue.send(new GetTablesCommand({ DatabaseName, NextToken: "no token" })), "InvalidInputException", 400, "Invalid pagination token provided.");
  await expectError(glue.send(new GetTablesCommand({ DatabaseName: "nowhere" })), "EntityNotFoundException", 400, "Database nowhere not found.");
});

test("SearchTables finds tables by text and by property", async () => {
  const DatabaseName = await database();
  await glue.send(new CreateTableCommand({ DatabaseName, TableInput: table("needle", { Description: "sharp thing" }) }));
  await glue.send(new CreateTableCommand({ DatabaseName, TableInput: table("hay") }));
  const found = await glue.send(new SearchTablesCommand({ SearchText: "sharp", Filters: [{ Key: "DatabaseName", Value: DatabaseName }] }));
  expect(found.TableList!.map((t) => t.Name)).toEqual(["needle"]);
});

test("deleting a table that is not there is an error, and in a batch an entry", async () => {
  const DatabaseName = await database();
  await expectError(glue.send(new DeleteTableCommand({ DatabaseName, Name: "none" })), "EntityNotFoundException", 400, "Table none not found.");
  await expectError(glue.send(new GetTableCommand({ DatabaseName, Name: "none" })), "EntityNotFoundException", 400, /Table none not found/);
  await glue.send(new CreateTableCommand({ DatabaseName, TableInput: table("here") }));
  const { Errors } = await glue.send(new BatchDeleteTableCommand({ DatabaseName, TablesToDelete: ["here", "none"] }));
  expect(Errors).toEqual([{ TableName: "none", ErrorDetail: { ErrorCode: "EntityNotFoundException", ErrorMessage: "Table none not found." } }]);
  expect((await glue.send(new GetTablesCommand({ DatabaseName }))).TableList).toEqual([]);
});

test.each([
  ["regions", "test", "eu-north-1"],
  ["accounts", "111122223333", "us-east-1"],
])("%s do not see each other's databases", async (_, key, region) => {
  const Name = await database();
  const other = clients(undefined, key, region).glue;
  await expectError(other.send(new GetDatabaseCommand({ Name })), "EntityNotFoundException", 400);
  const { DatabaseList } = await other.send(new GetDatabasesCommand({}));
  expect(DatabaseList!.map((d) => d.Name)).not.toContain(Name);
});

test("members that break the model are named in one message", async () => {
  await expectError(
    glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name: "" } })), "ValidationException", 400,
    "1 validation error detected: Value '' at 'databaseInput.name' failed to satisfy constraint: Member must have length greater than or equal to 1",
  );
  await expectError(
    glue.send(new GetTablesCommand({ DatabaseName: "d", MaxResults: 0 })), "ValidationException", 400,
    "1 validation error detected: Value '0' at 'maxResults' failed to satisfy constraint: Member must have value greater than or equal to 1",
  );
});
