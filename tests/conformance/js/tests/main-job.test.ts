import { CreateCrawlerCommand, CreateDatabaseCommand, CreateJobCommand, GetCrawlerCommand, GetJobRunCommand, GetPartitionsCommand, GetTableCommand, GetTablesCommand, StartCrawlerCommand, StartJobRunCommand, type CodeGenConfigurationNode } from "@aws-sdk/client-glue";
import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { Readable } from "node:stream";
import { beforeAll, expect, test } from "vitest";
import { Queries } from "../athena.js";
import { clients, uniqueName, until } from "../clients.js";

const { s3, glue, athena } = clients();
const bucket = uniqueName("main");
const database = uniqueName("shop").replaceAll("-", "_");
const queries = new Queries(athena, `s3://${bucket}/results/`, database);

/** Orders 1 to 1,000 in two days of CSV, one customer each in JSON lines; amounts in whole cents. */
const countries = ["DE", "FR", "JP", "US"];
const order = (id: number) => ({ id, customer: 1 + (id % 50), amount: (id * 25) / 100, day: id % 2 === 0 ? "2026-01-01" : "2026-01-02" });
const country = (customer: number) => countries[customer % 4];
const ids = Array.from({ length: 1000 }, (_, index) => index + 1);

async function crawl(name: string, paths: string[]): Promise<void> {
  await glue.send(new CreateCrawlerCommand({ Name: name, Role: "arn:aws:iam::000000000000:role/crawl", DatabaseName: database, Targets: { S3Targets: paths.map((Path) => ({ Path })) } }));
  await glue.send(new StartCrawlerCommand({ Name: name }));
  const crawler = await until("the end of the crawl", async () => {
    const { Crawler } = await glue.send(new GetCrawlerCommand({ Name: name }));
    return Crawler!.State === "READY" ? Crawler : undefined;
  });
  expect(crawler!.LastCrawl).toMatchObject({ Status: "SUCCEEDED", LogGroup: "/aws-glue/crawlers", LogStream: name });
}

beforeAll(async () => {
  await s3.send(new CreateBucketCommand({ Bucket: bucket }));
  for (const day of ["2026-01-01", "2026-01-02"]) {
    const lines = ids.map(order).filter((o) => o.day === day).map((o) => `${o.id},${o.customer},${o.amount}\n`);
    await new Upload({ client: s3, params: { Bucket: bucket, Key: `raw/orders/day=${day}/part-0.csv`, Body: Readable.from([Buffer.from("id,customer,amount\n" + lines.join(""))]) } }).done();
  }
  const customers = Array.from({ length: 50 }, (_, index) => JSON.stringify({ key: index + 1, name: `customer ${index + 1}`, home: { country: country(index + 1) } }));
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: "raw/customers/all.json", Body: customers.join("\n") + "\n" }));
  await glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name: database } }));
  await crawl(uniqueName("raw"), [`s3://${bucket}/raw/orders/`, `s3://${bucket}/raw/customers/`]);
});

test("a crawl of CSV in dated folders makes one table with a partition for each folder", async () => {
  const { TableList } = await glue.send(new GetTablesCommand({ DatabaseName: database, Expression: "orders|customers" }));
  expect(TableList!.map((table) => table.Name).sort()).toEqual(["customers", "orders"]);
  const orders = TableList!.find((table) => table.Name === "orders")!;
  expect(orders.StorageDescriptor!.Columns).toEqual([
    { Name: "id", Type: "bigint" },
    { Name: "customer", Type: "bigint" },
    { Name: "amount", Type: "double" },
  ]);
  expect(orders.PartitionKeys).toEqual([{ Name: "day", Type: "string" }]);
  expect(orders).toMatchObject({ TableType: "EXTERNAL_TABLE", Parameters: { classification: "csv", "skip.header.line.count": "1", delimiter: "," } });
  expect(orders.StorageDescriptor!.Location).toBe(`s3://${bucket}/raw/orders/`);

  const { Partitions } = await glue.send(new GetPartitionsCommand({ DatabaseName: database, TableName: "orders" }));
  expect(Partitions!.map((partition) => [partition.Values, partition.StorageDescriptor!.Location])).toEqual([
    [["2026-01-01"], `s3://${bucket}/raw/orders/day=2026-01-01/`],
    [["2026-01-02"], `s3://${bucket}/raw/orders/day=2026-01-02/`],
  ]);
});

