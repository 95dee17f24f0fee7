import {
  DeleteStreamCommand, DeregisterStreamConsumerCommand, MergeShardsCommand, PutRecordCommand, PutRecordsCommand, SplitShardCommand, type KinesisClient,
} from "@aws-sdk/client-kinesis";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { until } from "../clients.js";
import { expectError } from "../errors.js";
import { Subscriber, arnOf, bytes, kinesisClient, makeConsumer, makeStream, text, ways } from "../kinesis.js";
import { Server } from "../server.js";

const shard = "shardId-000000000000";

// A server of its own: a subscription of five minutes and the wait before a take-over are made short where a test must see their end.
let server: Server;
beforeAll(async () => {
  server = await Server.start(undefined, "--kinesis.subscription-heartbeat", "00:00:00.500", "--kinesis.subscription-take-over-delay", "00:00:01");
});
afterAll(async () => {
  await server.stop();
  await server.remove();
});
const client = (way?: string) => kinesisClient(way, server.endpoint);
const put = (kinesis: KinesisClient, StreamName: string, ...data: string[]) =>
  kinesis.send(new PutRecordsCommand({ StreamName, Records: data.map((one) => ({ PartitionKey: "k", ExplicitHashKey: "0", Data: bytes(one) })) }));

/** How a subscription ends: with its error, or undefined when it ends well. */
async function ended(subscriber: Subscriber): Promise<unknown> {
  try {
    while (await subscriber.next());
    return undefined;
  } catch (error) {
    return error;
  }
}

