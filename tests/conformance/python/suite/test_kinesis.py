"""Kinesis Data Streams through boto3 and the AWS CLI: streams, shards, consumers, tags and policies."""

import datetime
import json

from suite.tarn import TarnTest, client, program, run, unique

HALF = str(1 << 127)


class KinesisTest(TarnTest):
    def setUp(self):
        self.kinesis = client("kinesis")
        self.name = unique("py")

    def create(self, shards=1, **more):
        self.kinesis.create_stream(StreamName=self.name, ShardCount=shards, **more)
        self.kinesis.get_waiter("stream_exists").wait(StreamName=self.name)
        return self.summary()["StreamARN"]

    def summary(self):
        return self.kinesis.describe_stream_summary(StreamName=self.name)["StreamDescriptionSummary"]

    def shards(self, **more):
        # Not with boto3's paginator: it sends the name with the token, which AWS refuses.
        page = self.kinesis.list_shards(StreamName=self.name, MaxResults=2, **more)
        shards = page["Shards"]
        while "NextToken" in page:
            page = self.kinesis.list_shards(NextToken=page["NextToken"], MaxResults=2)
            self.assertLessEqual(len(page["Shards"]), 2)
            shards += page["Shards"]
        return shards

    def words(self, code, call, **arguments):
        return self.refused(code, call, **arguments)["Error"]["Message"]


class Streams(KinesisTest):
    def test_life_of_a_stream(self):
        arn = self.create(2, Tags={"team": "orders"})
        self.assertEqual(f"arn:aws:kinesis:us-east-1:000000000000:stream/{self.name}", arn)
        summary = self.summary()
        self.assertEqual(("ACTIVE", 2, 24, "PROVISIONED", "NONE", 0), (
            summary["StreamStatus"], summary["OpenShardCount"], summary["RetentionPeriodHours"], summary["StreamModeDetails"]["StreamMode"],
            summary["EncryptionType"], summary["ConsumerCount"]))
        self.assertLess(abs((datetime.datetime.now(datetime.timezone.utc) - summary["StreamCreationTimestamp"]).total_seconds()), 60)
        described = self.kinesis.describe_stream(StreamARN=arn)["StreamDescription"]
        self.assertEqual(["shardId-000000000000", "shardId-000000000001"], [shard["ShardId"] for shard in described["Shards"]])
        self.assertEqual({"StartingHashKey": HALF, "EndingHashKey": str((1 << 128) - 1)}, described["Shards"][1]["HashKeyRange"])
        self.assertFalse(described["HasMoreShards"])
        names = [name for page in self.kinesis.get_paginator("list_streams").paginate(Limit=1) for name in page["StreamNames"]]
        self.assertIn(self.name, names)
        self.assertEqual([{"Key": "team", "Value": "orders"}], self.kinesis.list_tags_for_stream(StreamName=self.name)["Tags"])
        message = self.words("ResourceInUseException", self.kinesis.create_stream, StreamName=self.name, ShardCount=1)
        self.assertEqual(f"Stream {self.name} under account 000000000000 already exists.", message)
        self.kinesis.delete_stream(StreamName=self.name)
        self.kinesis.get_waiter("stream_not_exists").wait(StreamName=self.name)
        message = self.words("ResourceNotFoundException", self.kinesis.describe_stream_summary, StreamName=self.name)
        self.assertEqual(f"Stream {self.name} under account 000000000000 not found.", message)

    def test_settings(self):
        arn = self.create()
        self.kinesis.increase_stream_retention_period(StreamName=self.name, RetentionPeriodHours=168)
        self.kinesis.start_stream_encryption(StreamARN=arn, EncryptionType="KMS", KeyId="alias/aws/kinesis")
        enabled = self.kinesis.enable_enhanced_monitoring(StreamName=self.name, ShardLevelMetrics=["IncomingBytes", "OutgoingBytes"])
        self.assertEqual(([], ["IncomingBytes", "OutgoingBytes"]), (enabled["CurrentShardLevelMetrics"], enabled["DesiredShardLevelMetrics"]))
        self.kinesis.update_max_record_size(StreamARN=arn, MaxRecordSizeInKiB=2048)
        self.kinesis.update_stream_mode(StreamARN=arn, StreamModeDetails={"StreamMode": "ON_DEMAND"})
        summary = self.summary()
        self.assertEqual((168, "KMS", "alias/aws/kinesis", 2048, "ON_DEMAND"), (
            summary["RetentionPeriodHours"], summary["EncryptionType"], summary["KeyId"], summary["MaxRecordSizeInKiB"], summary["StreamModeDetails"]["StreamMode"]))
        self.assertEqual(["IncomingBytes", "OutgoingBytes"], summary["EnhancedMonitoring"][0]["ShardLevelMetrics"])
        message = self.words("InvalidArgumentException", self.kinesis.decrease_stream_retention_period, StreamName=self.name, RetentionPeriodHours=23)
        self.assertEqual("Minimum allowed retention period is 24 hours. Requested retention period (23 hours) is too short.", message)

    def test_limits_and_account(self):
        self.create(3)
        limits = self.kinesis.describe_limits()
        self.assertGreaterEqual(limits["OpenShardCount"], 3)
        self.assertEqual({"ShardLimit", "OpenShardCount", "OnDemandStreamCount", "OnDemandStreamCountLimit"}, set(limits) - {"ResponseMetadata"})
        self.assertEqual("DISABLED", self.kinesis.describe_account_settings()["MinimumThroughputBillingCommitment"]["Status"])

    def test_names_are_checked_in_AWSs_words(self):
        message = self.words("ValidationException", self.kinesis.create_stream, StreamName="a/b", ShardCount=1)
        self.assertIn("Value 'a/b' at 'streamName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+", message)


