"""Lists and quotas of Kinesis Data Streams through boto3, up to the last value; and what tests of its limits have in common."""

import json
import math
import time
import urllib.error
import urllib.request

from suite.tarn import REGION, client, server, unique, wait_until
from suite.test_kinesis import HALF
from suite.test_kinesis_records import RecordsTest

SHARD = "shardId-000000000000"


class EdgesTest(RecordsTest):
    def setUp(self):
        super().setUp()
        # What is beyond a limit is to be refused by the server, not before it is sent.
        self.kinesis = client("kinesis", parameter_validation=False)


def arn_of(name, account="000000000000"):
    return f"arn:aws:kinesis:{REGION}:{account}:stream/{name}"


class Lists(EdgesTest):
    def test_filters_of_shards(self):
        self.create(2)
        self.kinesis.split_shard(StreamName=self.name, ShardToSplit=SHARD, NewStartingHashKey="77")
        numbers = lambda **shard_filter: [int(shard["ShardId"][-12:]) for shard in self.shards(ShardFilter=shard_filter)]
        # boto3 sends whole seconds: the next one is after the split.
        now = math.ceil(time.time())
        wait_until(time.time, lambda clock: clock > now)
        self.assertEqual([0, 1, 2, 3], numbers(Type="FROM_TRIM_HORIZON"))
        self.assertEqual([0, 1], numbers(Type="AT_TRIM_HORIZON"))
        self.assertEqual([1, 2, 3], numbers(Type="AT_LATEST"))
        self.assertEqual([2, 3], numbers(Type="AFTER_SHARD_ID", ShardId="shardId-000000000001"))
        self.assertEqual([1, 2, 3], numbers(Type="AT_TIMESTAMP", Timestamp=now))
        self.assertEqual([0, 1], numbers(Type="AT_TIMESTAMP", Timestamp=0))
        self.assertEqual([0, 1, 2, 3], numbers(Type="FROM_TIMESTAMP", Timestamp=0))
        self.assertEqual([1, 2, 3], numbers(Type="FROM_TIMESTAMP", Timestamp=now))
        for wrong in ({"Type": "AFTER_SHARD_ID"}, {"Type": "AT_TIMESTAMP"}, {"Type": "FROM_TIMESTAMP"}):
            self.words("InvalidArgumentException", self.kinesis.list_shards, StreamName=self.name, ShardFilter=wrong)
        self.refused("ValidationException", self.kinesis.list_shards, StreamName=self.name, ShardFilter={"Type": "SOME"})

    def test_pages_of_shards(self):
        self.create(30)
        described, more = [], True
        while more:
            start = {"ExclusiveStartShardId": described[-1]} if described else {}
            page = self.kinesis.describe_stream(StreamName=self.name, Limit=7, **start)["StreamDescription"]
            described += [shard["ShardId"] for shard in page["Shards"]]
            more = page["HasMoreShards"]
        self.assertEqual([f"shardId-{i:012}" for i in range(30)], described)
        self.assertEqual(described[7:], [s["ShardId"] for s in self.kinesis.list_shards(StreamName=self.name, ExclusiveStartShardId=described[6])["Shards"]])
        token = self.kinesis.list_shards(StreamName=self.name, MaxResults=10)["NextToken"]
        page = self.kinesis.list_shards(NextToken=token, MaxResults=10_000)
        self.assertEqual((described[10:], False), ([s["ShardId"] for s in page["Shards"]], "NextToken" in page))
        self.words("InvalidArgumentException", self.kinesis.list_shards, NextToken=token, ExclusiveStartShardId=SHARD)
        self.words("InvalidArgumentException", self.kinesis.list_shards, NextToken="AAAA")
        self.words("InvalidArgumentException", self.kinesis.list_shards)
        for size in (0, 10_001):
            self.refused("ValidationException", self.kinesis.list_shards, StreamName=self.name, MaxResults=size)

    def test_pages_of_tags_and_of_streams(self):
        self.create(Tags={f"key-{i:02}": str(i) for i in range(25)})
        first = self.kinesis.list_tags_for_stream(StreamName=self.name, Limit=10)
        self.assertEqual(([f"key-{i:02}" for i in range(10)], True), ([tag["Key"] for tag in first["Tags"]], first["HasMoreTags"]))
        rest = self.kinesis.list_tags_for_stream(StreamName=self.name, ExclusiveStartTagKey="key-09")
        self.assertEqual((15, False), (len(rest["Tags"]), rest["HasMoreTags"]))
        streams = self.kinesis.list_streams(Limit=1, ExclusiveStartStreamName=self.name[:-1])
        self.assertEqual([self.name], streams["StreamNames"])
        self.assertEqual([(self.name, "ACTIVE")], [(s["StreamName"], s["StreamStatus"]) for s in streams["StreamSummaries"]])
        self.refused("ValidationException", self.kinesis.list_streams, Limit=0)