describe.each(Object.keys(ways))("over %s", (way) => {
  test("records arrive while the client is subscribed, as they were put", async () => {
    const kinesis = client(way);
    const stream = await makeStream(kinesis);
    const subscriber = await Subscriber.start(kinesis, await makeConsumer(kinesis, stream));
    const { Records } = await kinesis.send(new PutRecordsCommand({ StreamName: stream, Records: [{ PartitionKey: "größe", Data: new Uint8Array([0, 255, 123]) }, { PartitionKey: "k", Data: bytes("") }] }));
    const event = (await subscriber.next())!;
    expect(event.Records!.map((record) => [record.PartitionKey, [...record.Data!], record.SequenceNumber])).toEqual([
      ["größe", [0, 255, 123], Records![0]!.SequenceNumber],
      ["k", [], Records![1]!.SequenceNumber],
    ]);
    expect(Math.abs(Date.now() - event.Records![0]!.ApproximateArrivalTimestamp!.getTime())).toBeLessThan(60_000);
    expect([event.ContinuationSequenceNumber, event.MillisBehindLatest, event.ChildShards]).toEqual([Records![1]!.SequenceNumber, 0, undefined]);
    await put(kinesis, stream, "later");
    expect(await subscriber.data(1)).toEqual(["later"]);
    await subscriber.leave();
  });

  test("a subscription starts where its position says", async () => {
    const kinesis = client(way);
    const stream = await makeStream(kinesis);
    const [first] = (await put(kinesis, stream, "0", "1")).Records!;
    const positions = [
      [{ Type: "TRIM_HORIZON" }, ["0", "1", "2"]],
      [{ Type: "AT_SEQUENCE_NUMBER", SequenceNumber: first!.SequenceNumber }, ["0", "1", "2"]],
      [{ Type: "AFTER_SEQUENCE_NUMBER", SequenceNumber: first!.SequenceNumber }, ["1", "2"]],
      [{ Type: "AT_TIMESTAMP", Timestamp: new Date(0) }, ["0", "1", "2"]],
      [{ Type: "LATEST" }, ["2"]],
    ] as const;
    const subscribers = await Promise.all(positions.map(async ([position], i) => Subscriber.start(kinesis, await makeConsumer(kinesis, stream, `reader-${i}`), position)));
    await put(kinesis, stream, "2");
    for (const [i, [, expected]] of positions.entries()) {
      expect(await subscribers[i]!.data(expected.length)).toEqual(expected);
      await subscribers[i]!.leave();
    }
  });

  test("a quiet shard sends empty events, from which a client goes on without loss or repetition", async () => {
    const kinesis = client(way);
    const stream = await makeStream(kinesis);
    const consumers = [await makeConsumer(kinesis, stream, "at"), await makeConsumer(kinesis, stream, "after")] as const;
    for (const before of [[], ["a", "b"]]) {
      if (before.length > 0) await put(kinesis, stream, ...before);
      const quiet = await Subscriber.start(kinesis, await makeConsumer(kinesis, stream, `quiet-${before.length}`));
      const empty = (await quiet.next())!;
      expect([empty.Records, empty.MillisBehindLatest]).toEqual([[], 0]);
      await quiet.leave();
      const after = [`after ${before.length}`];
      await put(kinesis, stream, ...after);
      for (const [i, Type] of (["AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER"] as const).entries()) {
        const subscriber = await until("the earlier subscription was long enough ago", () =>
          Subscriber.start(kinesis, consumers[i]!, { Type, SequenceNumber: empty.ContinuationSequenceNumber }).catch(() => undefined));
        expect(await subscriber.data(1)).toEqual(after);
        await subscriber.leave();
      }
    }
  });

  test("a split ends the subscription with its children, and they go on", async () => {
    const kinesis = client(way);
    const stream = await makeStream(kinesis);
    const consumer = await makeConsumer(kinesis, stream);
    const parent = await Subscriber.start(kinesis, consumer);
    await put(kinesis, stream, "before");
    expect(await parent.data(1)).toEqual(["before"]);
    await kinesis.send(new SplitShardCommand({ StreamName: stream, ShardToSplit: shard, NewStartingHashKey: "1000" }));
    let end = (await parent.next())!;
    while (!end.ChildShards) end = (await parent.next())!;
    expect(end.ContinuationSequenceNumber).toBeUndefined();
    expect(end.ChildShards).toEqual([
      { ShardId: "shardId-000000000001", ParentShards: [shard], HashKeyRange: { StartingHashKey: "0", EndingHashKey: "999" } },
      { ShardId: "shardId-000000000002", ParentShards: [shard], HashKeyRange: { StartingHashKey: "1000", EndingHashKey: "340282366920938463463374607431768211455" } },
    ]);
    expect(await parent.next()).toBeUndefined();
    const child = await Subscriber.start(kinesis, consumer, { Type: "TRIM_HORIZON" }, "shardId-000000000001");
    await put(kinesis, stream, "after");
    expect(await child.data(1)).toEqual(["after"]);
    await kinesis.send(new MergeShardsCommand({ StreamName: stream, ShardToMerge: "shardId-000000000001", AdjacentShardToMerge: "shardId-000000000002" }));
    end = (await child.next())!;
    while (!end.ChildShards) end = (await child.next())!;
    expect(end.ChildShards.map((one) => [one.ShardId, one.ParentShards])).toEqual([["shardId-000000000003", ["shardId-000000000001", "shardId-000000000002"]]]);
    expect(await child.next()).toBeUndefined();
  });

  test("a later call takes over, and the earlier stream ends with the reason", async () => {
    const kinesis = client(way);
    const stream = await makeStream(kinesis);
    const consumer = await makeConsumer(kinesis, stream);
    const inUse = `Another active subscription exists for this consumer: 000000000000:${stream}:${shard}:reader`;
    const first = await Subscriber.start(kinesis, consumer);
    await expectError(Subscriber.start(kinesis, consumer), "ResourceInUseException", 400, inUse);
    const second = await until("the first subscription was long enough ago", () => Subscriber.start(kinesis, consumer).catch(() => undefined));
    expect(await ended(first)).toMatchObject({ name: "ResourceInUseException", message: inUse });
    await put(kinesis, stream, "a");
    expect(await second.data(1)).toEqual(["a"]);
    await second.leave();
  });

  test("deregistration and deletion end the stream with ResourceNotFoundException", async () => {
    const kinesis = client(way);
    const stream = await makeStream(kinesis);
    const [gone, deleted] = [await makeConsumer(kinesis, stream, "gone"), await makeConsumer(kinesis, stream, "deleted")];
    const [first, second] = [ended(await Subscriber.start(kinesis, gone)), ended(await Subscriber.start(kinesis, deleted))];
    await kinesis.send(new DeregisterStreamConsumerCommand({ ConsumerARN: gone }));
    expect(await first).toMatchObject({ name: "ResourceNotFoundException", message: `Consumer ${gone}, account 000000000000 not found.` });
    await kinesis.send(new DeleteStreamCommand({ StreamName: stream, EnforceConsumerDeletion: true }));
    expect(await second).toMatchObject({ name: "ResourceNotFoundException", message: `Stream ${stream} under account 000000000000 not found.` });
  });

  test("a large record arrives whole", async () => {
    const kinesis = client(way);
    const stream = await makeStream(kinesis);
    const subscriber = await Subscriber.start(kinesis, await makeConsumer(kinesis, stream));
    const data = "0123456789abcdef".repeat(65_000);
    await put(kinesis, stream, data, data, data);
    expect(await subscriber.data(3)).toEqual([data, data, data]);
    await subscriber.leave();
  });
});

