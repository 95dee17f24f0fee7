import {
  AddTagsToStreamCommand, CreateStreamCommand, DecreaseStreamRetentionPeriodCommand, DeleteResourcePolicyCommand, DeleteStreamCommand, DeregisterStreamConsumerCommand,
  DescribeAccountSettingsCommand, DescribeLimitsCommand, DescribeStreamCommand, DescribeStreamConsumerCommand, DescribeStreamSummaryCommand, DisableEnhancedMonitoringCommand,
  EnableEnhancedMonitoringCommand, GetResourcePolicyCommand, IncreaseStreamRetentionPeriodCommand, ListChannelsCommand, ListShardsCommand, ListStreamConsumersCommand, ListStreamsCommand,
  ListTagsForResourceCommand, ListTagsForStreamCommand, MergeShardsCommand, PutResourcePolicyCommand, RegisterStreamConsumerCommand, RemoveTagsFromStreamCommand, SplitShardCommand,
  StartStreamEncryptionCommand, StopStreamEncryptionCommand, TagResourceCommand, UntagResourceCommand, UpdateAccountSettingsCommand, UpdateMaxRecordSizeCommand, UpdateShardCountCommand,
  UpdateStreamModeCommand, UpdateStreamRecordDistributionStrategyCommand, UpdateStreamWarmThroughputCommand, waitUntilStreamExists, waitUntilStreamNotExists,
} from "@aws-sdk/client-kinesis";
import { describe, expect, test } from "vitest";
import { uniqueName } from "../clients.js";
import { expectError } from "../errors.js";
import { arnOf, kinesisClient, makeConsumer, makeStream, ways } from "../kinesis.js";

const account = "000000000000";
const shard = "shardId-000000000000";
const last = (2n ** 128n - 1n).toString();
const half = 2n ** 127n;

describe.each(Object.keys(ways))("over %s", (way) => {
  const kinesis = kinesisClient(way);

  test("a stream is made, described, listed and deleted", async () => {
    const StreamName = uniqueName("stream");
    await kinesis.send(new CreateStreamCommand({ StreamName, ShardCount: 2, Tags: { a: "1" } }));
    await waitUntilStreamExists({ client: kinesis, maxWaitTime: 30 }, { StreamName });
    const { StreamDescription } = await kinesis.send(new DescribeStreamCommand({ StreamName }));
    expect(StreamDescription).toMatchObject({ StreamName, StreamARN: arnOf(StreamName), StreamStatus: "ACTIVE", RetentionPeriodHours: 24, EncryptionType: "NONE", HasMoreShards: false, EnhancedMonitoring: [{ ShardLevelMetrics: [] }], StreamModeDetails: { StreamMode: "PROVISIONED" } });
    expect(Math.abs(Date.now() - StreamDescription!.StreamCreationTimestamp!.getTime())).toBeLessThan(60_000);
    expect(StreamDescription!.Shards!.map((one) => [one.ShardId, one.HashKeyRange, one.ParentShardId, one.SequenceNumberRange!.EndingSequenceNumber])).toEqual([
      [shard, { StartingHashKey: "0", EndingHashKey: (half - 1n).toString() }, undefined, undefined],
      ["shardId-000000000001", { StartingHashKey: half.toString(), EndingHashKey: last }, undefined, undefined],
    ]);
    const { StreamDescriptionSummary } = await kinesis.send(new DescribeStreamSummaryCommand({ StreamARN: arnOf(StreamName) }));
    expect(StreamDescriptionSummary).toMatchObject({ StreamName, OpenShardCount: 2, ConsumerCount: 0, MaxRecordSizeInKiB: 1024 });
    const { StreamSummaries } = await kinesis.send(new ListStreamsCommand({ ExclusiveStartStreamName: StreamName.slice(0, -1), Limit: 100 }));
    expect(StreamSummaries!.find((one) => one.StreamName === StreamName)).toMatchObject({ StreamARN: arnOf(StreamName), StreamStatus: "ACTIVE" });
    await kinesis.send(new DeleteStreamCommand({ StreamName }));
    await waitUntilStreamNotExists({ client: kinesis, maxWaitTime: 30 }, { StreamName });
    await expectError(kinesis.send(new DescribeStreamCommand({ StreamName })), "ResourceNotFoundException", 400, `Stream ${StreamName} under account ${account} not found.`);
  });

  test("consumers are registered, described, listed and deregistered", async () => {
    const stream = await makeStream(kinesis);
    const StreamARN = arnOf(stream);
    const { Consumer } = await kinesis.send(new RegisterStreamConsumerCommand({ StreamARN, ConsumerName: "a", Tags: { k: "v" } }));
    expect(Consumer!.ConsumerARN).toBe(`${StreamARN}/consumer/a:${Math.floor(Consumer!.ConsumerCreationTimestamp!.getTime() / 1000)}`);
    await expectError(kinesis.send(new RegisterStreamConsumerCommand({ StreamARN, ConsumerName: "a" })), "ResourceInUseException", 400, `Consumer a under stream ${stream} under account ${account} already exists.`);
    await makeConsumer(kinesis, stream, "b");
    const { ConsumerDescription } = await kinesis.send(new DescribeStreamConsumerCommand({ ConsumerARN: Consumer!.ConsumerARN }));
    expect(ConsumerDescription).toMatchObject({ ConsumerName: "a", ConsumerStatus: "ACTIVE", StreamARN });
    const first = await kinesis.send(new ListStreamConsumersCommand({ StreamARN, MaxResults: 1 }));
    const second = await kinesis.send(new ListStreamConsumersCommand({ StreamARN, MaxResults: 1, NextToken: first.NextToken }));
    expect([...first.Consumers!, ...second.Consumers!].map((one) => one.ConsumerName)).toEqual(["a", "b"]);
    expect(second.NextToken).toBeUndefined();
    await expectError(kinesis.send(new DeleteStreamCommand({ StreamName: stream })), "ResourceInUseException", 400);
    await kinesis.send(new DeregisterStreamConsumerCommand({ StreamARN, ConsumerName: "a" }));
    await expectError(kinesis.send(new DescribeStreamConsumerCommand({ StreamARN, ConsumerName: "a" })), "ResourceNotFoundException", 400, `Consumer a, account ${account} not found.`);
  });
});