test("a crawl of JSON lines finds nested columns", async () => {
  const { Table } = await glue.send(new GetTableCommand({ DatabaseName: database, Name: "customers" }));
  expect(Table!.StorageDescriptor!.Columns).toEqual([
    { Name: "key", Type: "int" },
    { Name: "name", Type: "string" },
    { Name: "home", Type: "struct<country:string>" },
  ]);
  expect(Table!.StorageDescriptor!.SerdeInfo!.SerializationLibrary).toBe("org.openx.data.jsonserde.JsonSerDe");
});

test("crawled tables are queried at once", async () => {
  expect(await queries.rows("SELECT count(*), sum(amount), min(id), max(id) FROM orders")).toEqual([["1000", "125125.0", "1", "1000"]]);
  expect(await queries.rows("SELECT day, count(*) FROM orders GROUP BY day ORDER BY day")).toEqual([["2026-01-01", "500"], ["2026-01-02", "500"]]);
  expect(await queries.rows("SELECT home.country, count(*) FROM customers GROUP BY 1 ORDER BY 1")).toEqual([["DE", "12"], ["FR", "13"], ["JP", "13"], ["US", "12"]]);
});

const nodes = (output: string): Record<string, CodeGenConfigurationNode> => ({
  orders: { CatalogSource: { Name: "orders", Database: database, Table: "orders" } },
  customers: { CatalogSource: { Name: "customers", Database: database, Table: "customers" } },
  large: {
    Filter: {
      Name: "large", Inputs: ["orders"], LogicalOperator: "AND",
      Filters: [{ Operation: "GT", Negated: false, Values: [{ Type: "COLUMNEXTRACTED", Value: ["amount"] }, { Type: "CONSTANT", Value: ["50"] }] }],
    },
  },
  flat: {
    ApplyMapping: {
      Name: "flat", Inputs: ["customers"],
      Mapping: [
        { ToKey: "customer_key", FromPath: ["key"], FromType: "int", ToType: "bigint" },
        { ToKey: "country", FromPath: ["home", "country"], FromType: "string", ToType: "string" },
      ],
    },
  },
  joined: { Join: { Name: "joined", Inputs: ["large", "flat"], JoinType: "equijoin", Columns: [{ From: "large", Keys: [["customer"]] }, { From: "flat", Keys: [["customer_key"]] }] } },
  summed: { Aggregate: { Name: "summed", Inputs: ["joined"], Groups: [["country"], ["day"]], Aggs: [{ Column: ["id"], AggFunc: "count" }, { Column: ["amount"], AggFunc: "sum" }] } },
  named: {
    ApplyMapping: {
      Name: "named", Inputs: ["summed"],
      Mapping: [
        { ToKey: "day", FromPath: ["day"], FromType: "string", ToType: "string" },
        { ToKey: "orders", FromPath: ["count(id)"], FromType: "bigint", ToType: "bigint" },
        { ToKey: "revenue", FromPath: ["sum(amount)"], FromType: "double", ToType: "double" },
        { ToKey: "country", FromPath: ["country"], FromType: "string", ToType: "string" },
      ],
    },
  },
  target: {
    S3GlueParquetTarget: {
      Name: "target", Inputs: ["named"], Path: output, Compression: "snappy", PartitionKeys: [["country"]],
      SchemaChangePolicy: { EnableUpdateCatalog: true, UpdateBehavior: "UPDATE_IN_DATABASE", Database: database, Table: "revenue" },
    },
  },
});

