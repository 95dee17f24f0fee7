import {
  BatchGetJobsCommand, BatchStopJobRunCommand, CreateJobCommand, DeleteJobCommand, GetJobCommand, GetJobRunCommand, GetJobRunsCommand, GetJobsCommand, ListJobsCommand, StartJobRunCommand, UpdateJobCommand,
  type CodeGenConfigurationNode, type CreateJobCommandInput,
} from "@aws-sdk/client-glue";
import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from "@aws-sdk/client-s3";
import { beforeAll, expect, test } from "vitest";
import { clients, uniqueName, until } from "../clients.js";
import { expectError } from "../errors.js";

const { s3, glue } = clients();
const Bucket = uniqueName("jobs");
const put = (Key: string, Body: string) => s3.send(new PutObjectCommand({ Bucket, Key, Body }));
beforeAll(async () => void (await s3.send(new CreateBucketCommand({ Bucket }))));

async function job(more: Partial<CreateJobCommandInput> = {}) {
  const Name = uniqueName("job");
  await glue.send(new CreateJobCommand({ Name, Role: "r", Command: { Name: "glueetl", ScriptLocation: `s3://${Bucket}/scripts/${Name}.py` }, GlueVersion: "5.0", WorkerType: "G.1X", NumberOfWorkers: 2, ...more }));
  return Name;
}
async function run(JobName: string, more = {}) {
  const { JobRunId } = await glue.send(new StartJobRunCommand({ JobName, ...more }));
  return until("the end of the run", async () => {
    const { JobRun } = await glue.send(new GetJobRunCommand({ JobName, RunId: JobRunId }));
    return ["STARTING", "RUNNING", "WAITING", "STOPPING"].includes(JobRun!.JobRunState!) ? undefined : JobRun!;
  });
}
async function written(prefix: string): Promise<string[]> {
  const lines: string[] = [];
  for (const { Key } of (await s3.send(new ListObjectsV2Command({ Bucket, Prefix: prefix }))).Contents ?? []) {
    lines.push(...(await (await s3.send(new GetObjectCommand({ Bucket, Key }))).Body!.transformToString()).split("\n").filter((line) => line));
  }
  return lines.sort();
}

test("a job is made, read, changed, listed and deleted", async () => {
  const Name = await job({ Description: "first", DefaultArguments: { "--key": "value" }, Timeout: 5, MaxRetries: 1 });
  const { Job } = await glue.send(new GetJobCommand({ JobName: Name }));
  expect(Job).toMatchObject({ Name, Role: "r", Description: "first", DefaultArguments: { "--key": "value" }, Timeout: 5, MaxRetries: 1, GlueVersion: "5.0", WorkerType: "G.1X", NumberOfWorkers: 2 });
  await glue.send(new UpdateJobCommand({ JobName: Name, JobUpdate: { Role: "r2", Command: Job!.Command } }));
  const changed = (await glue.send(new GetJobCommand({ JobName: Name }))).Job!;
  expect([changed.Role, changed.Description, changed.CreatedOn]).toEqual(["r2", undefined, Job!.CreatedOn]);
  expect((await glue.send(new BatchGetJobsCommand({ JobNames: [Name, "no-such-job"] })))).toMatchObject({ Jobs: [{ Name }], JobsNotFound: ["no-such-job"] });
  const names: string[] = [];
  let NextToken: string | undefined;
  do {
    const page = await glue.send(new ListJobsCommand({ MaxResults: 1, NextToken }));
    names.push(...page.JobNames!);
    NextToken = page.NextToken;
  } while (NextToken);
  expect(names).toContain(Name);
  expect((await glue.send(new GetJobsCommand({}))).Jobs!.map((j) => j.Name)).toContain(Name);
  await glue.send(new DeleteJobCommand({ JobName: Name }));
  await expectError(glue.send(new GetJobCommand({ JobName: Name })), "EntityNotFoundException", 400);
  expect((await glue.send(new DeleteJobCommand({ JobName: Name }))).JobName).toBe(Name);
});

test("a job that is there with other settings is refused", async () => {
  const Name = await job();
  await expectError(glue.send(new CreateJobCommand({ Name, Role: "other", Command: { Name: "glueetl", ScriptLocation: "s3://b/s.py" } })), "IdempotentParameterMismatchException", 400, `Job '${Name}' already submitted with different configuration.`);
  await expectError(glue.send(new StartJobRunCommand({ JobName: "no-such-job" })), "EntityNotFoundException", 400);
  await expectError(glue.send(new GetJobRunCommand({ JobName: Name, RunId: "jr_0" })), "EntityNotFoundException", 400);
});

const csv = (name: string, ...paths: string[]): CodeGenConfigurationNode => ({ S3CsvSource: { Name: name, Paths: paths, Separator: "comma", QuoteChar: "quote", WithHeader: true } });
const json = (input: string, folder: string): CodeGenConfigurationNode => ({ S3DirectTarget: { Name: "out", Inputs: [input], Path: `s3://${Bucket}/${folder}/`, Format: "json" } });