class Shards(KinesisTest):
    def test_split_and_merge(self):
        self.create()
        self.kinesis.split_shard(StreamName=self.name, ShardToSplit="shardId-000000000000", NewStartingHashKey=HALF)
        parent, lower, upper = self.shards()
        self.assertEqual([parent["ShardId"]] * 2, [lower["ParentShardId"], upper["ParentShardId"]])
        self.assertEqual((str((1 << 127) - 1), HALF), (lower["HashKeyRange"]["EndingHashKey"], upper["HashKeyRange"]["StartingHashKey"]))
        ending = parent["SequenceNumberRange"]["EndingSequenceNumber"]
        self.assertEqual({56}, {len(number) for shard in (parent, lower, upper) for number in shard["SequenceNumberRange"].values()})
        self.assertLess(int(ending), int(lower["SequenceNumberRange"]["StartingSequenceNumber"]))
        self.kinesis.merge_shards(StreamName=self.name, ShardToMerge=lower["ShardId"], AdjacentShardToMerge=upper["ShardId"])
        merged = self.shards(ShardFilter={"Type": "AT_LATEST"})
        self.assertEqual([(lower["ShardId"], upper["ShardId"])], [(shard["ParentShardId"], shard["AdjacentParentShardId"]) for shard in merged])
        message = self.words("InvalidArgumentException", self.kinesis.split_shard, StreamName=self.name, ShardToSplit=lower["ShardId"], NewStartingHashKey="7")
        self.assertIn("has already been merged or split, and thus is not eligible for merging or splitting.", message)

    def test_update_shard_count(self):
        self.create(4)
        answer = self.kinesis.update_shard_count(StreamName=self.name, TargetShardCount=5, ScalingType="UNIFORM_SCALING")
        self.assertEqual((4, 5), (answer["CurrentShardCount"], answer["TargetShardCount"]))
        self.assertEqual(15, len(self.shards()))
        ranges = sorted((int(shard["HashKeyRange"]["StartingHashKey"]), int(shard["HashKeyRange"]["EndingHashKey"])) for shard in self.shards(ShardFilter={"Type": "AT_LATEST"}))
        self.assertEqual(5, len(ranges))
        self.assertEqual([0] + [end + 1 for _, end in ranges], [start for start, _ in ranges] + [1 << 128])
        self.assertEqual(
            "NextToken and StreamName cannot be provided together.",
            self.words("InvalidArgumentException", self.kinesis.list_shards, StreamName=self.name, NextToken=self.kinesis.list_shards(StreamName=self.name, MaxResults=1)["NextToken"]))
        self.refused("LimitExceededException", self.kinesis.update_shard_count, StreamName=self.name, TargetShardCount=11, ScalingType="UNIFORM_SCALING")


