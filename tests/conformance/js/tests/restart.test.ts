import { GetQueryResultsCommand } from "@aws-sdk/client-athena";
import { CreateCrawlerCommand, CreateDatabaseCommand, CreateJobCommand, CreateTableCommand, BatchCreatePartitionCommand, GetCrawlerCommand, GetJobCommand, GetPartitionsCommand, GetTableCommand } from "@aws-sdk/client-glue";
import { CompleteMultipartUploadCommand, CreateBucketCommand, CreateMultipartUploadCommand, GetObjectCommand, ListObjectsV2Command, PutObjectCommand, UploadPartCommand } from "@aws-sdk/client-s3";
import { GetCallerIdentityCommand, GetSessionTokenCommand, STSClient } from "@aws-sdk/client-sts";
import { expect, test } from "vitest";
import { Queries, cells } from "../athena.js";
import { clients } from "../clients.js";
import { Server } from "../server.js";

test.each(["SIGTERM", "SIGKILL"] as const)("everything is still there after %s and a start on the same folder", async (signal) => {
  let server = await Server.start();
  try {
    // Names of its own: where metadata is in PostgreSQL the servers of all tests share it.
    const own = signal.toLowerCase();
    const Bucket = `kept-${own}`;
    const DatabaseName = `kept_${own}`;
    const Name = `kept-${own}`;
    const before = clients(server.endpoint);
    await before.s3.send(new CreateBucketCommand({ Bucket }));
    await before.s3.send(new PutObjectCommand({ Bucket, Key: "t/p=1/a.json", Body: '{"n":1}\n{"n":2}\n', Metadata: { who: "me" }, Tagging: "a=1" }));
    const { UploadId } = await before.s3.send(new CreateMultipartUploadCommand({ Bucket, Key: "later" }));
    const { ETag } = await before.s3.send(new UploadPartCommand({ Bucket, Key: "later", UploadId, PartNumber: 1, Body: "part" }));
    await before.glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name: DatabaseName } }));
    const StorageDescriptor = { Location: `s3://${Bucket}/t/`, Columns: [{ Name: "n", Type: "int" }], InputFormat: "org.apache.hadoop.mapred.TextInputFormat", SerdeInfo: { SerializationLibrary: "org.openx.data.jsonserde.JsonSerDe" } };
    await before.glue.send(new CreateTableCommand({ DatabaseName, TableInput: { Name: "t", TableType: "EXTERNAL_TABLE", PartitionKeys: [{ Name: "p", Type: "int" }], StorageDescriptor } }));
    await before.glue.send(new BatchCreatePartitionCommand({ DatabaseName, TableName: "t", PartitionInputList: [{ Values: ["1"], StorageDescriptor: { ...StorageDescriptor, Location: `s3://${Bucket}/t/p=1/` } }] }));
    await before.glue.send(new CreateCrawlerCommand({ Name, Role: "r", DatabaseName, Targets: { S3Targets: [{ Path: `s3://${Bucket}/t/` }] } }));
    await before.glue.send(new CreateJobCommand({ Name, Role: "r", Command: { Name: "glueetl", ScriptLocation: `s3://${Bucket}/j.py` } }));
    const query = (await new Queries(before.athena, `s3://${Bucket}/results/`, DatabaseName).run("SELECT sum(n), max(p) FROM t")).query;
    const { Credentials } = await before.sts.send(new GetSessionTokenCommand({}));

    await server.stop(signal);
    server = await Server.start(server.data);
    const after = clients(server.endpoint);

    const object = await after.s3.send(new GetObjectCommand({ Bucket, Key: "t/p=1/a.json" }));
    expect([await object.Body!.transformToString(), object.Metadata, object.TagCount]).toEqual(['{"n":1}\n{"n":2}\n', { who: "me" }, 1]);
    await after.s3.send(new CompleteMultipartUploadCommand({ Bucket, Key: "later", UploadId, MultipartUpload: { Parts: [{ PartNumber: 1, ETag }] } }));
    expect((await after.s3.send(new ListObjectsV2Command({ Bucket, Prefix: "later" }))).Contents!.map((o) => [o.Key, o.Size])).toEqual([["later", 4]]);
    expect((await after.glue.send(new GetTableCommand({ DatabaseName, Name: "t" }))).Table!.StorageDescriptor!.Location).toBe(`s3://${Bucket}/t/`);
    expect((await after.glue.send(new GetPartitionsCommand({ DatabaseName, TableName: "t", Expression: "p = 1" }))).Partitions).toHaveLength(1);
    expect((await after.glue.send(new GetCrawlerCommand({ Name }))).Crawler!.State).toBe("READY");
    expect((await after.glue.send(new GetJobCommand({ JobName: Name }))).Job!.Role).toBe("r");
    const results = await after.athena.send(new GetQueryResultsCommand({ QueryExecutionId: query.QueryExecutionId }));
    expect(cells(results.ResultSet!).slice(1)).toEqual([["3", "1"]]);
    expect(await new Queries(after.athena, `s3://${Bucket}/results/`, DatabaseName).rows("SELECT count(*) FROM t")).toEqual([["2"]]);
    const credentials = { accessKeyId: Credentials!.AccessKeyId!, secretAccessKey: Credentials!.SecretAccessKey!, sessionToken: Credentials!.SessionToken };
    const session = new STSClient({ endpoint: server.endpoint, region: "us-east-1", credentials, maxAttempts: 1 });
    expect((await session.send(new GetCallerIdentityCommand({}))).Account).toBe("000000000000");
  } finally {
    await server.stop();
    await server.remove();
  }
});