class Quotas(EdgesTest):
    def test_consumers(self):
        arn = self.create()
        made = [self.kinesis.register_stream_consumer(StreamARN=arn, ConsumerName=f"c-{i:02}")["Consumer"] for i in range(20)]
        self.refused("LimitExceededException", self.kinesis.register_stream_consumer, StreamARN=arn, ConsumerName="one-more")
        self.kinesis.deregister_stream_consumer(StreamARN=arn, ConsumerName="c-00")
        self.kinesis.register_stream_consumer(StreamARN=arn, ConsumerName="one-more")
        self.refused("ResourceInUseException", self.kinesis.register_stream_consumer, StreamARN=arn, ConsumerName="c-01")
        self.assertEqual(20, len({consumer["ConsumerARN"] for consumer in made}))
        self.refused("ResourceNotFoundException", self.kinesis.deregister_stream_consumer, StreamARN=arn, ConsumerName="c-00")
        self.refused("ResourceNotFoundException", self.kinesis.describe_stream_consumer, ConsumerARN=made[0]["ConsumerARN"])
        self.refused("InvalidArgumentException", self.kinesis.describe_stream_consumer)

    def test_tags(self):
        arn = self.create()
        for i in range(5):
            self.kinesis.add_tags_to_stream(StreamName=self.name, Tags={f"{i}-{j}": "v" * 256 for j in range(10)})
        self.refused("InvalidArgumentException", self.kinesis.add_tags_to_stream, StreamName=self.name, Tags={"one-more": ""})
        self.kinesis.untag_resource(ResourceARN=arn, TagKeys=["0-0"])
        self.kinesis.tag_resource(ResourceARN=arn, Tags={"k" * 128: ""})
        self.refused("ValidationException", self.kinesis.add_tags_to_stream, StreamName=self.name, Tags={"k" * 129: ""})
        self.refused("ValidationException", self.kinesis.add_tags_to_stream, StreamName=self.name, Tags={"k": "v" * 257})

    def test_retention(self):
        self.create()
        up, down = self.kinesis.increase_stream_retention_period, self.kinesis.decrease_stream_retention_period
        up(StreamName=self.name, RetentionPeriodHours=8760)
        self.words("InvalidArgumentException", up, StreamName=self.name, RetentionPeriodHours=8761)
        self.words("InvalidArgumentException", up, StreamName=self.name, RetentionPeriodHours=100)
        down(StreamName=self.name, RetentionPeriodHours=24)
        self.words("InvalidArgumentException", down, StreamName=self.name, RetentionPeriodHours=23)
        self.words("InvalidArgumentException", down, StreamName=self.name, RetentionPeriodHours=48)

    def test_shards(self):
        self.create(2)
        split, merge = self.kinesis.split_shard, self.kinesis.merge_shards
        for key in ("0", "1", str((1 << 127) - 1), HALF):
            message = self.words("InvalidArgumentException", split, StreamName=self.name, ShardToSplit=SHARD, NewStartingHashKey=key)
            self.assertIn("is not both greater than one plus the shard's StartingHashKey 0 and less than the shard's EndingHashKey", message)
        split(StreamName=self.name, ShardToSplit=SHARD, NewStartingHashKey="2")
        for pair in (("shardId-000000000001", "shardId-000000000003"), ("shardId-000000000002", "shardId-000000000001")):
            message = self.words("InvalidArgumentException", merge, StreamName=self.name, ShardToMerge=pair[0], AdjacentShardToMerge=pair[1])
            self.assertIn("are not an adjacent pair of shards eligible for merging", message)
        self.refused("ResourceNotFoundException", split, StreamName=self.name, ShardToSplit="shardId-000000000009", NewStartingHashKey="7")
        self.refused("LimitExceededException", self.kinesis.update_shard_count, StreamName=self.name, TargetShardCount=1, ScalingType="UNIFORM_SCALING")
        for i in range(10):
            self.kinesis.update_shard_count(StreamName=self.name, TargetShardCount=3, ScalingType="UNIFORM_SCALING")
        self.refused("LimitExceededException", self.kinesis.update_shard_count, StreamName=self.name, TargetShardCount=3, ScalingType="UNIFORM_SCALING")
        self.refused("LimitExceededException", self.kinesis.create_stream, StreamName=unique("py"), ShardCount=100_000)

    def test_batches(self):
        self.create()
        put = self.kinesis.put_records
        for count in (0, 501):
            self.refused("ValidationException", put, StreamName=self.name, Records=[{"PartitionKey": "k", "Data": b"x"}] * count)
        self.assertEqual(500, len(put(StreamName=self.name, Records=[{"PartitionKey": "k", "Data": b"x"}] * 500)["Records"]))
        self.refused("ValidationException", put, StreamName=self.name, Records=[{"PartitionKey": "k", "Data": b"x"}, {"PartitionKey": "", "Data": b"x"}])

    def test_policies(self):
        arn = self.create()
        self.refused("ResourceNotFoundException", self.kinesis.get_resource_policy, ResourceARN=arn)
        self.refused("InvalidArgumentException", self.kinesis.put_resource_policy, ResourceARN=arn, Policy="no document")
        policy = json.dumps({"Version": "2012-10-17", "Statement": []})
        self.kinesis.put_resource_policy(ResourceARN=arn, Policy=policy)
        consumer = self.kinesis.register_stream_consumer(StreamARN=arn, ConsumerName="reader")["Consumer"]["ConsumerARN"]
        self.kinesis.put_resource_policy(ResourceARN=consumer, Policy=policy)
        self.assertEqual(policy, self.kinesis.get_resource_policy(ResourceARN=consumer)["Policy"])


class Unknown(EdgesTest):
    def test_operations_of_newer_models_say_that_they_are_not_there(self):
        names = set(self.kinesis.meta.service_model.operation_names)
        newer = ["CreateChannel", "DescribeChannel", "UpdateChannel", "DeleteChannel", "ListChannels", "UpdateStreamRecordDistributionStrategy"]
        for operation in newer + ["MakeCoffee"]:
            self.assertNotIn(operation, names)
            request = urllib.request.Request(
                server().endpoint, b"{}", {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": f"Kinesis_20131202.{operation}"})
            with self.assertRaises(urllib.error.HTTPError) as caught:
                urllib.request.urlopen(request)
            self.assertEqual((400, "UnknownOperationException"), (caught.exception.code, json.load(caught.exception)["__type"]))
