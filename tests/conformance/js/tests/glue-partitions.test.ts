import {
  BatchCreatePartitionCommand, BatchDeletePartitionCommand, BatchGetPartitionCommand, CreateDatabaseCommand, CreatePartitionCommand, CreatePartitionIndexCommand, CreateTableCommand, DeletePartitionCommand,
  GetPartitionCommand, GetPartitionIndexesCommand, GetPartitionsCommand, UpdatePartitionCommand, paginateGetPartitions, type PartitionInput,
} from "@aws-sdk/client-glue";
import { beforeAll, expect, test } from "vitest";
import { clients, uniqueName, until } from "../clients.js";
import { expectError } from "../errors.js";

const { glue } = clients();
const DatabaseName = uniqueName("partitions").replace("-", "_");
const partition = (...Values: string[]): PartitionInput => ({ Values, StorageDescriptor: { Location: `s3://b/${Values.join("/")}/` }, Parameters: { n: Values[0] } });
beforeAll(async () => void (await glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name: DatabaseName } }))));

async function table(Name: string, ...keys: [string, string][]) {
  await glue.send(new CreateTableCommand({ DatabaseName, TableInput: { Name, PartitionKeys: keys.map(([Name, Type]) => ({ Name, Type })), StorageDescriptor: { Columns: [{ Name: "x", Type: "int" }] } } }));
  return Name;
}
const values = async (TableName: string, Expression?: string) => (await glue.send(new GetPartitionsCommand({ DatabaseName, TableName, Expression }))).Partitions!.map((p) => p.Values!.join("/"));

test("a partition is made, read, changed and deleted", async () => {
  const TableName = await table("one", ["day", "date"], ["hour", "int"]);
  await glue.send(new CreatePartitionCommand({ DatabaseName, TableName, PartitionInput: partition("2026-01-01", "7") }));
  const get = (PartitionValues: string[]) => glue.send(new GetPartitionCommand({ DatabaseName, TableName, PartitionValues }));
  expect((await get(["2026-01-01", "7"])).Partition).toMatchObject({ ...partition("2026-01-01", "7"), DatabaseName, TableName, CatalogId: "000000000000" });
  await expectError(glue.send(new CreatePartitionCommand({ DatabaseName, TableName, PartitionInput: partition("2026-01-01", "7") })), "AlreadyExistsException", 400, "Partition already exists.");
  await glue.send(new UpdatePartitionCommand({ DatabaseName, TableName, PartitionValueList: ["2026-01-01", "7"], PartitionInput: partition("2026-01-01", "8") }));
  await expectError(get(["2026-01-01", "7"]), "EntityNotFoundException", 400, "Cannot find partition.");
  expect((await get(["2026-01-01", "8"])).Partition!.Parameters).toEqual({ n: "2026-01-01" });
  await glue.send(new DeletePartitionCommand({ DatabaseName, TableName, PartitionValues: ["2026-01-01", "8"] }));
  await expectError(glue.send(new DeletePartitionCommand({ DatabaseName, TableName, PartitionValues: ["2026-01-01", "8"] })), "EntityNotFoundException", 400, "Cannot find partition.");
});

test("as many values as keys are needed", async () => {
  const TableName = await table("arity", ["a", "string"], ["b", "string"]);
  await expectError(
    glue.send(new CreatePartitionCommand({ DatabaseName, TableName, PartitionInput: partition("only") })), "InvalidInputException", 400,
    "The number of partition keys do not match the number of partition values",
  );
});

test("batches report what failed and do the rest", async () => {
  const TableName = await table("batch", ["k", "string"]);
  const first = await glue.send(new BatchCreatePartitionCommand({ DatabaseName, TableName, PartitionInputList: Array.from({ length: 100 }, (_, n) => partition(`p${n}`)) }));
  expect(first.Errors ?? []).toEqual([]);
  const second = await glue.send(new BatchCreatePartitionCommand({ DatabaseName, TableName, PartitionInputList: [partition("p0"), partition("new")] }));
  expect(second.Errors).toEqual([{ PartitionValues: ["p0"], ErrorDetail: { ErrorCode: "AlreadyExistsException", ErrorMessage: "Partition already exists." } }]);
  const got = await glue.send(new BatchGetPartitionCommand({ DatabaseName, TableName, PartitionsToGet: [{ Values: ["new"] }, { Values: ["absent"] }] }));
  expect([got.Partitions!.map((p) => p.Values), got.UnprocessedKeys]).toEqual([[["new"]], []]);
  const deleted = await glue.send(new BatchDeletePartitionCommand({ DatabaseName, TableName, PartitionsToDelete: [{ Values: ["new"] }, { Values: ["absent"] }] }));
  expect(deleted.Errors).toEqual([{ PartitionValues: ["absent"], ErrorDetail: { ErrorCode: "EntityNotFoundException", ErrorMessage: "Cannot find partition." } }]);
  await expectError(glue.send(new BatchCreatePartitionCommand({ DatabaseName, TableName, PartitionInputList: Array.from({ length: 101 }, (_, n) => partition(`q${n}`)) })), "ValidationException", 400, /Member must have length less than or equal to 100$/);
});