const kinesis = kinesisClient();

test("shards are listed in pages and by filter, and described in pages", async () => {
  const StreamName = await makeStream(kinesis, 3);
  await kinesis.send(new MergeShardsCommand({ StreamName, ShardToMerge: shard, AdjacentShardToMerge: "shardId-000000000001" }));
  const ids: string[] = [];
  let page = await kinesis.send(new ListShardsCommand({ StreamName, MaxResults: 3 }));
  ids.push(...page.Shards!.map((one) => one.ShardId!));
  page = await kinesis.send(new ListShardsCommand({ NextToken: page.NextToken }));
  ids.push(...page.Shards!.map((one) => one.ShardId!));
  expect([ids, page.NextToken]).toEqual([[0, 1, 2, 3].map((i) => `shardId-00000000000${i}`), undefined]);
  expect(page.Shards!.at(-1)).toMatchObject({ ParentShardId: shard, AdjacentParentShardId: "shardId-000000000001" });
  const filtered = async (ShardFilter: any) => (await kinesis.send(new ListShardsCommand({ StreamName, ShardFilter }))).Shards!.map((one) => Number(one.ShardId!.slice(-1)));
  expect(await filtered({ Type: "AT_LATEST" })).toEqual([2, 3]);
  expect(await filtered({ Type: "AFTER_SHARD_ID", ShardId: "shardId-000000000001" })).toEqual([2, 3]);
  expect(await filtered({ Type: "FROM_TRIM_HORIZON" })).toEqual([0, 1, 2, 3]);
  const described = await kinesis.send(new DescribeStreamCommand({ StreamName, Limit: 1, ExclusiveStartShardId: shard }));
  expect([described.StreamDescription!.Shards!.map((one) => one.ShardId), described.StreamDescription!.HasMoreShards]).toEqual([["shardId-000000000001"], true]);
  expect(described.StreamDescription!.Shards![0]!.SequenceNumberRange!.EndingSequenceNumber).toMatch(/^\d{56}$/);
  await expectError(kinesis.send(new ListShardsCommand({ StreamName, NextToken: "nonsense" })), "InvalidArgumentException", 400);
});

test("creating refuses what cannot be", async () => {
  const StreamName = await makeStream(kinesis);
  await expectError(kinesis.send(new CreateStreamCommand({ StreamName, ShardCount: 1 })), "ResourceInUseException", 400, `Stream ${StreamName} under account ${account} already exists.`);
  await expectError(kinesis.send(new CreateStreamCommand({ StreamName: "a b", ShardCount: 0 })), "ValidationException", 400, /^2 validation errors detected: /);
  await expectError(kinesis.send(new CreateStreamCommand({ StreamName: uniqueName("s"), ShardCount: 100_000 })), "LimitExceededException", 400, /^This request would exceed the shard limit for the account /);
});