test("subscriptions are refused in the words of GetShardIterator and before the stream begins", async () => {
  const kinesis = client();
  const stream = await makeStream(kinesis, 2);
  const consumer = await makeConsumer(kinesis, stream);
  const refused = (position: any, message: string) => expectError(Subscriber.start(kinesis, consumer, position), "InvalidArgumentException", 400, message);
  await refused({ Type: "AT_SEQUENCE_NUMBER" },
    "Must either specify (1) AT_SEQUENCE_NUMBER or AFTER_SEQUENCE_NUMBER and StartingSequenceNumber or (2) TRIM_HORIZON or LATEST and no StartingSequenceNumber. " +
    "Request specified AT_SEQUENCE_NUMBER and no StartingSequenceNumber.");
  await refused({ Type: "AT_SEQUENCE_NUMBER", SequenceNumber: "1" }, `StartingSequenceNumber 1 used in SubscribeToShard on shard ${shard} in stream ${stream} under account 000000000000 is invalid.`);
  const other = (await kinesis.send(new PutRecordCommand({ StreamName: stream, PartitionKey: "k", ExplicitHashKey: "340282366920938463463374607431768211455", Data: bytes("x") }))).SequenceNumber;
  await refused({ Type: "AFTER_SEQUENCE_NUMBER", SequenceNumber: other }, `Invalid StartingSequenceNumber. It encodes shardId-000000000001, while it was used in a call to a shard with ${shard}`);
  const future = new Date(Date.now() + 3_600_000);
  await expectError(Subscriber.start(kinesis, consumer, { Type: "AT_TIMESTAMP", Timestamp: future }), "InvalidArgumentException", 400, /^The timestampInMillis parameter cannot be greater than the currentTimestampInMillis\. timestampInMillis: \d+, currentTimestampInMillis: \d+$/);
  await expectError(Subscriber.start(kinesis, consumer, { Type: "LATEST" }, "shardId-000000000002"), "ResourceNotFoundException", 400, `Shard shardId-000000000002 in stream ${stream} under account 000000000000 does not exist`);
  await expectError(Subscriber.start(kinesis, `${consumer}0`), "ResourceNotFoundException", 400, `Consumer ${consumer}0, account 000000000000 not found.`);
  await expectError(Subscriber.start(kinesis, consumer.replace("000000000000", "999999999999")), "AccessDeniedException", 400);
  await expectError(Subscriber.start(kinesis, arnOf(stream)), "ValidationException", 400, /^1 validation error detected: Value '[^']+' at 'consumerARN' failed to satisfy constraint: Member must satisfy regular expression pattern: /);
  await expectError(Subscriber.start(kinesis, consumer, { Type: "EARLIEST" as any }), "ValidationException", 400,
    "1 validation error detected: Value 'EARLIEST' at 'startingPosition.type' failed to satisfy constraint: Member must satisfy enum value set: [AFTER_SEQUENCE_NUMBER, LATEST, AT_TIMESTAMP, AT_SEQUENCE_NUMBER, TRIM_HORIZON]");
});

test("twenty consumers of a shard get every record, in order", async () => {
  const kinesis = client();
  const stream = await makeStream(kinesis);
  const subscribers = await Promise.all(Array.from({ length: 20 }, async (_, i) => Subscriber.start(kinesis, await makeConsumer(kinesis, stream, `reader-${i}`))));
  const expected = Array.from({ length: 200 }, (_, i) => `${i}`);
  const got = Promise.all(subscribers.map((subscriber) => subscriber.data(expected.length)));
  for (const data of expected) await put(kinesis, stream, data);
  for (const data of await got) expect(data).toEqual(expected);
  await Promise.all(subscribers.map((subscriber) => subscriber.leave()));
});

test("a client that does not read slows nobody", async () => {
  const kinesis = client();
  const stream = await makeStream(kinesis);
  // A connection of its own each: on a shared one the client's own window would be everybody's.
  const stuck = await Subscriber.start(client(), await makeConsumer(kinesis, stream, "stuck"));
  const reading = await Subscriber.start(client(), await makeConsumer(kinesis, stream, "reading"));
  const data = "x".repeat(500_000);
  for (let i = 0; i < 20; i++) {
    await put(kinesis, stream, data, data);
    expect((await reading.data(2)).every((one) => one === data)).toBe(true);
  }
  const late = await stuck.data(40);
  expect(late.every((one) => one === data)).toBe(true);
  await Promise.all([stuck.leave(), reading.leave()]);
});

test("a subscription ends well when its time is over, and when the server stops", async () => {
  const short = await Server.start(undefined, "--kinesis.subscription-lifetime", "00:00:01");
  try {
    const kinesis = kinesisClient("HTTP/2", short.endpoint);
    const stream = await makeStream(kinesis);
    const first = await Subscriber.start(kinesis, await makeConsumer(kinesis, stream));
    const began = Date.now();
    expect(await first.next()).toBeUndefined();
    expect(Date.now() - began).toBeGreaterThan(700);
  } finally {
    await short.stop();
    await short.remove();
  }
  const long = await Server.start();
  try {
    const kinesis = kinesisClient("HTTP/1.1", long.endpoint);
    const stream = await makeStream(kinesis);
    const open = await Subscriber.start(kinesis, await makeConsumer(kinesis, stream));
    await put(kinesis, stream, "a");
    expect(text((await open.next())!.Records![0]!.Data)).toBe("a");
    const end = open.next();
    const stopped = long.stop();
    expect(await end).toBeUndefined();
    await stopped;
  } finally {
    await long.remove();
  }
});
