import {
  DeleteStreamCommand, GetRecordsCommand, GetShardIteratorCommand, MergeShardsCommand, PutRecordCommand, PutRecordsCommand, SplitShardCommand, SubscribeToShardCommand, UpdateMaxRecordSizeCommand,
} from "@aws-sdk/client-kinesis";
import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { expectError } from "../errors.js";
import { arnOf, bytes, kinesisClient, makeConsumer, makeStream, readAll, text, ways } from "../kinesis.js";

const shard = "shardId-000000000000";
const last = (2n ** 128n - 1n).toString();
const account = "000000000000";

describe.each(Object.keys(ways))("over %s", (way) => {
  const kinesis = kinesisClient(way);

  test("records come back as they were put, in order", async () => {
    const StreamName = await makeStream(kinesis);
    const first = await kinesis.send(new PutRecordCommand({ StreamName, PartitionKey: "größe", Data: new Uint8Array([0, 255, 123]) }));
    const more = await kinesis.send(new PutRecordsCommand({ StreamARN: arnOf(StreamName), Records: [{ PartitionKey: "k", Data: bytes("") }, { PartitionKey: "k".repeat(256), ExplicitHashKey: "5", Data: bytes("x") }] }));
    expect([first.ShardId, more.FailedRecordCount, more.Records!.map((record) => [record.ShardId, record.ErrorCode])]).toEqual([shard, 0, [[shard, undefined], [shard, undefined]]]);
    const records = await readAll(kinesis, StreamName);
    expect(records.map((record) => [record.PartitionKey, [...record.Data!]])).toEqual([["größe", [0, 255, 123]], ["k", []], ["k".repeat(256), [120]]]);
    const numbers = records.map((record) => record.SequenceNumber!);
    expect(numbers).toEqual([first, ...more.Records!].map((put) => put.SequenceNumber));
    expect(numbers.map(BigInt)).toEqual([...numbers.map(BigInt)].sort((a, b) => (a < b ? -1 : 1)));
    for (const record of records) expect(Math.abs(Date.now() - record.ApproximateArrivalTimestamp!.getTime())).toBeLessThan(60_000);
  });

  test("an iterator may be used again and goes on with the next", async () => {
    const StreamName = await makeStream(kinesis);
    await kinesis.send(new PutRecordsCommand({ StreamName, Records: ["0", "1", "2"].map((one) => ({ PartitionKey: "k", Data: bytes(one) })) }));
    const { ShardIterator } = await kinesis.send(new GetShardIteratorCommand({ StreamName, ShardId: shard, ShardIteratorType: "TRIM_HORIZON" }));
    for (let i = 0; i < 2; i++) {
      const page = await kinesis.send(new GetRecordsCommand({ ShardIterator, Limit: 2 }));
      expect(page.Records!.map((record) => text(record.Data))).toEqual(["0", "1"]);
      const rest = await kinesis.send(new GetRecordsCommand({ ShardIterator: page.NextShardIterator, StreamARN: arnOf(StreamName) }));
      expect([rest.Records!.map((record) => text(record.Data)), rest.MillisBehindLatest, rest.ChildShards]).toEqual([["2"], 0, undefined]);
      const tip = await kinesis.send(new GetRecordsCommand({ ShardIterator: rest.NextShardIterator }));
      expect([tip.Records, tip.MillisBehindLatest]).toEqual([[], 0]);
      expect(tip.NextShardIterator).toBeTruthy();
    }
  });

  test("an iterator begins where its type says", async () => {
    const StreamName = await makeStream(kinesis);
    const { Records } = await kinesis.send(new PutRecordsCommand({ StreamName, Records: ["0", "1"].map((one) => ({ PartitionKey: "k", Data: bytes(one) })) }));
    const StartingSequenceNumber = Records![0]!.SequenceNumber;
    const cases = [
      [{ ShardIteratorType: "TRIM_HORIZON" }, "0 1 2"],
      [{ ShardIteratorType: "AT_SEQUENCE_NUMBER", StartingSequenceNumber }, "0 1 2"],
      [{ ShardIteratorType: "AFTER_SEQUENCE_NUMBER", StartingSequenceNumber }, "1 2"],
      [{ ShardIteratorType: "AT_TIMESTAMP", Timestamp: new Date(0) }, "0 1 2"],
      [{ ShardIteratorType: "LATEST" }, "2"],
    ] as const;
    // Names of shards may be short.
    const iterators = await Promise.all(cases.map(([position]) => kinesis.send(new GetShardIteratorCommand({ StreamName, ShardId: "shard-0", ...position }))));
    await kinesis.send(new PutRecordCommand({ StreamName, PartitionKey: "k", Data: bytes("2") }));
    for (const [i, [, expected]] of cases.entries()) {
      const page = await kinesis.send(new GetRecordsCommand({ ShardIterator: iterators[i]!.ShardIterator }));
      expect(page.Records!.map((record) => text(record.Data)).join(" ")).toBe(expected);
    }
  });

  test("a closed shard ends with its children", async () => {
    const StreamName = await makeStream(kinesis);
    await kinesis.send(new PutRecordCommand({ StreamName, PartitionKey: "k", Data: bytes("a") }));
    const { ShardIterator } = await kinesis.send(new GetShardIteratorCommand({ StreamName, ShardId: shard, ShardIteratorType: "TRIM_HORIZON" }));
    await kinesis.send(new SplitShardCommand({ StreamName, ShardToSplit: shard, NewStartingHashKey: "1000" }));
    const end = await kinesis.send(new GetRecordsCommand({ ShardIterator }));
    expect([end.Records!.length, end.NextShardIterator, end.ChildShards]).toEqual([1, undefined, [
      { ShardId: "shardId-000000000001", ParentShards: [shard], HashKeyRange: { StartingHashKey: "0", EndingHashKey: "999" } },
      { ShardId: "shardId-000000000002", ParentShards: [shard], HashKeyRange: { StartingHashKey: "1000", EndingHashKey: last } },
    ]]);
    await kinesis.send(new MergeShardsCommand({ StreamName, ShardToMerge: "shardId-000000000001", AdjacentShardToMerge: "shardId-000000000002" }));
    const child = await kinesis.send(new GetShardIteratorCommand({ StreamName, ShardId: "shardId-000000000001", ShardIteratorType: "LATEST" }));
    const { ChildShards } = await kinesis.send(new GetRecordsCommand({ ShardIterator: child.ShardIterator }));
    expect(ChildShards!.map((one) => [one.ShardId, one.ParentShards])).toEqual([["shardId-000000000003", ["shardId-000000000001", "shardId-000000000002"]]]);
  });

  test("a dry run says that the request would have been done, and does nothing", async () => {
    const StreamName = await makeStream(kinesis);
    const ConsumerARN = await makeConsumer(kinesis, StreamName);
    const { ShardIterator } = await kinesis.send(new GetShardIteratorCommand({ StreamName, ShardId: shard, ShardIteratorType: "TRIM_HORIZON" }));
    const record = { PartitionKey: "k", Data: bytes("x") };
    for (const command of [
      new PutRecordCommand({ StreamName, ...record, DryRun: true }),
      new PutRecordsCommand({ StreamName, Records: [record], DryRun: true }),
      new GetShardIteratorCommand({ StreamName, ShardId: shard, ShardIteratorType: "LATEST", DryRun: true }),
      new GetRecordsCommand({ ShardIterator, DryRun: true }),
      new SubscribeToShardCommand({ ConsumerARN, ShardId: shard, StartingPosition: { Type: "LATEST" }, DryRun: true }),
    ]) {
      await expect(kinesis.send(command as PutRecordCommand)).rejects.toMatchObject({ name: "DryRunOperationException", $metadata: { httpStatusCode: 400 } });
    }
    await expect(kinesis.send(new PutRecordCommand({ StreamName: `${StreamName}-no`, ...record, DryRun: true }))).rejects.toMatchObject({ name: "ResourceNotFoundException" });
    expect(await readAll(kinesis, StreamName)).toEqual([]);
  });

  test("errors have AWS's code, status and words", async () => {
    const StreamName = await makeStream(kinesis);
    const missing = `${StreamName}-not`;
    await expectError(kinesis.send(new PutRecordCommand({ StreamName: missing, PartitionKey: "k", Data: bytes("") })), "ResourceNotFoundException", 400, `Stream ${missing} under account ${account} not found.`);
    await expectError(kinesis.send(new PutRecordsCommand({ StreamName: "", Records: [] })), "ValidationException", 400,
      "3 validation errors detected: Value '[]' at 'records' failed to satisfy constraint: Member must have length greater than or equal to 1; " +
      "Value '' at 'streamName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+; " +
      "Value '' at 'streamName' failed to satisfy constraint: Member must have length greater than or equal to 1");
    await expectError(kinesis.send(new GetRecordsCommand({ ShardIterator: "nonsense" })), "InvalidArgumentException", 400, "Invalid ShardIterator.");
  });
});