test("splits and merges refuse what cannot be", async () => {
  const StreamName = await makeStream(kinesis, 3);
  const split = (NewStartingHashKey: string, ShardToSplit = shard) => kinesis.send(new SplitShardCommand({ StreamName, ShardToSplit, NewStartingHashKey }));
  await expectError(split("1"), "InvalidArgumentException", 400, /^NewStartingHashKey 1 used in SplitShard\(\) on shard .* is not both greater than one plus the shard's StartingHashKey 0 and less than the shard's EndingHashKey /);
  await expectError(split("5", "shardId-000000000009"), "ResourceNotFoundException", 400, `Could not find shard shardId-000000000009 in stream ${StreamName} under account ${account}.`);
  const merge = (ShardToMerge: string, AdjacentShardToMerge: string) => kinesis.send(new MergeShardsCommand({ StreamName, ShardToMerge, AdjacentShardToMerge }));
  await expectError(merge(shard, "shardId-000000000002"), "InvalidArgumentException", 400, `Shards ${shard} and shardId-000000000002 in stream ${StreamName} under account ${account} are not an adjacent pair of shards eligible for merging`);
  await split("1000");
  await expectError(split("5"), "InvalidArgumentException", 400, `Shard ${shard} in stream ${StreamName} under account ${account} has already been merged or split, and thus is not eligible for merging or splitting.`);
});

test("UpdateShardCount scales up and down by at most two", async () => {
  const StreamName = await makeStream(kinesis, 2);
  const scale = (TargetShardCount: number) => kinesis.send(new UpdateShardCountCommand({ StreamName, TargetShardCount, ScalingType: "UNIFORM_SCALING" }));
  expect(await scale(4)).toMatchObject({ CurrentShardCount: 2, TargetShardCount: 4, StreamARN: arnOf(StreamName) });
  expect((await kinesis.send(new DescribeStreamSummaryCommand({ StreamName }))).StreamDescriptionSummary!.OpenShardCount).toBe(4);
  await expectError(scale(9), "LimitExceededException", 400, "UpdateShardCount cannot scale up over double your current open shard count. Current open shard count: 4, Target shard count: 9");
  await expectError(scale(1), "LimitExceededException", 400, "UpdateShardCount cannot scale down below half your current open shard count. Current open shard count: 4, Target shard count: 1");
});

test("retention", async () => {
  const StreamName = await makeStream(kinesis);
  const up = (RetentionPeriodHours: number) => kinesis.send(new IncreaseStreamRetentionPeriodCommand({ StreamName, RetentionPeriodHours }));
  const down = (RetentionPeriodHours: number) => kinesis.send(new DecreaseStreamRetentionPeriodCommand({ StreamName, RetentionPeriodHours }));
  await up(48);
  expect((await kinesis.send(new DescribeStreamSummaryCommand({ StreamName }))).StreamDescriptionSummary!.RetentionPeriodHours).toBe(48);
  await expectError(up(25), "InvalidArgumentException", 400, `Requested retention period (25 hours) for stream ${StreamName} can not be shorter than existing retention period (48 hours). Use DecreaseRetentionPeriod API.`);
  await expectError(up(8761), "InvalidArgumentException", 400, "Maximum allowed retention period is 8760 hours. Requested retention period (8761 hours) is too long.");
  await expectError(down(23), "InvalidArgumentException", 400, "Minimum allowed retention period is 24 hours. Requested retention period (23 hours) is too short.");
  await expectError(down(72), "InvalidArgumentException", 400, `Requested retention period (72 hours) for stream ${StreamName} can not be longer than existing retention period (48 hours). Use IncreaseRetentionPeriod API.`);
  await down(24);
});