class Consumers(KinesisTest):
    def test_life_of_a_consumer(self):
        arn = self.create()
        consumer = self.kinesis.register_stream_consumer(StreamARN=arn, ConsumerName="reader", Tags={"a": "b"})["Consumer"]
        self.assertRegex(consumer["ConsumerARN"], rf"^{arn}/consumer/reader:\d+$")
        self.assertNotIn("StreamARN", consumer)
        self.assertEqual([{"Key": "a", "Value": "b"}], self.kinesis.list_tags_for_resource(ResourceARN=consumer["ConsumerARN"])["Tags"])
        described = self.kinesis.describe_stream_consumer(StreamARN=arn, ConsumerName="reader")["ConsumerDescription"]
        self.assertEqual((arn, "ACTIVE"), (described["StreamARN"], described["ConsumerStatus"]))
        for name in ("b", "c"):
            self.kinesis.register_stream_consumer(StreamARN=arn, ConsumerName=name)
        pages = self.kinesis.get_paginator("list_stream_consumers").paginate(StreamARN=arn, PaginationConfig={"PageSize": 2})
        self.assertEqual(["b", "c", "reader"], [found["ConsumerName"] for page in pages for found in page["Consumers"]])
        self.assertEqual(3, self.summary()["ConsumerCount"])
        self.refused("ResourceInUseException", self.kinesis.delete_stream, StreamName=self.name)
        self.kinesis.deregister_stream_consumer(ConsumerARN=consumer["ConsumerARN"])
        self.refused("ResourceNotFoundException", self.kinesis.describe_stream_consumer, ConsumerARN=consumer["ConsumerARN"])
        self.kinesis.delete_stream(StreamName=self.name, EnforceConsumerDeletion=True)

    def test_tags_and_policies_by_ARN(self):
        arn = self.create()
        self.kinesis.tag_resource(ResourceARN=arn, Tags={"b": "2", "a": "1"})
        self.kinesis.untag_resource(ResourceARN=arn, TagKeys=["b"])
        self.assertEqual([{"Key": "a", "Value": "1"}], self.kinesis.list_tags_for_resource(ResourceARN=arn)["Tags"])
        policy = json.dumps({"Version": "2012-10-17", "Statement": []})
        self.kinesis.put_resource_policy(ResourceARN=arn, Policy=policy)
        self.assertEqual(policy, self.kinesis.get_resource_policy(ResourceARN=arn)["Policy"])
        self.kinesis.delete_resource_policy(ResourceARN=arn)
        self.refused("ResourceNotFoundException", self.kinesis.get_resource_policy, ResourceARN=arn)


class AwsCli(KinesisTest):
    def aws(self, *arguments):
        return run(program("aws", "CONFORMANCE_AWS"), "kinesis", *arguments, "--output", "json")

    def test_a_stream_by_hand(self):
        self.aws("create-stream", "--stream-name", self.name, "--shard-count", "1")
        self.aws("wait", "stream-exists", "--stream-name", self.name)
        self.aws("split-shard", "--stream-name", self.name, "--shard-to-split", "shardId-000000000000", "--new-starting-hash-key", HALF)
        summary = json.loads(self.aws("describe-stream-summary", "--stream-name", self.name))["StreamDescriptionSummary"]
        self.assertEqual(2, summary["OpenShardCount"])
        self.assertEqual(3, len(json.loads(self.aws("list-shards", "--stream-arn", summary["StreamARN"]))["Shards"]))
        self.aws("delete-stream", "--stream-name", self.name)
        self.aws("wait", "stream-not-exists", "--stream-name", self.name)