test("expressions compare by the type of the key", async () => {
  const TableName = await table("typed", ["n", "int"], ["day", "date"], ["s", "string"]);
  const rows = [["2", "2026-01-01", "a"], ["10", "2026-01-02", "b'c"], ["-5", "2025-12-31", "a b"], ["100", "2026-02-01", "ä"]];
  await glue.send(new BatchCreatePartitionCommand({ DatabaseName, TableName, PartitionInputList: rows.map((row) => partition(...row)) }));
  const numbers = async (expression: string) => (await values(TableName, expression)).map((row) => Number(row.split("/")[0])).sort((a, b) => a - b);
  expect(await numbers("n > 2")).toEqual([10, 100]);
  expect(await numbers("n >= 2 AND n < 100")).toEqual([2, 10]);
  expect(await numbers("day BETWEEN '2026-01-01' AND '2026-01-31'")).toEqual([2, 10]);
  expect(await numbers("n IN (2, 100) OR s = 'a b'")).toEqual([-5, 2, 100]);
  expect(await numbers("NOT (n = 2)")).toEqual([-5, 10, 100]);
  expect(await numbers("s LIKE 'a%'")).toEqual([-5, 2]);
  expect(await numbers("s = 'b''c'")).toEqual([10]);
  expect(await numbers("s <> 'a' and n != 10")).toEqual([-5, 100]);
  await expectError(values(TableName, "n >"), "InvalidInputException", 400, "Unsupported expression 'n >'");
  await expectError(values(TableName, "nothing = 1"), "InvalidInputException", 400);
});

test("pages follow each other, and segments are disjoint", async () => {
  const TableName = await table("paged", ["k", "int"]);
  const all = Array.from({ length: 250 }, (_, n) => String(n));
  for (let start = 0; start < all.length; start += 100) await glue.send(new BatchCreatePartitionCommand({ DatabaseName, TableName, PartitionInputList: all.slice(start, start + 100).map((n) => partition(n)) }));
  const seen: string[] = [];
  for await (const page of paginateGetPartitions({ client: glue, pageSize: 60 }, { DatabaseName, TableName, Expression: "k >= 10", ExcludeColumnSchema: true })) {
    expect(page.Partitions!.length).toBeLessThanOrEqual(60);
    seen.push(...page.Partitions!.map((p) => p.Values![0]));
  }
  expect(seen.sort((a, b) => Number(a) - Number(b))).toEqual(all.slice(10));
  const segments = [];
  for (let SegmentNumber = 0; SegmentNumber < 3; SegmentNumber++) {
    for await (const page of paginateGetPartitions({ client: glue }, { DatabaseName, TableName, Segment: { SegmentNumber, TotalSegments: 3 } })) segments.push(...page.Partitions!.map((p) => p.Values![0]));
  }
  expect(segments.sort((a, b) => Number(a) - Number(b))).toEqual(all);
});

test("an index is made over partitions that are there", async () => {
  const TableName = await table("indexed", ["a", "string"], ["b", "string"]);
  await glue.send(new CreatePartitionCommand({ DatabaseName, TableName, PartitionInput: partition("1", "2") }));
  await glue.send(new CreatePartitionIndexCommand({ DatabaseName, TableName, PartitionIndex: { IndexName: "by_b", Keys: ["b"] } }));
  const index = await until("the index", async () => {
    const { PartitionIndexDescriptorList } = await glue.send(new GetPartitionIndexesCommand({ DatabaseName, TableName }));
    return PartitionIndexDescriptorList![0].IndexStatus === "ACTIVE" ? PartitionIndexDescriptorList![0] : undefined;
  });
  expect([index.IndexName, index.Keys!.map((key) => [key.Name, key.Type])]).toEqual(["by_b", [["b", "string"]]]);
  expect(await values(TableName, "b = '2'")).toEqual(["1/2"]);
});