test("mode, monitoring, encryption, record size and warm throughput", async () => {
  const StreamName = await makeStream(kinesis);
  const StreamARN = arnOf(StreamName);
  const on = await kinesis.send(new EnableEnhancedMonitoringCommand({ StreamName, ShardLevelMetrics: ["IncomingBytes", "OutgoingBytes"] }));
  expect([on.CurrentShardLevelMetrics, on.DesiredShardLevelMetrics]).toEqual([[], ["IncomingBytes", "OutgoingBytes"]]);
  const off = await kinesis.send(new DisableEnhancedMonitoringCommand({ StreamName, ShardLevelMetrics: ["IncomingBytes"] }));
  expect(off.DesiredShardLevelMetrics).toEqual(["OutgoingBytes"]);
  await kinesis.send(new StartStreamEncryptionCommand({ StreamName, EncryptionType: "KMS", KeyId: "alias/aws/kinesis" }));
  const summary = async () => (await kinesis.send(new DescribeStreamSummaryCommand({ StreamName }))).StreamDescriptionSummary!;
  expect(await summary()).toMatchObject({ EncryptionType: "KMS", KeyId: "alias/aws/kinesis" });
  await kinesis.send(new StopStreamEncryptionCommand({ StreamName, EncryptionType: "KMS", KeyId: "alias/aws/kinesis" }));
  expect((await summary()).EncryptionType).toBe("NONE");
  await kinesis.send(new UpdateMaxRecordSizeCommand({ StreamARN, MaxRecordSizeInKiB: 2048 }));
  expect((await summary()).MaxRecordSizeInKiB).toBe(2048);
  await kinesis.send(new UpdateStreamModeCommand({ StreamARN, StreamModeDetails: { StreamMode: "ON_DEMAND" } }));
  expect((await summary()).StreamModeDetails).toEqual({ StreamMode: "ON_DEMAND" });
  await expectError(kinesis.send(new SplitShardCommand({ StreamName, ShardToSplit: shard, NewStartingHashKey: "5" })), "ValidationException", 400, `Request is invalid. Stream ${StreamName} under account ${account} is in On-Demand mode.`);
  const warm = await kinesis.send(new UpdateStreamWarmThroughputCommand({ StreamARN, WarmThroughputMiBps: 2 })).catch((error) => error);
  if (warm instanceof Error) expect(warm.name).toBe("ValidationException");
  else expect(warm.StreamARN).toBe(StreamARN);
});

test("tags of streams and of resources", async () => {
  const StreamName = await makeStream(kinesis);
  const ResourceARN = arnOf(StreamName);
  await kinesis.send(new AddTagsToStreamCommand({ StreamName, Tags: { b: "2", a: "1" } }));
  await kinesis.send(new TagResourceCommand({ ResourceARN, Tags: { c: "3" } }));
  const { Tags, HasMoreTags } = await kinesis.send(new ListTagsForStreamCommand({ StreamName, Limit: 2 }));
  expect([Tags, HasMoreTags]).toEqual([[{ Key: "a", Value: "1" }, { Key: "b", Value: "2" }], true]);
  await kinesis.send(new RemoveTagsFromStreamCommand({ StreamName, TagKeys: ["a"] }));
  await kinesis.send(new UntagResourceCommand({ ResourceARN, TagKeys: ["b"] }));
  expect((await kinesis.send(new ListTagsForResourceCommand({ ResourceARN }))).Tags).toEqual([{ Key: "c", Value: "3" }]);
  await expectError(kinesis.send(new AddTagsToStreamCommand({ StreamName, Tags: Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`k${i}`, "v"])) })), "InvalidArgumentException", 400,
    `Failed to add tags to stream ${StreamName} under account ${account} because a given stream cannot have more than 50 tags associated with it.`);
});

test("policies are kept with their resource", async () => {
  const ResourceARN = arnOf(await makeStream(kinesis));
  const Policy = JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Principal: { AWS: "111122223333" }, Action: "kinesis:PutRecord", Resource: ResourceARN }] });
  await kinesis.send(new PutResourcePolicyCommand({ ResourceARN, Policy }));
  expect(JSON.parse((await kinesis.send(new GetResourcePolicyCommand({ ResourceARN }))).Policy!)).toEqual(JSON.parse(Policy));
  await kinesis.send(new DeleteResourcePolicyCommand({ ResourceARN }));
});

test("limits and settings of the account", async () => {
  // An account of its own: settings are everybody's.
  const own = kinesisClient("HTTP/2");
  const limits = await own.send(new DescribeLimitsCommand({}));
  expect([limits.ShardLimit, limits.OnDemandStreamCountLimit]).toEqual([20_000, 50]);
  expect(limits.OpenShardCount).toBeGreaterThanOrEqual(0);
  expect((await own.send(new DescribeAccountSettingsCommand({}))).MinimumThroughputBillingCommitment!.Status).toMatch(/ABLED/);
  await own.send(new UpdateAccountSettingsCommand({ MinimumThroughputBillingCommitment: { Status: "DISABLED" } })).catch((error) => expect(error.name).toMatch(/Exception$/));
});

test("what is not built says so", async () => {
  const StreamARN = arnOf(await makeStream(kinesis));
  await expectError(kinesis.send(new ListChannelsCommand({} as any)), "UnknownOperationException", 400);
  await expectError(kinesis.send(new UpdateStreamRecordDistributionStrategyCommand({ StreamARN, RecordDistributionStrategy: "AUTO" } as any)), "UnknownOperationException", 400);
});