test("a visual job filters, joins, aggregates and writes partitions that Athena reads", async () => {
  const job = uniqueName("revenue");
  await glue.send(
    new CreateJobCommand({
      Name: job, Role: "arn:aws:iam::000000000000:role/job", GlueVersion: "5.0", WorkerType: "G.1X", NumberOfWorkers: 2,
      Command: { Name: "glueetl", ScriptLocation: `s3://${bucket}/scripts/${job}.py`, PythonVersion: "3" },
      CodeGenConfigurationNodes: nodes(`s3://${bucket}/curated/revenue/`),
    }),
  );
  const { JobRunId } = await glue.send(new StartJobRunCommand({ JobName: job }));
  const run = await until("the end of the job", async () => {
    const { JobRun } = await glue.send(new GetJobRunCommand({ JobName: job, RunId: JobRunId }));
    return ["STARTING", "RUNNING", "WAITING", "STOPPING"].includes(JobRun!.JobRunState!) ? undefined : JobRun;
  });
  expect(run.ErrorMessage).toBeUndefined();
  expect(run.JobRunState).toBe("SUCCEEDED");

  const expected = new Map<string, { orders: number; revenue: number }>();
  for (const o of ids.map(order).filter((o) => o.amount > 50)) {
    const key = `${country(o.customer)} ${o.day}`;
    const sum = expected.get(key) ?? { orders: 0, revenue: 0 };
    expected.set(key, { orders: sum.orders + 1, revenue: sum.revenue + o.amount });
  }
  const rows = await queries.rows("SELECT country, day, orders, revenue FROM revenue ORDER BY country, day");
  expect(rows.map(([c, day, orders, revenue]) => [`${c} ${day}`, Number(orders), Number(revenue)])).toEqual(
    [...expected].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, sum]) => [key, sum.orders, sum.revenue]),
  );

  const { Table } = await glue.send(new GetTableCommand({ DatabaseName: database, Name: "revenue" }));
  expect(Table!.PartitionKeys!.map((key) => key.Name)).toEqual(["country"]);
  expect(Table!.StorageDescriptor!.Columns!.map((column) => [column.Name, column.Type])).toEqual([["day", "string"], ["orders", "bigint"], ["revenue", "double"]]);
  const { Partitions } = await glue.send(new GetPartitionsCommand({ DatabaseName: database, TableName: "revenue", Expression: "country = 'JP'" }));
  expect(Partitions!.map((partition) => partition.Values)).toEqual([["JP"]]);

  const { Contents } = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: "curated/revenue/" }));
  const files = Contents!.map((object) => object.Key!);
  expect(new Set(files.map((key) => key.split("/")[2]))).toEqual(new Set(["country=DE", "country=FR", "country=JP", "country=US"]));
  const file = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: files[0], Range: "bytes=0-3" }));
  expect(await file.Body!.transformToString()).toBe("PAR1");
});

test("Parquet that a query wrote is crawled with its own types", async () => {
  await queries.run(`CREATE TABLE typed WITH (external_location = 's3://${bucket}/typed/', format = 'PARQUET') AS SELECT id, CAST(amount AS decimal(10,2)) AS price, CAST(day AS date) AS on_day, id % 2 = 0 AS even FROM orders`);
  await crawl(uniqueName("typed").replaceAll("-", "_"), [`s3://${bucket}/typed/`]);
  const { Table } = await glue.send(new GetTableCommand({ DatabaseName: database, Name: "typed" }));
  expect(Table!.StorageDescriptor!.Columns!.map((column) => [column.Name, column.Type])).toEqual([["id", "bigint"], ["price", "decimal(10,2)"], ["on_day", "date"], ["even", "boolean"]]);
  expect(Table!.Parameters).toMatchObject({ classification: "parquet" });
  expect(await queries.rows("SELECT sum(price), min(on_day), count_if(even) FROM typed")).toEqual([["125125.00", "2026-01-01", "500"]]);
});
