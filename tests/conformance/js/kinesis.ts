import {
  CreateStreamCommand, GetRecordsCommand, GetShardIteratorCommand, KinesisClient, RegisterStreamConsumerCommand, SubscribeToShardCommand,
  type KinesisClientConfig, type StartingPosition, type SubscribeToShardEvent,
} from "@aws-sdk/client-kinesis";
import { AwsSmithyRpcV2CborProtocol } from "@aws-sdk/core/protocols";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { inject } from "vitest";
import { uniqueName } from "./clients.js";

/** How a client speaks: its default is HTTP/2 with prior knowledge and JSON. */
export const ways: Record<string, () => Partial<KinesisClientConfig>> = {
  "HTTP/2": () => ({}),
  "HTTP/1.1": () => ({ requestHandler: new NodeHttpHandler() }),
  "HTTP/2 and CBOR": () => ({ protocol: AwsSmithyRpcV2CborProtocol as any }),
};

export function kinesisClient(way: string = "HTTP/2", endpoint: string = inject("endpoint"), accessKeyId = "test"): KinesisClient {
  return new KinesisClient({ endpoint, region: "us-east-1", credentials: { accessKeyId, secretAccessKey: "test" }, maxAttempts: 1, ...ways[way]!() });
}

export const arnOf = (stream: string) => `arn:aws:kinesis:us-east-1:000000000000:stream/${stream}`;
export const text = (data: Uint8Array | undefined) => Buffer.from(data!).toString();
export const bytes = (data: string) => new Uint8Array(Buffer.from(data));

/** A stream of its own, ready. */
export async function makeStream(kinesis: KinesisClient, ShardCount = 1): Promise<string> {
  const StreamName = uniqueName("stream");
  await kinesis.send(new CreateStreamCommand({ StreamName, ShardCount }));
  return StreamName;
}

export async function makeConsumer(kinesis: KinesisClient, stream: string, ConsumerName = "reader"): Promise<string> {
  return (await kinesis.send(new RegisterStreamConsumerCommand({ StreamARN: arnOf(stream), ConsumerName }))).Consumer!.ConsumerARN!;
}

/** All records of a shard from its oldest on. */
export async function readAll(kinesis: KinesisClient, StreamName: string, ShardId = "shardId-000000000000") {
  const { ShardIterator } = await kinesis.send(new GetShardIteratorCommand({ StreamName, ShardId, ShardIteratorType: "TRIM_HORIZON" }));
  return (await kinesis.send(new GetRecordsCommand({ ShardIterator }))).Records!;
}

/** One subscription, event by event. */
export class Subscriber {
  private constructor(private readonly events: AsyncIterator<{ SubscribeToShardEvent?: SubscribeToShardEvent }>) {}

  static async start(kinesis: KinesisClient, ConsumerARN: string, StartingPosition: StartingPosition = { Type: "LATEST" }, ShardId = "shardId-000000000000"): Promise<Subscriber> {
    const { EventStream } = await kinesis.send(new SubscribeToShardCommand({ ConsumerARN, ShardId, StartingPosition }));
    return new Subscriber(EventStream![Symbol.asyncIterator]() as any);
  }

  /** The next event; undefined when the stream has ended well. */
  async next(): Promise<SubscribeToShardEvent | undefined> {
    const { done, value } = await this.events.next();
    return done ? undefined : value.SubscribeToShardEvent!;
  }

  /** The data of the next records, empty events passed over. */
  async data(count: number): Promise<string[]> {
    const data: string[] = [];
    while (data.length < count) data.push(...(await this.next())!.Records!.map((record) => text(record.Data)));
    return data;
  }

  /** Goes away. */
  async leave(): Promise<void> {
    await this.events.return?.();
  }
}
