"""Limits of shards and failures on purpose, through boto3: a stream's tags switch them."""

import botocore.exceptions

from suite.test_kinesis import HALF, KinesisTest
from suite.tarn import client, wait_until

MIB = 1 << 20
THROTTLED = "ProvisionedThroughputExceededException"


class Limits(KinesisTest):
    def put(self, data, kinesis=None, **more):
        return (kinesis or self.kinesis).put_record(StreamName=self.name, PartitionKey="k", Data=data, **more)

    def message(self, shard=0):
        return f"Rate exceeded for shard shardId-{shard:012} in stream {self.name} under account 000000000000."

    def exhaust(self):
        """Fills the lower of two shards until it throttles; what it took came within a few seconds of 10 MiB."""
        for taken in range(200):
            try:
                self.put(b"x" * (MIB - 1), ExplicitHashKey="0")
            except botocore.exceptions.ClientError as error:
                self.assertEqual((THROTTLED, self.message()), (error.response["Error"]["Code"], error.response["Error"]["Message"]))
                self.assertEqual(400, error.response["ResponseMetadata"]["HTTPStatusCode"])
                self.assertGreaterEqual(taken, 10)
                return
        self.fail("200 MiB in one shard were not throttled")

    def test_a_full_shard_throttles_and_its_neighbour_does_not(self):
        self.create(2, Tags={"tarn:enforceShardLimits": "true"})
        self.exhaust()
        entries = [{"PartitionKey": "k", "Data": b"x" * (MIB - 1), "ExplicitHashKey": HALF if i == 1 else "0"} for i in range(9)]
        answer = self.kinesis.put_records(StreamName=self.name, Records=entries)
        self.assertGreaterEqual(answer["FailedRecordCount"], 1)
        self.assertEqual("shardId-000000000001", answer["Records"][1]["ShardId"])
        failed = [entry for entry in answer["Records"] if "ErrorCode" in entry]
        self.assertEqual(answer["FailedRecordCount"], len(failed))
        self.assertEqual({(THROTTLED, self.message())}, {(entry["ErrorCode"], entry["ErrorMessage"]) for entry in failed})

    def test_a_client_that_retries_gets_through(self):
        self.create(2, Tags={"tarn:enforceShardLimits": "true"})
        self.exhaust()
        patient = client("kinesis")
        wait_until(lambda: self.taken(patient), bool, seconds=30)

    def taken(self, kinesis):
        try:
            return self.put(b"x" * (MIB - 1), kinesis, ExplicitHashKey="0")["SequenceNumber"]
        except kinesis.exceptions.ProvisionedThroughputExceededException:
            return None

    def test_a_sixth_iterator_in_a_second_is_throttled(self):
        self.create(1, Tags={"tarn:enforceShardLimits": "true"})
        place = {"StreamName": self.name, "ShardId": "shardId-000000000000", "ShardIteratorType": "TRIM_HORIZON"}
        with self.assertRaises(self.kinesis.exceptions.ProvisionedThroughputExceededException) as caught:
            for _ in range(500):
                self.kinesis.get_shard_iterator(**place)
        self.assertEqual(self.message(), caught.exception.response["Error"]["Message"])
        self.kinesis.remove_tags_from_stream(StreamName=self.name, TagKeys=["tarn:enforceShardLimits"])
        for _ in range(20):
            self.kinesis.get_shard_iterator(**place)

    def test_an_answer_of_ten_mebibytes_throttles_reads(self):
        self.create(1)
        for _ in range(10):
            self.put(b"x" * (MIB - 1))
        iterator = self.kinesis.get_shard_iterator(StreamName=self.name, ShardId="shardId-000000000000", ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
        self.kinesis.add_tags_to_stream(StreamName=self.name, Tags={"tarn:enforceShardLimits": "true"})
        self.assertEqual(10, len(self.kinesis.get_records(ShardIterator=iterator)["Records"]))
        self.assertEqual(self.message(), self.words(THROTTLED, self.kinesis.get_records, ShardIterator=iterator))

    def test_failures_on_purpose_and_what_was_acknowledged(self):
        self.create(1, Tags={"tarn:failShare": "0.3", "tarn:throttleShare": "0.3"})
        acknowledged, codes = [], set()
        for i in range(60):
            try:
                acknowledged.append(self.put(str(i).encode())["SequenceNumber"])
            except botocore.exceptions.ClientError as error:
                codes.add((error.response["Error"]["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"]))
        self.assertEqual({(THROTTLED, 400), ("InternalFailureException", 500)}, codes)
        self.kinesis.remove_tags_from_stream(StreamName=self.name, TagKeys=["tarn:failShare", "tarn:throttleShare"])
        iterator = self.kinesis.get_shard_iterator(StreamName=self.name, ShardId="shardId-000000000000", ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
        self.assertEqual(acknowledged, [record["SequenceNumber"] for record in self.kinesis.get_records(ShardIterator=iterator)["Records"]])

    def test_tags_that_mean_nothing_are_refused(self):
        self.create(1)
        message = self.words("InvalidArgumentException", self.kinesis.add_tags_to_stream, StreamName=self.name, Tags={"tarn:failShare": "2"})
        self.assertEqual("The tag tarn:failShare takes a number from 0 to 1. Specified value was 2", message)
        message = self.words("InvalidArgumentException", self.kinesis.add_tags_to_stream, StreamName=self.name, Tags={"tarn:fail": "1"})
        self.assertIn("There is no tag tarn:fail", message)