const kinesis = kinesisClient();

test("a record goes to the shard that has the MD5 of its key, or its explicit hash key", async () => {
  const StreamName = await makeStream(kinesis, 3);
  const width = 2n ** 128n / 3n;
  const shardOf = (hash: bigint) => `shardId-${(hash / width > 2n ? 2n : hash / width).toString().padStart(12, "0")}`;
  const keys = Array.from({ length: 200 }, (_, i) => `key ${i} ${"ü".repeat(i)}`);
  const byKey = await kinesis.send(new PutRecordsCommand({ StreamName, Records: keys.map((PartitionKey) => ({ PartitionKey, Data: bytes("x") })) }));
  expect(byKey.Records!.map((record) => record.ShardId)).toEqual(keys.map((key) => shardOf(BigInt(`0x${createHash("md5").update(key, "utf8").digest("hex")}`))));
  const hashes = [0n, width - 1n, width, 2n * width - 1n, 2n * width, 2n ** 128n - 1n];
  const byHash = await kinesis.send(new PutRecordsCommand({ StreamName, Records: hashes.map((hash) => ({ PartitionKey: "k", ExplicitHashKey: hash.toString(), Data: bytes("x") })) }));
  expect(byHash.Records!.map((record) => record.ShardId)).toEqual(hashes.map(shardOf));
});

