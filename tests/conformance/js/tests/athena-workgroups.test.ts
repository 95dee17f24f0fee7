import {
  CreateWorkGroupCommand, DeleteWorkGroupCommand, GetDataCatalogCommand, GetDatabaseCommand, GetTableMetadataCommand, GetWorkGroupCommand, ListDataCatalogsCommand, ListTableMetadataCommand, ListTagsForResourceCommand,
  ListWorkGroupsCommand, TagResourceCommand, UntagResourceCommand, UpdateWorkGroupCommand,
} from "@aws-sdk/client-athena";
import { CreateDatabaseCommand, CreateTableCommand } from "@aws-sdk/client-glue";
import { CreateBucketCommand } from "@aws-sdk/client-s3";
import { beforeAll, expect, test } from "vitest";
import { Queries } from "../athena.js";
import { clients, uniqueName } from "../clients.js";
import { expectError } from "../errors.js";

const { s3, glue, athena } = clients();
const Bucket = uniqueName("groups");
const queries = new Queries(athena, `s3://${Bucket}/mine/`, "default");
beforeAll(async () => void (await s3.send(new CreateBucketCommand({ Bucket }))));

test("the primary workgroup is always there and cannot be deleted", async () => {
  const { WorkGroup } = await athena.send(new GetWorkGroupCommand({ WorkGroup: "primary" }));
  expect(WorkGroup).toMatchObject({ Name: "primary", State: "ENABLED" });
  await expectError(athena.send(new DeleteWorkGroupCommand({ WorkGroup: "primary" })), "InvalidRequestException", 400, /primary/i);
});

test("a workgroup is made, read, changed, listed and deleted", async () => {
  const Name = uniqueName("group");
  await athena.send(new CreateWorkGroupCommand({ Name, Description: "first", Configuration: { ResultConfiguration: { OutputLocation: `s3://${Bucket}/theirs/` }, BytesScannedCutoffPerQuery: 10_000_000 }, Tags: [{ Key: "a", Value: "1" }] }));
  expect((await athena.send(new GetWorkGroupCommand({ WorkGroup: Name }))).WorkGroup).toMatchObject({
    Name, Description: "first", State: "ENABLED",
    Configuration: { ResultConfiguration: { OutputLocation: `s3://${Bucket}/theirs/` }, EnforceWorkGroupConfiguration: true, BytesScannedCutoffPerQuery: 10_000_000, EngineVersion: { EffectiveEngineVersion: "Athena engine version 3" } },
  });
  await expectError(athena.send(new CreateWorkGroupCommand({ Name })), "InvalidRequestException", 400, /already/);
  const ResourceARN = `arn:aws:athena:us-east-1:000000000000:workgroup/${Name}`;
  await athena.send(new TagResourceCommand({ ResourceARN, Tags: [{ Key: "b", Value: "2" }] }));
  await athena.send(new UntagResourceCommand({ ResourceARN, TagKeys: ["a"] }));
  expect((await athena.send(new ListTagsForResourceCommand({ ResourceARN }))).Tags).toEqual([{ Key: "b", Value: "2" }]);
  await athena.send(new UpdateWorkGroupCommand({ WorkGroup: Name, State: "DISABLED", ConfigurationUpdates: { RemoveBytesScannedCutoffPerQuery: true } }));
  const changed = (await athena.send(new GetWorkGroupCommand({ WorkGroup: Name }))).WorkGroup!;
  expect([changed.State, changed.Configuration!.BytesScannedCutoffPerQuery, changed.Description]).toEqual(["DISABLED", undefined, "first"]);
  await expectError(queries.start("SELECT 1", { WorkGroup: Name }), "InvalidRequestException", 400, /is not enabled/);
  const names: string[] = [];
  let NextToken: string | undefined;
  do {
    const page = await athena.send(new ListWorkGroupsCommand({ MaxResults: 1, NextToken }));
    names.push(...page.WorkGroups!.map((group) => group.Name!));
    NextToken = page.NextToken;
  } while (NextToken);
  expect(names).toEqual(expect.arrayContaining(["primary", Name]));
  await athena.send(new DeleteWorkGroupCommand({ WorkGroup: Name }));
  await expectError(athena.send(new GetWorkGroupCommand({ WorkGroup: Name })), "InvalidRequestException", 400, `WorkGroup ${Name} is not found.`);
});

test("a workgroup that enforces its settings decides where results go", async () => {
  const Name = uniqueName("enforced");
  await athena.send(new CreateWorkGroupCommand({ Name, Configuration: { ResultConfiguration: { OutputLocation: `s3://${Bucket}/theirs` } } }));
  const { query } = await queries.run("SELECT 1", { WorkGroup: Name });
  expect([query.WorkGroup, query.ResultConfiguration!.OutputLocation]).toEqual([Name, `s3://${Bucket}/theirs/${query.QueryExecutionId}.csv`]);
  await expectError(athena.send(new DeleteWorkGroupCommand({ WorkGroup: Name })), "InvalidRequestException", 400, /not empty/);
  await athena.send(new DeleteWorkGroupCommand({ WorkGroup: Name, RecursiveDeleteOption: true }));
});

test("the catalog is read through Athena too", async () => {
  const DatabaseName = uniqueName("meta").replace("-", "_");
  await glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name: DatabaseName, Description: "d" } }));
  await glue.send(new CreateTableCommand({ DatabaseName, TableInput: { Name: "t", TableType: "EXTERNAL_TABLE", Parameters: { k: "v" }, PartitionKeys: [{ Name: "p", Type: "string" }], StorageDescriptor: { Columns: [{ Name: "a", Type: "int", Comment: "c" }] } } }));
  const CatalogName = "AwsDataCatalog";
  expect((await athena.send(new ListDataCatalogsCommand({}))).DataCatalogsSummary).toContainEqual(expect.objectContaining({ CatalogName, Type: "GLUE" }));
  expect((await athena.send(new GetDataCatalogCommand({ Name: CatalogName }))).DataCatalog).toMatchObject({ Name: CatalogName, Type: "GLUE" });
  expect((await athena.send(new GetDatabaseCommand({ CatalogName, DatabaseName }))).Database).toMatchObject({ Name: DatabaseName, Description: "d" });
  const expected = { Name: "t", TableType: "EXTERNAL_TABLE", Columns: [{ Name: "a", Type: "int", Comment: "c" }], PartitionKeys: [{ Name: "p", Type: "string" }], Parameters: expect.objectContaining({ k: "v" }) };
  expect((await athena.send(new GetTableMetadataCommand({ CatalogName, DatabaseName, TableName: "t" }))).TableMetadata).toMatchObject(expected);
  expect((await athena.send(new ListTableMetadataCommand({ CatalogName, DatabaseName, Expression: "t.*" }))).TableMetadataList).toMatchObject([expected]);
  await expectError(athena.send(new GetTableMetadataCommand({ CatalogName, DatabaseName, TableName: "none" })), "MetadataException", 400, /none/);
});