test("nodes rename, drop, fill, union, deduplicate and write JSON", async () => {
  await put("in/a.csv", 'id,name,junk\n1,"Ann, A.",x\n2,Bob,y\n2,Bob,y\n');
  await put("in/b.csv", "id,name,junk\n3,Cid,z\n");
  const Name = await job({
    CodeGenConfigurationNodes: {
      a: csv("a", `s3://${Bucket}/in/a.csv`),
      b: csv("b", `s3://${Bucket}/in/b.csv`),
      u: { Union: { Name: "u", Inputs: ["a", "b"], UnionType: "ALL" } },
      d: { DropFields: { Name: "d", Inputs: ["u"], Paths: [["junk"]] } },
      r: { RenameField: { Name: "r", Inputs: ["d"], SourcePath: ["name"], TargetPath: ["who"] } },
      x: { DropDuplicates: { Name: "x", Inputs: ["r"] } },
      t: json("x", "out1"),
    },
  });
  const ended = await run(Name);
  expect([ended.JobRunState, ended.ErrorMessage]).toEqual(["SUCCEEDED", undefined]);
  expect((await written("out1/")).map((line) => JSON.parse(line))).toEqual([{ id: "1", who: "Ann, A." }, { id: "2", who: "Bob" }, { id: "3", who: "Cid" }]);
});

test("a SQL node queries its inputs", async () => {
  await put("sql/a.csv", "id,amount\n1,10\n1,5\n2,7\n");
  const Name = await job({
    CodeGenConfigurationNodes: {
      a: csv("a", `s3://${Bucket}/sql/`),
      q: { SparkSQL: { Name: "q", Inputs: ["a"], SqlQuery: "select id, sum(cast(amount as int)) as total from sales group by id order by id", SqlAliases: [{ From: "a", Alias: "sales" }] } },
      t: json("q", "out2"),
    },
  });
  const ended = await run(Name);
  expect([ended.JobRunState, ended.ErrorMessage]).toEqual(["SUCCEEDED", undefined]);
  expect((await written("out2/")).map((line) => JSON.parse(line))).toEqual([{ id: "1", total: 15 }, { id: "2", total: 7 }]);
});

test("a run whose source is not there fails and writes nothing", async () => {
  const Name = await job({ CodeGenConfigurationNodes: { a: { CatalogSource: { Name: "a", Database: "nowhere", Table: "nothing" } }, t: json("a", "out3") } });
  const ended = await run(Name);
  expect(ended.JobRunState).toBe("FAILED");
  expect(ended.ErrorMessage).toMatch(/nowhere/);
  expect(await written("out3/")).toEqual([]);
});

test("a Python shell job runs with its arguments", async () => {
  await put("args.py", "import sys\nprint(sys.argv[1:])\nassert '--mode' in sys.argv and sys.argv[sys.argv.index('--mode') + 1] == 'now'\n");
  const Name = await job({ Command: { Name: "pythonshell", PythonVersion: "3.9", ScriptLocation: `s3://${Bucket}/args.py` }, GlueVersion: undefined, WorkerType: undefined, NumberOfWorkers: undefined, MaxCapacity: 0.0625, DefaultArguments: { "--mode": "later" } });
  const good = await run(Name, { Arguments: { "--mode": "now" } });
  expect([good.JobRunState, good.ErrorMessage]).toEqual(["SUCCEEDED", undefined]);
  const bad = await run(Name);
  expect(bad.JobRunState).toBe("FAILED");
  expect(bad.ErrorMessage).toMatch(/AssertionError/);
  const { JobRuns } = await glue.send(new GetJobRunsCommand({ JobName: Name }));
  expect(JobRuns!.map((r) => r.Id)).toEqual([bad.Id, good.Id]);
  expect(JobRuns![1].Arguments).toEqual({ "--mode": "now" });
});

test("a run is stopped, and a second at the same time is refused", async () => {
  await put("sleep.py", "import time\ntime.sleep(60)\n");
  const JobName = await job({ Command: { Name: "pythonshell", PythonVersion: "3.9", ScriptLocation: `s3://${Bucket}/sleep.py` }, GlueVersion: undefined, WorkerType: undefined, NumberOfWorkers: undefined, MaxCapacity: 0.0625 });
  const { JobRunId } = await glue.send(new StartJobRunCommand({ JobName }));
  await expectError(glue.send(new StartJobRunCommand({ JobName })), "ConcurrentRunsExceededException", 400, `Concurrent runs exceeded for ${JobName}`);
  const stopped = await glue.send(new BatchStopJobRunCommand({ JobName, JobRunIds: [JobRunId!, "jr_none"] }));
  expect(stopped.SuccessfulSubmissions).toEqual([{ JobName, JobRunId }]);
  expect(stopped.Errors!.map((e) => [e.JobRunId, e.ErrorDetail!.ErrorCode])).toEqual([["jr_none", "EntityNotFoundException"]]);
  await until("the stop", async () => ((await glue.send(new GetJobRunCommand({ JobName, RunId: JobRunId }))).JobRun!.JobRunState === "STOPPED" ? true : undefined));
});