test("limits of records", async () => {
  const StreamName = await makeStream(kinesis);
  const record = (length: number) => ({ PartitionKey: "k", Data: new Uint8Array(length) });
  await kinesis.send(new PutRecordCommand({ StreamName, ...record(1_048_575) }));
  await expectError(kinesis.send(new PutRecordCommand({ StreamName, ...record(1_048_576) })), "InvalidArgumentException", 400, /^Record size 1048577 bytes exceeds the maximum record size of 1048576 bytes/);
  await kinesis.send(new UpdateMaxRecordSizeCommand({ StreamARN: arnOf(StreamName), MaxRecordSizeInKiB: 10_240 }));
  await kinesis.send(new PutRecordCommand({ StreamName, ...record(10_485_759) }));
  await expectError(kinesis.send(new PutRecordsCommand({ StreamName, Records: [record(5_300_000), record(5_300_000)] })), "InvalidArgumentException", 400, "Records size exceeds 10 MB limit");
  await kinesis.send(new PutRecordsCommand({ StreamName, Records: Array.from({ length: 500 }, () => record(10)) }));
  await expectError(kinesis.send(new PutRecordsCommand({ StreamName, Records: Array.from({ length: 501 }, () => record(1)) })), "ValidationException", 400, /Member must have length less than or equal to 500$/);
  await expectError(kinesis.send(new PutRecordCommand({ StreamName, PartitionKey: "k".repeat(257), Data: bytes("") })), "ValidationException", 400,
    `1 validation error detected: Value '${"k".repeat(257)}' at 'partitionKey' failed to satisfy constraint: Member must have length less than or equal to 256`);
  await expectError(kinesis.send(new PutRecordCommand({ StreamName, PartitionKey: "", Data: bytes("") })), "ValidationException", 400, /at 'partitionKey' failed to satisfy constraint: Member must have length greater than or equal to 1$/);
  for (const Limit of [0, 10_001]) {
    await expectError(kinesis.send(new GetRecordsCommand({ ShardIterator: "x", Limit })), "ValidationException", 400, new RegExp(`^1 validation error detected: Value '${Limit}' at 'limit' failed to satisfy constraint: Member must have value (less|greater) than or equal to `));
  }
});

