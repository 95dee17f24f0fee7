"""How Kinesis's streams are named through boto3: by name, by ARN or by both, and what names nothing."""

from suite.tarn import REGION, unique
from suite.test_kinesis import HALF, KinesisTest
from suite.test_kinesis_edges import SHARD, arn_of


class Names(KinesisTest):
    """Every operation on a stream takes its name, its ARN, or both."""

    def calls(self):
        """(method, arguments without the stream) of operations that may be called on a stream of one shard again and again."""
        return [
            ("describe_stream", {}), ("describe_stream_summary", {}), ("list_shards", {}), ("list_tags_for_stream", {}),
            ("put_record", {"PartitionKey": "k", "Data": b"x"}),
            ("put_records", {"Records": [{"PartitionKey": "k", "Data": b"x"}]}),
            ("get_shard_iterator", {"ShardId": SHARD, "ShardIteratorType": "LATEST"}),
            ("add_tags_to_stream", {"Tags": {"a": "b"}}), ("remove_tags_from_stream", {"TagKeys": ["a"]}),
            ("increase_stream_retention_period", {"RetentionPeriodHours": 24}), ("decrease_stream_retention_period", {"RetentionPeriodHours": 24}),
            ("enable_enhanced_monitoring", {"ShardLevelMetrics": ["ALL"]}), ("disable_enhanced_monitoring", {"ShardLevelMetrics": ["ALL"]}),
            ("start_stream_encryption", {"EncryptionType": "KMS", "KeyId": "alias/aws/kinesis"}), ("stop_stream_encryption", {"EncryptionType": "KMS", "KeyId": "alias/aws/kinesis"}),
            ("update_shard_count", {"TargetShardCount": 1, "ScalingType": "UNIFORM_SCALING"}),
        ]

    def ends(self):
        return [
            ("split_shard", {"ShardToSplit": SHARD, "NewStartingHashKey": HALF}),
            ("merge_shards", {"ShardToMerge": SHARD, "AdjacentShardToMerge": "shardId-000000000001"}),
            ("delete_stream", {}),
        ]

    def test_by_name_by_ARN_or_by_both(self):
        arn = self.create()
        for stream in ({"StreamName": self.name}, {"StreamARN": arn}, {"StreamName": self.name, "StreamARN": arn}):
            for method, arguments in self.calls():
                with self.subTest(method, **stream):
                    getattr(self.kinesis, method)(**stream, **arguments)

    def test_splits_merges_and_deletions_by_ARN(self):
        arn = self.create()
        self.kinesis.split_shard(StreamARN=arn, ShardToSplit=SHARD, NewStartingHashKey=HALF)
        self.kinesis.merge_shards(StreamARN=arn, ShardToMerge="shardId-000000000001", AdjacentShardToMerge="shardId-000000000002")
        iterator = self.kinesis.get_shard_iterator(StreamARN=arn, ShardId="shardId-000000000003", ShardIteratorType="LATEST")["ShardIterator"]
        self.assertEqual(0, self.kinesis.get_records(StreamARN=arn, ShardIterator=iterator)["MillisBehindLatest"])
        self.kinesis.delete_stream(StreamARN=arn)
        self.words("ResourceNotFoundException", self.kinesis.describe_stream_summary, StreamARN=arn)

    def test_neither_name_nor_ARN(self):
        for method, arguments in self.calls() + self.ends():
            with self.subTest(method):
                self.words("InvalidArgumentException", getattr(self.kinesis, method), **arguments)

    def test_streams_that_are_not_there(self):
        name = unique("none")
        for stream in ({"StreamName": name}, {"StreamARN": arn_of(name)}):
            for method, arguments in self.calls() + self.ends():
                with self.subTest(method, **stream):
                    message = self.words("ResourceNotFoundException", getattr(self.kinesis, method), **stream, **arguments)
                    self.assertEqual(f"Stream {name} under account 000000000000 not found.", message)

    def test_ARNs_that_name_nothing_of_the_caller(self):
        self.create()
        self.refused("AccessDeniedException", self.kinesis.put_record, StreamARN=arn_of(self.name, "111111111111"), PartitionKey="k", Data=b"x")
        for arn in (f"arn:aws:s3:{REGION}:000000000000:stream/{self.name}", f"arn:aws:kinesis:{REGION}:000000000000:table/{self.name}", f"{arn_of(self.name)}/consumer/c:1"):
            with self.subTest(arn):
                error = self.refused_with(self.kinesis.describe_stream_summary, StreamARN=arn)
                self.assertIn(error, ("ValidationException", "InvalidArgumentException"))

    def refused_with(self, call, **arguments):
        try:
            call(**arguments)
        except self.kinesis.exceptions.ClientError as error:
            return error.response["Error"]["Code"]
        self.fail("it was not refused")