test("explicit hash keys are refused beyond 128 bits", async () => {
  const StreamName = await makeStream(kinesis);
  const hash = (2n ** 128n).toString();
  await expectError(kinesis.send(new PutRecordCommand({ StreamName, PartitionKey: "k", ExplicitHashKey: hash, Data: bytes("") })), "InvalidArgumentException", 400,
    `Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]. Specified value was ${hash}`);
  await expectError(kinesis.send(new PutRecordCommand({ StreamName, PartitionKey: "k", ExplicitHashKey: "01", Data: bytes("") })), "ValidationException", 400, /Member must satisfy regular expression pattern: 0\|\(\[1-9\]\\d\{0,38\}\)$/);
});

/** A sequence number from its 47 hexadecimal digits. */
const number = (hex: string) => BigInt(`0x${hex}`).toString();
const inSeconds = (seconds: number) => Math.floor(Date.now() / 1000 + seconds).toString(16).padStart(9, "0");

test("SequenceNumberForOrdering must be a sequence number, and not of the future", async () => {
  const StreamName = await makeStream(kinesis);
  const put = (SequenceNumberForOrdering: string) => kinesis.send(new PutRecordCommand({ StreamName, PartitionKey: "k", Data: bytes(""), SequenceNumberForOrdering }));
  const first = (await put(number("20000000000000000000000000000000000000000000002"))).SequenceNumber!;
  const second = (await put(first)).SequenceNumber!;
  expect(BigInt(second) > BigInt(first)).toBe(true);
  await put(number("2ffffffffff7fffffffffffffff000000000007fffffff2"));
  const invalid = [
    "20000000000000000000000000000000000000000000000", "20000000000000000000000000000000000000000000004", "30000000000000000000000000000000000000000000001",
    "1ffffffffff7fffffffffffffff000000000007fffffff2", "20000000000800000000000000000000000000000000002", "20000000000000000000000000000000000000800000002",
    `2000000000000000000000000000${"00"}${inSeconds(100).slice(1)}000000002`,
  ];
  for (const hex of invalid) {
    await expectError(put(number(hex)), "InvalidArgumentException", 400, `ExclusiveMinimumSequenceNumber ${number(hex)} used in PutRecord on stream ${StreamName} under account ${account} is invalid.`);
  }
});

test("GetShardIterator refuses what does not go together", async () => {
  const StreamName = await makeStream(kinesis, 2);
  const iterator = (more: object, ShardId = shard) => kinesis.send(new GetShardIteratorCommand({ StreamName, ShardId, ...(more as any) }));
  const needed = "Must either specify (1) AT_SEQUENCE_NUMBER or AFTER_SEQUENCE_NUMBER and StartingSequenceNumber or (2) TRIM_HORIZON or LATEST and no StartingSequenceNumber. Request specified ";
  for (const ShardIteratorType of ["AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER"]) await expectError(iterator({ ShardIteratorType }), "InvalidArgumentException", 400, `${needed}${ShardIteratorType} and no StartingSequenceNumber.`);
  for (const ShardIteratorType of ["TRIM_HORIZON", "LATEST"]) {
    await expectError(iterator({ ShardIteratorType, StartingSequenceNumber: "5" }), "InvalidArgumentException", 400, `${needed}${ShardIteratorType} and also a StartingSequenceNumber.`);
  }
  await expectError(iterator({ ShardIteratorType: "AT_TIMESTAMP" }), "InvalidArgumentException", 400);
  await expectError(iterator({ ShardIteratorType: "AT_TIMESTAMP", Timestamp: new Date(Date.now() + 3_600_000) }), "InvalidArgumentException", 400, /^The timestampInMillis parameter cannot be greater than the currentTimestampInMillis\./);
  const { SequenceNumber } = await kinesis.send(new PutRecordCommand({ StreamName, PartitionKey: "k", ExplicitHashKey: last, Data: bytes("") }));
  await expectError(iterator({ ShardIteratorType: "AT_SEQUENCE_NUMBER", StartingSequenceNumber: SequenceNumber }), "InvalidArgumentException", 400,
    `Invalid StartingSequenceNumber. It encodes shardId-000000000001, while it was used in a call to a shard with ${shard}`);
  for (const hex of ["20000000000800000000000000000000000000000000002", "20000000000000000000000000000000000000800000002"]) {
    await expectError(iterator({ ShardIteratorType: "AT_SEQUENCE_NUMBER", StartingSequenceNumber: number(hex) }), "InvalidArgumentException", 400,
      `StartingSequenceNumber ${number(hex)} used in GetShardIterator on shard ${shard} in stream ${StreamName} under account ${account} is invalid.`);
  }
  const foreign = number("20000000010000000000000000000000000000000000002");
  await expectError(iterator({ ShardIteratorType: "AT_SEQUENCE_NUMBER", StartingSequenceNumber: foreign }), "InvalidArgumentException", 400,
    `StartingSequenceNumber ${foreign} used in GetShardIterator on shard ${shard} in stream ${StreamName} under account ${account} is invalid because it did not come from this stream.`);
  await expectError(iterator({ ShardIteratorType: "LATEST" }, "shardId-5"), "ResourceNotFoundException", 400, `Shard shardId-000000000005 in stream ${StreamName} under account ${account} does not exist`);
  for (const ShardId of ["2147483648", "shardId-002147483648", "ABKLFD8", "2.14E4"]) {
    await expectError(iterator({ ShardIteratorType: "LATEST" }, ShardId), "ResourceNotFoundException", 400, `Could not find shard ${ShardId} in stream ${StreamName} under account ${account}.`);
  }
  await expectError(iterator({ ShardIteratorType: "EARLIEST" }), "ValidationException", 400, /Member must satisfy enum value set: /);
});

test("iterators and puts of a stream that was deleted find nothing", async () => {
  const StreamName = await makeStream(kinesis);
  const { ShardIterator } = await kinesis.send(new GetShardIteratorCommand({ StreamName, ShardId: shard, ShardIteratorType: "LATEST" }));
  await kinesis.send(new DeleteStreamCommand({ StreamName }));
  await expectError(kinesis.send(new GetRecordsCommand({ ShardIterator })), "ResourceNotFoundException", 400);
  await expectError(kinesis.send(new PutRecordCommand({ StreamName, PartitionKey: "k", Data: bytes("") })), "ResourceNotFoundException", 400);
  await expectError(kinesisClient("HTTP/2", undefined, "111122223333").send(new PutRecordCommand({ StreamARN: arnOf(StreamName), PartitionKey: "k", Data: bytes("") })), "AccessDeniedException", 400);
});

test("puts at the same time lose and repeat nothing", async () => {
  const StreamName = await makeStream(kinesis);
  const data = Array.from({ length: 100 }, (_, i) => `${i}`);
  const puts = await Promise.all(data.map((one) => kinesis.send(new PutRecordCommand({ StreamName, PartitionKey: "k", Data: bytes(one) }))));
  const records = await readAll(kinesis, StreamName);
  expect(records.map((record) => text(record.Data)).sort()).toEqual([...data].sort());
  const at = new Map(records.map((record) => [record.SequenceNumber, text(record.Data)]));
  expect(puts.map((put) => at.get(put.SequenceNumber))).toEqual(data);
});

/** A request whose body was changed before it was signed. */
function changed(body: string) {
  const client = kinesisClient("HTTP/1.1");
  client.middlewareStack.add((next) => (args: any) => {
    args.request.body = body;
    args.request.headers["content-length"] = String(Buffer.byteLength(body));
    return next(args);
  }, { step: "build", priority: "low" });
  return client.send(new PutRecordCommand({ StreamName: "s", PartitionKey: "k", Data: bytes("") }));
}

test("members of the wrong type cannot be read", async () => {
  await expectError(changed('{"StreamName":5,"PartitionKey":"k","Data":""}'), "SerializationException", 400, "class com.amazon.coral.value.json.numbers.TruncatingBigNumber can not be converted to an String");
  await expectError(changed('{"StreamName":"s","PartitionKey":"k","Data":"%"}'), "SerializationException", 400);
  await expectError(changed('{"StreamName":"s"'), "SerializationException", 400);
  await expectError(changed("{}"), "ValidationException", 400,
    "2 validation errors detected: Value null at 'partitionKey' failed to satisfy constraint: Member must not be null; Value null at 'data' failed to satisfy constraint: Member must not be null");
});
